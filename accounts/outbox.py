"""The outbox: mail is written as a row, in the transaction of what it tells, and sent later (`delivery`)."""

import re
import secrets
import unicodedata
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template import Context, engines
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override

from .models import Mail

LONGEST_SUBJECT = 150
MADE_BY_MACHINE = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
# Stands for the way out in a letter, until it is known whose; nobody can write it, because nobody can guess it.
WAY_OUT = f"https://{secrets.token_hex(16)}.invalid/"
JOINERS = "\u200c\u200d"  # invisible, but part of how some scripts are written


class Letter(NamedTuple):
    """What a mail says but for the way out, the same for all who are told the same in one language."""

    subject: str
    text: str
    html: str


def write_mail(*, key, **letter):
    """Store a mail and return it, or None where one with this key was written before; see `compose`."""
    if Mail.objects.filter(key=key).exists():
        return None
    mail = compose(key=key, **letter)
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:  # somebody else was quicker
        return None
    return mail


def compose(*, key, kind, template, subject, context=None, recipient=None, to="", language="", way_out="", due_at=None):
    """Return an unsaved mail to a person, or to an address (`to`, `language`) without an account.

    `template` names two files: templates/mail/<template>.txt and .html, which extend mail/base. `subject` is
    a lazy string whose %(name)s are taken from the context. `way_out` is the signed path that ends such mail.
    """
    language = recipient.language if recipient else language or settings.LANGUAGE_CODE
    mail = Mail(
        key=key,
        kind=kind,
        recipient=recipient,
        to=recipient.email if recipient else to,
        language=language,
        due_at=due_at or timezone.now(),
    )
    fill_in(mail, template=template, subject=subject, context=context, way_out=way_out)
    return mail


def fill_in(mail, *, template, subject, context=None, way_out=""):
    """Write subject, texts and headers of a mail in the language of whoever gets it."""
    put_in(mail, letter(mail, template=template, subject=subject, context=context, has_way_out=bool(way_out)), way_out)


def letter(mail, *, template, subject, context=None, has_way_out=False):
    """Return what a mail says in the language of whoever gets it."""
    with override(mail.language):
        values = {
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "person": mail.recipient,
            "language": mail.language,
            "settings_url": settings.SITE_URL + reverse("account_notifications") if mail.recipient else "",
            "way_out_url": WAY_OUT if has_way_out else "",
            **(context or {}),
        }
        values["subject"] = one_line(f"[{settings.SITE_NAME}] {str(subject) % values}")
        text = render(f"mail/{template}.txt", values, autoescape=False)
        return Letter(values["subject"], tidy(text), render(f"mail/{template}.html", values, autoescape=True))


def put_in(mail, letter, way_out=""):
    """Give a mail its letter, with the signed path that ends such mail in it and in its headers."""
    way_out_url = settings.SITE_URL + way_out if way_out else ""
    mail.subject = letter.subject
    mail.text = letter.text.replace(WAY_OUT, way_out_url)
    mail.html = letter.html.replace(WAY_OUT, escape(way_out_url))
    mail.headers = dict(MADE_BY_MACHINE)
    if way_out:  # RFC 8058: a mail programme may post to it without anybody opening a page
        mail.headers["List-Unsubscribe"] = f"<{way_out_url}>"
        mail.headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def one_line(text, longest=LONGEST_SUBJECT):
    """Return a text fit for a header: one line, not too long, without what is not seen or turns the reading round."""
    seen = (character if _is_seen(character) else " " for character in text)
    line = " ".join("".join(seen).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _is_seen(character):
    return character in JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")


def render(name, values, *, autoescape):
    """Return what a template of a mail says."""
    # A text part is no HTML: nothing in it is to be escaped.
    return engines["django"].engine.get_template(name).render(Context(values, autoescape=autoescape))


def tidy(text):
    """Return a text part without stray spaces and blank lines."""
    lines = (line.strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def forget_old(*, days=None):
    """Empty what was settled long ago, texts and addresses; the keys stay, so that nothing is written twice."""
    before = timezone.now() - timedelta(days=settings.OUTBOX_KEPT_DAYS if days is None else days)
    settled = Mail.objects.filter(status__in=(Mail.Status.SENT, Mail.Status.DROPPED), created_at__lt=before)
    return settled.exclude(text="").update(to="", subject="", text="", html="", headers={})
