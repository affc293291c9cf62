"""What people choose to be told, what they follow, and what they were told of late."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultation import notifications
from consultation.models import Comment, Kind, MailPreference, Notice, Pace, Subscription
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/en/accounts/notifications/"
CHOICES = {kind.value: "daily" for kind in Kind}


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="talks")


@pytest.fixture
def person():
    return factories.user("Amina")


@pytest.fixture
def reader(person):
    client = Client()
    client.force_login(person)
    return client


def chosen(person):
    return MailPreference.objects.paces([person.pk])[person.pk]


def test_the_page_offers_every_kind_and_pace_and_shows_what_holds(reader):
    html = reader.get(PAGE).content.decode()

    kinds = [kind for kind in Kind if kind != Kind.WAITING]
    assert html.count('type="radio"') == len(kinds) * len(Pace)
    assert html.count(" checked") == len(kinds)
    assert 'value="at_once" id="id_reply_at_once" checked' in html
    assert 'value="daily" id="id_followed_daily" checked' in html


def test_what_waits_is_offered_to_moderators_and_not_at_once(roundtable, person, reader):
    roundtable.moderators.add(person)

    html = reader.get(PAGE).content.decode()

    assert html.count('name="waiting"') == len(Pace) - 1
    assert 'id="id_waiting_at_once"' not in html


def test_choices_are_kept_and_what_waits_to_be_told_follows_them(roundtable, person, reader):
    reply_to(person, roundtable)

    response = reader.post(PAGE, CHOICES | {"decision": "never"})

    assert (response.status_code, response.url) == (302, PAGE)
    assert chosen(person)["reply"] == "daily"
    assert list(Notice.objects.values_list("kind", "pace", "is_done").order_by("kind")) == [
        ("decision", "at_once", True),
        ("reply", "daily", False),
    ]


@pytest.mark.parametrize("value", ["", "hourly", "\x00", "waiting"])
def test_an_odd_choice_is_refused_beside_its_field_and_nothing_is_kept(person, reader, value):
    response = reader.post(PAGE, CHOICES | {"reply": value})

    assert response.status_code == 422
    assert 'href="#id_reply_group"' in response.content.decode()
    assert 'id="id_reply_group" tabindex' in response.content.decode()
    assert MailPreference.objects.count() == 0


def test_nobody_chooses_for_somebody_else(person, reader):
    other = factories.user()

    reader.post(PAGE, CHOICES | {"person": other.pk})

    assert set(MailPreference.objects.values_list("person", flat=True)) == {person.pk}


# --- Following


def places(roundtable):
    comment = factories.comment(roundtable, question=roundtable.questions.first())
    reply = factories.comment(roundtable, answers=comment)
    return {
        "roundtable": (reverse("roundtable_detail", args=["talks"]), reverse("follow_roundtable", args=["talks"])),
        "question": (reverse("question_detail", args=["talks", 1]), reverse("follow_question", args=["talks", 1])),
        "thread": (reply.get_absolute_url(), reverse("follow_thread", args=[reply.pk])),
    }


@pytest.mark.parametrize("place", ["roundtable", "question", "thread"])
def test_a_place_is_followed_and_left_by_its_button_however_often_it_is_pressed(roundtable, person, reader, place):
    page, button = places(roundtable)[place]
    words = []

    for action in ("follow", "follow", "leave", "leave"):
        response = reader.post(button, {"action": action})
        assert (response.status_code, response.url) == (302, page)
        html = reader.get(page).content.decode()
        words.append((Subscription.objects.count(), 'value="leave">Stop following' in html))

    assert words == [(1, True), (1, True), (0, False), (0, False)]


@pytest.mark.parametrize("place", ["roundtable", "question", "thread"])
def test_a_page_that_somebody_holds_is_not_taken_for_unchanged_after_the_button(roundtable, reader, place):
    page, button = places(roundtable)[place]
    etag = reader.get(page).headers.get("ETag", "none")
    reader.post(button, {"action": "follow"})
    reader.get(page)  # shows the message

    response = reader.get(page, headers={"If-None-Match": etag})

    assert response.status_code == 200
    assert "Stop following" in response.content.decode()


def test_a_visitor_is_led_to_sign_in_and_follows_nothing(client, roundtable):
    for _page, button in places(roundtable).values():
        assert client.post(button, {"action": "follow"}).url.startswith("/en/accounts/login/?next=")
    assert Subscription.objects.count() == 0


@pytest.mark.parametrize("hidden", ["roundtable", "comment"])
def test_what_a_person_may_not_see_they_cannot_follow(roundtable, reader, hidden):
    held = factories.comment(roundtable, status=Comment.Status.PENDING)
    buttons = {"comment": [reverse("follow_thread", args=[held.pk])]}
    buttons["roundtable"] = [button for _page, button in places(roundtable).values()]
    if hidden == "roundtable":
        type(roundtable).objects.update(is_published=False)

    assert {reader.post(button, {"action": "follow"}).status_code for button in buttons[hidden]} == {404}
    assert Subscription.objects.count() == 0


def test_the_list_shows_what_is_followed_with_a_button_each_and_no_place_that_was_hidden(roundtable, person, reader):
    for _page, button in places(roundtable).values():
        reader.post(button, {"action": "follow"})
    hidden = factories.roundtable(title_en="Hiddencanary", is_published=False)
    Subscription.objects.create(person=person, roundtable=hidden)
    reader.get(PAGE)

    html = reader.get(PAGE).content.decode()

    assert html.count('value="leave"') == 3
    assert "Hiddencanary" not in html
    response = reader.post(reverse("follow_roundtable", args=["talks"]), {"action": "leave", "from": "list"})
    assert response.url == PAGE


def test_the_page_takes_the_same_queries_for_many_places_and_notices(roundtable, person, reader):
    moderator = factories.moderator(roundtable)
    found = []
    reader.get(PAGE)

    for size in (2, 18):
        for _ in range(size):
            comment = factories.comment(roundtable, person, role="moderator")
            comment.record_event("redact", by=moderator, before="approved")
            Subscription.objects.create(person=person, thread=comment)
        notifications.announce()
        with CaptureQueriesContext(connection) as queries:
            reader.get(PAGE)
        found.append(len(queries))

    assert len(set(found)) == 1, found


# --- What was read


def reply_to(person, roundtable):
    moderator = factories.moderator(roundtable)
    first = factories.comment(roundtable, person, status=Comment.Status.PENDING).approve(by=moderator)
    reply = factories.comment(roundtable, moderator, answers=first, role="moderator")
    notifications.announce()
    return first, reply


def unread():
    return sorted(Notice.objects.filter(read_at__isnull=True).values_list("kind", flat=True))


def test_comments_that_were_in_view_are_noted_as_read_for_that_person_only(roundtable, person, reader):
    _first, reply = reply_to(person, roundtable)
    other = factories.user()
    Notice.objects.create(person=other, kind="followed", pace="daily", comment=reply, roundtable=roundtable, key="x")

    response = reader.post(reverse("notices_seen"), {"comments": f"{reply.pk},999999999"})

    assert response.status_code == 204
    assert unread() == ["decision", "followed"]


@pytest.mark.parametrize("value", ["", "1,", "a", "1;2", "9" * 19, ",".join("1" * 300), "²"])
def test_odd_numbers_of_comments_are_refused(reader, value):
    assert reader.post(reverse("notices_seen"), {"comments": value}).status_code == 422


def test_the_latest_notices_are_listed_and_marked_read_by_a_button(roundtable, person, reader):
    reply_to(person, roundtable)
    html = reader.get(PAGE).content.decode()

    response = reader.post(reverse("notices_seen"), {"all": "1"})

    assert html.count('<span class="tag">New</span>') == 2
    assert (response.status_code, response.url, unread()) == (302, PAGE, [])
    assert reader.get(PAGE).content.decode().count('<span class="tag">New</span>') == 0


def test_a_notice_of_what_may_no_longer_be_read_is_not_listed(roundtable, person, reader):
    _first, reply = reply_to(person, roundtable)
    reply.remove(by=factories.staff(), reason="other")

    assert "replied to you" not in reader.get(PAGE).content.decode()
