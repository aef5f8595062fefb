// The editor: chosen or dropped files go off at once, Enter goes on to the next line, Ctrl+Enter sends, the picker is
// a dialog.
(function () {
  const draft = () => document.getElementById("draft");

  // Files chosen anywhere on the page go with the form they belong to.
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (event.target.type === "file" && event.target.files.length && (form?.id === "upload" || form?.id === "attach")) {
      form.requestSubmit();
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.id === "upload" || event.detail.elt.id === "attach") {
      event.detail.elt.reset();
      for (const input of document.querySelectorAll(`input[type=file][form=${event.detail.elt.id}]`)) input.value = "";
    }
  });

  // Invoices dropped on the page go on the claim.
  const scroll = document.querySelector(".bx-editor-scroll");
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const input = document.querySelector("input[type=file][form=upload]");
      if (!input || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      scroll?.classList.toggle("is-over", name === "dragover");
      if (name !== "drop" || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.form.requestSubmit();
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !draft()) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      document.activeElement?.blur(); // what was typed is saved first
      document.getElementById("send")?.click();
    } else if (event.target.matches("#draft input:not([type=hidden])")) {
      event.preventDefault();
      nextLine(event.target);
    }
  });

  // The line after the open one; after the last, a blank one.
  function nextLine(field) {
    const open = field.closest(".bx-edit-line");
    const following = open?.nextElementSibling?.querySelector(".bx-edit-open");
    if (following) following.click();
    else if (open) document.getElementById("blank")?.click();
    else document.querySelector(".bx-edit-line.is-open select")?.focus();
  }

  // A line opened by a click: what was clicked is gone, typing goes on in the line.
  let opening = false;
  document.addEventListener("click", (event) => {
    opening ||= Boolean(event.target.closest(".bx-edit-open, #walk, #blank"));
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!opening) return;
    opening = false;
    const line = document.querySelector(".bx-edit-line.is-open");
    line?.scrollIntoView({block: "nearest"});
    if (!line?.contains(document.activeElement)) line?.querySelector("select")?.focus({preventScroll: true});
  });

  // The picker comes as a fragment; as a dialog it holds the focus and closes on Esc.
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = event.target.querySelector?.("dialog.bx-picker");
    if (!dialog || !dialog.open || dialog.matches(":modal")) return;
    dialog.close();
    dialog.showModal();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-picker]") || event.target.matches?.("dialog.bx-picker")) {
      event.target.closest("dialog").close();
    }
  });
})();
