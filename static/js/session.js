// Warns people before they are signed out, lets them stay, and says so where it has happened. Other tabs are told.
(() => {
  "use strict";
  const WARN = 30 * 60_000, LAST_CALL = 2 * 60_000, TICK = 15_000, RECENT = 60_000; // milliseconds
  const dialogNow = () => document.querySelector("[data-session]");
  if (!dialogNow()?.showModal || !dialogNow().dataset.ends) return;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  let end = Number(dialogNow().dataset.ends) * 1000;
  let shown = ""; // "warning" or "ended"
  let remind = WARN; // how long before the end the warning comes
  let wasTold = false; // that the session has ended
  let typed = 0;
  let stays = 0; // beginnings and ends of requests to stay

  // The clock of the server counts: this one may be wrong, and the page may come from the browser's own store.
  const ask = async (body) => {
    if (body) stays += 1;
    const before = stays;
    try {
      const response = await fetch(dialogNow().dataset.session, { method: body ? "POST" : "GET", body, redirect: "error" });
      if (body) stays += 1;
      if (!response.ok) return body ? ask() : null;
      const { left, token } = await response.json();
      // How things stood before somebody said that they stay.
      if (!body && before !== stays) return null;
      end = Date.now() + left * 1000;
      // Signing in again makes the tokens of older forms void.
      for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
      return left * 1000;
    } catch { return null; }
  };
  const stay = async () => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", dialogNow().querySelector("[name=csrfmiddlewaretoken]").value);
    let left = await ask(body);
    if (left !== null && left < WARN && left > 0) { // the token was old; now it is not
      body.set("csrfmiddlewaretoken", dialogNow().querySelector("[name=csrfmiddlewaretoken]").value);
      left = await ask(body);
    }
    tabs?.postMessage("look");
    look(left, false);
  };
  const show = (name) => {
    const dialog = dialogNow();
    const place = dialog.querySelector("[data-text]");
    const time = new Date(end).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    place.textContent = place.dataset.text.replace("{time}", time);
    dialog.querySelector("[data-session-warning]").hidden = name !== "warning";
    dialog.querySelector("[data-session-ended]").hidden = name !== "ended";
    dialog.setAttribute("aria-labelledby", name === "warning" ? "session-title" : "session-over");
    dialog.setAttribute("aria-describedby", name === "warning" ? "session-text" : "session-over-text");
    shown = name;
    if (dialog.open) dialog.querySelector(`[data-session-${name}] :is(a, button)`).focus();
    else dialog.showModal(); // the focus goes in, and back to where it was when it closes
  };
  const hide = () => { shown = ""; dialogNow().close(); };
  const look = (left, mayStay = true) => {
    if (left === null) return;
    if (left > WARN) {
      remind = WARN;
      wasTold = false;
      hide();
    } else if (left <= 0) {
      if (!wasTold) show("ended");
      wasTold = true;
    // Whoever is typing is still here, and would lose a few letters to a dialog.
    } else if (mayStay && !shown && Date.now() - typed < RECENT) stay();
    else if (left <= remind && shown !== "warning") show("warning");
  };
  const check = async (isBack) => {
    const left = end - Date.now();
    const isDue = left <= 0 ? !wasTold : left <= remind && !shown;
    if (isDue || (isBack && (shown || wasTold))) look(await ask());
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.closest("[data-session]")) return;
    event.preventDefault();
    stay();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-session-close]")) dialogNow().close();
  });
  document.addEventListener("close", (event) => {
    if (!event.target.matches("[data-session]") || !shown) return;
    if (shown === "warning") remind = end - Date.now() > LAST_CALL ? LAST_CALL : 0;
    shown = "";
  }, true);
  document.addEventListener("input", () => { typed = Date.now(); });
  // After a sleep no clock here has run; whoever comes back to the tab sees how things are.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") check(true); });
  addEventListener("pageshow", () => check(true));
  if (tabs) tabs.onmessage = () => check(true);
  setInterval(() => check(false), TICK);
  tabs?.postMessage("look");
})();
