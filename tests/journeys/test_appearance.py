"""Other ways of looking: wider spacing, a dark scheme, forced colours, large text."""

import pytest

from tests.accounts.steps import person

from . import scene
from .browser import assert_accessible, scrolls_sideways

pytestmark = pytest.mark.any_database

SPACING = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""
# Texts that reach over the edge of a box that hides what is outside of it.
CLIPPED = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const style = getComputedStyle(one);
  const hides = /hidden|clip/.test(style.overflowX + style.overflowY) && one.clientWidth > 1;
  return hides && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
}).map((one) => one.outerHTML.slice(0, 200))"""


@pytest.fixture
def pages(site):
    """Return (who, addresses) of a page of every build."""
    filled = scene.filled_site(depth=20)
    rt = f"/en/roundtables/{filled.open.slug}/"
    pending, returned = (filled.by_status[status] for status in ("pending", "returned"))
    return [
        (None, ["/en/", "/en/objectives/", "/en/search/?q=tried", "/en/accounts/signup/", "/en/nothing/"]),
        (
            filled.participant,
            [
                f"{rt}?objective=2",
                f"/en/comments/{filled.deepest.pk}/",
                f"/en/comments/{pending.pk}/",
                f"/en/comments/{returned.pk}/revise/",
                f"/en/roundtables/{filled.closed.slug}/questions/1/answer/",
                "/en/comments/mine/",
            ],
        ),
        (filled.moderator, ["/en/moderation/", f"/en/moderation/comments/{pending.pk}/"]),
    ]


def test_wider_spacing_and_larger_text_clip_nothing(visitors, pages):
    for who, addresses in pages:
        page = visitors.open(who, width=320)
        for address in addresses:
            page.goto(address)
            page.evaluate(
                "(css) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
                " document.adoptedStyleSheets = [sheet]; }",
                SPACING,
            )
            assert not scrolls_sideways(page), address
            assert page.evaluate(CLIPPED) == [], address
            # Text at 200 % in a window of 640 points.
            page.set_viewport_size({"width": 640, "height": 800})
            page.evaluate(
                "() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('html { font-size: 200% }');"
                " document.adoptedStyleSheets = [sheet]; }"
            )
            assert not scrolls_sideways(page), address
            assert page.evaluate(CLIPPED) == [], address
            page.set_viewport_size({"width": 320, "height": 800})


@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, {"forced_colors": "active"}], ids=["dark", "forced"])
def test_texts_stand_out_in_other_colours(visitors, pages, look):
    for who, addresses in pages:
        page = visitors.open(who, with_axe=True, **look)
        for address in addresses:
            page.goto(address)
            assert_accessible(page)
            background = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (background == "rgb(255, 255, 255)") is ("forced_colors" in look), background


# Whether every label stands on one line, inside of its cell and beside its mark.
BROKEN_LABELS = """() => [...document.querySelectorAll(".matrix td")].filter((cell) => {
  const [mark, label, box] = [cell.querySelector("input"), cell.querySelector("label"), cell]
    .map((one) => one.getBoundingClientRect());
  const line = parseFloat(getComputedStyle(cell.querySelector("label")).lineHeight);
  return label.height > 1.5 * line || label.right > box.right + 1 || label.left < mark.right;
}).map((cell) => cell.innerText)"""


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_choices_of_notices_break_no_word(visitors, site, width):
    page = visitors.open(person(), "/fr/accounts/notifications/", width=width)

    assert (page.locator(".matrix td label").count(), page.evaluate(BROKEN_LABELS)) == (24, [])
    assert not scrolls_sideways(page)
