"""Atom feeds: only what is approved and as readers see it, whole and valid whatever people wrote, and cheap."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultation import feeds, reference
from consultation.models import Comment
from tests import factories
from tests.discussions import plant

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
Status = Comment.Status


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="talks", title_en="Talks")


def read(client, address, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def links(feed):
    return [entry.find(f"{ATOM}link").get("href") for entry in feed.findall(f"{ATOM}entry")]


def address_of(*comments):
    return [f"https://hub.example.org/en/comments/{comment.pk}/" for comment in comments]


def test_a_feed_holds_what_is_approved_and_nothing_else(client, roundtable):
    shown = factories.comment(roundtable)
    for status in Status.values:
        if status != Status.APPROVED:
            factories.comment(roundtable, status=status, body="Heldcanary.")
    factories.comment(factories.roundtable(), body="Elsewhere.")

    feed = read(client, reverse("feed_roundtable", args=["talks"]))

    assert links(feed) == address_of(shown)
    assert "canary" not in ElementTree.tostring(feed, encoding="unicode")


@pytest.mark.parametrize("kind", ["author", "moderator", "secretariat"])
def test_whoever_asks_gets_the_same_feed(client, roundtable, kind):
    author = factories.user()
    factories.comment(roundtable, author, status=Status.PENDING)
    asking = Client()
    people = {"author": author, "moderator": factories.moderator(roundtable), "secretariat": factories.staff()}
    asking.force_login(people[kind])
    address = reverse("feed_roundtable", args=["talks"])

    assert asking.get(address).content == client.get(address).content


def test_a_roundtable_that_is_not_published_has_no_feed(roundtable):
    comment = factories.comment(roundtable, question=roundtable.questions.first())
    type(roundtable).objects.update(is_published=False)
    client = Client()
    client.force_login(factories.moderator(roundtable))

    for name, args in (("roundtable", ["talks"]), ("question", ["talks", 1]), ("comment", [comment.pk])):
        assert client.get(reverse(f"feed_{name}", args=args)).status_code == 404


def test_a_question_and_a_comment_have_feeds_of_their_own_the_newest_first(client, roundtable):
    first, second, _third = roundtable.questions.all()
    root = factories.comment(roundtable, question=first)
    reply = factories.comment(roundtable, answers=root)
    below = factories.comment(roundtable, answers=reply)
    beside = factories.comment(roundtable, question=first)
    other = factories.comment(roundtable, question=second)
    general = factories.comment(roundtable)

    assert links(read(client, reverse("feed_question", args=["talks", 1]))) == address_of(beside, below, reply, root)
    assert links(read(client, reverse("feed_question", args=["talks", 2]))) == address_of(other)
    assert links(read(client, reverse("feed_question", args=["talks", 999]))) == address_of(general)
    assert links(read(client, reverse("feed_comment", args=[reply.pk]))) == address_of(below, reply)


@pytest.mark.parametrize("status", [Status.PENDING, Status.RETURNED, Status.REJECTED])
def test_a_comment_that_was_never_public_has_no_feed(client, roundtable, status):
    comment = factories.comment(roundtable, status=status)

    assert client.get(reverse("feed_comment", args=[comment.pk])).status_code == 404


def test_what_is_removed_leaves_the_feed_and_its_replies_stay(client, roundtable):
    root = factories.comment(roundtable)
    reply = factories.comment(roundtable, answers=root)
    root.remove(by=factories.staff(), reason="other")

    assert links(read(client, reverse("feed_comment", args=[root.pk]))) == address_of(reply)


def test_a_feed_and_its_entries_say_their_languages(client, roundtable):
    factories.comment(roundtable, language="es", body="Sí.")

    feed = read(client, "/fr/roundtables/talks/feed/")

    assert feed.get(LANG) == "fr"
    assert feed.find(f"{ATOM}entry/{ATOM}content").get(LANG) == "es"
    assert feed.find(f"{ATOM}entry/{ATOM}content").text == "<p>Sí.</p>\n"
    assert feed.find(f"{ATOM}entry/{ATOM}link").get("href").startswith("https://hub.example.org/fr/comments/")


def test_a_feed_and_an_entry_are_the_same_thing_in_every_language(client, roundtable):
    factories.comment(roundtable)
    found = [read(client, f"/{code}/roundtables/talks/feed/") for code in ("en", "fr")]

    assert len({(feed.find(f"{ATOM}id").text, feed.find(f"{ATOM}entry/{ATOM}id").text) for feed in found}) == 1


def test_a_feed_is_whole_whatever_people_wrote(client, roundtable):
    hostile = "<script>alert(1)</script> ]]> & \x0b\x1b\ufffe\uffff \u202e ‘é’ 😀"
    comment = factories.comment(roundtable, body="text")
    # Past every form: straight into the row.
    Comment.objects.filter(pk=comment.pk).update(
        author_name=hostile, title=hostile, lead_html=f"<p>{hostile}</p>", language="e\x0b"
    )
    type(roundtable).objects.update(title_en=hostile)

    feed = read(client, reverse("feed_roundtable", args=["talks"]))

    assert feed.find(f"{ATOM}title").text.startswith("<script>alert(1)</script> ]]> & \ufffd\ufffd\ufffd\ufffd")
    assert feed.find(f"{ATOM}entry/{ATOM}author/{ATOM}name").text.endswith("😀")


def test_links_are_made_of_the_configured_site_whatever_host_is_named(roundtable):
    factories.comment(roundtable)
    client = Client(headers={"host": "localhost", "x-forwarded-host": "evil.example"})

    content = client.get(reverse("feed_roundtable", args=["talks"])).content.decode()

    assert "localhost" not in content
    assert "evil.example" not in content


def test_a_term_carries_its_footnote(client, roundtable):
    factories.comment(roundtable, body="In Kosovo too.")

    html = read(client, reverse("feed_roundtable", args=["talks"])).find(f"{ATOM}entry/{ATOM}content").text

    assert "Kosovo<a " in html
    assert '<p id="footnote-' in html


def test_every_page_names_its_feed(client, roundtable):
    comment = factories.comment(roundtable, question=roundtable.questions.first())
    pages = {
        reverse("roundtable_detail", args=["talks"]): reverse("feed_roundtable", args=["talks"]),
        reverse("question_detail", args=["talks", 1]): reverse("feed_question", args=["talks", 1]),
        reverse("question_detail", args=["talks", 999]): reverse("feed_question", args=["talks", 999]),
        comment.get_absolute_url(): reverse("feed_comment", args=[comment.pk]),
    }

    for page, feed in pages.items():
        html = client.get(page).content.decode()
        assert f'<link rel="alternate" type="application/atom+xml" href="{feed}"' in html


def test_a_feed_that_did_not_change_is_not_made_again(client, roundtable):
    comment = factories.comment(roundtable)
    address = reverse("feed_roundtable", args=["talks"])
    etag = client.get(address)["ETag"]

    with CaptureQueriesContext(connection) as queries:
        unchanged = client.get(address, headers={"If-None-Match": etag})
    count = len(queries)
    comment.remove(by=factories.staff(), reason="other")
    changed = client.get(address, headers={"If-None-Match": etag})

    assert (unchanged.status_code, unchanged.content, count) == (304, b"", 1)
    assert changed.status_code == 200
    assert links(ElementTree.fromstring(changed.content)) == []


def test_a_feed_takes_the_same_queries_at_any_size_and_holds_the_latest(client, roundtable):
    now = timezone.now()
    found = []
    for size in (3, 200):
        comments = plant(
            roundtable,
            [None] * size,
            question=roundtable.questions.first(),
            published_at=lambda place: now + timedelta(seconds=place),
        )
        for name, args in (("roundtable", ["talks"]), ("question", ["talks", 1]), ("comment", [comments[0].pk])):
            reference.forget()
            with CaptureQueriesContext(connection) as queries:
                feed = read(client, reverse(f"feed_{name}", args=args))
            found.append((name, len(queries)))
            if name == "roundtable":
                latest = links(feed)

    assert found[:3] == found[3:]
    assert max(count for _name, count in found) <= 4
    assert latest == address_of(*comments[: -feeds.LENGTH - 1 : -1])


@pytest.mark.parametrize(
    "address", ["roundtables/none/feed/", "roundtables/talks/questions/9/feed/", "comments/0/feed/"]
)
def test_what_does_not_exist_has_no_feed(client, roundtable, address):
    assert client.get(f"/en/{address}").status_code == 404
