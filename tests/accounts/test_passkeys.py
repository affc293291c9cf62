"""Passkeys and security keys, in a real browser with a key made of software, under the strict policy."""

import pytest
from allauth.mfa.models import Authenticator

from tests.journeys.conftest import browser_type_launch_args, site, visitors

from .steps import PASSWORD, person

__all__ = ["browser_type_launch_args", "site", "visitors"]  # fixtures that journeys have too

pytestmark = pytest.mark.any_database


def with_key(page):
    """Give the browser a key that is always touched."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "isUserVerified": True}
    options |= {"hasResidentKey": True, "hasUserVerification": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def add_key(page, *, passwordless):
    """Add the key to the account, giving the password again on the way."""
    page.goto("/en/accounts/2fa/webauthn/add/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("My laptop")
    page.get_by_label("Passwordless").set_checked(passwordless)
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/2fa/recovery-codes/")


def test_people_sign_in_with_a_passkey_and_are_back_where_they_were(visitors):
    who = person()
    page = visitors.open(who)
    with_key(page)
    add_key(page, passwordless=True)
    page.get_by_role("button", name="Sign out").click()

    page.goto("/en/accounts/login/?next=/en/objectives/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url(f"{visitors.site}/en/objectives/")
    page.get_by_role("link", name=who.name).wait_for()


def test_a_security_key_is_the_second_factor_after_the_password(visitors):
    who = person()
    page = visitors.open(who)
    with_key(page)
    add_key(page, passwordless=False)
    assert Authenticator.objects.filter(user=who, type="webauthn").count() == 1
    page.get_by_role("button", name="Sign out").click()

    page.goto("/en/accounts/login/")
    page.get_by_label("Email").fill(who.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign In", exact=True).click()
    page.get_by_role("button", name="Use a security key").click()

    page.wait_for_url(f"{visitors.site}/en/")
    page.get_by_role("link", name=who.name).wait_for()


def test_without_scripts_nothing_offers_a_passkey(visitors):
    page = visitors.open(address="/en/accounts/login/", java_script_enabled=False)

    assert page.get_by_role("button", name="Sign in with a passkey").count() == 0
    assert page.get_by_role("link", name="Send me a sign-in code").count() == 1
