"""Mails about accounts: every one that allauth knows is in our words, whole in each language and in both parts."""

import re
from html import unescape
from pathlib import Path

import allauth
import pytest
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import mail
from django.utils import timezone
from django.utils.translation import override

from accounts.account_mail import WORDS
from accounts.models import User

from .steps import PASSWORD, person

TEMPLATES = Path(allauth.__file__).parent / "templates"
PREFIXES = sorted(str(path.relative_to(TEMPLATES))[: -len("_subject.txt")] for path in TEMPLATES.rglob("*_subject.txt"))
VALUES = {
    "user": User(name="Amina Diallo", email="amina@example.org"),
    "code": "BCDF-GHJK",
    "signup_url": "https://hub.example.org/accounts/signup/",
    "password_reset_url": "https://hub.example.org/accounts/password/reset/",
    "provider": "UNHCR",
    "from_email": "old@example.org",
    "to_email": "new@example.org",
    "deleted_email": "third@example.org",
    "ip": "192.0.2.1",
    "user_agent": "Mozilla/5.0",
    "timestamp": timezone.now(),
}


def written(prefix, language):
    """Return the mail that allauth sends by this name, in a language."""
    with override(language):
        return get_adapter().render_mail(prefix, "amina@example.org", VALUES)


def shown_by(html):
    """Return the texts of an HTML part, a line each, without its head and its style."""
    body = re.sub(r"<style.*?</style>", "", html.partition("<body")[2].partition(">")[2], flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "\n", body))


def wording(text):
    """Return the lines that say something: all but the name of the site, addresses and the code."""
    given = {settings.SITE_NAME, VALUES["code"]}
    lines = {line.strip() for line in text.splitlines()} - given
    return {line for line in lines if re.search(r"[a-z]", line) and not re.fullmatch(r"\S*[@/]\S*", line)}


def test_every_mail_of_the_installed_allauth_has_its_words():
    assert sorted(WORDS) == PREFIXES


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_mail_is_whole_in_every_language_and_in_both_parts(prefix):
    said = {}
    for language in settings.LANGUAGE_CODES:
        message = written(prefix, language)
        [(html, kind)] = message.alternatives
        subject = message.subject.removeprefix(f"[{settings.SITE_NAME}] ")
        said[language] = {subject} | wording(message.body), wording(shown_by(html))

        assert message.subject.startswith(f"[{settings.SITE_NAME}] ")
        assert kind == "text/html"
        assert f'<html lang="{language}"' in html
        assert message.extra_headers["Auto-Submitted"] == "auto-generated"
        assert message.extra_headers["Content-Language"] == language
        assert "%(" not in message.body + html
        if WORDS[prefix].shown:
            shown = VALUES[WORDS[prefix].shown]
            assert message.body.splitlines().count(shown) == 1
            assert f">{shown}</" in html
        else:
            assert f"https://hub.example.org/{language}/accounts/password/reset/" in message.body.splitlines()

    for language in ("fr", "es"):
        for ours, english in zip(said[language], said["en"], strict=True):
            assert (len(ours), ours & english) == (len(english), set())


@pytest.mark.django_db
def test_a_notice_is_in_the_language_of_the_person_and_names_what_was_done(client):
    amina = person(name="Amina <b>Diallo</b>", language="es")
    client.force_login(amina)

    client.post("/fr/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "five hedges and a gate"})

    [message] = mail.outbox
    assert message.subject == "[Migration Network Hub] Se ha cambiado su contraseña"
    assert message.body.startswith(
        "Hola, Amina <b>Diallo</b>:\n\nSe ha cambiado la contraseña de su cuenta.\n\nFecha: "
    )
    assert "https://hub.example.org/es/accounts/password/reset/\n" in message.body
    assert "<p>Hola, Amina &lt;b&gt;Diallo&lt;/b&gt;:</p>" in message.alternatives[0][0]


@pytest.mark.django_db
def test_a_code_holds_no_footnote_and_nobody_is_greeted_by_a_name_that_a_stranger_typed(client):
    client.post("/en/accounts/login/code/", {"email": person(name="Amina Diallo").email})

    [message] = mail.outbox
    assert re.fullmatch(
        "Dear colleague,\n\nTo sign in, type this code in the page that is open in your browser:\n\n"
        r"[A-Z]{4}-[A-Z]{4}" "\n\nIf this was not you, please ignore this mail.\n\n--\n.*",
        message.body,
        re.DOTALL,
    )  # fmt: skip
    assert (message.subject, "Amina" in message.body) == ("[Migration Network Hub] Your sign-in code", False)
