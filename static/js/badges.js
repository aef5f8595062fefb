// The numbers of the navigation come a moment after the page. Until then those of the last page stand there, so that
// nothing flickers; they are kept in the tab, by person.
(function () {
  const source = document.querySelector("[data-badges]");
  if (!source) return;
  const key = `badges:${source.dataset.badges}`;

  const template = document.createElement("template");
  template.innerHTML = sessionStorage.getItem(key) || "";
  for (const number of template.content.querySelectorAll("[id]")) {
    const place = document.getElementById(number.id);
    if (place) place.textContent = number.textContent;
  }

  source.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) sessionStorage.setItem(key, event.detail.xhr.responseText);
  });
})();
