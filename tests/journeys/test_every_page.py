"""Every page, for every kind of person, in every language, on a phone, a tablet and a desk."""

from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils.translation import override

from consultation.models import Comment

from . import scene
from .browser import LANGUAGE_RULES, LAYOUT_RULES, WIDTHS, complaints_about, complaints_of_axe, scrolls_sideways

Status = Comment.Status
pytestmark = pytest.mark.any_database

LANGUAGES = ("en", "fr", "es")
PATHS_OF_LINKS = "(links) => links.filter((link) => link.origin === origin).map((link) => link.pathname)"


def pages_of(role, filled):
    """Return the addresses of every page and state that this kind of person is to look at, without the language."""
    rt, closed = f"/roundtables/{filled.open.slug}/", f"/roundtables/{filled.closed.slug}/"
    comments = {status: f"/comments/{comment.pk}/" for status, comment in filled.by_status.items()}
    everybody = [
        "/",
        "/roundtables/",
        rt,
        f"{rt}?sort=newest",
        f"{rt}?language=fr&objective=2",
        closed,
        f"/roundtables/{filled.upcoming.slug}/",
        f"{rt}questions/1/",
        f"{rt}questions/2/",
        f"{rt}questions/999/",
        f"{rt}all/",
        f"{rt}note/",
        f"/comments/{filled.deepest.pk}/",
        comments[Status.REMOVED],
        comments[Status.WITHDRAWN],
        "/objectives/2/",
        "/search/?q=tried",
        "/search/?q=nowhere",
        "/participants/",
        "/nothing/",
    ]
    signed_in = [f"{rt}questions/1/answer/", f"{rt}contribute/", f"/comments/{filled.deepest.pk}/reply/"]
    decide = [f"/moderation/comments/{filled.by_status[status].pk}/" for status in (Status.PENDING, Status.APPROVED)]
    return {
        "visitor": [
            *everybody,
            "/accounts/login/",
            "/accounts/signup/",
            "/accounts/login/code/",
            "/accounts/password/reset/",
        ],
        "participant": [
            rt,
            f"{rt}?language=fr&objective=2",
            closed,
            f"{rt}questions/1/",
            f"/comments/{filled.deepest.pk}/",
            *signed_in,
            comments[Status.PENDING],
            comments[Status.RETURNED],
            comments[Status.REJECTED],
            f"{comments[Status.RETURNED]}revise/",
            f"{closed}questions/1/answer/",
            "/comments/mine/",
            "/comments/reports/",
            "/accounts/profile/",
        ],
        "moderator": [
            rt,
            *signed_in,
            "/moderation/",
            *decide,
            "/moderation/follow-ups/",
            f"{rt}moderation/",
            *(f"/moderation/comments/{filled.long.pk}/{act}/" for act in ("refile", "join", "split", "cover")),
        ],
        "secretariat": [rt, *signed_in, "/moderation/", *decide],
    }[role]


# The secretariat's pages outside the admin are the moderators'; one further language is enough for them.
@pytest.mark.parametrize(
    ("role", "language"),
    [
        *((role, language) for role in ("visitor", "participant", "moderator") for language in LANGUAGES),
        *(("secretariat", language) for language in ("en", "fr")),
    ],
)
def test_every_page_suits_everybody_at_every_width(visitors, settings, role, language):
    settings.COMMENTS_PER_PAGE = 30
    filled = scene.filled_site()
    page = visitors.open(getattr(filled, role, None), with_axe=True)
    complaints = []
    with override(language):
        addresses = [f"/{language}{path}" for path in pages_of(role, filled)]
        # Those who are signed in get the same header and footer as visitors.
        for address in _with_links(page, addresses, "a[href]" if role == "visitor" else "main a[href]"):
            complaints += _complaints_at_every_width(page, address, language)
    assert not complaints, "\n".join(complaints)


def _with_links(page, addresses, links):
    """Go to each address, and to one page of every further kind that one of the links leads to."""
    waiting, seen = list(addresses), {_kind(urlsplit(address).path) for address in addresses}
    while waiting:
        address = waiting.pop(0)
        response = page.goto(address)
        assert response.status < 500
        yield address
        for link in page.eval_on_selector_all(links, PATHS_OF_LINKS):
            kind = _kind(link)
            if kind and kind not in seen:
                seen.add(kind)
                if "text/html" in page.request.get(link).headers["content-type"]:
                    waiting.append(link)


def _kind(path):
    """Return the name of the view behind an address of this site; None for what is no page, and for the admin."""
    try:
        name = resolve(path).view_name
    except Resolver404:
        return None
    return None if name.startswith("admin:") else name


def _complaints_at_every_width(page, address, language):
    """Hold a page to all rules once, and in each language to what longer words and other names may break."""
    complaints = []
    for width in WIDTHS if language == "en" else (WIDTHS[0], WIDTHS[-1]):
        page.set_viewport_size({"width": width, "height": 800})
        if language != "en":
            found = complaints_about(LANGUAGE_RULES, page) if width == WIDTHS[-1] else []
        else:
            found = complaints_of_axe(page) if width == WIDTHS[-1] else complaints_about(LAYOUT_RULES, page)
        complaints += [f"at {width} px: {complaint}" for complaint in found]
        if scrolls_sideways(page):
            complaints.append(f"at {width} px: {address} scrolls sideways")
    return complaints


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_of_the_admin_suits_staff(visitors, language):
    filled = scene.filled_site(depth=3)
    page = visitors.open(filled.secretariat, f"/{language}/", with_axe=True)
    complaints = []
    for address in _admin_addresses(page):
        page.goto(address)
        if language != "en":
            complaints += complaints_about(LANGUAGE_RULES, page)
            continue
        complaints += complaints_of_axe(page, impacts=("serious", "critical"))
        for width in WIDTHS[:-1]:
            page.set_viewport_size({"width": width, "height": 800})
            complaints += [f"at {width} px: {complaint}" for complaint in complaints_about(LAYOUT_RULES, page)]
    assert not complaints, "\n".join(complaints)


def _admin_addresses(page):
    """Return the first page of every kind that the index and the lists of the admin lead to."""
    page.goto("/admin/")
    lists = page.eval_on_selector_all("#content th[scope=row] a", "(links) => links.map((link) => link.pathname)")
    addresses = ["/admin/"]
    for address in lists:
        page.goto(address)
        further = page.locator("#content .addlink, #result_list tbody tr:first-child th a")
        addresses += [address, *further.evaluate_all("(links) => links.map((link) => link.pathname)")]
    return addresses
