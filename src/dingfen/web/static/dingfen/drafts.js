// A draft by keyboard: J/K move between proposals, A accepts, E changes, D leaves as text, U takes back.
import { single } from "./keys.js";

const cards = () => [...document.querySelectorAll(".df-found[data-proposal]")];
const here = () => document.activeElement?.closest(".df-found[data-proposal]");
const isOpen = (card) => card.dataset.proposal === "open";

function go(card) {
  card?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest" });
}

// From nowhere the first that is open: that is where the work is.
function move(step) {
  const all = cards();
  const now = all.indexOf(here());
  go(now < 0 ? (all.find(isOpen) ?? all[0]) : all[now + step]);
}

function change(card) {
  const details = card.querySelector("details");
  if (!details) return;
  details.open = true;
  details.querySelector("textarea").focus();
}

let settledByKey = false;

document.addEventListener("keydown", (event) => {
  const card = here();
  if (event.key === "Escape" && card && event.target.matches("textarea")) {
    card.querySelector("details").open = false;
    return go(card);
  }
  if (!single(event) || event.shiftKey) return;
  const key = event.key.toLowerCase();
  const button = card?.querySelector(`[data-letter="${CSS.escape(key)}"]`);
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "e" && card) change(card);
  else if (button) {
    settledByKey = key !== "u";
    button.click();
  } else return;
  event.preventDefault();
});

// What was settled is another element now: the focus stays with it, or goes on to the next that is open.
document.addEventListener("htmx:afterSwap", (event) => {
  const card = event.target; // once for each element that came, the count in the head is another
  if (!card.matches?.(".df-found")) return;
  const wrong = card.querySelector("textarea[aria-describedby]");
  const all = cards();
  const next = settledByKey && !wrong && all.slice(all.indexOf(card) + 1).find(isOpen);
  settledByKey = false;
  if (wrong) wrong.focus();
  else go(next || card);
});
