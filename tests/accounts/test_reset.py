"""A new password for somebody who forgot theirs, by a code in a mail."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests import factories

from .steps import PASSWORD, code_in, errors_of, is_signed_in, person, sign_in

pytestmark = pytest.mark.django_db

ASK, CONFIRM, CHOOSE = (f"/en/accounts/password/reset/{page}" for page in ("", "confirm/", "complete/"))
NEW = "five hedges and a gate"


def test_a_forgotten_password_is_replaced(client, mailoutbox):
    who = person()
    assert client.post(ASK, {"email": who.email}).url == CONFIRM
    assert client.post(CONFIRM, {"code": code_in(mailoutbox[0])}).url == CHOOSE

    response = client.post(CHOOSE, {"password1": NEW})

    assert client.get(response.url).status_code == 200
    assert not is_signed_in(client)
    sign_in(client, who, NEW)
    assert is_signed_in(client)


def test_the_way_back_is_kept(client, mailoutbox):
    who = person()
    client.post(ASK, {"email": who.email, "next": "/en/objectives/"})
    response = client.post(CONFIRM, {"code": code_in(mailoutbox[0]), "next": "/en/objectives/"})

    assert client.post(response.url, {"password1": NEW, "next": "/en/objectives/"}).url == "/en/objectives/"


def test_nobody_chooses_a_password_before_the_code(client):
    client.post(ASK, {"email": person().email})

    assert client.post(CHOOSE, {"password1": NEW}).url == CONFIRM
    assert Client().post(CHOOSE, {"password1": NEW}).url == ASK


def test_three_wrong_codes_end_it(client):
    client.post(ASK, {"email": person().email})
    for _ in range(2):
        assert client.post(CONFIRM, {"code": "XXXX-XXXX"}).status_code == 200

    assert client.post(CONFIRM, {"code": "XXXX-XXXX"}).url == "/en/accounts/login/"
    assert client.get(CONFIRM).status_code == 302


def test_a_code_is_good_for_a_quarter_of_an_hour(client, mailoutbox):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client.post(ASK, {"email": person().email})
        clock.move_to(start + timedelta(minutes=15, seconds=1))

        assert client.post(CONFIRM, {"code": code_in(mailoutbox[0])}).url == "/en/accounts/login/"


def test_a_poor_new_password_is_refused_beside_its_field(client, mailoutbox):
    client.post(ASK, {"email": person().email})
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})

    assert set(errors_of(client.post(CHOOSE, {"password1": "short"}))) == {"password1"}


def test_the_new_password_is_asked_for_once(client, mailoutbox):
    client.post(ASK, {"email": person().email})
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})

    assert list(client.get(CHOOSE).context["form"].fields) == ["password1"]


def test_a_code_confirms_the_address_of_somebody_who_was_imported(client, mailoutbox):
    who = factories.user()
    client.post(ASK, {"email": who.email})
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})
    client.post(CHOOSE, {"password1": NEW})

    sign_in(client, who, NEW)

    assert is_signed_in(client)


def test_a_reset_gives_new_tries(client, mailoutbox):
    who = person()
    for _ in range(6):
        sign_in(client, who, "wrong")
    client.post(ASK, {"email": who.email})
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})
    client.post(CHOOSE, {"password1": NEW})

    sign_in(client, who, NEW)

    assert is_signed_in(client)


def test_more_than_three_mails_a_minute_are_not_sent(client, mailoutbox):
    who = person()
    for _ in range(3):
        Client().post(ASK, {"email": who.email})

    response = client.post(ASK, {"email": who.email})

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert len(mailoutbox) == 3


def test_people_are_told_that_their_password_was_changed(client, mailoutbox):
    client.force_login(person())

    client.post("/en/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW})

    assert [mail.subject for mail in mailoutbox] == ["[Migration Network Hub] Your password was changed"]


def test_somebody_without_a_password_chooses_a_first_one(client):
    who = factories.user()
    client.force_login(who)
    assert client.get("/en/accounts/password/change/").url == "/en/accounts/password/set/"

    client.post("/en/accounts/password/set/", {"password1": NEW})

    who.refresh_from_db()
    assert who.check_password(NEW)
