// Keys for the whole page. Single keys rest in fields, with a modifier, while an input method composes,
// under a dialogue, and where the reader has turned them off.

const inField = (element) => element.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

export function single(event) {
  return !(
    event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey ||
    document.body.dataset.singleKeys === "off" || inField(event.target) || document.querySelector("dialog[open]")
  );
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !event.isComposing) {
    event.target.closest?.("form")?.requestSubmit();
  } else if (event.key === "?" && single(event)) {
    document.getElementById("keys")?.showModal();
  } else if (/^[a-z]$/.test(event.key) && single(event) && document.querySelector(`[data-press="${event.key}"]`)) {
    event.preventDefault();
    document.querySelector(`[data-press="${event.key}"]`).click();
  } else if (event.key === "z" && single(event)) {
    document.querySelector("#toasts form:last-of-type")?.requestSubmit();
  }
});
