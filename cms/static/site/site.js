// The menu on narrow screens and the light/dark switch. Everything works without this file.
const root = document.documentElement;

const menuButton = document.querySelector("[data-menu-button]");
const menu = document.getElementById("site-menu");
if (menuButton && menu) {
  const show = (open) => {
    menuButton.setAttribute("aria-expanded", String(open));
    menu.classList.toggle("is-open", open);
  };
  menuButton.addEventListener("click", () =>
    show(menuButton.getAttribute("aria-expanded") !== "true"),
  );
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      show(false);
      menuButton.focus();
    }
  });
}

const themeButton = document.querySelector("[data-theme-button]");
if (themeButton) {
  const isDark = () =>
    root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
  themeButton.setAttribute("aria-pressed", String(isDark()));
  themeButton.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    root.dataset.theme = theme;
    themeButton.setAttribute("aria-pressed", String(theme === "dark"));
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // The choice then lasts for this page only.
    }
  });
}

// A language list left open behind the reader is closed by a click elsewhere or Escape.
for (const list of document.querySelectorAll("details.languages")) {
  document.addEventListener("click", (event) => {
    if (!list.contains(event.target)) list.open = false;
  });
  list.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      list.open = false;
      list.querySelector("summary").focus();
    }
  });
}
