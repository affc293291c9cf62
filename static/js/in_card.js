// Opens the form of a decision in its card of the queue; the link itself leads to the page of the decision.
(() => {
  "use strict";
  const queue = document.querySelector("[data-queue]");
  const failed = document.querySelector("[data-in-card-failed]");
  if (!queue || !failed) return;
  const itemOf = (element) => element.closest("[data-waiting]");
  const slotOf = (element) => itemOf(element).querySelector("[data-in-card]");
  const from = new WeakMap(); // where the focus was before: it goes back there

  const enter = (slot) => slot.querySelector("select, textarea")?.focus();
  const open = (link) => {
    const item = itemOf(link), slot = slotOf(link), address = new URL(link.href);
    if (!slot.contains(document.activeElement)) from.set(slot, item.contains(document.activeElement) ? document.activeElement : item);
    slot.hidden = false;
    // What was filled in and closed is still there.
    if (slot.querySelector("[name=decision]")?.value === address.searchParams.get("decision")) { enter(slot); return; }
    // The card says which text was read.
    address.searchParams.set("seen", item.querySelector("[name=chosen]").value);
    htmx.ajax("GET", address.pathname + address.search, { source: slot, target: slot, swap: "innerHTML" });
  };
  const close = (slot) => {
    slot.hidden = true;
    (from.get(slot) || itemOf(slot)).focus();
  };

  queue.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) { close(slotOf(event.target)); return; }
    const link = event.target.closest("a[data-decide]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link);
  });
  queue.addEventListener("keydown", (event) => {
    const slot = event.target.closest("[data-in-card]");
    if (slot && event.key === "Escape" && !event.isComposing) { event.preventDefault(); close(slot); }
  });

  // A page that holds what was typed, and says why it was not taken, takes the place of this one. Any other is none.
  queue.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, serverResponse, requestConfig } = event.detail;
    event.stopPropagation();
    const isPage = /^\s*<!doctype/i.test(serverResponse);
    if (isPage && xhr.status === 403) {
      event.detail.target = document.body;
      event.detail.swapOverride = "innerHTML show:window:top";
    } else if (isPage || ![200, 409, 422].includes(xhr.status)) {
      event.detail.shouldSwap = false;
      complain(event.target, requestConfig.verb);
    }
  });
  queue.addEventListener("htmx:sendError", (event) => complain(event.target, event.detail.requestConfig.verb));
  const complain = (element, verb) => {
    slotOf(element).prepend(failed);
    failed.textContent = verb === "get" ? failed.dataset.load : failed.dataset.send;
    failed.hidden = false;
  };
  queue.addEventListener("htmx:afterSwap", (event) => {
    failed.hidden = true;
    const wrong = event.detail.target.querySelector(".error-summary");
    if (wrong) wrong.focus(); else enter(event.detail.target);
  });
  // The focus stays there, whatever fields have come.
  queue.addEventListener("htmx:afterSettle", (event) => event.stopPropagation());
})();
