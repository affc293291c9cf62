"""Signing in by password or code, how often one may try, and signing out."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests import factories

from .steps import PASSWORD, code_in, errors_of, is_signed_in, person, sign_in

pytestmark = pytest.mark.django_db

WRONG = "not my password"
CODE_PAGE = "/en/accounts/login/code/confirm/"
TOO_MANY = ["Too many failed login attempts. Try again later."]


def ask_for_code(client, email, **more):
    """Send the form that asks for a sign-in code."""
    return client.post("/en/accounts/login/code/", {"email": email, **more})


# --- By password ----------------------------------------------------------------------------


def test_people_sign_in_by_password_and_are_back_where_they_were(client):
    response = sign_in(client, person(), next="/en/objectives/")

    assert response.url == "/en/objectives/"
    assert is_signed_in(client)


def test_without_a_page_to_go_back_to_they_are_led_home_in_the_language_of_the_page(client):
    who = person(language="es")

    response = client.post("/fr/accounts/login/", {"login": who.email, "password": PASSWORD})

    assert response.url == "/fr/"


def test_the_case_of_the_address_does_not_matter(client):
    sign_in(client, person(email="amina@example.org").email.upper())

    assert is_signed_in(client)


def test_an_address_that_is_not_confirmed_is_sent_a_code_first(client, mailoutbox):
    response = sign_in(client, factories.user(password=PASSWORD), next="/en/objectives/")
    assert not is_signed_in(client)

    response = client.post(response.url, {"code": code_in(mailoutbox[0])})

    assert response.url == "/en/objectives/"
    assert is_signed_in(client)


def test_somebody_who_was_made_inactive_is_told_so_and_stays_out(client):
    response = sign_in(client, person(is_active=False))

    assert response.url == "/en/accounts/inactive/"
    assert not is_signed_in(client)


def test_whoever_is_signed_in_already_is_led_on(client):
    client.force_login(person())

    assert client.get("/en/accounts/login/?next=/en/objectives/").url == "/en/objectives/"


def test_the_sign_in_page_offers_every_way_in_and_help(client):
    html = client.get("/en/accounts/login/?next=/en/objectives/").content.decode()

    assert 'href="/en/accounts/login/code/?next=%2Fen%2Fobjectives%2F"' in html
    assert 'href="/en/accounts/signup/?next=%2Fen%2Fobjectives%2F"' in html
    assert 'id="passkey_login"' in html
    assert 'href="/en/accounts/password/reset/"' in html
    assert 'Trouble signing in? <a href="/en/contact/">Help and contact</a>' in html


def test_people_stay_signed_in_for_two_weeks(client):
    sign_in(client, person())

    assert client.session.get_expiry_age() == 14 * 24 * 3600


# --- By code --------------------------------------------------------------------------------


def test_people_sign_in_by_code_and_are_back_where_they_were(client, mailoutbox):
    who = person()
    response = ask_for_code(client, who.email, next="/en/objectives/")
    assert response.url == f"{CODE_PAGE}?next=%2Fen%2Fobjectives%2F"

    response = client.post(response.url, {"code": code_in(mailoutbox[0]), "next": "/en/objectives/"})

    assert response.url == "/en/objectives/"
    assert is_signed_in(client)


def test_people_without_a_password_sign_in_by_code(client, mailoutbox):
    who = factories.user()
    assert not who.has_usable_password()
    ask_for_code(client, who.email)

    client.post(CODE_PAGE, {"code": code_in(mailoutbox[0])})

    assert is_signed_in(client)


def test_a_code_works_in_the_browser_that_asked_for_it_and_once(client, mailoutbox):
    ask_for_code(client, person().email)
    code = code_in(mailoutbox[0])
    other = Client()
    ask_for_code(other, person().email)

    assert other.post(CODE_PAGE, {"code": code}).status_code == 200
    client.post(CODE_PAGE, {"code": code})
    client.post("/en/accounts/logout/")

    assert client.post(CODE_PAGE, {"code": code}).url == "/en/accounts/login/code/"
    assert not is_signed_in(client)


def test_a_code_is_good_for_a_quarter_of_an_hour(client, mailoutbox):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        ask_for_code(client, person().email)
        clock.move_to(start + timedelta(minutes=14, seconds=59))
        assert client.get(CODE_PAGE).status_code == 200
        clock.move_to(start + timedelta(minutes=15, seconds=1))

        assert client.post(CODE_PAGE, {"code": code_in(mailoutbox[0])}).status_code == 302
    assert not is_signed_in(client)


def test_three_wrong_codes_end_it(client):
    ask_for_code(client, person().email)
    for _ in range(2):
        assert client.post(CODE_PAGE, {"code": "XXXX-XXXX"}).status_code == 200

    assert client.post(CODE_PAGE, {"code": "XXXX-XXXX"}).url == "/en/accounts/login/code/"


def test_more_than_three_codes_a_minute_are_not_sent(client, mailoutbox):
    who = person()
    for _ in range(3):
        ask_for_code(Client(), who.email)

    response = ask_for_code(client, who.email)

    assert response.status_code == 429
    assert errors_of(response) == {"email": TOO_MANY}
    assert len(mailoutbox) == 3
