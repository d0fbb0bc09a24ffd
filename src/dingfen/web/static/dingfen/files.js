// Files to attach: dropped on the field, and listed by name before they are sent.
const list = (zone) => {
  const input = zone.querySelector("input[type=file]");
  const shown = zone.querySelector("[data-chosen]");
  shown.replaceChildren(
    ...[...input.files].map((file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} · ${Math.max(1, Math.round(file.size / 1024)).toLocaleString()} KB`;
      return line;
    }),
  );
};

document.addEventListener("change", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (zone) list(zone);
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    const input = zone.querySelector("input[type=file]");
    const all = new DataTransfer();
    for (const file of [...input.files, ...event.dataTransfer.files]) all.items.add(file);
    input.files = all.files;
    list(zone);
  });
}
