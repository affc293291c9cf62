"""Sending what waits in the outbox: each mail once, whoever else sends, and whatever happens on the way."""

import hashlib
import logging
import smtplib
import time
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F
from django.utils import timezone

from .models import Mail

logger = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
# How long after each try the next one follows; after the last try a mail is given up.
PAUSES = (1 * MINUTE, 5 * MINUTE, 25 * MINUTE, 120 * MINUTE, 720 * MINUTE)
TRIES = len(PAUSES) + 1
# Longer than a slow mail server may take: until then nobody else tries a mail that one process has taken up.
CLAIM = 5 * MINUTE
BATCH = 50
FRESH = 2  # seconds; what is sent later is looked at once more whether it may still be read
CLOSING = 421  # what a mail server says when it hangs up
TOO_LARGE = 552


def send_due(*, still_wanted=None, is_ending=lambda: False):
    """Send what is due and return how many mails were sent, put off, given up and dropped.

    `still_wanted(mails)` is asked right before a batch is sent and returns which may go, by number; it may write
    them anew. `is_ending()` is asked before each mail. May run several times at once and be killed at any moment:
    each mail is claimed by one statement that also says when it is tried again, so whatever happens afterwards
    it is neither lost nor sent by two processes. Only a process killed between the server's answer and the next
    statement leaves a mail that is sent a second time.
    """
    done, line = Counter(), Line()
    try:
        while mails := list(Mail.objects.due().select_related("recipient")[:BATCH]):
            wanted = _wanted(mails, still_wanted)
            looked_at = time.monotonic()
            for mail in mails:
                if is_ending():
                    return done
                outcome = _take_up(mail, line, is_wanted=mail.pk in wanted)
                if outcome:
                    done[outcome] += 1
                if line.trouble:
                    return done
                if time.monotonic() - looked_at > FRESH:
                    break
    finally:
        line.close()
    return done


class Line:
    """The connection to the mail server, one for many mails."""

    def __init__(self):
        self.connection = get_connection()
        self.trouble, self.carried = "", 0

    def open(self):
        """Connect and sign in, unless that was done; return whether mail can be sent."""
        try:
            self.connection.open()
        except Exception as error:
            # Whatever is wrong is the server's or the settings' and no mail's: none of them is tried for it.
            self.trouble = reason_of(error)
            logger.warning("mail server out of reach", extra={"reason": self.trouble})
        return not self.trouble

    def send(self, mail):
        """Hand one mail over."""
        _message(mail, self.connection).send()
        self.carried += 1

    def hang_up(self, trouble, *, is_final=False):
        """Close it after trouble; the round goes on over another one only if this one did carry mail."""
        self.close()
        if is_final or not self.carried:
            self.trouble = trouble
        self.carried = 0

    def close(self):
        """Close it, whatever the server says to that."""
        try:
            self.connection.close()
        except OSError:
            logger.warning("mail server did not take leave")


def _wanted(mails, still_wanted):
    reachable = [mail for mail in mails if mail.recipient is None or mail.recipient.is_active]
    return {mail.pk for mail in reachable} if still_wanted is None else still_wanted(reachable)


def _take_up(mail, line, *, is_wanted):
    """Do with a mail what is to be done; return what became of it, None where somebody else was quicker."""
    if mail.attempts >= TRIES:  # killed at the last try
        return (
            "dead" if _free(mail).update(status=Mail.Status.DEAD, last_error=mail.last_error or "Interrupted") else None
        )
    if not is_wanted:
        return "dropped" if _free(mail).update(status=Mail.Status.DROPPED) else None
    if not line.open():
        _free(mail).update(last_error=line.trouble)
        return "unreachable"
    if not _free(mail).update(attempts=F("attempts") + 1, due_at=timezone.now() + CLAIM):
        return None
    try:
        line.send(mail)
    except Exception as error:  # one mail that cannot be sent keeps no other from going
        return _after_trouble(mail, line, error)
    _settle(mail, status=Mail.Status.SENT, sent_at=timezone.now(), last_error="")
    return "sent"


def _free(mail):
    return Mail.objects.filter(pk=mail.pk, attempts=mail.attempts).due().order_by()


def _after_trouble(mail, line, error):
    """Note why a mail was not sent, without addresses or texts, and whether and when it is tried again."""
    reason, code = reason_of(error), _code(error)
    logger.warning("mail not sent", extra={"mail": mail.pk, "kind": mail.kind, "reason": reason})
    is_refused = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) or code == TOO_LARGE
    if isinstance(error, smtplib.SMTPSenderRefused) and not is_refused:
        # What is wrong with the sender is wrong with the settings, and not with this mail.
        _settle(mail, attempts=mail.attempts, due_at=timezone.now(), last_error=reason)
        line.hang_up(reason, is_final=True)
        return "unreachable"
    if code == CLOSING or (isinstance(error, OSError) and not is_refused):
        # Where one mail has to wait too long, the next would as well.
        is_slow = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
        line.hang_up(reason, is_final=is_slow)
    # A server that refuses for good will do so each time; what it calls a trouble of the moment is tried again.
    if (is_refused and code and code >= 500) or mail.attempts >= len(PAUSES):
        _settle(mail, status=Mail.Status.DEAD, last_error=reason)
        return "dead"
    _settle(mail, last_error=reason, due_at=timezone.now() + PAUSES[mail.attempts])
    return "put off"


def reason_of(error):
    """Return what went wrong in a word and the server's number: what it says in words may name addresses."""
    return " ".join(filter(None, [type(error).__name__, str(_code(error) or "")]))


def _code(error):
    refused = getattr(error, "recipients", None)
    if isinstance(refused, dict):
        return next((code for code, _message in refused.values()), None)
    return getattr(error, "smtp_code", None)


def _settle(mail, **changes):
    Mail.objects.filter(pk=mail.pk).update(**changes)


def _message(mail, connection):
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    # The same at each try, so that mail programmes know a second copy for one.
    identity = hashlib.sha256(f"{mail.pk} {mail.key}".encode()).hexdigest()[:32]
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        # People may have changed their address since the mail was written.
        to=[mail.recipient.email if mail.recipient else mail.to],
        headers={"Message-ID": f"<{identity}@{host}>", "Content-Language": mail.language, **mail.headers},
        connection=connection,
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message
