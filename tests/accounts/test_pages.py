"""All pages about accounts: reachable, in our look, in three languages, and without what the policy blocks."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import URLResolver, get_resolver

from .steps import PASSWORD, errors_of, is_signed_in, person, sign_in, sign_up

pytestmark = pytest.mark.django_db

# Every address of allauth that shows a page, by who sees it there.
FOR_GUESTS = ["login/", "signup/", "login/code/", "password/reset/", "password/reset/done/", "inactive/"]
FOR_PEOPLE = ["profile/", "email/", "password/change/", "2fa/", "2fa/webauthn/", "sessions/", "logout/", "3rdparty/"]
AFTER_REAUTHENTICATION = ["2fa/totp/activate/", "2fa/webauthn/add/"]
WITH_AN_APP = ["2fa/totp/deactivate/", "2fa/recovery-codes/", "2fa/recovery-codes/generate/", "2fa/reauthenticate/"]
IN_BETWEEN = [
    "confirm-email/",
    "login/code/confirm/",
    "password/reset/confirm/",
    "2fa/authenticate/",
    "reauthenticate/",
]


def check(html, language):
    """Assert what holds for each page."""
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == html.count('<h1 id="title" tabindex="-1">') == 1
    assert re.search(r"<title>\s*\S", html)
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son\w+=", html)
    for script in re.findall(r"<script\b[^>]*>", html):
        assert "src=" in script or 'type="application/json"' in script, script
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for label in re.findall(r'<label for="([^"]*)"', html):
        assert label in ids
    for described in re.findall(r'aria-describedby="([^"]*)"', html):
        assert set(described.split()) <= set(ids)
    for fragment in re.findall(r'href="#([^"]+)"', html):
        assert fragment in ids


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_pages_for_guests_are_ours(client, language):
    for address in FOR_GUESTS:
        response = client.get(f"/{language}/accounts/{address}")
        assert response.status_code == 200, address
        check(response.content.decode(), language)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_pages_for_people_are_ours_and_lead_back_to_the_account(client, language):
    who = person()
    sign_in(client, who)
    for address in FOR_PEOPLE:
        response = client.get(f"/{language}/accounts/{address}")
        assert response.status_code == 200, address
        check(response.content.decode(), language)
        assert f'href="/{language}/accounts/profile/"' in response.content.decode()
    client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    for address in AFTER_REAUTHENTICATION:
        response = client.get(f"/{language}/accounts/{address}")
        assert response.status_code == 200, address
        check(response.content.decode(), language)
    TOTP.activate(who, generate_totp_secret())
    RecoveryCodes.activate(who)
    for address in WITH_AN_APP:
        response = client.get(f"/{language}/accounts/{address}")
        assert response.status_code == 200, address
        check(response.content.decode(), language)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_pages_in_between_are_ours(language):
    who = person()
    base = f"/{language}/accounts/"
    steps = {
        "confirm-email/": lambda client: sign_up(client, language),
        "login/code/confirm/": lambda client: client.post(f"{base}login/code/", {"email": who.email}),
        "password/reset/confirm/": lambda client: client.post(f"{base}password/reset/", {"email": who.email}),
        "reauthenticate/": lambda client: client.force_login(who),
        "2fa/authenticate/": lambda client: (TOTP.activate(who, generate_totp_secret()), sign_in(client, who)),
    }
    for address, step in steps.items():
        client = Client()
        step(client)
        response = client.get(f"{base}{address}")
        assert response.status_code == 200, address
        check(response.content.decode(), language)


def test_every_address_of_allauth_is_known_to_these_tests():
    def names(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from names(pattern.url_patterns)
            elif pattern.name:
                yield pattern.name

    [accounts] = [
        resolver
        for prefix in get_resolver().url_patterns
        if isinstance(prefix, URLResolver)
        for resolver in prefix.url_patterns
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == "accounts/"
    ]
    assert set(names(accounts.url_patterns)) == {
        "account_change_password",
        "account_complete_password_reset",
        "account_confirm_login_code",
        "account_confirm_password_reset_code",
        "account_email",
        "account_email_verification_sent",
        "account_inactive",
        "account_login",
        "account_logout",
        "account_password_reset_completed",
        "account_reauthenticate",
        "account_request_login_code",
        "account_reset_password",
        "account_set_password",
        "account_signup",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_deactivate_totp",
        "mfa_download_recovery_codes",
        "mfa_edit_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
        "openid_connect_callback",
        "openid_connect_login",
        "session_state",  # ours
        "socialaccount_connections",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "socialaccount_signup",
        "usersessions_list",
    }


@pytest.mark.parametrize("address", FOR_PEOPLE[:-2] + AFTER_REAUTHENTICATION + WITH_AN_APP)
def test_guests_are_led_to_sign_in_and_back(client, address):
    response = client.get(f"/fr/accounts/{address}")

    if address == "2fa/totp/deactivate/":
        assert response.status_code in (302, 404)
    assert response.url.startswith("/fr/accounts/login/?next=")


@pytest.mark.parametrize("address", ["login/", "signup/", "login/code/", "password/reset/"])
def test_a_form_that_comes_back_has_a_summary_that_takes_the_focus(client, address):
    html = client.post(f"/en/accounts/{address}", {}).content.decode()

    assert html.count('<div class="error-summary" role="alert" tabindex="-1" autofocus>') == 1
    assert "<title>Error:" in html
    assert 'aria-invalid="true"' in html
    check(html, "en")


@pytest.mark.parametrize("address", ["login/", "signup/", "login/code/", "password/reset/", "email/", "2fa/"])
def test_pages_about_accounts_are_not_kept_by_shared_caches(client, address):
    client.force_login(person())

    for browser in (client, Client()):
        kept = browser.get(f"/en/accounts/{address}")["Cache-Control"]
        assert "no-store" in kept or "private" in kept or "no-cache" in kept


def test_fields_have_no_words_in_them_but_labels_above(client):
    for address in FOR_GUESTS:
        assert "placeholder=" not in client.get(f"/en/accounts/{address}").content.decode()


def test_the_policy_allows_neither_inline_code_nor_other_hosts(client):
    policy = client.get("/en/accounts/login/")["Content-Security-Policy"]
    directives = [directive.strip() for directive in policy.split(";")]

    assert "script-src 'self'" in directives
    assert "style-src 'self'" in directives
    assert "unsafe" not in policy


# --- E-mail addresses -----------------------------------------------------------------------

ADDRESSES = "/en/accounts/email/"


@pytest.fixture
def amina(client):
    """Return somebody who is signed in and gave the password again."""
    who = person(email="amina@example.org")
    sign_in(client, who)
    client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    return who


def test_people_add_an_address_confirm_it_and_make_it_their_first(client, amina, mailoutbox):
    response = client.post(ADDRESSES, {"action_add": "", "email": "second@example.org"})
    code = re.search(r"^\w{4}-\w{4}$", mailoutbox[0].body, re.MULTILINE)[0]
    client.post(response.url, {"code": code})
    client.post(ADDRESSES, {"action_primary": "", "email": "second@example.org"})
    client.post(ADDRESSES, {"action_remove": "", "email": "amina@example.org"})

    amina.refresh_from_db()
    assert amina.email == "second@example.org"
    assert [row.email for row in EmailAddress.objects.filter(user=amina)] == ["second@example.org"]


def test_an_address_of_somebody_else_cannot_be_added_and_nobody_is_told_so_before_the_code(client, amina, mailoutbox):
    person(email="other@example.org")

    response = client.post(ADDRESSES, {"action_add": "", "email": "other@example.org"})
    unknown = client.post(ADDRESSES, {"action_add": "", "email": "unknown@example.org"})

    assert (response.status_code, response.url) == (unknown.status_code, unknown.url)
    assert EmailAddress.objects.filter(user=amina).count() == 1


def test_a_confirmed_address_is_asked_for_before_it_is_first(client, amina):
    EmailAddress.objects.create(user=amina, email="second@example.org", verified=False)

    client.post(ADDRESSES, {"action_primary": "", "email": "second@example.org"})

    amina.refresh_from_db()
    assert amina.email == "amina@example.org"


def test_nobody_changes_the_addresses_of_others(client, amina):
    person(email="other@example.org")
    for action in ("action_primary", "action_remove", "action_send"):
        client.post(ADDRESSES, {action: "", "email": "other@example.org"})

    assert EmailAddress.objects.filter(email="other@example.org", verified=True, primary=True).exists()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "nonsense",
        "a@b\0.org",
        "x" * 300 + "@example.org",
        f"{'x' * 60}@{'y' * 63}.{'z' * 63}.{'a' * 63}.{'b' * 10}.org",
    ],
)
def test_what_is_no_address_is_refused(client, amina, typed):
    assert set(errors_of(client.post(ADDRESSES, {"action_add": "", "email": typed}))) == {"email"}
    for action in ("action_primary", "action_remove", "action_send"):
        assert client.post(ADDRESSES, {action: "", "email": typed}).status_code == 302
    assert is_signed_in(client)


def test_people_have_at_most_five_addresses(client, amina):
    for number in range(4):
        EmailAddress.objects.create(user=amina, email=f"{number}@example.org", verified=True)

    response = client.post(ADDRESSES, {"action_add": "", "email": "sixth@example.org"})

    assert errors_of(response) == {"email": ["You cannot add more than 5 email addresses."]}
