// The editor of a rule book: numbered lines with those in error marked, what may stand at the caret, Tab indents.
(() => {
  const text = document.getElementById("text");
  const where = document.getElementById("where");
  const form = document.getElementById("editor");
  const numbers = document.getElementById("numbers");
  const list = document.getElementById("options");
  if (!text || !form) return;
  let saved = text.value;
  let start = 0; // the column at which what is being typed begins
  let asked = 0;
  const name = form.elements.namedItem("name").value;

  const caret = () => {
    const before = text.value.slice(0, text.selectionStart).split("\n");
    return { line: before.length - 1, column: before[before.length - 1].length, text: before[before.length - 1] };
  };
  const show = () => {
    const at = caret();
    where.textContent = `${at.line + 1}:${at.column + 1}`;
  };
  const go = (line) => {
    const lines = text.value.split("\n");
    const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(from, from + (lines[line - 1] || "").length);
    text.scrollTop = (line - 8) * parseFloat(getComputedStyle(text).lineHeight);
    show();
  };

  // the numbers at the left; a line the check speaks of carries its colour
  const number = () => {
    const marks = new Map();
    document.querySelectorAll("#check .df-line").forEach((one) => {
      if (one.dataset.file !== name) return;
      const kind = one.dataset.severity || "error";
      if (marks.get(one.dataset.line) !== "error") marks.set(one.dataset.line, kind);
    });
    numbers.replaceChildren(...text.value.split("\n").map((_, at) => {
      const line = document.createElement("span");
      line.textContent = at + 1;
      const kind = marks.get(String(at + 1));
      if (kind) line.className = kind;
      return line;
    }));
    numbers.scrollTop = text.scrollTop;
  };

  // what may stand here
  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    text.removeAttribute("aria-activedescendant");
    text.removeAttribute("aria-controls");
  };
  const choose = (option) => {
    list.querySelectorAll("[aria-selected]").forEach((one) => one.removeAttribute("aria-selected"));
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    text.setAttribute("aria-activedescendant", option.id);
  };
  const take = (option) => {
    const at = caret();
    const from = text.selectionStart - (at.column - start);
    text.setRangeText(option.dataset.text, from, text.selectionStart, "end");
    close();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const width = document.createElement("canvas").getContext("2d");
  const ask = async () => {
    const turn = (asked += 1);
    const at = caret();
    const body = new FormData(form);
    body.set("line", at.line);
    body.set("column", at.column);
    const answer = await fetch(text.dataset.complete, { method: "POST", body });
    if (turn !== asked || !answer.ok) return;
    const found = await answer.json();
    if (!found.options.length) return close();
    start = found.start;
    list.replaceChildren(...found.options.map((one, n) => {
      const option = document.createElement("li");
      option.id = `option-${n}`;
      option.setAttribute("role", "option");
      option.dataset.text = one.text;
      const label = document.createElement("span");
      label.textContent = one.label;
      option.append(one.text, label);
      return option;
    }));
    const style = getComputedStyle(text);
    width.font = `${style.fontSize} ${style.fontFamily}`;
    const x = width.measureText(at.text.slice(0, start)).width + parseFloat(style.paddingLeft) - text.scrollLeft;
    const y = (at.line + 1) * parseFloat(style.lineHeight) + parseFloat(style.paddingTop) - text.scrollTop;
    list.hidden = false;
    list.style.left = `${text.offsetLeft + Math.max(0, Math.min(x, text.clientWidth - list.offsetWidth))}px`;
    list.style.top = `${text.offsetTop + y}px`;
    text.setAttribute("aria-controls", "options");
    choose(list.firstElementChild);
  };
  let soon = 0;
  const later = () => {
    clearTimeout(soon);
    soon = setTimeout(ask, 180);
  };

  const move = (step) => {
    const all = [...list.children];
    const now = all.findIndex((one) => one.hasAttribute("aria-selected"));
    choose(all[(now + step + all.length) % all.length]);
  };
  text.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      ask();
    } else if (!list.hidden && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (!list.hidden && ["Enter", "Tab"].includes(event.key)) {
      event.preventDefault();
      take(list.querySelector("[aria-selected]"));
    } else if (!list.hidden && event.key === "Escape") {
      close();
    } else if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.submit();
    } else if (event.key === "Tab" && !event.shiftKey && text.dataset.tab !== "out") {
      event.preventDefault();
      text.setRangeText("  ", text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (event.key === "Escape") {
      text.dataset.tab = "out"; // the next Tab leaves the field
    } else {
      delete text.dataset.tab;
    }
  });
  text.addEventListener("input", (event) => {
    if (event.inputType === "insertText" && /[\w: {[,]/.test(event.data || "") && !event.isComposing) later();
    else { asked += 1; clearTimeout(soon); close(); }
    number();
  });
  text.addEventListener("scroll", () => { numbers.scrollTop = text.scrollTop; close(); });
  text.addEventListener("blur", () => { asked += 1; clearTimeout(soon); close(); });
  ["keyup", "click", "input"].forEach((kind) => text.addEventListener(kind, show));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the caret stays
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  document.addEventListener("click", (event) => {
    const place = event.target.closest(".df-line");
    if (!place || place.dataset.file !== name) return;
    event.preventDefault();
    go(Number(place.dataset.line));
  });
  document.addEventListener("htmx:afterSettle", number);
  form.addEventListener("submit", () => { saved = text.value; });
  window.addEventListener("beforeunload", (event) => {
    if (text.value !== saved) event.preventDefault();
  });
  number();
  if (text.dataset.line) go(Number(text.dataset.line));
})();
