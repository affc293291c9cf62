// What was typed in a form beside or in a list stays in this tab until it is sent: going on to another item loses nothing.
(() => {
  "use strict";
  const store = (act) => { try { act(sessionStorage); } catch { /* Then not. */ } };
  // What was written about one text is not for the next one.
  const keyOf = (field) => ["typed", field.form.getAttribute("action"), field.form.elements.revision?.value, field.name].join(" ");
  const isKept = (field) => field.closest("[data-typed]") && field.form;
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.matches("textarea") && isKept(field)) store((kept) => kept.setItem(keyOf(field), field.value));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const { xhr, requestConfig, target } = event.detail;
    const sent = requestConfig.verb === "post" && xhr.status < 400 ? requestConfig.elt.querySelectorAll("textarea") : [];
    for (const field of sent) store((kept) => kept.removeItem(keyOf(field)));
    for (const field of [...target.querySelectorAll("textarea")].filter(isKept)) {
      store((kept) => {
        const text = kept.getItem(keyOf(field));
        if (!text || text === field.value) return;
        field.value = text;
        const folder = field.closest("details");
        if (folder) folder.open = true;
      });
    }
  });
})();
