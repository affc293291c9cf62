"""Signing in by password or code, how often one may try, and signing out."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client, override_settings
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


# --- How often one may try ------------------------------------------------------------------


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(client):
    who = person()
    for _ in range(5):
        assert errors_of(sign_in(client, who, WRONG)) == {
            "__all__": ["The email address and/or password you specified are not correct."]
        }

    response = sign_in(Client(), who)

    assert errors_of(response) == {"__all__": TOO_MANY}
    assert response.status_code == 429
    assert response["Retry-After"] == "300"
    assert who.email in response.content.decode()


def test_after_five_minutes_one_may_try_again(client):
    who = person()
    with time_machine.travel(timezone.now() - timedelta(seconds=301), tick=False):
        for _ in range(6):
            sign_in(client, who, WRONG)

    sign_in(client, who)

    assert is_signed_in(client)


def test_the_tries_of_a_person_are_counted_together_whatever_address_or_host_they_name(client):
    who = person()
    EmailAddress.objects.create(user=who, email="second@example.org", verified=True)
    for number in range(5):
        Client(headers={"host": ["localhost", "127.0.0.1"][number % 2]}).post(
            "/en/accounts/login/", {"login": [who.email, "second@example.org"][number % 2], "password": WRONG}
        )

    assert errors_of(sign_in(client, who)) == {"__all__": TOO_MANY}


def test_a_forged_forwarding_header_does_not_buy_more_tries(client):
    for number in range(20):
        sign_in(Client(headers={"x-forwarded-for": f"192.0.2.{number}"}), f"nobody{number}@example.org", WRONG)

    assert errors_of(sign_in(client, person())) == {"__all__": TOO_MANY}


def test_an_unknown_address_is_limited_like_a_known_one(client):
    for _ in range(5):
        sign_in(client, "nobody@example.org", WRONG)

    response = sign_in(client, "nobody@example.org", WRONG)

    assert (response.status_code, errors_of(response)) == (429, {"__all__": TOO_MANY})


def test_the_right_password_does_not_use_up_tries(client):
    who = person()
    for _ in range(7):
        browser = Client()
        sign_in(browser, who)
        assert is_signed_in(browser)


def test_tries_are_counted_where_all_workers_see_them(settings):
    assert cache.__class__ is not None
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 10_000


def test_the_admin_has_no_door_of_its_own(client):
    who = person(is_staff=True)

    for method in (client.get, client.post):
        response = method("/admin/login/?next=/admin/", {"username": who.email, "password": PASSWORD})
        assert response.status_code == 302
        assert response.url.startswith("/en/accounts/login/?next=")
    assert not is_signed_in(client)


def test_staff_come_to_the_admin_by_the_sign_in_page(client):
    response = client.get("/admin/", follow=True)
    [address, _] = response.redirect_chain[-1]

    response = client.post(address, {"login": person(is_staff=True).email, "password": PASSWORD})

    assert response.url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_old_password_cannot_be_guessed_from_a_session_left_open(client):
    client.force_login(person())
    for _ in range(5):
        response = client.post("/en/accounts/password/change/", {"oldpassword": WRONG, "password1": "x" * 12})
        assert response.status_code == 200

    response = client.post("/en/accounts/password/change/", {"oldpassword": WRONG, "password1": "x" * 12})

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert '<h1 id="title"' in response.content.decode()


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


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_proxy_people_are_told_apart_by_the_address_it_names(client):
    for _ in range(21):
        sign_in(Client(headers={"x-forwarded-for": "192.0.2.1"}), "nobody@example.org", WRONG)
    far_away = Client(headers={"x-forwarded-for": "10.0.0.9, 192.0.2.2"})

    sign_in(far_away, person())

    assert is_signed_in(far_away)
