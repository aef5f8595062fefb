// Vouchers by keyboard: J and K go through the list, P posts, E edits, X ticks; ticked ones are summed in the dock.
(function () {
  const desk = document.getElementById("desk");
  const dock = document.getElementById("chosen");
  const wide = matchMedia("(min-width: 1100px)"); // list and paper side by side

  // --- One voucher beside the list ---
  const rows = () => [...document.querySelectorAll(".bx-v-scroll tbody tr")];
  const selected = () => document.querySelector('.bx-v-scroll tr[aria-selected="true"]');

  function open(row) {
    const link = row?.querySelector("a[data-voucher]");
    if (!link) return;
    selected()?.removeAttribute("aria-selected");
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    show(link.getAttribute("href"));
  }

  function show(address) {
    htmx.ajax("GET", address, { target: "#desk", swap: "innerHTML", headers: { "HX-Target": "desk" } });
    history.replaceState(null, "", address);
    document.querySelector("main").classList.add("has-desk");
  }

  function step(by) {
    const all = rows();
    const at = all.indexOf(selected());
    open(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]);
  }

  if (wide.matches && !desk.querySelector(".bx-paper, form") && rows().length) open(rows()[0]);

  document.addEventListener("click", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    const link = event.target.closest("a[data-voucher]");
    const inside = event.target.closest("a[data-edit], a[data-cancel]");
    if (plain && link && wide.matches) {
      event.preventDefault();
      open(link.closest("tr"));
    } else if (plain && inside) {
      event.preventDefault();
      show(inside.getAttribute("href"));
    } else if (event.target.closest("[data-step]")) {
      step(Number(event.target.closest("[data-step]").dataset.step));
    } else if (event.target.closest("[data-print]")) {
      print();
    }
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target !== desk) return;
    for (const field of desk.querySelectorAll("[data-account]")) offer(field);
    const line = location.hash && desk.querySelector(location.hash);
    (line || desk).querySelector("[data-editing] input:not([type=hidden]), input[data-account]")?.focus();
  });
  for (const field of desk.querySelectorAll("[data-account]")) offer(field);

  // A line asks only for the dimensions that its account is kept by.
  function offer(field) {
    const account = [...document.querySelectorAll("#accounts option")].find((option) => option.value === field.value);
    const asked = account ? account.dataset.dimensions.split(" ") : ["department", "employee", "project"];
    for (const cell of field.closest("[data-line]").querySelectorAll("[data-cell]")) {
      if (["department", "employee", "project"].includes(cell.dataset.cell)) {
        cell.classList.toggle("is-off", !asked.includes(cell.dataset.cell));
      }
    }
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-account]")) offer(event.target);
  });

  // --- Keys ---
  document.addEventListener("keydown", (event) => {
    const editing = desk.querySelector("form[data-editing]");
    if (editing && event.key === "Enter" && (event.ctrlKey || event.metaKey)) editing.requestSubmit();
    if (editing && event.key === "Escape") show(editing.querySelector("[data-cancel]").getAttribute("href"));
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
    else if (key === "p") desk.querySelector("form[data-post] button:not(:disabled)")?.click();
    else if (key === "e") desk.querySelector("a[data-edit]")?.click();
    else if (key === "x") selected()?.querySelector("input[type=checkbox]")?.click();
    else return;
    event.preventDefault();
  });

  // One post, however often the key is hit: the second would only hear that it is posted.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    else if (event.target.matches("form[data-post], form[data-editing], #chosen")) {
      event.target.dataset.sent = "yes";
      setTimeout(() => delete event.target.dataset.sent, 5000);
    }
  });

  // --- Ticked vouchers ---
  const boxes = () => [...document.querySelectorAll('input[name="voucher"][form="chosen"]')];

  function grouped(fen) {
    const digits = String(fen < 0n ? -fen : fen).padStart(3, "0");
    const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
    return (fen < 0n ? "-" : "") + yuan + "." + digits.slice(-2);
  }

  function sum() {
    const ticked = boxes().filter((box) => box.checked);
    const fen = ticked.reduce((whole, box) => whole + BigInt(box.dataset.fen.replace(".", "")), 0n);
    const of = (...states) => ticked.filter((box) => states.includes(box.dataset.state)).length;
    const drafts = of("draft");
    const incomplete = of("incomplete");
    const out = of("posted", "exported");
    dock.querySelector("[data-count]").textContent = ticked.length;
    for (const side of ["[data-debit]", "[data-credit]"]) dock.querySelector(side).textContent = grouped(fen);
    act("draft", drafts, drafts > 0);
    act("incomplete", incomplete, incomplete > 0 && drafts === 0);
    act("posted", out, out > 0 && drafts === 0 && incomplete === 0);
    dock.querySelector("[data-month]").hidden = ticked.length > 0;
    dock.querySelector("[data-format]").hidden = drafts + incomplete > 0;
    dock.querySelector("[data-again]").hidden = of("exported") === 0;
    dock.querySelector("[name=again_because]").required = of("exported") > 0 && drafts + incomplete === 0;
    const all = document.querySelector("[data-all]");
    if (all) {
      all.checked = ticked.length > 0 && ticked.length === boxes().length;
      all.indeterminate = ticked.length > 0 && !all.checked;
    }
  }

  function act(state, number, shown) {
    const button = dock.querySelector(`[data-act="${state}"]`);
    button.hidden = !shown;
    button.querySelector("[data-number]").textContent = number;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) {
      for (const box of boxes()) box.checked = event.target.checked;
    }
    if (event.target.matches('[data-all], input[name="voucher"]')) sum();
  });
  sum();

  // --- The file of an export that was just made ---
  const fresh = document.querySelector("[data-fetch]");
  if (fresh) {
    const address = new URL(location.href);
    address.searchParams.delete("exported"); // a reload must not fetch it again
    history.replaceState(null, "", address);
    location.assign(fresh.dataset.fetch);
  }
})();
