// Keys for the whole page. Single keys rest in fields, with a modifier, while an input method composes,
// under a dialogue, and where the reader has turned them off.

const inField = (element) => element.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

export function single(event) {
  return !(
    event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey ||
    document.body.dataset.singleKeys === "off" || inField(event.target) || document.querySelector("dialog[open]")
  );
}

// What stands on the page with a letter of its own. A button that belongs to a field leads there first; Ctrl-Enter
// then sends the form with that button.
function use(element) {
  const field = element.dataset.field && document.getElementById(element.dataset.field);
  if (field) {
    field.form.sendWith = element;
    field.focus();
    field.scrollIntoView({ block: "center" });
  } else {
    element.click();
    element.closest("details[open]")?.querySelector("select, input:not([type=hidden]), textarea")?.focus();
  }
}

document.addEventListener("keydown", (event) => {
  const letter = single(event) && !event.shiftKey && /^[a-z]$/.test(event.key)
    ? document.querySelector(`[data-hotkey="${event.key}"]`) : null;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !event.isComposing) {
    const form = event.target.closest?.("form");
    form?.requestSubmit(form.contains(form.sendWith) ? form.sendWith : undefined);
  } else if (letter) {
    event.preventDefault();
    use(letter);
  } else if (event.key === "?" && single(event)) {
    document.getElementById("keys")?.showModal();
  } else if (event.key === "z" && single(event)) {
    document.querySelector("#toasts form:last-of-type")?.requestSubmit();
  }
});
