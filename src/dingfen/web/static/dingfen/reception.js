// The desk: a whole number is checked at once, Enter does what the answer proposes, Esc clears.

const quick = document.getElementById("quick");
const answer = document.getElementById("answer");
const WHOLE = /^(\+?86)?1[3-9]\d{9}$/;
const typed = () => JSON.stringify([...new FormData(quick)]);
let asked = "";

quick?.addEventListener("input", (event) => {
  if (event.isComposing) return;
  if (event.target.name === "phone" && WHOLE.test(event.target.value.replace(/[\s-]/g, ""))) {
    quick.dispatchEvent(new Event("whole"));
  }
});
quick?.addEventListener("compositionend", (event) => {
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
});

// The same question is not asked twice: every check is logged, and counted. Asked before the one under way
// would be given up for it ("latest wins"): otherwise a slow answer is lost to its own twin.
quick?.addEventListener("htmx:confirm", (event) => {
  if (event.detail.elt !== quick) return;
  if (asked === typed()) event.preventDefault();
  else asked = typed();
});
quick?.addEventListener("htmx:sendError", () => { asked = ""; });
quick?.addEventListener("htmx:responseError", () => { asked = ""; });

// Enter in a field: the one thing to do with this answer, once it is the answer to what is typed.
quick?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
  const form = answer.querySelector("form[data-answers]");
  const fresh = form && ["phone", "name"].every((name) => form.elements[name].value === quick.elements[name].value.trim());
  if (fresh && quick.elements.name.value.trim()) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// Whoever types on and presses the button before the next answer is there sends what stands in the fields;
// the server asks again before it registers.
answer?.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-answers]")) return;
  for (const name of ["phone", "name"]) {
    const kept = event.target.elements[name];
    if (kept) kept.value = quick.elements[name].value.trim();
  }
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || !quick || document.querySelector("dialog[open]")) return;
  if (!quick.contains(event.target) && !answer.contains(event.target)) return;
  for (const name of ["phone", "name"]) quick.elements[name].value = "";
  answer.replaceChildren();
  asked = "";
  quick.elements.phone.focus();
});
