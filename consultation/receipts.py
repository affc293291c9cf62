"""A receipt says what was received and when, signed by this site, so that anybody can check it later."""

import hashlib
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core import signing
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import Comment
from .permissions import rights_in, roundtables_for

SALT = "receipt"
MARK = "RTR1."  # what a signature begins with, and its format
_SIGNED = re.compile(re.escape(MARK) + r"([\w.-]{10,2000}:[\w-]{43})", re.ASCII)
_SLUG = re.compile(r"RT-(.+)-\d+")
_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_REFERENCE = re.compile(r"\bRT-[\w-]+-\d{6,}\b", re.ASCII)
_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\b")
UNCHANGED, COVERED, CHANGED, GONE, WITHHELD = "unchanged", "covered", "changed", "gone", "withheld"


@dataclass(frozen=True)
class Receipt:
    """What a receipt states; only plain values, as they are signed."""

    comment: int
    reference: str
    roundtable: str
    revision: int
    sha256: str
    received_at: str
    closes_at: str
    zone: str

    @property
    def received(self):
        """The moment by the server's clock, in UTC, to the second."""
        return f"{parse_datetime(self.received_at):%Y-%m-%d %H:%M:%S} UTC"

    @property
    def received_there(self):
        """The same moment on the clocks of the roundtable."""
        return f"{parse_datetime(self.received_at).astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M:%S} {self.zone}"

    @property
    def rule(self):
        """The rule about the deadline that was applied, and how it came out."""
        if not self.closes_at:
            return _("The roundtable has no closing date.")
        closes_at = parse_datetime(self.closes_at)
        shown = {
            "date": date_format(closes_at.astimezone(ZoneInfo(self.zone)), "DATETIME_FORMAT"),
            "zone": self.zone,
        }
        if parse_datetime(self.received_at) <= closes_at:
            return _("Contributions are taken until %(date)s (%(zone)s). This one was received in time.") % shown
        return (
            _("Contributions were taken until %(date)s (%(zone)s). This one was received after the deadline.") % shown
        )

    @property
    def signature(self):
        """All of it, signed."""
        return MARK + signing.Signer(salt=SALT).sign_object(asdict(self), compress=True)


def receipt_of(comment):
    """Return the receipt of the latest text that the author sent, the one that waits or the published one, or None."""
    revision = comment.proposed or _current(comment)
    if revision is None:
        return None
    roundtable = comment.roundtable
    return Receipt(
        comment=comment.pk,
        reference=comment.reference,
        roundtable=_signed_title(roundtable),
        revision=revision.number,
        sha256=_sha256(revision.body),
        received_at=_utc(revision.created_at),
        closes_at=_utc(roundtable.closes_at) if roundtable.closes_at else "",
        zone=roundtable.time_zone,
    )


def as_text(receipt, bearer, address):
    """Return a receipt as a plain text in the language of the moment; `address` is where it is checked."""
    facts = (
        (_("Reference number"), receipt.reference),
        (_("Roundtable"), bearer.title if bearer else receipt.roundtable),
        (_("Received"), receipt.received),
        (_("In the time zone of the roundtable"), receipt.received_there),
        (_("Deadline"), receipt.rule),
        (_("Version of the text"), receipt.revision),
        (_("SHA-256 of the text in UTF-8"), receipt.sha256),
        (_("Checked at"), address),
        (_("Signature"), f"\n{receipt.signature}"),
    )
    lines = "\n".join(_("%(label)s: %(value)s") % {"label": label, "value": value} for label, value in facts)
    # Not inside the braces: what collects words for translators does not look there.
    title = _("Receipt of a contribution")
    return f"{title}\n\n{lines}\n"


def bearer_of(receipt, user):
    """Return the roundtable that bears the title which was signed, to show it in the reader's language, or None.

    The title in one language is signed, whoever asks for the receipt; where it was changed since, that one is shown.
    """
    roundtable = roundtables_for(user).filter(slug=_SLUG.fullmatch(receipt.reference)[1]).first()
    return roundtable if roundtable and _signed_title(roundtable) == receipt.roundtable else None


def read(pasted):
    """Return (the receipt or None, whether what stands around the signature says the same)."""
    found = _SIGNED.search(re.sub(r"\s+", "", pasted))
    if not found:
        return None, False
    try:
        receipt = Receipt(**signing.Signer(salt=SALT).unsign_object(found[1]))
    except (signing.BadSignature, TypeError, ValueError):
        return None, False
    said = [*_HASH.findall(pasted), *_REFERENCE.findall(pasted), *_MOMENT.findall(pasted)]
    return receipt, set(said) <= {receipt.sha256, receipt.reference, receipt.received}


def state_of(receipt, user):
    """Return (what became of the text since, the comment), as far as this person may know."""
    comment = Comment.objects.select_related("roundtable").filter(pk=receipt.comment).first()
    roundtable = comment and roundtables_for(user).filter(pk=comment.roundtable_id).first()
    if roundtable is None or not rights_in(roundtable, user).can_read(comment):
        return WITHHELD, None
    if comment.is_tombstone:
        return (GONE, comment) if comment.is_public else (WITHHELD, None)
    if receipt.revision == comment.revision_number:
        current = _current(comment)
        if current is None or _sha256(current.body) != receipt.sha256:
            return CHANGED, comment
        return COVERED if current.redactions.exists() else UNCHANGED, comment
    was_public = comment.revisions.filter(number=receipt.revision, replaced_at__isnull=False).exists()
    return (CHANGED, comment) if was_public else (WITHHELD, None)


def _signed_title(roundtable):
    return roundtable.title_en or roundtable.title


def _current(comment):
    return comment.revisions.filter(number=comment.revision_number).first()


def _sha256(body):
    return hashlib.sha256(body.encode()).hexdigest()


def _utc(moment: datetime):
    return moment.astimezone(ZoneInfo("UTC")).isoformat()
