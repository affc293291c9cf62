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

  // An answer that is a whole page and holds the text takes the place of the page: the roundtable has closed,
  // or the form was too old. Any other (the server is away, the text is too large) leaves the form as it is.
  const HOLDS_TEXT = [200, 403, 409];
  const complain = (form) => {
    if (!form?.matches(".write-form")) return;
    const place = form.querySelector("[data-failed]");
    place.hidden = false;
    place.textContent = place.dataset.failed;
    place.focus();
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, serverResponse, elt } = event.detail;
    const isPage = /^\s*<!doctype/i.test(serverResponse);
    if (isPage && HOLDS_TEXT.includes(xhr.status)) {
      event.detail.target = document.body;
      event.detail.swapOverride = "innerHTML show:window:top";
    } else if (isPage || xhr.status >= 500) {
      event.detail.shouldSwap = false;
      complain(elt);
    }
  });
  document.addEventListener("htmx:sendError", (event) => complain(event.detail.elt));
})();
