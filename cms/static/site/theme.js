// Runs before the first paint, so that neither the theme nor the menu jumps.
document.documentElement.classList.add("js");
try {
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be blocked; the system's preference then decides.
}
