// Ctrl-K: find and commands. The search box at the top opens the same; without scripts it is a plain form.

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const hits = dialog?.querySelector(".df-hits");

function open(text = "") {
  if (!dialog || dialog.open) return;
  dialog.returnTo = document.activeElement;
  input.value = text;
  dialog.showModal();
  input.focus();
  window.htmx?.trigger(input, "palette:open");
}

const links = () => [...hits.querySelectorAll("a")];

function move(step) {
  const all = links();
  if (!all.length) return;
  const now = all.findIndex((link) => link.ariaSelected === "true");
  const next = all[(now + step + all.length) % all.length];
  for (const link of all) link.ariaSelected = String(link === next);
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  }
});

document.querySelector("[data-palette]")?.addEventListener("click", (event) => {
  open(event.target.value);
});

input?.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    const chosen = links().find((link) => link.ariaSelected === "true");
    if (chosen) {
      event.preventDefault();
      chosen.click();
    }
  }
});
