// Lists by keyboard: J/K move, X selects, Enter opens, letters on the bulk bar run its actions.
import { single } from "./keys.js";

const rows = () => [...document.querySelectorAll(".df-rows tbody tr[data-uid]")];
const current = () => document.querySelector(".df-rows tr.cur");

function go(row) {
  current()?.classList.remove("cur");
  if (!row) return;
  row.classList.add("cur");
  row.querySelector("a, input")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  // with the record beside the list the cursor is the choice
  const link = document.querySelector("[data-side]") && row.querySelector("a.ttl");
  if (link) showBeside(link);
}

let waits;
function showBeside(link) {
  clearTimeout(waits);
  waits = setTimeout(() => link.click(), 150);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-side] .df-rows a.ttl");
  if (!link) return;
  for (const other of document.querySelectorAll("[data-side] .df-rows a[aria-current]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
});

function move(step) {
  const all = rows();
  const now = all.indexOf(current());
  go(all[now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + step))]);
}

function count() {
  const bar = document.querySelector(".df-bulk");
  if (!bar) return;
  const chosen = document.querySelectorAll(".df-rows .pick input:checked").length;
  const boxes = rows().length;
  bar.classList.toggle("on", chosen > 0);
  bar.querySelector("[data-count]").textContent = chosen;
  const all = document.querySelector(".df-rows thead .pick input");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes;
    all.indeterminate = chosen > 0 && chosen < boxes;
  }
}

// A letter means the chosen rows; where none is chosen, the row under the cursor.
function choose(box) {
  if (!document.querySelector(".df-bulk.on") && box) { box.checked = true; count(); }
  return document.querySelector(".df-bulk.on");
}

function run(action) {
  action.click();
  const pop = action.closest("details")?.querySelector(".pop");
  (pop?.querySelector("input:checked") ?? pop?.querySelector("input, select, button"))?.focus();
}

document.addEventListener("keydown", (event) => {
  const pop = event.target.closest?.(".df-bulk .pop");
  if (pop && event.key === "Enter" && !event.isComposing && event.target.matches("input, select")) {
    event.preventDefault();
    pop.querySelector(".btn-primary")?.click();
    return;
  }
  if (!single(event) || !rows().length) return;
  if (event.shiftKey) return;
  const key = event.key.toLowerCase();
  const box = current()?.querySelector(".pick input");
  const action = document.querySelector(`.df-bulk [data-key="${CSS.escape(key)}"]`);
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "x" && box) { box.checked = !box.checked; count(); }
  else if (key === "enter" && current() && !event.target.closest("button, summary, a")) current().querySelector("a")?.click();
  else if (action && choose(box)) run(action);
  else return;
  event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches(".df-rows .pick input")) return;
  if (event.target.closest("thead")) {
    for (const box of document.querySelectorAll(".df-rows tbody .pick input")) box.checked = event.target.checked;
  }
  count();
});

document.addEventListener("htmx:afterSettle", count);
count();

// Shift-J and Shift-K on a record: the next and the one before on the list one came from.
const CAME_FROM = "df-list";

function remember() {
  const paths = rows().map((row) => row.querySelector("a.ttl")?.getAttribute("href")).filter(Boolean);
  if (paths.length) sessionStorage.setItem(CAME_FROM, JSON.stringify(paths));
}

document.addEventListener("keydown", (event) => {
  if (!event.shiftKey || !single(event) || rows().length) return;
  const step = { J: 1, K: -1 }[event.key];
  const paths = JSON.parse(sessionStorage.getItem(CAME_FROM) ?? "[]");
  const here = paths.indexOf(location.pathname);
  const next = step && here >= 0 ? paths[here + step] : undefined;
  if (next?.startsWith("/")) {
    event.preventDefault();
    location.assign(next);
  }
});

document.addEventListener("htmx:afterSettle", remember);
remember();
