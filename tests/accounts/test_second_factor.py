"""The second factor: set up, asked for, and demanded of staff."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from .steps import PASSWORD, errors_of, is_signed_in, person, sign_in

pytestmark = pytest.mark.django_db

ACTIVATE = "/en/accounts/2fa/totp/activate/"


def totp(secret):
    """Return what an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def with_app(**fields):
    """Make somebody who uses an authenticator app; return them and its secret."""
    who, secret = person(**fields), generate_totp_secret()
    TOTP.activate(who, secret)
    return who, secret


def test_people_set_up_an_authenticator_app_after_giving_their_password_again(client):
    who = person()
    client.force_login(who)
    response = client.get(ACTIVATE)
    assert response.url.startswith("/en/accounts/reauthenticate/?next=")

    response = client.post(response.url, {"password": PASSWORD})
    page = client.get(response.url).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    [secret] = re.findall(r'value="([A-Z2-7]{32})"', page)
    response = client.post(ACTIVATE, {"code": totp(secret)})

    assert response.url == "/en/accounts/2fa/recovery-codes/"
    assert "recovery_codes" in client.get(response.url).content.decode()
    assert Authenticator.objects.filter(user=who, type="totp").count() == 1


def test_a_wrong_first_code_is_refused(client):
    sign_in(client, person())
    client.post(f"/en/accounts/reauthenticate/?next={ACTIVATE}", {"password": PASSWORD})
    client.get(ACTIVATE)

    assert errors_of(client.post(ACTIVATE, {"code": "000000"})) == {"code": ["Incorrect code."]}


def test_signing_in_asks_for_the_second_factor_and_leads_back(client):
    who, secret = with_app()
    response = sign_in(client, who, next="/en/objectives/")
    assert response.url == "/en/accounts/2fa/authenticate/"
    assert not is_signed_in(client)

    response = client.post(response.url, {"code": totp(secret)})

    assert response.url == "/en/objectives/"
    assert is_signed_in(client)


def test_a_recovery_code_serves_once(client):
    who, _ = with_app()
    code = RecoveryCodes.activate(who).generate_codes()[0]
    sign_in(client, who)
    client.post("/en/accounts/2fa/authenticate/", {"code": code})
    assert is_signed_in(client)

    client.post("/en/accounts/logout/")
    sign_in(client, who)

    assert errors_of(client.post("/en/accounts/2fa/authenticate/", {"code": code})) == {"code": ["Incorrect code."]}


def test_a_code_by_mail_does_not_replace_the_second_factor(client, mailoutbox):
    who, _ = with_app()
    client.post("/en/accounts/login/code/", {"email": who.email})
    [code] = re.findall(r"^\w{4}-\w{4}$", mailoutbox[0].body, re.MULTILINE)

    response = client.post("/en/accounts/login/code/confirm/", {"code": code})

    assert response.url == "/en/accounts/2fa/authenticate/"
    assert not is_signed_in(client)


def test_a_new_password_does_not_replace_the_second_factor(client, mailoutbox):
    who, _ = with_app()
    client.post("/en/accounts/password/reset/", {"email": who.email})
    [code] = re.findall(r"^\w{4}-\w{4}$", mailoutbox[0].body, re.MULTILINE)
    client.post("/en/accounts/password/reset/confirm/", {"code": code})
    client.post("/en/accounts/password/reset/complete/", {"password1": "five hedges and a gate"})

    assert sign_in(client, who, "five hedges and a gate").url == "/en/accounts/2fa/authenticate/"


def test_after_five_wrong_codes_even_the_right_one_has_to_wait(client):
    who, secret = with_app()
    sign_in(client, who)
    for _ in range(5):
        client.post("/en/accounts/2fa/authenticate/", {"code": "000000"})

    response = client.post("/en/accounts/2fa/authenticate/", {"code": totp(secret)})

    assert response.status_code == 429
    assert not is_signed_in(client)


def test_nobody_removes_a_second_factor_without_giving_it_again(client):
    who, _ = with_app()
    client.force_login(who)

    client.post("/en/accounts/2fa/totp/deactivate/")

    assert Authenticator.objects.filter(user=who).exists()


def test_passkeys_are_asked_for_by_a_page_of_scripts_from_here(client):
    html = client.get("/en/accounts/login/").content.decode()

    assert '<script src="/static/mfa/js/webauthn.js"></script>' in html
    assert "<span data-needs-script hidden>" in html
    options = client.get("/en/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["rpId"] == "testserver"


@override_settings(STAFF_NEED_SECOND_FACTOR=True)
@pytest.mark.parametrize("address", ["/admin/", "/admin/accounts/user/", "/admin/nothing/"])
def test_staff_without_a_second_factor_are_led_to_set_one_up(client, address):
    client.force_login(person(is_staff=True))

    response = client.get(address, follow=True)

    assert response.redirect_chain == [("/en/accounts/2fa/", 302)]
    assert "Please set up a second factor before you open the administration." in response.content.decode()


@override_settings(STAFF_NEED_SECOND_FACTOR=True)
def test_staff_with_a_second_factor_open_the_admin(client):
    who, _ = with_app(is_staff=True)
    client.force_login(who)

    assert client.get("/admin/").status_code == 200


@override_settings(STAFF_NEED_SECOND_FACTOR=True)
def test_recovery_codes_alone_are_no_second_factor(client):
    who = person(is_staff=True)
    RecoveryCodes.activate(who)
    client.force_login(who)

    assert client.get("/admin/").url == "/en/accounts/2fa/"


@override_settings(STAFF_NEED_SECOND_FACTOR=True)
def test_people_who_are_no_staff_meet_the_admin_as_ever(client):
    assert client.get("/admin/").url.startswith("/admin/login/")
    client.force_login(person())

    assert client.get("/admin/", follow=True).status_code == 403


@override_settings(STAFF_NEED_SECOND_FACTOR=False)
def test_without_the_setting_staff_open_the_admin(client):
    client.force_login(person(is_staff=True))

    assert client.get("/admin/").status_code == 200


def test_the_demand_costs_other_pages_no_query(client, settings):
    client.force_login(person(is_staff=True))
    client.get("/en/accounts/profile/")

    counts = []
    for settings.STAFF_NEED_SECOND_FACTOR in (False, True):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/en/accounts/profile/").status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
