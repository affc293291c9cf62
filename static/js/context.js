// The panel beside the queue: shows in context what has the focus in the list, and leaves the focus there.
(() => {
  "use strict";
  const HELD = 200; // milliseconds that the focus rests on an item before the server is asked
  const panel = document.querySelector("[data-context]");
  if (!panel) return;
  const wide = matchMedia("(min-width: 68.75rem)");
  const body = panel.querySelector("[data-context-body]");
  const failed = panel.querySelector("[data-context-failed]");
  const said = panel.querySelector("[data-context-said]");
  const empty = body.innerHTML;
  let shown, timer, isLoaded = false, goesIn = false, wasInside = false;

  const linkOf = (item) => item.querySelector("[data-show-context]");
  const enter = () => panel.querySelector("#context-title").focus();
  const leave = () => shown?.focus();
  const load = () => {
    htmx.ajax("GET", linkOf(shown).dataset.showContext, { source: panel, target: body, swap: "innerHTML" });
  };
  const show = (item, wait) => {
    if (!wide.matches || !item || item === shown) return;
    shown?.removeAttribute("aria-current");
    shown = item;
    shown.setAttribute("aria-current", "true");
    isLoaded = false;
    panel.setAttribute("aria-busy", "true");
    clearTimeout(timer);
    timer = setTimeout(load, wait);
  };
  const begin = () => {
    panel.hidden = !wide.matches;
    const first = document.activeElement?.closest("[data-waiting]") || document.querySelector("#next[data-waiting]");
    show(first || document.querySelector("[data-waiting]"), 0);
  };

  document.addEventListener("focusin", (event) => show(event.target.closest("[data-waiting]"), HELD));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-context-back]")) { leave(); return; }
    const link = event.target.closest("[data-show-context]");
    if (!link || !wide.matches || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link.closest("[data-waiting]"), 0);
    if (isLoaded) enter(); else goesIn = true;
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) { event.preventDefault(); leave(); }
  });

  // Only fragments belong here: not a page to sign in on, nor one that says that something is gone.
  panel.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, serverResponse, requestConfig } = event.detail;
    event.stopPropagation();
    if (![409, 422].includes(xhr.status) && (xhr.status >= 400 || /^\s*<!doctype/i.test(serverResponse))) {
      event.detail.shouldSwap = false;
      fail(requestConfig.verb);
    }
    wasInside = body.contains(document.activeElement);
  });
  panel.addEventListener("htmx:sendError", (event) => fail(event.detail.requestConfig.verb));
  const fail = (verb) => {
    if (verb === "get") body.innerHTML = empty;
    failed.textContent = verb === "get" ? failed.dataset.load : failed.dataset.send;
    failed.hidden = false;
    panel.removeAttribute("aria-busy");
    isLoaded = true;
  };
  panel.addEventListener("htmx:afterSwap", (event) => {
    const isSent = event.detail.requestConfig.verb === "post";
    failed.hidden = true;
    panel.removeAttribute("aria-busy");
    isLoaded = true;
    said.textContent = [...body.querySelectorAll("h2, .notice--warning, h3")].map((each) => each.textContent.trim()).join(". ");
    if (isSent) body.querySelector(".error-summary, [data-context-told]")?.focus();
    else panel.scrollTop = 0;
    // Who went there before it came does not lose the place.
    if (goesIn || (wasInside && !isSent)) enter();
    goesIn = false;
  });
  // The focus stays where it is, whatever fields have come.
  panel.addEventListener("htmx:afterSettle", (event) => event.stopPropagation());

  wide.addEventListener("change", begin);
  begin();
})();
