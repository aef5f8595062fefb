// Sends files one by one, so that each has its own progress, and lets the server's list tell how each fares.
(function () {
  const AT_ONCE = 2;
  const region = document.getElementById("uploads");
  const card = document.getElementById("sending");
  const list = card.querySelector("ul");
  const words = region.dataset;
  const queue = [];
  let running = 0;

  function row(file) {
    const item = document.createElement("li");
    item.className = "bx-upload";
    const name = Object.assign(document.createElement("span"), { className: "bx-cut", textContent: file.name, title: file.name });
    const state = Object.assign(document.createElement("span"), { className: "bx-small bx-mid bx-nowrap bx-num" });
    const progress = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
    const text = document.createElement("span");
    state.append(progress, text);
    item.append(document.createElement("span"), name, state);
    list.append(item);
    return {
      item,
      at(percent) {
        progress.value = percent;
        text.textContent = percent < 100 ? words.sending.replace("{percent}", percent) : words.read;
        if (percent >= 100) progress.removeAttribute("value");
      },
      failed(sentence) {
        state.className = "bx-mark";
        state.dataset.is = "bad";
        state.textContent = sentence;
      },
    };
  }

  function sentenceOf(request) {
    try {
      return JSON.parse(request.responseText).detail || words.wrong.replace("{status}", request.status);
    } catch {
      return words.wrong.replace("{status}", request.status);
    }
  }

  function next() {
    while (running < AT_ONCE && queue.length) send(queue.shift());
    if (!running && !list.children.length) card.hidden = true;
  }

  function send({ file, address, token }) {
    running += 1;
    card.hidden = false;
    const shown = row(file);
    shown.at(0);
    const data = new FormData();
    data.append("csrfmiddlewaretoken", token);
    data.append("files", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) shown.at(Math.floor((event.loaded / event.total) * 100));
    });
    request.addEventListener("load", () => {
      if (request.status === 200) {
        shown.item.remove();
        htmx.trigger(document.body, "uploads-changed");
        htmx.trigger(document.body, "wallet-changed");
      } else {
        shown.failed(sentenceOf(request));
      }
    });
    request.addEventListener("error", () => shown.failed(words.unreachable));
    request.addEventListener("loadend", () => {
      running -= 1;
      next();
    });
    request.send(data);
  }

  function sendAll(files, form) {
    const limit = Number(words.limit);
    if (files.length > limit) {
      const text = words.many.replace("{count}", files.length).replace("{limit}", limit);
      document.dispatchEvent(new CustomEvent("toast", { detail: { text, is: "bad" } }));
      return;
    }
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const file of files) queue.push({ file, address: form.action, token });
    next();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-send-files]");
    const input = form?.querySelector("input[type=file]");
    if (!input?.files.length) return;
    event.preventDefault();
    sendAll([...input.files], form);
    form.reset();
    form.closest("details.bx-menu")?.removeAttribute("open");
  });

  // The whole page takes what is dropped; zones with a form of their own are served by shell.js.
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      if (event.target.closest?.("form[data-send-files]")) return;
      event.preventDefault();
      document.body.classList.toggle("is-dropping", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) {
        sendAll([...event.dataTransfer.files], document.querySelector("form[data-send-files]"));
      }
    });
  }

  // Whoever folded the list keeps it folded while it renews itself.
  let folded = false;
  document.addEventListener("toggle", (event) => {
    if (event.target.id === "upload-list") folded = !event.target.open;
  }, true);
  document.addEventListener("htmx:afterSwap", () => {
    const details = document.getElementById("upload-list");
    if (details && folded) details.open = false;
  });
})();
