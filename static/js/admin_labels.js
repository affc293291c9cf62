/* Names what the admin's own widgets leave without a name, for those who do not see it. */
"use strict";
{
  function nameSearches() {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const widget = select.nextElementSibling;
      if (!label || !widget) {
        continue;
      }
      for (const search of widget.querySelectorAll(".select2-search__field, [role=combobox]")) {
        search.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
      }
      widget.querySelector("[role=combobox]")?.setAttribute("aria-controls", `select2-${select.id}-results`);
    }
  }

  function nameHints() {
    for (const hint of document.querySelectorAll("span.help-tooltip[aria-label]:not([role])")) {
      hint.setAttribute("role", "img");
    }
  }

  // The widgets are built when the page has loaded, some of them after this listener.
  window.addEventListener("load", () =>
    setTimeout(() => {
      nameSearches();
      nameHints();
    }, 0),
  );
}
