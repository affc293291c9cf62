"""Signing out, and the other places where one is signed in."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from .steps import PASSWORD, is_signed_in, person, sign_in

pytestmark = pytest.mark.django_db


# --- Signing out ----------------------------------------------------------------------------


def test_nobody_is_signed_out_by_following_a_link(client):
    client.force_login(person())

    response = client.get("/en/accounts/logout/")

    assert response.status_code == 200
    assert is_signed_in(client)


def test_people_sign_out_by_pressing_a_button(client):
    client.force_login(person())

    response = client.post("/es/accounts/logout/")

    assert response.url == "/es/"
    assert not is_signed_in(client)


def test_signing_out_needs_the_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(person())

    assert client.post("/en/accounts/logout/").status_code == 403
    assert is_signed_in(client)


# --- Sessions -------------------------------------------------------------------------------


def test_people_see_where_they_are_signed_in_and_can_end_the_other_sessions(client):
    who = person()
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    other = Client(headers={"user-agent": firefox})
    sign_in(other, who)
    sign_in(client, who)

    page = client.get("/en/accounts/sessions/").content.decode()
    assert page.count("<li><h2>") == 2
    assert "Firefox, Linux" in page
    client.post("/en/accounts/sessions/")

    assert other.get("/en/accounts/sessions/").status_code == 302
    assert client.get("/en/accounts/sessions/").content.decode().count("<li><h2>") == 1


def test_nobody_sees_the_sessions_of_others(client):
    sign_in(Client(headers={"user-agent": "Seen by nobody"}), person())
    sign_in(client, person())

    assert "Seen by nobody" not in client.get("/en/accounts/sessions/").content.decode()


def test_a_new_password_ends_the_other_sessions(client):
    who = person()
    other = Client()
    sign_in(other, who)
    sign_in(client, who)

    client.post("/en/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "five hedges and a gate"})

    assert client.get("/en/accounts/profile/").status_code == 200
    assert other.get("/en/accounts/profile/").status_code == 302


# --- How long one stays signed in

STATE = "/en/accounts/session/"
WHOLE = settings.SESSION_COOKIE_AGE


@pytest.fixture
def now():
    """Return the moment at which the clock stands."""
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as clock:
        yield clock


def days(number):
    return timedelta(days=number)


def left(client):
    return client.get(STATE).json()["left"]


def test_people_are_told_how_long_they_stay_signed_in_and_reading_does_not_change_it(client, now):
    visitor = left(client)
    client.force_login(person())
    before = left(client)
    now.shift(days(10))
    for address in ("/en/", "/en/accounts/profile/", STATE):
        client.get(address)

    assert (visitor, before, left(client)) == (0, WHOLE, WHOLE - 10 * 86400)
    now.shift(days(4))
    assert left(client) == 0


def test_whoever_says_so_stays_signed_in(client, now):
    client.force_login(person())
    now.shift(days(10))

    told = client.post(STATE)

    assert (told.json()["left"], left(client)) == (WHOLE, WHOLE)
    assert told.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == WHOLE
    assert Session.objects.get().expire_date == timezone.now() + timedelta(seconds=WHOLE)


def test_a_visitor_stays_a_visitor_and_the_token_is_asked_for(client):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person())

    assert client.post(STATE).json()["left"] == 0
    assert Session.objects.count() == 1
    assert strict.post(STATE).status_code == 403
    token = strict.get(STATE).json()["token"]
    assert strict.post(STATE, {"csrfmiddlewaretoken": token}).json()["left"] == WHOLE


def test_whatever_is_sent_in_the_second_half_prolongs_the_session(client, now):
    client.force_login(person())
    found = []
    for shift in (days(6), days(2)):
        now.shift(shift)
        client.post("/en/accounts/profile/", {})
        found.append(left(client))

    assert found == [WHOLE - 6 * 86400, WHOLE]


@pytest.mark.parametrize(("mode", "is_taken"), [("navigate", True), ("no-cors", False), ("cors", False)])
def test_a_late_answer_to_what_a_page_sent_by_itself_signs_nobody_out(client, mode, is_taken):
    client.force_login(person())
    Session.objects.all().delete()

    response = client.post(reverse("notices_seen"), {"comments": "1"}, headers={"sec-fetch-mode": mode})

    assert response.status_code == 204
    assert (settings.SESSION_COOKIE_NAME in response.cookies) is is_taken


@pytest.mark.parametrize("key", ["", "short", r"0123456789\000", "x" * 5000, "é" * 20, "0" * 32])
def test_a_cookie_that_is_no_key_of_a_session_is_that_of_a_visitor(client, key):
    response = client.get(STATE, headers={"cookie": f'{settings.SESSION_COOKIE_NAME}="{key}"'})

    assert response.json()["left"] == 0
