// The invoice's own page: a click on the picture shows it large, a reading is taken over with one click.
(function () {
  document.addEventListener("click", (event) => {
    const fill = event.target.closest("[data-fill]");
    if (fill) {
      const input = document.getElementById(fill.dataset.fill);
      input.value = fill.dataset.value;
      input.focus();
    }
    const picture = event.target.closest("[data-zoom]");
    if (picture && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      picture.classList.toggle("is-large");
      picture.scrollTo(0, 0);
    }
  });
})();
