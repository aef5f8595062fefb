// The numbers of the navigation come a moment after the page, as one fragment, and are laid into the places that the
// page has. Until then those of the last page stand there, so that nothing flickers; they are kept in the tab, by person.
(function () {
  const source = document.querySelector("[data-badges]");
  if (!source) return;
  const key = `badges:${source.dataset.badges}`;

  function lay(fragment) {
    const template = document.createElement("template");
    template.innerHTML = fragment;
    for (const number of template.content.querySelectorAll("[id]")) {
      const place = document.getElementById(number.id);
      if (place) place.textContent = number.textContent;
    }
  }

  lay(sessionStorage.getItem(key) || "");
  source.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    sessionStorage.setItem(key, event.detail.xhr.responseText);
    lay(event.detail.xhr.responseText);
  });
})();
