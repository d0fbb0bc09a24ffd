// Runs before the first paint: marks that scripts run, and follows the device where the reader wants that.
const root = document.documentElement;
root.classList.add("js");
if ("themeAuto" in root.dataset) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  dark.addEventListener("change", follow);
  follow();
}
