"""Freshness: 304 for an unchanged page, another page after every change, and never the page of another person."""

import datetime

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultation import reference
from consultation.models import Comment, Roundtable, TextBlock
from tests import factories
from tests.discussions import plant
from tests.markup import comment_ids, page

pytestmark = pytest.mark.django_db

Status = Comment.Status
LANGUAGES = ["en", "fr", "es"]


@pytest.fixture(autouse=True)
def _noon(time_machine):
    # A page grows old at midnight, which is not to come in the middle of a test.
    time_machine.move_to(timezone.now().replace(hour=12), tick=True)


@pytest.fixture
def roundtable():
    made = factories.roundtable(slug="safe-paths", title_en="Safe paths")
    factories.comment(made, question=made.questions.get(number=1))
    return made


def address(roundtable, query="", language="en"):
    return f"/{language}/roundtables/{roundtable.slug}/{query}"


def again(client, first, where):
    """Ask for a page once more, as a browser that holds it does."""
    return client.get(where, headers={"if-none-match": first["ETag"]})


def people(roundtable):
    waiting = factories.comment(roundtable, status=Status.PENDING)
    return {
        "visitor": None,
        "participant": factories.user(),
        "author": waiting.author,
        "moderator": factories.moderator(roundtable),
        "secretariat": factories.staff(),
    }


def signed_in(person):
    client = Client()
    if person:
        client.force_login(person)
    return client


# --- Unchanged


@pytest.mark.parametrize("name", ["roundtable_detail", "question_detail", "roundtable_all"])
@pytest.mark.parametrize("kind", ["visitor", "participant", "author", "moderator", "secretariat"])
def test_an_unchanged_page_is_not_sent_again(roundtable, kind, name):
    where = reverse(name, args=[roundtable.slug, 1][: 1 + (name == "question_detail")])
    client = signed_in(people(roundtable)[kind])
    client.get(where)  # a first visit of somebody signed in is remembered in a cookie
    first = client.get(where)

    second = again(client, first, where)

    assert (second.status_code, second.content) == (304, b"")
    assert second["ETag"] == first["ETag"]
    assert second["Cache-Control"] == first["Cache-Control"]


@pytest.mark.parametrize("held", ['W/"other"', "*", "", '"x", W/"y"'])
def test_another_page_than_the_one_held_is_sent(client, roundtable, held):
    response = client.get(address(roundtable), headers={"if-none-match": held})

    assert (response.status_code, len(comment_ids(response))) == (200, 1)


def test_one_of_several_pages_held_is_recognised(client, roundtable):
    first = client.get(address(roundtable))

    response = client.get(address(roundtable), headers={"if-none-match": f'W/"other", {first["ETag"]}'})

    assert response.status_code == 304


def test_pages_may_be_kept_but_are_always_asked_about(roundtable):
    visitor, member = Client(), signed_in(factories.user())

    found = [set(client.get(address(roundtable))["Cache-Control"].split(", ")) for client in (visitor, member)]

    assert found == [{"public", "no-cache"}, {"private", "no-cache"}]


# --- Changed

PUBLIC_CHANGES = {
    "a comment is approved": lambda roundtable: waiting(roundtable).approve(by=factories.staff()),
    "a comment is removed": lambda roundtable: published(roundtable).remove(by=factories.staff(), reason="other"),
    "a moderator posts": lambda roundtable: factories.comment(roundtable, role="moderator"),
    "a thread is filed elsewhere": lambda roundtable: published(roundtable).refile(
        by=factories.staff(), question=roundtable.questions.get(number=2)
    ),
    "an author is renamed": lambda roundtable: rename(published(roundtable).author),
    "a text of the site changes": lambda roundtable: change_text(),
    "the roundtable closes": lambda roundtable: Roundtable.objects.update(closes_at=timezone.now()),
    "the roundtable is reported": lambda roundtable: Roundtable.objects.update(
        closes_at=timezone.now(), note_status="published"
    ),
}
HELD_CHANGES = {
    "a contribution arrives": lambda roundtable: factories.comment(roundtable, status=Status.PENDING),
    "a waiting text is revised": lambda roundtable: waiting(roundtable).revise(
        factories.new_text("Other"), by=factories.staff()
    ),
    "a waiting text is returned": lambda roundtable: waiting(roundtable).return_for_revision(
        by=factories.staff(), message="More."
    ),
    "a waiting text is rejected": lambda roundtable: waiting(roundtable).reject(by=factories.staff(), reason="other"),
}


