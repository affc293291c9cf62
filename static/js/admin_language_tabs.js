/* Turns the fieldsets of one text in several languages into tabs. Without this file they stand below each other. */
"use strict";
{
  let count = 0;

  function hasError(fieldset) {
    return fieldset.querySelector(".errorlist, .errors") !== null;
  }

  function select(tabs, chosen, moveFocus) {
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
    }
    if (moveFocus) {
      chosen.focus();
    }
  }

  function onKey(event, tabs) {
    const place = tabs.indexOf(event.currentTarget);
    const next = {
      ArrowRight: (place + 1) % tabs.length,
      ArrowLeft: (place - 1 + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      select(tabs, tabs[next], true);
    }
  }

  function makeTab(heading, panel) {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `${panel.id}-tab`;
    tab.className = "language-tab";
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    const name = document.createElement("span");
    name.lang = heading.lang;
    name.textContent = heading.textContent;
    tab.append(name);
    return tab;
  }

  function markError(tab, words) {
    const mark = document.createElement("span");
    mark.className = "language-tab-error";
    mark.textContent = ` – ${words}`;
    tab.append(mark);
  }

  function makeTabs(fieldsets) {
    const list = document.createElement("div");
    list.className = "language-tabs";
    list.setAttribute("role", "tablist");
    fieldsets[0].before(list);
    const tabs = fieldsets.map((fieldset) => {
      const heading = fieldset.querySelector("[data-language-tab]");
      const panel = document.createElement("div");
      count += 1;
      panel.id = `language-panel-${count}`;
      panel.className = "language-panel";
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", `${panel.id}-tab`);
      fieldset.before(panel);
      panel.append(fieldset);
      const tab = makeTab(heading, panel);
      if (hasError(fieldset)) {
        markError(tab, heading.dataset.errorLabel);
      }
      list.append(tab);
      return tab;
    });
    for (const tab of tabs) {
      tab.addEventListener("click", () => select(tabs, tab, false));
      tab.addEventListener("keydown", (event) => onKey(event, tabs));
    }
    select(tabs, tabs.find((tab) => tab.querySelector(".language-tab-error")) || tabs[0], false);
  }

  /* Fieldsets of one text follow each other: each run of them becomes one set of tabs. */
  function enhance(root) {
    let run = [];
    for (const heading of root.querySelectorAll("[data-language-tab]")) {
      const fieldset = heading.closest("fieldset");
      if (fieldset.closest(".empty-form, .language-panel")) {
        continue;
      }
      if (run.length && run[run.length - 1].nextElementSibling !== fieldset) {
        makeTabs(run);
        run = [];
      }
      run.push(fieldset);
    }
    if (run.length) {
      makeTabs(run);
    }
  }

  document.addEventListener("DOMContentLoaded", () => enhance(document));
  document.addEventListener("formset:added", (event) => enhance(event.target));
}
