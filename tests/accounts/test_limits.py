"""How often one may try a password, and that there is no other door to try it at."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client, override_settings
from django.utils import timezone

from .steps import PASSWORD, errors_of, is_signed_in, person, sign_in

pytestmark = pytest.mark.django_db

WRONG = "not my password"
TOO_MANY = ["Too many failed login attempts. Try again later."]


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


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_proxy_people_are_told_apart_by_the_address_it_names(client):
    for _ in range(21):
        sign_in(Client(headers={"x-forwarded-for": "192.0.2.1"}), "nobody@example.org", WRONG)
    far_away = Client(headers={"x-forwarded-for": "10.0.0.9, 192.0.2.2"})

    sign_in(far_away, person())

    assert is_signed_in(far_away)