def waiting(roundtable):
    return Comment.objects.filter(roundtable=roundtable, status=Status.PENDING).first()


def published(roundtable):
    return Comment.objects.filter(roundtable=roundtable, status=Status.APPROVED).first()


def rename(person):
    person.name = "A new name"
    person.save()
    Comment.objects.update_author(person)


def change_text():
    TextBlock.objects.filter(key="about").update(title_en="New")
    reference.touch()


@pytest.mark.parametrize("change", PUBLIC_CHANGES)
def test_what_everybody_sees_makes_the_page_another_for_everybody(roundtable, change):
    clients = {kind: signed_in(person) for kind, person in people(roundtable).items()}
    for client in clients.values():
        client.get(address(roundtable))
    first = {kind: client.get(address(roundtable)) for kind, client in clients.items()}
    unchanged = {kind: again(client, first[kind], address(roundtable)).status_code for kind, client in clients.items()}

    PUBLIC_CHANGES[change](roundtable)

    changed = {kind: again(client, first[kind], address(roundtable)).status_code for kind, client in clients.items()}
    assert unchanged == dict.fromkeys(clients, 304)
    assert changed == dict.fromkeys(clients, 200)


@pytest.mark.parametrize("change", HELD_CHANGES)
def test_what_is_held_makes_no_other_page_for_visitors(roundtable, change):
    visitor, moderator = signed_in(None), signed_in(people(roundtable)["moderator"])
    moderator.get(address(roundtable))
    first = visitor.get(address(roundtable)), moderator.get(address(roundtable))

    HELD_CHANGES[change](roundtable)

    second = again(visitor, first[0], address(roundtable)), again(moderator, first[1], address(roundtable))

    assert [response.status_code for response in second] == [304, 200]


def test_a_page_grows_old_with_the_day_because_it_says_how_many_are_left(client, time_machine):
    time_machine.move_to("2026-03-20T21:00:00Z", tick=False)
    closes = datetime.datetime(2026, 3, 31, tzinfo=datetime.UTC)
    roundtable = factories.roundtable(opens_at=None, closes_at=closes)
    first = client.get(address(roundtable))
    time_machine.move_to("2026-03-20T22:59:59Z", tick=False)
    same_day = again(client, first, address(roundtable)).status_code
    time_machine.move_to("2026-03-20T23:00:00Z", tick=False)  # midnight in Zurich

    next_day = again(client, first, address(roundtable)).status_code

    assert (same_day, next_day) == (304, 200)


def test_a_page_grows_old_at_the_closing_second(client, time_machine):
    time_machine.move_to("2026-03-20T21:00:00Z", tick=False)
    closes = datetime.datetime(2026, 3, 20, 21, 30, tzinfo=datetime.UTC)
    roundtable = factories.roundtable(opens_at=None, closes_at=closes)
    first = client.get(address(roundtable))
    statuses = []

    for moment in ("2026-03-20T21:30:00Z", "2026-03-20T21:30:01Z"):
        time_machine.move_to(moment, tick=False)
        statuses.append(again(client, first, address(roundtable)).status_code)

    assert statuses == [304, 200]


def test_a_message_that_waits_is_shown_and_not_kept(roundtable):
    moderator = factories.moderator(roundtable)
    comment = factories.comment(roundtable, status=Status.PENDING)
    client = signed_in(moderator)
    client.get(address(roundtable))
    first = client.get(address(roundtable))

    client.post(reverse("moderation_refile", args=[comment.pk]), {"question": ""})
    with_message = again(client, first, address(roundtable))
    after = client.get(address(roundtable))

    assert (with_message.status_code, "ETag" in with_message) == (200, False)
    assert "Filed." in with_message.content.decode()
    assert "Filed." not in after.content.decode()


def test_a_roundtable_that_is_taken_back_is_gone_even_for_those_who_hold_it(client, roundtable):
    first = client.get(address(roundtable))

    Roundtable.objects.update(is_published=False)

    assert again(client, first, address(roundtable)).status_code == 404
    assert client.get(address(roundtable)).status_code == 404


