// Opens a form in place, under the comment or the question it answers; the link itself leads to the form's own page.
(() => {
  "use strict";
  const placeOf = (element) => element.closest("article, [data-reply-place]");
  document.addEventListener("click", (event) => {
    const cancel = event.target.closest("[data-cancel]");
    if (cancel) {
      const place = placeOf(cancel);
      cancel.closest("form").remove();
      place.querySelector("a[data-reply]").focus();
      return;
    }
    const link = event.target.closest("a[data-reply]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const place = placeOf(link);
    const open = place.querySelector(".write-form");
    if (open) { open.querySelector("textarea").focus(); return; }
    htmx.ajax("GET", link.getAttribute("href"), { target: place, swap: "beforeend" });
  });

  // An answer that is a whole page (the roundtable has closed, the form was too old) takes the place of the page.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!/^\s*<!doctype/i.test(event.detail.serverResponse)) return;
    event.detail.target = document.body;
    event.detail.swapOverride = "innerHTML show:window:top";
  });
})();
