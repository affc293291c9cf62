// Counts words and characters of a text; says aloud how many are left only where few are.
(() => {
  "use strict";
  const FEW = 0.1; // of the limit
  // As the server writes them: a browser would group Spanish numbers by full stops.
  const separator = document.documentElement.lang === "en" ? "," : "\u00a0";
  const number = (value) => String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, separator);
  const count = (area) => {
    const line = document.getElementById(area.dataset.count);
    const limit = Number(area.dataset.limit);
    if (!limit || !line) return;
    const characters = [...area.value].length;
    const left = limit - characters;
    const isClose = left <= limit * FEW;
    const warning = (left < 0 ? line.dataset.over : line.dataset.left).replace("{count}", number(left));
    const words = number((area.value.match(/\S+/g) || []).length);
    const counted = line.dataset.counted
      .replace("{words}", words).replace("{characters}", number(characters)).replace("{limit}", number(limit));
    line.textContent = isClose ? warning : counted;
    const said = isClose && area.value ? warning : "";
    if (line.nextElementSibling.textContent !== said) line.nextElementSibling.textContent = said;
  };
  let timer;
  document.addEventListener("input", (event) => {
    if (!event.target.matches("textarea[data-count]")) return;
    clearTimeout(timer);
    timer = setTimeout(() => count(event.target), 600);
  });
  const start = (root) => { for (const area of root.querySelectorAll("textarea[data-count]")) count(area); };
  start(document);
  document.addEventListener("htmx:afterSettle", (event) => start(event.target));
})();