# --- One page is not another


def test_pages_that_differ_have_different_tags(client, roundtable):
    everybody = people(roundtable)
    queries = ["", "?sort=newest", "?sort=activity", "?after=1-0001", "?objective=3"]
    tags = [client.get(address(roundtable, query, language))["ETag"] for query in queries for language in LANGUAGES]
    tags += [client.get(reverse("question_detail", args=[roundtable.slug, 1]))["ETag"]]
    tags += [signed_in(person).get(address(roundtable))["ETag"] for person in everybody.values() if person]
    tags += [client.get(address(factories.roundtable()))["ETag"]]

    assert len(set(tags)) == len(tags)


def test_visitors_get_the_page_that_was_made_for_another_until_it_changes(roundtable):
    first = Client().get(address(roundtable))
    Roundtable.objects.update(title_en="Changed past all counters")
    second = Client().get(address(roundtable))
    Roundtable.objects.filter(pk=roundtable.pk).record_change(public=True)
    third = Client().get(address(roundtable))

    assert second.content == first.content
    assert second["ETag"] == first["ETag"]
    assert page(third).one("h1").words == "Changed past all counters"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kept_page_is_in_the_language_of_whoever_asks(roundtable, language):
    for code in LANGUAGES:
        Client().get(address(roundtable, language=code))

    response = Client().get(address(roundtable, language=language))

    assert page(response).one("html").attrs["lang"] == language


def test_a_page_for_visitors_holds_no_token_and_no_name(roundtable):
    response = Client(enforce_csrf_checks=True).get(address(roundtable))

    assert page(response).all("input", name="csrfmiddlewaretoken") == []
    assert "csrf" not in str(response.cookies)


def test_people_who_take_turns_get_nothing_of_each_other(roundtable):
    moderator, author = factories.moderator(roundtable, "Mara Lind"), factories.user("Amina Diallo")
    held = factories.comment(roundtable, author, status=Status.PENDING, body="Held words")
    clients = {"Mara Lind": signed_in(moderator), "Amina Diallo": signed_in(author), "": signed_in(None)}
    other = signed_in(factories.user("Otto Other"))

    for _ in range(10):
        found = {name: client.get(address(roundtable)).content.decode() for name, client in clients.items()}
        third = other.get(address(roundtable)).content.decode()
        menus = {
            name: [who for who in ("Mara Lind", "Amina Diallo", "Otto Other") if f"<bdi>{who}</bdi></a>" in html]
            for name, html in found.items()
        }
        assert menus == {"Mara Lind": ["Mara Lind"], "Amina Diallo": ["Amina Diallo"], "": []}
        assert {name: "Held words" in html for name, html in found.items()} == {
            "Mara Lind": True,
            "Amina Diallo": True,
            "": False,
        }
        assert ("Held words" in third, f"comment-{held.pk}" in third) == (False, False)
        tokens = {html.partition('csrfmiddlewaretoken" value="')[2][:64] for html in found.values()}
        assert len(tokens) == 3


def test_only_the_plain_pages_are_kept_for_others(roundtable):
    visitor = Client()
    for query in ("?q=1", "?objective=3", "?since=2020-01-01", "?language=en&x=y", "?sort=newest", "?after=1-0001"):
        visitor.get(address(roundtable, query))
    signed_in(factories.user()).get(address(roundtable))
    assert len(caches["pages"]._cache) == 0

    visitor.get(address(roundtable))
    assert len(caches["pages"]._cache) == 1


def test_a_visitor_with_a_session_is_not_given_a_page_of_others(roundtable):
    visitor = Client()
    visitor.post(reverse("comment_contribute", args=[roundtable.slug]), {"body": "Typed", "language": "en"})

    visitor.get(address(roundtable))

    assert len(caches["pages"]._cache) == 0


def test_a_page_that_was_kept_is_complete(roundtable):
    plant(roundtable, [None, 0, 0], question=roundtable.questions.get(number=2))
    first, second = (Client().get(address(roundtable)) for _ in range(2))

    assert comment_ids(second) == comment_ids(first)
    assert second["Content-Type"] == "text/html; charset=utf-8"
    assert "Cookie" in second["Vary"]
