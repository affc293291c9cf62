"""What people do with a browser, and what is measured on a page in it."""

import re
import time

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from tests.accounts.steps import PASSWORD

PATIENCE = 60_000  # milliseconds; the machine may be busy with other tests
expect.set_options(timeout=PATIENCE)
WIDTHS = (320, 768, 1280)
HEIGHT = 800
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LAYOUT_RULES = ["target-size", "scrollable-region-focusable"]
# What a translation may break: names that were left out or said twice, and languages.
LANGUAGE_RULES = [
    *("html-has-lang", "html-lang-valid", "valid-lang", "document-title", "duplicate-id-aria"),
    *("aria-command-name", "aria-input-field-name", "aria-toggle-field-name", "button-name", "input-button-name"),
    *("label", "label-content-name-mismatch", "link-name", "select-name", "summary-name"),
    *("landmark-unique", "empty-heading", "empty-table-header", "frame-title", "image-alt"),
]


class Visitors:
    """People in front of one site, each with a browser of their own."""

    def __init__(self, browser, site, faults):
        self.browser, self.site, self.faults = browser, site, faults
        self.contexts = []

    def open(self, person=None, address=None, *, width=1280, with_axe=False, **options):
        """Return a page in a new browser; `person` is signed in already.

        `with_axe` has axe-core at hand on every page, which is quicker where most are held to it.
        """
        options.setdefault("reduced_motion", "reduce")
        context = self.browser.new_context(
            base_url=self.site, viewport={"width": width, "height": HEIGHT}, locale="en-GB", **options
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        self.faults.listen(context)
        if with_axe:
            context.add_init_script(AXE_SCRIPT)
        if person:
            sign_in_quietly(context, person, self.site)
        page = context.new_page()
        if address:
            page.goto(address)
        return page

    def leave(self):
        """Close every browser."""
        for context in self.contexts:
            context.close()


def sign_in_quietly(context, person, site):
    """Sign a person in without the form, as if they had just entered their password."""
    client = Client()
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "email": person.email}]
    session.save()
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


def loaded(page):
    """Wait until a page is whole and its scripts work; a click, and what is seen first, may come before that."""
    page.wait_for_load_state()


def until(page, is_so):
    """Wait for what no page shows: something in the database, or in a store of the browser."""
    end = time.monotonic() + PATIENCE / 1000
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        page.wait_for_timeout(50)


def end_session(page):
    """Let the session end behind the person's back, as it does after two weeks."""
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)


def sign_in(page, person):
    """Fill in the sign-in form that is on the page."""
    page.get_by_label("Email", exact=True).fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name=re.compile("^Sign in$", re.I)).click()
    page.wait_for_url(lambda address: "/accounts/" not in address)


def complaints_of_axe(page, *, impacts=None, colours=True):
    """Return what axe-core finds wrong on a page, readably; `impacts` leaves out what matters less.

    Without `colours`, contrast is not measured: it takes most of the time and is the same in every language.
    """
    rules = {"color-contrast": {"enabled": colours}}
    violations = _run_axe(page, {"runOnly": {"type": "tag", "values": AXE_TAGS}, "rules": rules})
    return [_readable(page, rule) for rule in violations if impacts is None or rule["impact"] in impacts]


def complaints_about(rules, page):
    """Return what some rules of axe-core find wrong on a page."""
    return [_readable(page, rule) for rule in _run_axe(page, {"runOnly": {"type": "rule", "values": rules}})]


def _run_axe(page, options):
    loaded(page)
    expect(page.locator("[data-context][aria-busy=true]")).to_have_count(0)
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    # Preloading writes style sheets into the page, which the content policy would report.
    options |= {"resultTypes": ["violations"], "preload": False}
    return page.evaluate("(options) => axe.run(document, options).then((result) => result.violations)", options)


def _readable(page, rule):
    places = [f"    {' '.join(map(str, node['target']))}: {node['failureSummary']}" for node in rule["nodes"][:5]]
    return "\n".join([f"{page.url} {rule['id']} ({rule['impact']}): {rule['help']}", *places])


def assert_accessible(page, **options):
    """Hold a page to axe-core, and say readably what it found."""
    complaints = complaints_of_axe(page, **options)
    assert not complaints, "\n".join(complaints)


def scrolls_sideways(page):
    """Return whether a page is wider than the window."""
    loaded(page)
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


# Where the focus is, whether it can be seen there, and whether something covers it.
STOP = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const style = getComputedStyle(at);
  const box = at.getClientRects()[0] || at.getBoundingClientRect();
  const [x, y] = [box.left + Math.min(box.width, 40) / 2, box.top + Math.min(box.height, 20) / 2];
  const hit = document.elementFromPoint(x, y);
  const hasOutline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {
    name: (at.getAttribute("aria-label") || at.innerText || at.name || at.id || at.tagName).trim().slice(0, 60),
    is_marked: hasOutline || (style.boxShadow !== "none" && style.boxShadow !== ""),
    is_in_view: box.width > 0 && box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && box.right > 0,
    is_free: !!hit && (at.contains(hit) || hit.contains(at)),
  };
}"""
# Whether the focus went on in the order of the source; it may stay, as in the parts of a date.
GOES_ON = """() => {
  window.stops ??= [];
  const [before, at] = [window.stops.at(-1), document.activeElement];
  window.stops.push(at);
  return !before || before === at || !!(before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""
# What can be used and was no stop; of a set of radio buttons one is enough.
PASSED_OVER = """() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0']"
  )].filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled && !window.stops.some((stop) =>
    stop === one || (one.type === "radio" && stop.name === one.name)))
  .map((one) => one.outerHTML)"""


def press_tab(page, key="Tab"):
    """Go to the next stop; it has to be marked, in view and not covered. Return its name, None past the last."""
    page.keyboard.press(key)
    stop = page.evaluate(STOP)
    if stop is None:
        return None
    name = stop.pop("name")
    assert all(stop.values()), f"{page.url}: the focus on “{name}” is {stop}"
    return name


def tab_through(page, *, most=400):
    """Press Tab from the beginning to the end of a page: everything is reached, in the order of the source."""
    names = []
    while len(names) < most:
        name = press_tab(page)
        if name is None:
            assert names[0] == "Skip to main content"
            assert page.evaluate(PASSED_OVER) == []
            return
        assert page.evaluate(GOES_ON), f"{page.url}: the focus goes back to “{name}”"
        # What the focus brings is there before it goes on.
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        names.append(name)
    raise AssertionError(f"{page.url}: no end after {most} stops")


def tab_to(page, locator, *, most=120, key="Tab"):
    """Press Tab until the focus is on an element."""
    for _ in range(most):
        press_tab(page, key)
        if locator.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{page.url}: {locator} is not reached by {most} times {key}")


def choose(page, words):
    """Go down the select that has the focus to the option of these words, as the keyboard does it."""
    select = page.locator("select:focus")
    options = select.locator("option").all_inner_texts()
    for _ in range(options.index(words) - options.index(select.locator("option:checked").inner_text())):
        page.keyboard.press("ArrowDown")
    expect(select.locator("option:checked")).to_have_text(words)
