// Keeps an open preview up to date while somebody writes; the server makes it, as it makes the published text.
(() => {
  "use strict";
  let timer;
  document.addEventListener("input", (event) => {
    const preview = event.target.closest(".write-form")?.querySelector("[data-preview]");
    if (!preview) return;
    clearTimeout(timer);
    timer = setTimeout(() => { if (preview.isConnected) htmx.trigger(preview, "refresh"); }, 700);
  });
})();
