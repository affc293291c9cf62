// Saves what is being written as a draft: every few seconds while it changes, on leaving a field, on leaving the page.
(() => {
  "use strict";
  const PAUSE = 3000;
  const AGAIN = 15000;
  const NOT_TYPED = ["csrfmiddlewaretoken", "draft_seen", "key", "other"];
  const states = new WeakMap();

  const content = (form) => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return data;
  };
  const print = (data) => JSON.stringify([...data].filter(([name]) => !NOT_TYPED.includes(name)));
  const box = (form) => form.querySelector("[data-draft-other]");

  // What is seen changes with every saving; what is said aloud only where something else happened than before.
  const tell = (form, kind, words, isAsked) => {
    const state = states.get(form);
    form.querySelector("[data-draft-status]").textContent = words;
    if (kind !== state.told || isAsked) form.querySelector("[data-draft-said]").textContent = words;
    state.told = kind;
  };

  const ask = async (form, data, keepalive) => {
    const options = { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "error", keepalive };
    try {
      return await (await fetch(form.getAttribute("action"), options)).json();
    } catch {
      // What outlives its page may be 64 kB long.
      return keepalive ? ask(form, data, false) : { state: "failed" };
    }
  };

  const save = async (form, { isLeaving = false, isAsked = false } = {}) => {
    const state = states.get(form);
    clearTimeout(state.timer);
    state.timer = null;
    const data = content(form);
    const now = print(data);
    if (state.isSending || state.isBlocked || (now === state.known && !isAsked)) return;
    if (state.isBusy && !isLeaving) { later(form); return; }
    data.set("action", "draft");
    // Should the answer be lost, sending the text still lets go of the draft.
    if (form.elements.draft_seen.value.endsWith("/")) form.elements.draft_seen.value += "tried";
    state.isBusy = true;
    const told = await ask(form, data, isLeaving);
    state.isBusy = false;
    if (told.state !== "failed") state.known = now;
    hear(form, told, isAsked);
  };

  const hear = (form, told, isAsked) => {
    const state = states.get(form);
    const { draft_seen: seen, key } = form.elements;
    if (told.seen) seen.value = told.seen;
    if (told.key) key.value = told.key;
    form.dispatchEvent(new CustomEvent("draft:answer", { bubbles: true, detail: told }));
    if (told.state === "saved") tell(form, "saved", form.dataset.saved.replace("{time}", told.at), isAsked);
    else if (told.state === "empty") tell(form, "empty", isAsked ? form.dataset.empty : "", isAsked);
    else if (told.state === "refused") tell(form, "refused", told.said, isAsked);
    else if (told.state === "newer") {
      state.isBlocked = true;
      box(form).querySelector("[data-draft-text]").textContent = told.body;
      form.elements.other.value = told.body;
      box(form).hidden = false;
      box(form).scrollIntoView({ block: "nearest" });
      tell(form, "newer", form.dataset.newer, true);
    } else {
      tell(form, "failed", form.dataset.unsaved, isAsked);
      later(form, AGAIN);
    }
  };

  const later = (form, pause = PAUSE) => {
    const state = states.get(form);
    state.timer ??= setTimeout(() => save(form), pause);
  };
  const formOf = (event) => {
    const form = event.target.closest?.("form[data-draft]");
    return form && states.has(form) ? form : null;
  };
  const each = (act) => {
    for (const form of document.querySelectorAll("form[data-draft]")) if (states.has(form)) act(form);
  };

  document.addEventListener("input", (event) => { const form = formOf(event); if (form) later(form); });
  document.addEventListener("focusout", (event) => { const form = formOf(event); if (form) save(form); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") each((form) => save(form, { isLeaving: true }));
  });
  addEventListener("pagehide", () => each((form) => save(form, { isLeaving: true })));
  addEventListener("pageshow", () => each((form) => { states.get(form).isSending = false; }));

  // What is sent is no draft any more; where the sending failed, the form is still there and goes on saving.
  document.addEventListener("submit", (event) => { const form = formOf(event); if (form) states.get(form).isSending = true; });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event);
    if (form && event.detail.elt === form && !event.detail.successful) states.get(form).isSending = false;
  });

  document.addEventListener("click", (event) => {
    const form = formOf(event);
    const button = form && event.target.closest("button");
    if (!button) return;
    const state = states.get(form);
    if (button.matches("[data-cancel]")) save(form, { isLeaving: true });
    else if (button.name === "action" && button.value === "draft") {
      event.preventDefault();
      if (state.isBlocked) box(form).focus(); else save(form, { isAsked: true });
    } else if (button.matches("[data-draft-mine]")) {
      state.isBlocked = false;
      box(form).hidden = true;
      form.elements.other.value = "";
      form.elements.body.focus();
      save(form, { isAsked: true });
    } else if (button.matches("[data-draft-theirs]")) {
      // They change places: neither is lost.
      const theirs = box(form).querySelector("[data-draft-text]");
      [form.elements.body.value, theirs.textContent] = [theirs.textContent, form.elements.body.value];
      form.elements.other.value = theirs.textContent;
      state.isBlocked = false;
      form.elements.body.focus();
      form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }, true);

  const start = (root) => {
    const forms = root.matches?.("form[data-draft]") ? [root] : root.querySelectorAll("form[data-draft]");
    for (const form of forms) {
      if (!states.has(form)) states.set(form, { known: form.dataset.draft === "unsaved" ? "" : print(content(form)), told: "" });
    }
  };
  start(document);
  document.addEventListener("htmx:afterSettle", (event) => start(event.target));
})();
