"""The site as a whole: the way in, home, search, the secretariat's pages, and what machines ask for."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, quote

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from consultation import reference
from consultation.models import Comment, TextBlock
from hub.views import health
from tests import factories
from tests.discussions import plant
from tests.markup import comment_ids, page

pytestmark = pytest.mark.django_db

Status = Comment.Status
LANGUAGES = ["en", "fr", "es"]


# --- The way in


@pytest.mark.parametrize(
    ("accepted", "remembered", "language"),
    [
        ("fr", None, "fr"),
        ("es-MX,es;q=0.9,en;q=0.8", None, "es"),
        ("de,ar;q=0.8", None, "en"),
        ("", None, "en"),
        ("fr", "es", "es"),
        ("fr", "de", "fr"),
        ("*", None, "en"),
        ("\0;q=x,,", None, "en"),
    ],
)
def test_the_bare_address_leads_to_the_remembered_language_or_the_browsers(client, accepted, remembered, language):
    if remembered:
        client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = remembered

    response = client.get("/", headers={"accept-language": accepted})

    assert (response.status_code, response["Location"]) == (302, f"/{language}/")
    assert {"Accept-Language", "Cookie"} <= set(response["Vary"].split(", "))


def test_the_language_somebody_reads_is_remembered_for_addresses_without_one(client):
    client.get("/es/roundtables/")

    assert client.get("/", headers={"accept-language": "fr"})["Location"] == "/es/"
    cookie = client.cookies[django_settings.LANGUAGE_COOKIE_NAME]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (365 * 24 * 3600, True, "Lax")


def test_a_language_is_not_remembered_again_with_every_page(client):
    client.get("/es/roundtables/")

    response = client.get("/es/contact/")

    assert dict(response.cookies) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_leads_to_every_roundtable_one_may_see(client, language):
    factories.roundtable(slug="seen", title_en="Seen", title_fr="Vue", title_es="Vista")
    factories.roundtable(slug="hidden", is_published=False)

    top = page(client.get(f"/{language}/"))

    assert top.one("html").attrs["lang"] == language
    cards = top.one("main").one("ul", class_="cards")
    assert [link.attrs["href"] for link in cards.all("a")] == [f"/{language}/roundtables/seen/"]
    assert [link.words for link in cards.all("a")] == [{"en": "Seen", "fr": "Vue", "es": "Vista"}[language]]


def test_home_without_any_roundtable_says_so(client):
    cards = page(client.get("/en/")).one("main").one("ul", class_="cards")

    assert cards.words == "There is no roundtable yet."


@pytest.mark.parametrize("where", ["/en/", "/en/roundtables/", "/en/contact/", "/en/search/", "/en/pages/about/"])
def test_every_page_has_one_heading_that_the_first_link_skips_to(client, where):
    top = page(client.get(where))

    first_link = top.one("body").all("a")[0]
    assert first_link.attrs["href"] == "#title"
    assert [each.attrs["id"] for each in top.all("h1")] == ["title"]
    assert top.one("title").words.endswith(f"– {django_settings.SITE_NAME}")
    assert [each.attrs["src"].partition("?")[0] for each in top.all("script") if "src" not in each.attrs] == []
    assert len(top.all("main")) == 1


@pytest.mark.parametrize(
    ("person", "menu"),
    [
        (lambda: None, ["Sign in", "Create an account"]),
        (lambda: factories.user("Amina"), ["My contributions", "Amina", "Sign out"]),
        (
            lambda: factories.moderator(factories.roundtable(), "Mara"),
            ["Moderation", "My contributions", "Mara", "Sign out"],
        ),
        (lambda: factories.staff("Ines"), ["Moderation", "Administration", "My contributions", "Ines", "Sign out"]),
    ],
)
def test_the_menu_offers_each_what_they_may(client, person, menu):
    who = person()
    if who:
        client.force_login(who)

    account = page(client.get("/en/contact/")).one("nav", **{"aria-label": "Your account"})

    assert [each.words for each in account if each.tag in ("a", "button")] == menu


def test_signing_in_leads_back_to_the_page_one_read(client):
    factories.roundtable(slug="safe-paths")

    account = page(client.get("/fr/roundtables/safe-paths/?sort=newest")).one("nav", **{"aria-label": "Votre compte"})

    assert [link.attrs["href"] for link in account.all("a")] == [
        "/fr/accounts/login/?next=/fr/roundtables/safe-paths/",
        "/fr/accounts/signup/?next=/fr/roundtables/safe-paths/",
    ]


# --- Search


def search(client, **query):
    return client.get("/en/search/", query)


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths", title_en="Safe paths")


@pytest.mark.parametrize("typed", ["coalición", "coalicion", "COALICIONES", "  Coalición ", "la coalición de"])
def test_comments_are_found_without_accents_or_exact_endings(client, roundtable, typed):
    found = factories.comment(roundtable, body="Una **coalición** amplia de ciudades", language="es")
    factories.comment(roundtable, body="Another matter")

    response = search(client, q=typed)

    [article] = page(response).all("article", class_="comment")
    assert comment_ids(response) == [found.pk]
    assert [mark.text for mark in article.all("mark")] == ["coalición"]
    assert article.attrs["lang"] == "es"
    assert "**" not in article.words


def test_every_word_must_be_there(client, roundtable):
    both = factories.comment(roundtable, body="Families and borders")
    factories.comment(roundtable, body="Families alone")

    assert comment_ids(search(client, q="borders families")) == [both.pk]


def test_authors_and_organisations_are_found_by_name(client, roundtable):
    found = factories.comment(roundtable, factories.user("Wei Zhang", organisation="Université Ouverte"))
    factories.comment(roundtable)

    assert comment_ids(search(client, q="zhang")) == comment_ids(search(client, q="universite")) == [found.pk]


def test_questions_are_found_in_the_language_they_are_asked_in(client, roundtable):
    roundtable.questions.filter(number=2).update(text_en="What about shelters?", text_fr="Et les refuges ?")

    for typed, text, language in (("shelters", "What about shelters?", None), ("refuges", "Et les refuges ?", "fr")):
        card = page(search(client, q=typed)).one("main").all("ul", class_="cards")[0]
        assert card.one("a").attrs["href"] == "/en/roundtables/safe-paths/questions/2/"
        assert (card.all("p")[0].words, card.all("p")[0].attrs.get("lang")) == (text, language)


def test_one_roundtable_can_be_searched_alone(client, roundtable):
    here = factories.comment(roundtable, body="Shelters here")
    there = factories.comment(factories.roundtable(), body="Shelters there")

    assert comment_ids(search(client, q="shelters")) == [there.pk, here.pk]
    assert comment_ids(search(client, q="shelters", roundtable="safe-paths")) == [here.pk]


def test_following_the_next_link_leads_through_all_that_was_found(client, roundtable):
    other = factories.roundtable()
    plant(other, [None] * 5, body="Shelters elsewhere")
    comments = plant(roundtable, [None] * 45, body="Shelters & more")
    found, where, pages = [], "/en/search/?q=shelters+%26+more&roundtable=safe-paths", 0

    while where:
        response = client.get(where)
        found += comment_ids(response)
        following = page(response).all("a", rel="next")
        where = following and f"/en/search/{following[0].attrs['href']}"
        pages += 1

    assert found == [comment.pk for comment in reversed(comments)]
    assert pages == 3


def test_what_is_not_published_is_found_by_nobody(client, roundtable):
    author = factories.user()
    for status in set(Status) - {Status.APPROVED}:
        factories.comment(roundtable, author, status=status, body="Shelters")
    hidden = factories.roundtable(is_published=False)
    factories.comment(hidden, body="Shelters")
    hidden.questions.filter(number=1).update(text_en="What about shelters?")

    found = []
    for person in (None, author, factories.moderator(roundtable)):
        if person:
            client.force_login(person)
        response = search(client, q="shelters")
        found.append((comment_ids(response), "What about shelters" in response.content.decode()))

    assert found == [([], False)] * 3


def test_an_unpublished_roundtable_is_searched_by_its_moderators_only(client, roundtable):
    hidden = factories.roundtable(slug="hidden", is_published=False)
    inside = factories.comment(hidden, body="Shelters")
    client.force_login(factories.moderator(hidden))
    own = comment_ids(search(client, q="shelters")), comment_ids(search(client, q="shelters", roundtable="hidden"))
    client.force_login(factories.moderator(roundtable))
    others = comment_ids(search(client, q="shelters")), comment_ids(search(client, q="shelters", roundtable="hidden"))

    assert own == ([inside.pk], [inside.pk])
    assert others == ([], [])


@pytest.mark.parametrize("typed", ["", "   ", "?!", "\u202e", "x" * 300])
def test_a_search_for_nothing_finds_nothing_and_does_not_fail(client, roundtable, typed):
    factories.comment(roundtable)

    response = search(client, q=typed)

    assert (response.status_code, comment_ids(response)) == (200, [])


def test_what_was_looked_for_stays_in_the_field(client, roundtable):
    main = page(search(client, q='"safe" <paths>', roundtable="safe-paths")).one("main")

    assert main.one("input", name="q").attrs["value"] == '"safe" <paths>'
    assert [each.attrs["value"] for each in main.all("option") if "selected" in each.attrs] == ["safe-paths"]


# --- Texts of the secretariat


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_secretariat_opens_and_is_linked_from_the_foot_of_each(client, language):
    keys = list(TextBlock.objects.filter(is_page=True).values_list("key", flat=True))
    foot = page(client.get(f"/{language}/contact/")).one("footer")

    linked = [link.attrs["href"] for link in foot.all("a")]
    headings = {key: page(client.get(f"/{language}/pages/{key}/")).one("h1").words for key in keys}

    assert len(keys) >= 2
    assert {f"/{language}/pages/{key}/" for key in keys} | {"/.well-known/security.txt"} <= set(linked)
    titles = TextBlock.objects.filter(is_page=True).values_list("key", f"title_{language}")
    assert headings == {key: " ".join(title.split()) for key, title in titles}


def test_a_text_that_has_no_page_of_its_own_or_does_not_exist_is_not_found(client):
    TextBlock.objects.create(key="aside", title_en="Aside", body_en="Stands elsewhere.")
    reference.touch()

    statuses = {key: client.get(f"/en/pages/{key}/").status_code for key in ("about", "aside", "nowhere")}

    assert statuses == {"about": 200, "aside": 404, "nowhere": 404}


def test_a_page_in_another_language_carries_that_language(client):
    TextBlock.objects.filter(key="about").update(title_fr=None, body_fr=None, is_page=True)
    reference.touch()

    main = page(client.get("/fr/pages/about/")).one("main")

    assert main.one("h1").parent.attrs["lang"] == "en"


@pytest.mark.parametrize("where", ["/en/", "/fr/roundtables/", "/es/search/"])
def test_the_disclaimer_stands_on_every_page(client, where):
    foot = page(client.get(where)).one("footer")

    title = getattr(TextBlock.objects.get(key="disclaimer"), f"title_{where[1:3]}")
    assert title in [each.words for each in foot.all("h2")]


def test_help_names_the_addresses_to_write_to(client, settings):
    settings.CONTACT_ADDRESSES = ["one@example.org", "two@example.org"]

    main = page(client.get("/en/contact/")).one("main")

    addresses = [link.attrs["href"] for link in main.all("a") if link.attrs["href"].startswith("mailto:")]
    assert addresses == ["mailto:one@example.org", "mailto:two@example.org"]


# --- Machines


def test_the_health_check_says_yes_while_the_database_answers_and_is_migrated(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"database": True, "migrated": True})


def test_the_health_check_says_no_while_a_migration_waits(client):
    health._is_migrated.clear()
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied(
        "consultation", max(name for app, name in recorder.applied_migrations() if app == "consultation")
    )

    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (503, {"database": True, "migrated": False})


def test_the_health_check_looks_through_the_migrations_until_none_waits(client, django_assert_num_queries):
    health._is_migrated.clear()
    client.get("/healthz")

    with django_assert_num_queries(1):
        assert client.get("/healthz").json() == {"database": True, "migrated": True}


@pytest.mark.parametrize("is_known", [True, False])
def test_the_health_check_says_no_while_the_database_is_away(client, monkeypatch, is_known):
    def away(*args):
        raise OperationalError("connection to server at 10.0.0.7 failed: password secret")

    (health._is_migrated.set if is_known else health._is_migrated.clear)()
    monkeypatch.setattr(connection, "ensure_connection", away)
    monkeypatch.setattr(connection, "cursor", away)

    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (503, {"database": False, "migrated": None})


def test_the_health_check_is_answered_without_a_session_and_any_cookie(client):
    assert dict(client.get("/healthz").cookies) == {}


def test_weaknesses_can_be_reported(client, settings, time_machine):
    time_machine.move_to(datetime(2026, 12, 31, 23, 59, tzinfo=UTC), tick=False)
    settings.CONTACT_ADDRESSES, settings.SITE_URL = ["help@example.org"], "https://hub.example.org"

    response = client.get("/.well-known/security.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "Contact: mailto:help@example.org",
        "Expires: 2027-01-01T00:00:00+00:00",
        "Preferred-Languages: en, fr, es",
        "Canonical: https://hub.example.org/.well-known/security.txt",
    ]


def test_robots_keep_out_of_what_is_not_for_readers(client):
    lines = client.get("/robots.txt").content.decode().splitlines()

    assert lines[:2] == ["User-agent: *", "Disallow: /admin/"]
    for language in LANGUAGES:
        assert {f"Disallow: /{language}/accounts/", f"Disallow: /{language}/moderation/"} <= set(lines)


# --- Headers


@pytest.mark.parametrize(
    "where", ["/en/", "/en/roundtables/", "/admin/login/", "/en/nowhere/", "/healthz", "/robots.txt"]
)
def test_every_answer_tells_browsers_what_it_may_not_do(where):
    response = Client().get(where)

    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert (policy["script-src"], policy["style-src"]) == ("'self'", "'self'")
    assert (policy["frame-ancestors"], policy["base-uri"]) == ("'none'", "'none'")
    assert {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items() <= dict(response.headers).items()
    assert "camera=()" in response["Permissions-Policy"]


def test_what_is_for_one_person_is_in_no_shared_cache(client):
    factories.roundtable(slug="safe-paths")
    client.force_login(factories.user())

    found = {}
    for where in ("/en/", "/en/contact/", "/en/roundtables/safe-paths/", "/en/comments/mine/", "/en/nowhere/"):
        response = client.get(where)
        found[where] = ("public" in response["Cache-Control"], "Cookie" in response["Vary"])

    assert found == dict.fromkeys(found, (False, True))


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "evil.example:80", "test server", ""])
def test_an_unknown_host_is_refused(host):
    response = Client().get("/en/", headers={"host": host or "\u00e9"})

    assert response.status_code == 400
    assert "evil" not in response.content.decode()


def test_a_forwarded_host_is_not_believed(client):
    response = client.get("/", headers={"x-forwarded-host": "evil.example"})

    assert response["Location"] == "/en/"
    assert "evil" not in client.get("/en/", headers={"x-forwarded-host": "evil.example"}).content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_of_the_shell_leads_somewhere(client, language):
    factories.roundtable(slug="safe-paths")
    top = page(client.get(f"/{language}/roundtables/safe-paths/"))
    links = {link.attrs["href"].partition("#")[0] for link in top.all("a")}
    own = sorted(link for link in links if link.startswith("/"))

    assert len(own) > 10
    statuses = {link: client.get(link).status_code for link in own}
    by_sign_in = ("/answer/", "/contribute/", "/papers/submit/")
    assert {link: status for link, status in statuses.items() if status != 200 and not link.endswith(by_sign_in)} == {}
    parts = {link.attrs["href"] for link in top.all("a") if link.attrs["href"].startswith("#")}
    identities = {f"#{each.attrs['id']}" for each in top if "id" in each.attrs}
    assert parts - identities == set()


def test_the_language_switch_keeps_the_search(client):
    factories.roundtable(slug="safe-paths")
    words = "deux mots & un"

    switch = page(client.get(f"/en/search/?q={quote(words)}")).one("nav", class_="languages")

    french = next(link.attrs["href"] for link in switch.all("a") if link.attrs["lang"] == "fr")
    assert re.match(r"/fr/search/\?", french)
    assert parse_qs(french.partition("?")[2]) == {"q": [words]}
