"""Taking in a file: measured as it arrives, looked into, scanned where there is a scanner, stored; then only a row.

A file waits under the key of the form it came with until that form is sent.
"""

import hashlib
import logging
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.db import transaction
from django.db.models import Count, Exists, Q, Sum, Value
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.statements import statement

from . import filetypes
from .models import Attachment
from .models.attachment import delete_file, made_up_name

logger = logging.getLogger(__name__)
SLACK = 16 * 1024 * 1024  # for the texts of a form, and what stands between its parts
PATIENCE = 10  # seconds that the scanner is given for a file


class UploadHandler(TemporaryFileUploadHandler):
    """Write what arrives to a temporary file, and stop at once where it is too large or there is no room.

    The rest of the form is read all the same, so that no text is lost; the form says which file is missing.
    """

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        """Refuse before reading what could hold no form of ours."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if settings.SESSION_COOKIE_NAME in self.request.COOKIES:
            # Twice, so that somebody who chose too much is told so beside the field, and keeps the text.
            most += 2 * settings.ATTACHMENTS_TOTAL_MB * 1024 * 1024
        if content_length > most:
            raise RequestDataTooBig("The body of the request is larger than any form.")

    def new_file(self, *args, **kwargs):
        """Begin a temporary file, if there is room for one."""
        self.taken = 0
        with self._or_left_out():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        """Write a piece of the file."""
        self.taken += len(raw_data)
        if self.taken > settings.ATTACHMENT_MB * 1024 * 1024:
            self._leave_out(too_large(self.file_name))
        with self._or_left_out():
            return super().receive_data_chunk(raw_data, start)

    @contextmanager
    def _or_left_out(self):
        try:
            yield
        except OSError:
            logger.exception("an upload cannot be written")
            self._leave_out(no_room(self.file_name))

    def file_complete(self, file_size):
        """Hand over the file; what was still on its way to the disk may meet a full one."""
        try:
            return super().file_complete(file_size)
        except OSError:
            logger.exception("an upload cannot be written")
            left_out(self.request).append(no_room(self.file_name))

    def _leave_out(self, refusal):
        left_out(self.request).append(refusal)
        raise SkipFile


def left_out(request):
    """Return what was refused while a request was read, as ValidationErrors."""
    return request.__dict__.setdefault("_files_left_out", [])


def too_large(name):
    """Say that one file is too large."""
    return ValidationError(
        _("“%(name)s” is too large: a file may have up to %(most)s MB."),
        code="too_large",
        params={"name": filetypes.clean_name(name), "most": settings.ATTACHMENT_MB},
    )


def no_room(name):
    """Say that a file cannot be stored now."""
    return ValidationError(
        _(
            "“%(name)s” cannot be stored at the moment. Your text is kept here: send it without the file, "
            "or try again later."
        ),
        code="no_room",
        params={"name": filetypes.clean_name(name)},
    )


def is_out_of_order(refusal):
    """Whether a file was refused because something does not work, so that the next one need not be tried."""
    return refusal.code in ("no_room", "not_scanned")


def likewise(refusal, name):
    """Say of another file what was said of one."""
    return ValidationError(refusal.message, code=refusal.code, params={"name": filetypes.clean_name(name)})


def waiting(uploader, key):
    """Return the files that wait under a form's key, each content once."""
    found = _waiting(uploader.pk, key)
    return list({attachment.sha256: attachment for attachment in reversed(found)}.values())[::-1]


def has_waiting(uploader):
    """Return an expression for whether a person has files that wait, to be annotated to a query that runs anyway."""
    return Exists(Attachment.objects.filter(uploader=uploader, comment=None)) if uploader else Value(False)


@statement
def _waiting(uploader, key):
    return Attachment.objects.filter(uploader=uploader, form_key=key, comment=None)


