"""Signing out, and the other places where one is signed in."""

import pytest
from django.test import Client

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
