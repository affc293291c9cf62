// Offers names to mention behind an "@": a list below the text, gone through with the arrow keys or the mouse.
(() => {
  "use strict";
  const PAUSE = 250;
  const BEGUN = /(?:^|[^\p{L}\p{M}\p{N}_@/.])@([\p{L}\p{N}][^\n@]{0,60})$/u;
  const found = new Map(); // what was typed -> what the server offered
  let timer, open = null; // { area, list, start, end }

  const listOf = (area) => {
    const id = `${area.id}_names`;
    let list = document.getElementById(id);
    if (list) return list;
    list = document.createElement("ul");
    Object.assign(list, { id, className: "names", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", area.form.dataset.namesLabel);
    const said = document.createElement("p");
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    area.after(list, said);
    for (const [name, value] of [["autocomplete", "list"], ["haspopup", "listbox"], ["controls", id]]) {
      area.setAttribute(`aria-${name}`, value);
    }
    return list;
  };
  const close = () => {
    if (!open) return;
    open.list.hidden = true;
    open.list.replaceChildren();
    open.list.nextElementSibling.textContent = "";
    open.area.removeAttribute("aria-activedescendant");
    open = null;
  };
  const typedIn = (area) => {
    const before = area.value.slice(0, area.selectionEnd);
    const [, typed] = (area.selectionStart === area.selectionEnd && BEGUN.exec(before)) || [];
    return typed && typed.split(/\s+/).length < 6 ? typed : "";
  };
  const show = (area, typed, { names, said }) => {
    close();
    const list = listOf(area);
    if (!names.length) return;
    open = { area, list, start: area.selectionEnd - typed.length, end: area.selectionEnd };
    list.replaceChildren(...names.map((name, place) => {
      const option = document.createElement("li");
      Object.assign(option, { id: `${list.id}_${place}`, textContent: name, dir: "auto" });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    }));
    list.hidden = false;
    list.scrollIntoView({ block: "nearest" });
    list.nextElementSibling.textContent = said;
  };
  const offer = async (area) => {
    const typed = typedIn(area);
    // Where nobody is called so, nobody is called so and more.
    const isHopeless = [...found].some(([before, answer]) => !answer.names.length && typed.startsWith(before));
    if (!typed || isHopeless) { close(); return; }
    if (!found.has(typed)) {
      try {
        const response = await fetch(`${area.form.dataset.names}?${new URLSearchParams({ q: typed })}`);
        if (!response.ok) return;
        found.set(typed, await response.json());
      } catch { return; }
    }
    if (document.activeElement === area && typedIn(area) === typed) show(area, typed, found.get(typed));
  };
  const choose = (option) => {
    const { area, start, end } = open;
    close();
    area.setRangeText(`${option.textContent} `, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const move = (step) => {
    const options = [...open.list.children];
    const before = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const at = before < 0 && step < 0 ? options.length - 1 : (before + step + options.length) % options.length;
    for (const [place, option] of options.entries()) option.setAttribute("aria-selected", String(place === at));
    open.area.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.matches("[data-names] textarea[data-count]")) return;
    clearTimeout(timer);
    if (!typedIn(area)) close();
    timer = setTimeout(() => offer(area), PAUSE);
  });
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.area || event.isComposing) return;
    const chosen = open.list.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && chosen) choose(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  document.addEventListener("mousedown", (event) => {
    const option = open && event.target.closest(".names [role=option]");
    if (!option) return;
    event.preventDefault(); // the focus stays in the text
    choose(option);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-names] textarea[data-count]")) listOf(event.target);
  });
  document.addEventListener("focusout", (event) => { if (open && event.target === open.area) close(); });
})();
