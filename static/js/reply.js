// Opens the form of a reply in place, under the comment it answers; the link itself leads to the form's own page.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const cancel = event.target.closest("[data-cancel]");
    if (cancel) {
      const article = cancel.closest("article");
      cancel.closest("form").remove();
      article?.querySelector("a[data-reply]")?.focus();
      return;
    }
    const link = event.target.closest("a[data-reply]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const article = link.closest("article");
    const open = article.querySelector(".write-form");
    if (open) { open.querySelector("textarea").focus(); return; }
    htmx.ajax("GET", link.getAttribute("href"), { target: article, swap: "beforeend" });
  });
})();
