"""Who set a password before an address was confirmed may not use it once its owner has confirmed it."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


def test_a_password_set_by_somebody_else_ends_with_the_owners_first_code():
    person = factories.user(email="owner@example.org", password="the squatter's password")
    EmailAddress.objects.create(user=person, email="owner@example.org", primary=True, verified=False)
    owner = Client()

    owner.post("/en/accounts/login/code/", {"email": "owner@example.org"})
    code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", mail.outbox[-1].body, re.M)[1]
    owner.post("/en/accounts/login/code/confirm/", {"code": code})

    person.refresh_from_db()
    assert owner.get("/en/comments/mine/").status_code == 200
    assert person.has_usable_password() is False


def test_somebody_whose_address_is_confirmed_keeps_the_password_when_signing_in_by_code():
    person = factories.user(email="owner@example.org", password="my own long password")
    EmailAddress.objects.create(user=person, email="owner@example.org", primary=True, verified=True)
    owner = Client()

    owner.post("/en/accounts/login/code/", {"email": "owner@example.org"})
    code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", mail.outbox[-1].body, re.M)[1]
    owner.post("/en/accounts/login/code/confirm/", {"code": code})

    person.refresh_from_db()
    assert person.has_usable_password() is True
