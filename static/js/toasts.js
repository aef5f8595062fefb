// Messages that float over the page: what the server said, what went wrong on the way, being offline.
// Other scripts say something with: document.dispatchEvent(new CustomEvent("toast", {detail: {text, is: "ok" | "bad"}}))
(function () {
  const READING_TIME = 6000; // milliseconds; good news leaves by itself, trouble stays until it is closed

  const region = () => document.getElementById("toasts");

  function arm(toast) {
    if (toast.dataset.armed) return;
    toast.dataset.armed = "yes";
    toast.querySelector("[data-dismiss]")?.addEventListener("click", () => toast.remove());
    if (toast.dataset.is === "bad") return;
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : toast.remove());
    setTimeout(leave, READING_TIME);
  }

  function say(text, is) {
    const toast = document.getElementById(is === "bad" ? "toast-bad" : "toast-ok").content.cloneNode(true).firstElementChild;
    toast.querySelector("[data-text]").textContent = text;
    region().append(toast);
    arm(toast);
    return toast;
  }

  document.addEventListener("toast", (event) => say(event.detail.text, event.detail.is));

  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    if (answer.getResponseHeader("HX-Retarget") === "#toasts") {
      region().insertAdjacentHTML("beforeend", answer.responseText);
      arm(region().lastElementChild);
    } else {
      say(region().dataset.failed.replace("{status}", answer.status), "bad");
    }
  });
  document.addEventListener("htmx:sendError", () => say(region().dataset.unreachable, "bad"));
  document.addEventListener("htmx:timeout", () => say(region().dataset.unreachable, "bad"));
  document.addEventListener("htmx:afterSettle", () => region().querySelectorAll(".bx-toast").forEach(arm));

  let notice = null;
  addEventListener("offline", () => (notice ??= say(region().dataset.offline, "bad")));
  addEventListener("online", () => {
    notice?.remove();
    notice = null;
  });

  document.addEventListener("DOMContentLoaded", () => region()?.querySelectorAll(".bx-toast").forEach(arm));
})();