def store(upload, *, uploader, key, title="", language="", present=()):
    """Store an uploaded file and return its row; `present` are the files its comment has already.

    The same file sent twice with one form is stored once. Raises ValidationError with a sentence for the person.
    """
    name = filetypes.clean_name(upload.name)
    if upload.size > settings.ATTACHMENT_MB * 1024 * 1024:
        raise too_large(name)
    kind = filetypes.kind_of(upload, name)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    same = Attachment.objects.filter(uploader=uploader, form_key=key, sha256=digest.hexdigest()).first()
    if same:
        return same
    _hold_to_limits(uploader, name, upload.size, present)
    scan(upload, name)
    attachment = Attachment(
        uploader=uploader,
        form_key=key,
        name=name,
        title=title.strip() or filetypes.title_from(name),
        language=language,
        kind=kind,
        size=upload.size,
        sha256=digest.hexdigest(),
        extraction=Attachment.Extraction.WAITING if kind in Attachment.READABLE else Attachment.Extraction.NONE,
    )
    upload.seek(0)
    _write(attachment, upload)
    return attachment


def _write(attachment, upload):
    """First the file, then the row: there is no row without a file, and a file that got no row is deleted."""
    storage, place = attachment.file.storage, made_up_name(attachment, attachment.name)
    try:
        attachment.file = storage.save(place, upload)
    except Exception as trouble:  # a store elsewhere has errors of its own
        logger.exception("a file cannot be stored")
        if isinstance(trouble, OSError) and trouble.errno:  # of a disk: a store elsewhere takes all or nothing
            delete_file(storage, place)  # it may have been written in part
        raise no_room(attachment.name) from trouble
    try:
        with transaction.atomic():
            attachment.save(force_insert=True)
    except Exception:
        delete_file(storage, attachment.file.name)
        raise


def _hold_to_limits(uploader, name, size, present):
    if len(present) >= settings.ATTACHMENTS_PER_COMMENT:
        raise ValidationError(
            ngettext(
                "“%(name)s” is one too many: a contribution takes up to %(count)s file.",
                "“%(name)s” is one too many: a contribution takes up to %(count)s files.",
                settings.ATTACHMENTS_PER_COMMENT,
            ),
            code="too_many",
            params={"name": name, "count": settings.ATTACHMENTS_PER_COMMENT},
        )
    if sum(other.size for other in present) + size > settings.ATTACHMENTS_TOTAL_MB * 1024 * 1024:
        raise ValidationError(
            _("With “%(name)s” the files would be too large together: up to %(most)s MB are taken."),
            code="too_large_together",
            params={"name": name, "most": settings.ATTACHMENTS_TOTAL_MB},
        )
    if settings.POSTING_LIMITS_OFF:
        return
    own = Attachment.objects.filter(uploader=uploader).aggregate(
        last_hour=Count("pk", filter=Q(created_at__gt=timezone.now() - timedelta(hours=1))),
        waiting=Sum("size", filter=Q(comment=None), default=0),
    )
    # Files of forms that were never sent are deleted after some days; until then they are not to fill the disk.
    if own["last_hour"] >= settings.UPLOADS_PER_HOUR or (
        own["waiting"] + size > 4 * settings.ATTACHMENTS_TOTAL_MB * 1024 * 1024
    ):
        raise ValidationError(
            _("“%(name)s” was not taken: you have sent many files in a short time. Try again in an hour."),
            code="too_often",
            params={"name": name},
        )


def scan(upload, name):
    """Have a file looked at by the virus scanner, where one is set up; without an answer it is not taken."""
    if not settings.CLAMD_URL:
        return
    import clamd  # an extra that few need

    address = urlsplit(settings.CLAMD_URL)
    scanner = (
        clamd.ClamdUnixSocket(address.path, timeout=PATIENCE)
        if address.scheme == "unix"
        else clamd.ClamdNetworkSocket(address.hostname, address.port or 3310, timeout=PATIENCE)
    )
    upload.seek(0)
    try:
        verdict, _signature = scanner.instream(upload)["stream"]
    except (clamd.ClamdError, OSError, LookupError, TypeError, ValueError) as trouble:
        logger.exception("the virus scanner does not answer")
        raise ValidationError(
            _(
                "“%(name)s” cannot be checked for viruses at the moment. Your text is kept here: send it without "
                "the file, or try again later."
            ),
            code="not_scanned",
            params={"name": name},
        ) from trouble
    if verdict != "OK":
        raise ValidationError(
            _("A virus was found in “%(name)s”. It was not taken."), code="virus", params={"name": name}
        )


def label(attachment):
    """Return a file as a person reads it where it waits: its name, its kind, its size."""
    return f"{attachment.name} ({attachment.get_kind_display()}, {filesizeformat(attachment.size)})"
