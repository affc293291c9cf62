"""The mailbox of the demonstration and of development: mails are files that a page shows. Never on a real server."""

import email
import email.policy
import os
import time
from typing import NamedTuple

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Puts each mail into the folder."""

    def send_messages(self, messages):
        """Write the mails, each to a file of its own; return how many."""
        settings.MAILBOX_DIR.mkdir(parents=True, exist_ok=True)
        for message in messages:
            path = settings.MAILBOX_DIR / f"{time.time_ns()}.eml"
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(message.message().as_bytes(linesep="\r\n"))
            os.replace(unfinished, path)
        return len(messages)


class Received(NamedTuple):
    """A mail as the page shows it."""

    number: int
    to: str
    subject: str
    sent_at: object
    text: str
    html: str


def latest(most=100):
    """Return the latest mails, the newest first."""
    paths = sorted(settings.MAILBOX_DIR.glob("*.eml"), key=lambda path: int(path.stem), reverse=True)
    return [_read(path) for path in paths[:most]]


def find(number):
    """Return one mail, or None."""
    path = settings.MAILBOX_DIR / f"{number}.eml"
    return _read(path) if path.is_file() else None


def _read(path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text, html = (message.get_body([kind]) for kind in ("plain", "html"))
    return Received(
        number=int(path.stem),
        to=str(message["To"]),
        subject=str(message["Subject"]).strip(),
        sent_at=message["Date"].datetime,
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
    )
