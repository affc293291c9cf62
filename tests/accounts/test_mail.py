"""Mails about accounts: in the language of whoever gets them, with our name and our links, or a plain word why not."""

import smtplib

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from .steps import PASSWORD, answers, is_signed_in, person, sign_in, sign_up

pytestmark = pytest.mark.django_db

FRENCH, SPANISH = "Chère collègue, cher collègue,", "Estimado/a colega:"


def ask(client, form, email, pages="en"):
    """Ask for a code."""
    return client.post(f"/{pages}/accounts/{form}/", {"email": email})


@pytest.mark.parametrize("form", ["login/code", "password/reset"])
@pytest.mark.parametrize(("language", "greeting"), [("fr", FRENCH), ("es", SPANISH)])
def test_a_mail_is_in_the_language_of_the_person_whatever_page_they_are_on(
    client, mailoutbox, form, language, greeting
):
    ask(client, form, person(language=language).email)

    assert mailoutbox[0].body.startswith(greeting)


def test_a_stranger_is_written_to_in_the_language_of_the_page(client, mailoutbox):
    ask(client, "login/code", "stranger@example.org", pages="fr")

    assert mailoutbox[0].body.startswith(FRENCH)
    assert "https://hub.example.org/fr/accounts/signup/" in mailoutbox[0].body


def test_mails_name_the_site_and_link_to_the_configured_address_only(mailoutbox):
    person(email="known@example.org", language="es")
    client = Client(headers={"host": "localhost", "x-forwarded-host": "evil.example"})
    sign_up(client, email="new@example.org", language="en")
    for email in ("known@example.org", "stranger@example.org"):
        ask(Client(headers={"host": "localhost"}), "login/code", email)
        ask(Client(headers={"host": "localhost"}), "password/reset", email)
    sign_up(Client(headers={"host": "localhost"}), email="known@example.org")

    assert len(mailoutbox) == 6
    for mail in mailoutbox:
        assert mail.subject.startswith("[Migration Network Hub] ")
        assert "https://hub.example.org" in mail.body
        assert "localhost" not in mail.body
        assert "evil.example" not in mail.body
        assert mail.from_email == "no-reply@example.org"
    assert "https://hub.example.org/es/accounts/password/reset/" in mailoutbox[-1].body


def test_a_hostile_name_changes_nothing_but_the_text(client, mailoutbox):
    sign_up(client, name="<b>Amina</b> & everybody@example.org", language="en")

    [mail] = mailoutbox
    assert mail.to == ["amina@example.org"]
    assert "in the name of <b>Amina</b> & everybody@example.org.\n" in mail.body
    assert mail.message()["Subject"] == "[Migration Network Hub] Please confirm your e-mail address"


class BrokenServer(EmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages):
        """Fail."""
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such person")})


@pytest.fixture
def _broken_mail(settings):
    settings.EMAIL_BACKEND = "tests.accounts.test_mail.BrokenServer"


@pytest.mark.usefixtures("_broken_mail")
@pytest.mark.parametrize("email", ["known@example.org", "stranger@example.org"])
def test_when_mail_fails_the_page_says_so_to_known_and_unknown_alike(client, email):
    person(email="known@example.org")

    for response in (
        ask(client, "login/code", email),
        ask(client, "password/reset", email),
        sign_up(client, email=email),
    ):
        assert response.status_code == 503
        assert response["Retry-After"] == "60"
        assert '<h1 id="title" tabindex="-1">The e-mail could not be sent</h1>' in response.content.decode()


@pytest.mark.usefixtures("_broken_mail")
def test_the_log_says_why_a_mail_was_not_sent_and_not_to_whom(client, caplog):
    with caplog.at_level("ERROR"):
        ask(client, "login/code", person().email)

    [record] = [record for record in caplog.records if record.name == "accounts.adapter"]
    assert (record.template, record.reason) == ("account/email/login_code", "SMTPRecipientsRefused 550")
    assert (record.exc_info, "@" in record.getMessage()) == (None, False)


def test_a_sign_up_whose_mail_failed_goes_on_by_signing_in(client, settings, mailoutbox):
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.accounts.test_mail.BrokenServer"
    sign_up(client)
    settings.EMAIL_BACKEND = backend

    response = sign_in(client, answers()["email"])

    assert response.url == "/en/accounts/confirm-email/"
    assert len(mailoutbox) == 1


@pytest.mark.usefixtures("_broken_mail")
def test_a_change_stands_even_when_the_mail_about_it_fails(client):
    who = person()
    client.force_login(who)

    response = client.post(
        "/en/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "five hedges and a gate"}
    )

    assert response.status_code == 302
    who.refresh_from_db()
    assert who.check_password("five hedges and a gate")
    assert is_signed_in(client)
