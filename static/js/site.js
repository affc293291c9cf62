// Small comforts; everything works without them.
(() => {
  "use strict";

  // "Expand all" and "Fold all" for threads and long texts.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-expand-all]");
    if (!button) return;
    const isOpening = button.getAttribute("aria-pressed") !== "true";
    for (const details of document.querySelectorAll("details.more, details.replies")) {
      details.open = isOpening || (details.matches(".replies") && button.dataset.expandAll === "texts");
    }
    button.setAttribute("aria-pressed", String(isOpening));
  });

  // What was folded stays folded.
  const folded = (() => {
    try { return new Set(JSON.parse(localStorage.getItem("folded") || "[]")); } catch { return new Set(); }
  })();
  const threadOf = (details) => details.parentElement?.querySelector("article")?.id;
  document.addEventListener("toggle", (event) => {
    const id = event.target.matches?.("details.replies") && threadOf(event.target);
    if (!id) return;
    if (event.target.open) folded.delete(id); else folded.add(id);
    try { localStorage.setItem("folded", JSON.stringify([...folded].slice(-500))); } catch { /* a full or closed store */ }
  }, true);

  // The way back from the comment that was answered to the reply.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".to a[href^='#comment-']");
    const target = link && document.querySelector(link.hash);
    if (!target) return;
    document.querySelector(".way-back")?.remove();
    const back = document.createElement("a");
    back.className = "way-back";
    back.href = `#${link.closest("article").id}`;
    back.textContent = document.querySelector("[data-way-back]")?.dataset.wayBack || "";
    back.addEventListener("click", () => back.remove());
    target.append(back);
    target.tabIndex = -1;
    target.focus();
  });

  // Somebody who goes back to a form they sent, and sends it again unchanged, sends the same one and not another.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".write-form")) return;
    const { body, key } = event.target.elements;
    try { sessionStorage.setItem("sent", JSON.stringify([location.pathname, body.value, key.value])); } catch { /* as above */ }
  });
  addEventListener("pageshow", () => {
    const fields = document.querySelector(".write-form")?.elements;
    let path, text, key;
    try { [path, text, key] = JSON.parse(sessionStorage.getItem("sent") || "[]"); } catch { /* as above */ }
    if (fields && path === location.pathname && text === fields.body.value) fields.key.value = key;
  });

  // Paper shows everything.
  const closed = [];
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("main details:not([open])")) { closed.push(details); details.open = true; }
  });
  addEventListener("afterprint", () => { while (closed.length) closed.pop().open = false; });

  const start = (root) => {
    for (const details of root.querySelectorAll("details.replies")) if (folded.has(threadOf(details))) details.open = false;
    for (const hidden of root.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
    // A link to a comment inside a folded thread opens the thread.
    const target = location.hash.startsWith("#comment-") && root.querySelector(location.hash);
    for (let folder = target && target.closest("details:not([open])"); folder; folder = folder.closest("details:not([open])")) folder.open = true;
  };
  start(document);

  // A form that htmx put in place takes the focus; its error summary, a question or the preview first.
  document.addEventListener("htmx:afterSettle", (event) => {
    start(event.target);
    const inOrder = [".error-summary", ".check", ".preview", "textarea"];
    inOrder.map((selector) => event.target.querySelector(selector)).find(Boolean)?.focus();
  });
})();
