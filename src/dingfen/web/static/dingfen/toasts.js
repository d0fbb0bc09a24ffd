// Toasts: one at a time, six seconds, paused under the pointer or the focus. And whether the line is up.

const box = document.getElementById("toasts");
const SECONDS = 6;

function expire(toast) {
  let rest = SECONDS * 1000;
  let since = Date.now();
  let timer = setTimeout(() => toast.remove(), rest);
  const hold = () => { clearTimeout(timer); rest -= Date.now() - since; };
  const go = () => { since = Date.now(); timer = setTimeout(() => toast.remove(), Math.max(rest, 1000)); };
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, go);
}

function show({ text, undo }) {
  const toast = document.getElementById("toast").content.cloneNode(true).firstElementChild;
  toast.querySelector("span").textContent = text;
  const form = toast.querySelector("form");
  if (undo) form.action = undo;
  else form.remove();
  box.replaceChildren(toast);
  expire(toast);
}

for (const toast of box?.querySelectorAll(".df-toast") ?? []) expire(toast);
document.body.addEventListener("toast", (event) => {
  for (const item of [event.detail.value ?? event.detail].flat()) show(item);
});

const offline = document.getElementById("offline");
const line = () => { if (offline) offline.hidden = navigator.onLine; };
addEventListener("online", line);
addEventListener("offline", line);
line();
