// Keys of the moderation queue; each does what a button or a link of the page does, and all can be switched off.
(() => {
  "use strict";
  const OFF = "moderation-keys-off";
  const isOff = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  const remember = (off) => { try { localStorage.setItem(OFF, off ? "1" : "0"); } catch { /* Only for this page, then. */ } };
  const items = () => [...document.querySelectorAll("[data-waiting]")];
  // In the panel beside the list, one is about the item that it shows.
  const current = () => {
    const at = document.activeElement;
    return at?.closest("[data-waiting]") || (at?.closest("[data-context]") && document.querySelector("[data-waiting][aria-current]"));
  };

  const keys = document.querySelector("[data-keys]");
  const place = keys?.querySelector("[data-keys-switch]");
  if (!keys || !place) return;
  const box = place.querySelector("input");
  place.hidden = false;
  box.checked = !isOff();
  box.addEventListener("change", () => remember(!box.checked));

  const go = (step) => {
    const all = items();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = at < 0 ? all.findIndex((item) => item.id === "next") : at + step;
    all[Math.min(Math.max(next, 0), all.length - 1)].focus();
  };
  const open = (decision) => {
    const link = current()?.querySelector("[data-open]");
    if (!link) return;
    const address = new URL(link.href);
    if (decision) address.searchParams.set("decision", decision);
    location.assign(address);
  };
  // What the item offers for a key, or else the page of a decision about its changed text.
  const press = (key, otherwise) => {
    const own = current()?.querySelector(`[data-key='${key}']`);
    if (own) own.click(); else open(otherwise);
  };
  const actions = {
    j: () => go(1),
    k: () => go(-1),
    a: () => press("a", "approve_edit"),
    r: () => press("r", ""),
    x: () => press("x", "reject_edit"),
    o: () => open(),
    c: () => {
      const isInside = document.activeElement?.closest("[data-context]");
      const item = current() || document.querySelector("[data-waiting][aria-current]");
      (isInside || item)?.querySelector(isInside ? "[data-context-back]" : "[data-show-context]")?.click();
    },
    u: () => document.querySelector("[data-undo]")?.click(),
    "?": () => { keys.open = true; keys.querySelector("summary").focus(); },
  };
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.repeat && !["j", "k"].includes(event.key)) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const isOnItem = event.target.matches("[data-waiting]");
    if (isOnItem && event.key === "Enter") { event.preventDefault(); open(); return; }
    if (isOnItem && event.key === " ") {
      event.preventDefault();
      const tick = event.target.querySelector("input[name=chosen]");
      tick.checked = !tick.checked;
      return;
    }
    const act = actions[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();
