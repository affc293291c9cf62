// Tells the server which comments a signed-in person has had in view for a moment, so that no digest tells of them.
(() => {
  "use strict";
  const address = document.querySelector("[data-seen]")?.dataset.seen;
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!address || !token || !("IntersectionObserver" in window)) return;
  const MOMENT = 1000, MOST = 200;
  const seen = new Set(), told = new Set(), timers = new Map();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(timers.get(target));
      if (isIntersecting) timers.set(target, setTimeout(() => seen.add(target.id.replace("comment-", "")), MOMENT));
    }
  });
  for (const comment of document.querySelectorAll("article.comment[id^='comment-']")) observer.observe(comment);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") return;
    const news = [...seen].filter((number) => !told.has(number)).slice(0, MOST);
    if (!news.length) return;
    const form = new FormData();
    form.append("csrfmiddlewaretoken", token);
    form.append("comments", news.join(","));
    if (navigator.sendBeacon(address, form)) news.forEach((number) => told.add(number));
  });
})();
