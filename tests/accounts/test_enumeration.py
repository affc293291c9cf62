"""Nobody learns from an answer, nor from the time it takes, whether an address has an account."""

import re

import pytest
from django.test import Client

from tests import factories

from .steps import CountedHasher, person, sign_in, sign_up

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "known@example.org", "unknown@example.org"


@pytest.fixture(params=["confirmed", "not confirmed", "without a password", "inactive"])
def _known(request):
    if request.param == "confirmed":
        person(email=KNOWN)
    elif request.param == "not confirmed":
        factories.user(email=KNOWN, password="something else entirely")
    elif request.param == "without a password":
        factories.user(email=KNOWN)
    else:
        person(email=KNOWN, is_active=False)


def tell(client, response):
    """Return all an observer sees: status, where it leads, and the page there without what is new on every page."""
    told = [response.status_code, response.get("Location", "")]
    html = (client.get(response["Location"]) if response.status_code == 302 else response).content.decode()
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)
    return [*told, html.replace(UNKNOWN, KNOWN)]


def observe(step):
    """Return what a step tells about both addresses, and how many passwords were hashed meanwhile."""
    seen = []
    for email in (KNOWN, UNKNOWN):
        client, before = Client(), CountedHasher.used
        response = step(client, email)
        seen.append((tell(client, response), CountedHasher.used - before))
    return seen


STEPS = {
    "sign-in with a wrong password": lambda client, email: sign_in(client, email, "wrong password"),
    "sign-up": lambda client, email: sign_up(client, email=email),
    "sign-in code": lambda client, email: client.post("/en/accounts/login/code/", {"email": email}),
    "password reset": lambda client, email: client.post("/en/accounts/password/reset/", {"email": email}),
}


@pytest.mark.usefixtures("_known")
@pytest.mark.parametrize("name", STEPS)
def test_an_address_that_is_known_looks_and_costs_the_same(name):
    known, unknown = observe(STEPS[name])

    assert known == unknown


@pytest.mark.usefixtures("_known")
@pytest.mark.parametrize("name", ["sign-in code", "password reset"])
@pytest.mark.parametrize("tries", [1, 2, 3])
def test_wrong_codes_end_alike(name, tries):
    def step(client, email):
        address = STEPS[name](client, email)["Location"]
        for _ in range(tries):
            response = client.post(address, {"code": "XXXX-XXXX"})
        return response

    known, unknown = observe(step)

    assert known == unknown


@pytest.mark.usefixtures("_known")
def test_wrong_codes_after_sign_up_end_alike():
    def step(client, email):
        sign_up(client, email=email)
        return client.post("/en/accounts/confirm-email/", {"code": "XXXX-XXXX"})

    known, unknown = observe(step)

    assert known == unknown


@pytest.mark.usefixtures("_known")
@pytest.mark.parametrize("address", ["/en/accounts/confirm-email/", "/en/accounts/login/code/confirm/"])
def test_a_new_code_is_asked_for_alike(address):
    def step(client, email):
        sign_up(client, email=email) if "email" in address else STEPS["sign-in code"](client, email)
        return client.post(address, {"action": "resend"})

    known, unknown = observe(step)

    assert known == unknown


@pytest.mark.parametrize("name", STEPS)
def test_the_limits_hold_alike(name):
    person(email=KNOWN)

    def step(client, email):
        for _ in range(8):
            response = STEPS[name](Client(), email)
        return response

    known, unknown = observe(step)

    assert known == unknown
    assert known[0][0] == 429


def test_mail_goes_to_known_and_unknown_addresses_alike(mailoutbox):
    person(email=KNOWN)
    for name in ("sign-up", "sign-in code", "password reset"):
        observe(STEPS[name])

    assert [mail.to for mail in mailoutbox] == [[KNOWN], [UNKNOWN]] * 3
