// Choosing invoices for a claim. The choice stays while one pages and filters; the dock shows how many and how much.
(function () {
  const KEY = "picked-invoices";
  const dock = document.getElementById("claim");
  if (!dock) return;

  // id → {fen, category}; fen is empty for other currencies, which the sum leaves out
  const picks = new Map(load());

  function load() {
    try {
      return JSON.parse(sessionStorage.getItem(KEY) || "[]");
    } catch {
      return []; // storage is blocked: the choice lives as long as the page
    }
  }

  function save() {
    try {
      sessionStorage.setItem(KEY, JSON.stringify([...picks]));
    } catch {
      // as above
    }
  }

  const boxes = () => document.querySelectorAll('#cards input[name="invoice"]');

  function take(box) {
    if (box.checked) picks.set(box.value, { fen: box.dataset.fen || "", category: box.dataset.category });
    else picks.delete(box.value);
  }

  function yuan(fen) {
    const digits = String(fen).padStart(3, "0");
    return "¥" + digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",") + "." + digits.slice(-2);
  }

  function show() {
    for (const box of boxes()) {
      if (box.disabled) picks.delete(box.value);
      box.checked = picks.has(box.value);
      box.closest("article").classList.toggle("is-picked", box.checked);
    }
    const chosen = [...picks.values()];
    const kinds = new Map();
    for (const pick of chosen) kinds.set(pick.category, (kinds.get(pick.category) || 0) + 1);
    dock.hidden = chosen.length === 0;
    dock.querySelector("[data-count]").textContent = chosen.length;
    dock.querySelector("[data-sum]").textContent = yuan(chosen.reduce((sum, pick) => sum + Number(pick.fen), 0));
    dock.querySelector("[data-kinds]").textContent = " · " + [...kinds].map(([kind, n]) => `${kind} ${n}`).join("  ");
    save();
  }

  document.addEventListener("change", (event) => {
    if (event.target.name !== "invoice") return;
    take(event.target);
    show();
  });

  // A card is one large target, except where something on it has a use of its own.
  document.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, label, form")) return;
    const box = event.target.closest("#cards article")?.querySelector('input[name="invoice"]:not(:disabled)');
    if (!box || getSelection().toString()) return;
    box.checked = !box.checked;
    take(box);
    show();
  });

  dock.querySelector("[data-clear]").addEventListener("click", () => {
    picks.clear();
    show();
  });

  dock.addEventListener("submit", () => {
    const here = new Set([...boxes()].filter((box) => box.checked).map((box) => box.value));
    for (const id of picks.keys()) {
      if (here.has(id)) continue;
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "invoice", value: id });
      dock.append(field);
    }
    picks.clear();
    save();
  });

  document.addEventListener("htmx:afterSettle", show);
  addEventListener("pageshow", show);
  show();
})();
