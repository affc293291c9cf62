// Shows below a text what the server noticed in it when the draft was saved; ticks what its author agrees to.
(() => {
  "use strict";
  const waiting = new WeakMap(); // form -> what comes once its author is back in the text
  const boxOf = (form) => form.querySelector("[data-noticed]");
  const say = (form, words) => { form.querySelector("[data-noticed-said]").textContent = words; };
  const isThere = (form) => document.activeElement === form.elements.body || boxOf(form).contains(document.activeElement);

  // What stands below may not move under somebody's hand: a box comes, grows or goes while they are in the text.
  const hear = (form, html) => {
    if (!boxOf(form) || form.querySelector(".check") || boxOf(form).dataset.shown === html) return;
    if (isThere(form)) show(form, html); else waiting.set(form, html);
  };
  const print = (root) => [root.textContent.replace(/\s+/g, " ").trim(), ...[...root.querySelectorAll("button")].map((one) => one.dataset.key)].join("|");
  // Said once: neither what stays nor the objectives that are left when one was answered are said again.
  const heard = new WeakMap(); // box -> what was said of it
  const fresh = (box) => {
    if (!heard.has(box)) heard.set(box, new Set());
    const said = heard.get(box);
    const lines = [...box.querySelectorAll("[data-line]")].map((line) => {
      const words = line.textContent.trim().replace(/\s+/g, " ");
      return [words, line.dataset.line ? line.dataset.line.split(", ") : [words]];
    });
    const news = lines.filter(([, parts]) => parts.some((part) => !said.has(part))).map(([words]) => words);
    for (const [, parts] of lines) for (const part of parts) said.add(part);
    return news.join(" ");
  };
  const show = (form, html) => {
    const box = boxOf(form);
    waiting.delete(form);
    const news = document.createElement("template");
    news.innerHTML = html;
    if (print(news.content) === print(box)) { box.dataset.shown = html; return; } // its author was answered already
    const focused = box.contains(document.activeElement) ? document.activeElement.dataset.key || "a" : "";
    box.dataset.shown = html;
    box.replaceChildren(news.content);
    box.hidden = !html;
    if (focused) (box.querySelector(`[data-key="${focused}"]`) || box.querySelector("button") || form.elements.body).focus();
    const words = fresh(box);
    if (words) say(form, words);
  };
  const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

  // As the server lists them: American English would put a comma before "and".
  const { lang } = document.documentElement;
  const list = new Intl.ListFormat(lang === "en" ? "en-GB" : lang, { type: "conjunction" });
  const tag = (form, numbers) => {
    for (const number of numbers) {
      const choice = form.querySelector(`input[name="objectives"][value="${number}"]`);
      if (!choice) continue;
      choice.checked = true;
      choice.closest("details")?.setAttribute("open", "");
    }
    say(form, form.querySelector("[data-noticed-said]").dataset.tagged.replace("{numbers}", list.format(numbers)));
  };
  const decline = (form, keys) => {
    const { declined } = form.elements;
    declined.value = [...new Set([...declined.value.split(" "), ...keys])].join(" ").trim();
    say(form, form.querySelector("[data-noticed-said]").dataset.left);
  };
  // An answered question goes at once, and the focus to the next one, or back to the text.
  const drop = (form, button) => {
    const box = boxOf(form);
    const actions = button.closest(".actions");
    const tags = actions.querySelectorAll("[data-tag]");
    if (button.dataset.tag && !button.dataset.tag.includes(",") && tags.length > 1) {
      button.remove();
      const left = [...actions.querySelectorAll("[data-tag]")].filter((one) => !one.dataset.tag.includes(","));
      const all = actions.querySelector('[data-key="all"]');
      if (all) { all.dataset.tag = left.map((one) => one.dataset.tag).join(", "); if (left.length < 2) all.remove(); }
      const none = actions.querySelector('[data-key="none"]');
      none.dataset.decline = left.map((one) => `o${one.dataset.tag}`).join(" ");
    } else {
      for (let before = actions.previousElementSibling; before; before = actions.previousElementSibling) {
        const isLine = before.matches("[data-line]");
        before.remove();
        if (isLine) break;
      }
      actions.remove();
    }
    const next = box.querySelector("button");
    box.hidden = !box.querySelector("[data-line]");
    (next || form.elements.body).focus({ preventScroll: true });
  };

  // What was noticed in a draft that is opened again stands there from the beginning, for whom a script can answer.
  const start = (root) => {
    for (const box of root.querySelectorAll("[data-noticed]")) {
      if (!box.querySelector("[data-line]") || heard.has(box)) continue;
      box.hidden = false;
      fresh(box);
    }
  };
  start(document);
  document.addEventListener("htmx:afterSettle", (event) => start(event.target));

  document.addEventListener("draft:answer", (event) => {
    if (typeof event.detail.noticed === "string") hear(event.target, event.detail.noticed.trim());
  });
  document.addEventListener("focusin", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (form && waiting.has(form) && isThere(form)) show(form, waiting.get(form));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-noticed] button");
    if (!button) return;
    const { form } = button;
    if (button.dataset.tag) tag(form, button.dataset.tag.split(", "));
    else if (button.dataset.language) {
      form.elements.language.value = button.dataset.language;
      say(form, form.querySelector("[data-noticed-said]").dataset.written);
    } else decline(form, button.dataset.decline.trim().split(" "));
    drop(form, button);
    changed(form.elements.declined);
  });
})();
