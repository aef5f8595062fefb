// Light or dark before the first paint: the choice kept on this device, else what the system says.
// Any input with data-theme-choice="system|light|dark" changes it.
(function () {
  const KEY = "reimburse-theme"; // the administrators' admin keeps its own choice under "theme"
  const root = document.documentElement;
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

  function saved() {
    try {
      return localStorage.getItem(KEY) || "system";
    } catch {
      return "system"; // storage is blocked, as in some private windows
    }
  }

  function show() {
    const choice = saved();
    const dark = choice === "system" ? systemIsDark.matches : choice === "dark";
    root.dataset.bsTheme = dark ? "dark" : "light";
    for (const input of document.querySelectorAll("[data-theme-choice]")) {
      input.checked = input.dataset.themeChoice === choice;
    }
  }

  document.addEventListener("change", (event) => {
    const choice = event.target.dataset.themeChoice;
    if (!choice) return;
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // not kept then; the page still follows the system
    }
    show();
  });
  document.addEventListener("DOMContentLoaded", show);
  systemIsDark.addEventListener("change", show);
  show();
})();
