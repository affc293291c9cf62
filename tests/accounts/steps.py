"""The steps people take, for tests to put together."""

import re

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher

from accounts.models import StakeholderGroup
from tests import factories

PASSWORD = "four hedges and a gate"


class CountedHasher(MD5PasswordHasher):
    """A hasher that costs no time and counts how often it was used."""

    used = 0

    def encode(self, password, salt):
        """Hash, and count."""
        CountedHasher.used += 1
        return super().encode(password, salt)


def person(**fields):
    """Make somebody with a password and a confirmed address."""
    made = factories.user(password=PASSWORD, **fields)
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def answers(**changes):
    """Return what a new person enters at sign-up."""
    return {
        "email": "amina@example.org",
        "password1": PASSWORD,
        "name": "Amina Diallo",
        "organisation": "Bridge of Hope",
        "group": StakeholderGroup.objects.get(code="civil-society").pk,
        "country": "SN",
        "capacity": "official",
        "language": "fr",
        "consent": "on",
        **changes,
    }


def sign_up(client, pages="en", **changes):
    """Send the sign-up form, on pages in one language."""
    return client.post(f"/{pages}/accounts/signup/", answers(**changes))


def sign_in(client, who, password=PASSWORD, **more):
    """Send the sign-in form."""
    return client.post("/en/accounts/login/", {"login": getattr(who, "email", who), "password": password, **more})


def code_in(mail):
    """Return the code in a mail."""
    [code] = re.findall(r"^[A-Z]{4}-[A-Z]{4}$", mail.body, re.MULTILINE)
    return code


def is_signed_in(client):
    """Return whether the browser is signed in."""
    return "_auth_user_id" in client.session


def errors_of(response):
    """Return the complaints of a form that came back, by field."""
    return {field: list(complaints) for field, complaints in response.context["form"].errors.items()}
