// The inbox by keyboard: J and K move, A approves, R returns, Z enlarges the invoice, X selects for approving at once.
(function () {
  const PAUSE = 500; // milliseconds after an answer in which A and R are not taken: a second press meant the last case

  const the = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  let arrived = 0;

  const shownSlot = () => the("#case")?.dataset.slot;
  const typing = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const rowOf = (slot) => (slot ? document.getElementById(`q-${slot}`) : null);

  // The marked row runs ahead of the case that is still on its way, so that a fast J J J moves by three.
  const markedRow = () => the(".bx-q[aria-current]")?.closest(".bx-q-row");

  function mark(current) {
    for (const link of all(".bx-q[aria-current]")) if (link !== current) link.removeAttribute("aria-current");
    if (!current) return;
    current.setAttribute("aria-current", "true");
    current.scrollIntoView({ block: "nearest" });
  }

  const markShown = () => mark(rowOf(shownSlot())?.querySelector(".bx-q"));

  function move(step) {
    const rows = all(".bx-q-row");
    const next = rows[rows.indexOf(markedRow()) + step];
    if (next) next.querySelector(".bx-q").click();
    else if (step > 0) the(".bx-q-more a")?.click();
  }

  function pick() {
    const box = markedRow()?.querySelector("[name=slots]");
    if (!box) return;
    box.checked = !box.checked;
    count();
  }

  // What is selected, added up; amounts are decimals, so they are added as whole hundredths.
  function count() {
    const picked = all("[name=slots]:checked");
    const text = the("[data-batch]");
    if (!text) return;
    const cents = picked.reduce((sum, box) => sum + Math.round(Number(box.dataset.amount) * 100), 0);
    const sum = (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2 });
    text.textContent = text.dataset.batch.replace("{n}", picked.length).replace("{sum}", sum);
    const flagged = picked.filter((box) => "flagged" in box.dataset).length;
    const note = the("[data-batch-flagged]");
    note.textContent = flagged ? note.dataset.batchFlagged.replace("{n}", flagged) : "";
  }

  function enlarge() {
    const open = the("dialog.bx-zoom[open]");
    if (open) return open.close();
    const picture = the("#case .bx-inbox-preview .bx-preview-img img");
    if (!picture) return the('#case [data-key="z"]')?.click();
    const dialog = document.createElement("dialog");
    dialog.className = "bx-zoom";
    dialog.setAttribute("aria-label", picture.alt);
    dialog.append(picture.cloneNode());
    dialog.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  // An answer that needs a reason asks for it here, before the server does.
  function lacksReason(action) {
    const form = the("#decision");
    const comment = form?.querySelector("[name=comment]");
    if (!comment || action === "approve" || comment.value.trim()) return false;
    the("#say").checked = true; // on a phone the field is folded away
    comment.setCustomValidity(form.dataset.why);
    comment.addEventListener("input", () => comment.setCustomValidity(""), { once: true });
    comment.focus();
    comment.reportValidity();
    return true;
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    x: pick,
    z: enlarge,
    a: () => answer("approve"),
    r: () => answer("return"),
  };

  function answer(action) {
    const behind = markedRow() && markedRow() !== rowOf(shownSlot()); // the case one means is not there yet
    if (behind || Date.now() - arrived < PAUSE || the("details.bx-menu[open]")) return;
    the(`#decision [name=action][value=${action}]`)?.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    const dialog = the("dialog[open]");
    if (typing(event.target) || (dialog && event.key.toLowerCase() !== "z")) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#decision [name=action]");
    if (button && lacksReason(button.value)) event.preventDefault();
    const link = event.target.closest?.(".bx-q");
    if (link && !event.ctrlKey && !event.metaKey) mark(link);
    if (event.target.closest?.("[data-close-hand-over]") && the("#hand-over")) {
      event.preventDefault();
      the("#hand-over").replaceChildren();
    }
    if (event.target.closest?.("#case .bx-inbox-preview .bx-preview-img") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      enlarge();
    }
  });
  document.addEventListener("change", (event) => event.target.name === "slots" && count());

  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.target;
    if (target?.id === "hand-over") target.querySelector("[name=q]")?.focus();
    if (!target || (target.id !== "case" && target.id !== "main" && !target.closest?.(".bx-queue"))) return;
    markShown();
    count();
    const say = the("#case")?.dataset.say;
    if (target.id === "case" && event.detail.requestConfig?.verb === "post") arrived = Date.now();
    if (target.id === "case" && say && say !== the("#announce").textContent) the("#announce").textContent = say;
  });
  document.addEventListener("DOMContentLoaded", () => {
    markShown();
    count();
  });
})();
