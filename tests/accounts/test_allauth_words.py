"""Strings of packages, as they are shown here: nobody is spoken to as a friend, and none of ours replaces nothing."""

import gettext
import re
from pathlib import Path

import allauth
import django
import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string

from accounts.allauth_words import REWORDED

# Pronouns and verbs that speak to a friend; imperatives, which may be other forms as well, where a sentence begins.
FAMILIAR = {
    "es": r"\b(?:t[uú]s?|te|ti|contigo|tuy[oa]s?|has|eres|estás|estés|vas|ves|sabes|puedes|podrás|tienes|tendrás|"
    r"quieres|debes|deberás|necesitas|deseas|decides|eliges|haces|recibes|recibirás|recibiste|olvidaste|solicitaste|hiciste|"
    r"inicies|añadas|añades|uses|usas|ten|haz|confíes|asegúrate|regístrate|envíame|guárdal[oa]s?|introdúcel[oa]s?|"
    r"cópial[oa]s?|compruébal[oa]s?|envíal[oa]s?|escríbel[oa]s?)\b"
    r"|(?:^|[.:;·!¡?¿]\s*|\bpor favor,?\s+)(?:introduce|utiliza|usa|selecciona|escribe|ingresa|verifica|confirma|"
    r"confía|contacta|elige|guarda|intenta|comprueba|revisa|pulsa|descarga|activa|añade|copia|escanea|vuelve|abre|cierra|"
    r"borra|responde|cambia|busca|ignora)\b(?=\s)",
    "fr": r"\b(?:tu|te|toi|ton|ta|tes|peux|veux|dois)\b",
}
# What the United Nations call "courriel" and "correo electrónico"; the names of values do not count.
FOREIGN = re.compile(r"(?<![%({])\b(?:e-?mails?|mails?)\b(?![)}])", re.IGNORECASE)
# What of allauth no page here shows: parts that are not installed, telephones, and mails, which `account_mail` words.
NOT_HERE = ("idp/", "headless/", "socialaccount/providers/", "/email/", "phone")
# What of Django no page here shows: we have our own answers to errors and our own reset; nobody types JSON.
NOT_SHOWN = ("You are seeing this ", "Forgotten your password? Enter your email", "Enter a valid JSON.")
ALLAUTH = Path(allauth.__file__).parent


def allauth_strings():
    """Return what pages of allauth say in English, as pairs of singular and plural."""
    entries = polib.pofile(str(ALLAUTH / "locale/es/LC_MESSAGES/django.po"))
    return {
        (entry.msgid, entry.msgid_plural)
        for entry in entries
        if "phone" not in entry.msgid
        and any(not any(part in path for part in NOT_HERE) for path, _line in entry.occurrences)
    }


def package_texts(language):
    """Yield what Django, the other installed apps and this site say in a language, but for allauth."""
    roots = {Path(django.__file__).parent / "conf", *(Path(app.path) for app in apps.get_app_configs())}
    for root in [*sorted(root for root in roots if ALLAUTH not in (root, *root.parents)), *settings.LOCALE_PATHS]:
        path = (root if root.name == "locale" else root / "locale") / language / "LC_MESSAGES" / "django.mo"
        if path.exists():
            with path.open("rb") as file:
                catalogue = gettext.GNUTranslations(file)._catalog
            yield from (text for key, text in catalogue.items() if not str(key).startswith(NOT_SHOWN))


def allauth_texts(language):
    """Yield what pages of allauth say here in a language, by our words or by the package's."""
    with translation.override(language):
        for one, many in allauth_strings():
            yield from (
                {translation.ngettext(one, many, count) for count in (1, 2)} if many else [translation.gettext(one)]
            )


@pytest.mark.parametrize("language", ["fr", "es"])
def test_nobody_is_spoken_to_as_a_friend(language):
    texts = {*package_texts(language), *allauth_texts(language)}

    assert len(texts) > 2000
    assert [text for text in texts if re.search(FAMILIAR[language], text, re.IGNORECASE)] == []


@pytest.mark.parametrize("language", ["fr", "es"])
def test_no_page_says_e_mail_in_french_or_spanish(language):
    with translation.override(language):
        theirs = {translation.gettext(one) for one, _many in allauth_strings() if one not in REWORDED}
    texts = {re.sub(r'(?:href|src)="[^"]*"', "", text) for text in theirs | {*package_texts(language)}}

    assert len(texts) > 2000
    assert [text for text in texts if FOREIGN.search(text) and not text.startswith("Project-Id-Version")] == []


@pytest.mark.parametrize("language", ["fr", "es"])
def test_what_we_reword_is_said_by_allauth_and_shown_in_our_words(language):
    ours = {
        entry.msgid: entry.msgstr
        for entry in polib.pofile(f"{settings.LOCALE_PATHS[0]}/{language}/LC_MESSAGES/django.po")
    }
    said = {one for one, many in allauth_strings()}

    assert [text for text in REWORDED if text not in said] == []
    with translation.override(language):
        # What is not translated yet is told by the check of the catalogues.
        assert [text for text in REWORDED if text in ours and translation.gettext(text) != ours[text]] == []


@pytest.mark.parametrize("form", ["add_webauthn", "edit_webauthn"])
def test_keys_are_named_in_the_language_of_the_page(form):
    with translation.override("fr"):
        assert str(import_string(settings.MFA_FORMS[form]).base_fields["name"].label) == "Nom"
