// The editor of a rule book: Tab indents, the line of the caret is named, an error leads to its line.
(() => {
  const text = document.getElementById("text");
  const where = document.getElementById("where");
  const form = document.getElementById("editor");
  if (!text || !form) return;
  let saved = text.value;
  const name = form.elements.namedItem("name").value;

  const show = () => {
    const before = text.value.slice(0, text.selectionStart).split("\n");
    where.textContent = `${before.length}:${before[before.length - 1].length + 1}`;
  };
  const go = (line) => {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] || "").length);
    text.scrollTop = (line - 8) * parseFloat(getComputedStyle(text).lineHeight);
    show();
  };
  text.addEventListener("keydown", (event) => {
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.submit();
    } else if (event.key === "Tab" && !event.shiftKey && !event.isComposing && text.dataset.tab !== "out") {
      event.preventDefault();
      text.setRangeText("  ", text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (event.key === "Escape") {
      text.dataset.tab = "out"; // the next Tab leaves the field
    } else {
      delete text.dataset.tab;
    }
  });
  ["keyup", "click", "input"].forEach((kind) => text.addEventListener(kind, show));
  document.addEventListener("click", (event) => {
    const place = event.target.closest(".df-line");
    if (!place) return;
    if (place.dataset.file === name) go(Number(place.dataset.line));
    else location.search = `?file=${place.dataset.file}`;
  });
  form.addEventListener("submit", () => { saved = text.value; });
  window.addEventListener("beforeunload", (event) => {
    if (text.value !== saved) event.preventDefault();
  });
})();
