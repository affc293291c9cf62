// Uploads files as soon as they are chosen, and shows how far they are. Without it a button does, with the form.
(() => {
  "use strict";
  const say = (section, words) => { section.querySelector("[data-upload-status]").textContent = words; };

  // The answer is the form; only its files take the place of ours, so that what is being typed stays.
  const replace = (section, html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-files]");
    if (!fresh) return false;
    fresh.querySelector("[data-upload]").hidden = true;
    section.replaceWith(document.adoptNode(fresh));
    fresh.dispatchEvent(new Event("input", { bubbles: true })); // a draft keeps which files wait
    const first = fresh.querySelector(".field-error");
    if (first) { first.tabIndex = -1; first.focus(); } else { say(fresh, fresh.dataset.done); fresh.querySelector("input[type=file]").focus(); }
    return true;
  };

  const send = (section, name, value) => {
    const form = section.closest("form");
    const bar = document.createElement("progress");
    const request = new XMLHttpRequest();
    const data = new FormData(form);
    data.set(name, value);
    let said = -1;
    bar.max = 100;
    bar.setAttribute("aria-label", section.dataset.uploading);
    section.querySelector("[data-upload-status]").after(bar);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = Math.floor((100 * event.loaded) / event.total);
      const quarter = Math.floor(bar.value / 25) / 4;
      if (quarter === said) return;
      said = quarter; // often enough for who does not see the bar
      const percent = quarter.toLocaleString(document.documentElement.lang, { style: "percent" });
      say(section, section.dataset.progress.replace("{percent}", percent));
    });
    request.addEventListener("loadend", () => {
      bar.remove();
      if (!replace(section, request.responseText || "")) say(section, section.dataset.failed);
      form.removeAttribute("aria-busy");
    });
    form.setAttribute("aria-busy", "true");
    request.open("POST", form.getAttribute("action"));
    if (form.hasAttribute("hx-post")) request.setRequestHeader("HX-Request", "true");
    request.send(data);
  };

  document.addEventListener("change", (event) => {
    const input = event.target;
    const section = input.matches("input[type=file]") && input.closest("[data-files]");
    if (!section || !input.files.length) return;
    const large = [...input.files].find((file) => file.size > Number(input.dataset.mostBytes));
    if (large) {
      input.value = "";
      say(section, section.dataset.tooLarge.replace("{name}", () => large.name));
      return;
    }
    send(section, "action", "attach");
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-files] button[name=remove_file]");
    if (!button) return;
    event.preventDefault();
    send(button.closest("[data-files]"), "remove_file", button.value);
  });

  const start = (root) => { for (const part of root.querySelectorAll("[data-upload]")) part.hidden = true; };
  start(document);
  document.addEventListener("htmx:afterSettle", (event) => start(event.target));
})();
