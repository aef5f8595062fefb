// What every page does: "/" goes to the search, menus close on Esc and outside, chosen or dropped files are sent.
(function () {
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.bx-menu[open]");
      if (!menu) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.getElementById("search");
      if (!search || !search.offsetParent) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.bx-menu[open]")) {
      const outside = !menu.contains(event.target);
      const backdrop = event.target === menu; // the shade behind a phone's sheet belongs to the menu itself
      const closing = event.target.closest("[data-close]");
      if (outside || backdrop || (closing && menu.contains(closing))) menu.open = false;
    }
  });

  // Forms with data-send-files="Sending…" go off as soon as files are chosen, or dropped on them.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-send-files]");
    if (form && event.target.type === "file" && event.target.files.length) send(form);
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const form = event.target.closest?.("form[data-send-files]");
      const zone = form?.querySelector(".bx-drop-zone");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("is-over", name === "dragover");
      if (name !== "drop" || !event.dataTransfer.files.length) return;
      form.querySelector("input[type=file]").files = event.dataTransfer.files;
      send(form);
    });
  }

  function send(form) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: form.dataset.sendFiles, is: "ok" } }));
    form.requestSubmit();
  }
})();
