"""Files that come with a comment, and what they say."""

import logging
import uuid

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .comment import Comment
from .status import Reason

logger = logging.getLogger(__name__)
FOLDER = "attachments"


def made_up_name(attachment, filename):
    """Return where a file is stored: nothing of its own name is in it."""
    return f"{FOLDER}/{uuid.uuid4().hex}"


def delete_file(storage, name):
    """Delete a stored file if it is there and say whether it is gone; what stays is left to `clean_files`."""
    try:
        storage.delete(name)
    except Exception:  # a store elsewhere has errors of its own
        logger.exception("a file cannot be deleted", extra={"file": name})
        return False
    return True


class AttachmentQuerySet(models.QuerySet):
    """Named questions about files."""

    def shown(self):
        """Return those that belong to what is shown of their comments."""
        return self.filter(hidden_since=None)

    def hidden(self):
        """Return those that come with a changed text, and those that were taken out."""
        return self.filter(hidden_since__isnull=False)

    def left_behind(self, *, since):
        """Return those that were taken out so long ago, by a changed text or a moderator, or came with one in vain."""
        comes = models.Q(comment__proposed_revision__isnull=False, comes_with=models.F("comment__proposed_revision"))
        return self.filter(hidden_since__lt=since).exclude(comes).without_copies()

    def without_copies(self):
        """Leave out originals of covered copies: each stays as long as there is a copy of it."""
        copies = self.model.objects.filter(copy_of__isnull=False)
        return self.exclude(pk__in=copies.values("copy_of"))

    def discard(self):
        """Delete the rows, and the files once that is certain."""
        files = [(attachment.file.storage, attachment.file.name) for attachment in self]
        self.delete()
        # Up to the first that stays: somebody waits, and a store that does not answer is not asked for each.
        transaction.on_commit(lambda: all(delete_file(storage, name) for storage, name in files))


class Attachment(models.Model):
    """A file of a comment; until the form is sent it waits under the form's key."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"
        XLSX = "xlsx", "Excel"
        PPTX = "pptx", "PowerPoint"
        ODT = "odt", "OpenDocument"
        TXT = "txt", _("Text")
        PNG = "png", "PNG"
        JPEG = "jpeg", "JPEG"

    class Extraction(models.TextChoices):
        NONE = "none", _("Holds no text")
        WAITING = "waiting", _("Not read yet")
        DONE = "done", _("Read")
        FAILED = "failed", _("Cannot be read")

    comment = models.ForeignKey(
        Comment, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("comment")
    )
    # SET_NULL when an account is closed and its contributions stay.
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    form_key = models.UUIDField(editable=False, db_index=True)
    file = models.FileField(_("file"), upload_to=made_up_name, max_length=200)
    name = models.CharField(_("file name"), max_length=200)
    title = models.CharField(_("title"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    kind = models.CharField(_("type"), max_length=5, choices=Kind)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    extraction = models.CharField(_("text"), max_length=8, choices=Extraction, default=Extraction.WAITING)
    created_at = models.DateTimeField(_("uploaded on"), default=timezone.now)
    # The revision of a published comment with which it comes, or goes, and the title and language that it gets, or
    # had before. What readers see is what is not hidden.
    comes_with = models.PositiveIntegerField(null=True, blank=True, editable=False)
    goes_with = models.PositiveIntegerField(null=True, blank=True, editable=False)
    other_title = models.CharField(max_length=200, blank=True, editable=False)
    other_language = models.CharField(max_length=10, blank=True, editable=False)
    hidden_since = models.DateTimeField(null=True, blank=True, editable=False)

    # Of a copy in which moderators covered passages: the file that its author sent, and why.
    copy_of = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="copies", editable=False, verbose_name=_("copy of")
    )
    covered_for = models.CharField(_("passages covered for"), max_length=20, choices=Reason, blank=True, editable=False)

    # The kinds whose text can be read.
    READABLE = (Kind.PDF, Kind.DOCX, Kind.PPTX, Kind.ODT, Kind.TXT)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]

    def __str__(self):
        return self.title or self.name

    def get_absolute_url(self):
        """Return where those who may read the comment download it."""
        return reverse("attachment_download", args=[self.pk])

    @property
    def waits(self):
        """Whether it comes with a changed text that nobody has decided about yet; the comment is read with it."""
        return self.hidden_since is not None and self.comment._brings(self)

    @property
    def is_covered(self):
        """Whether readers get, or will get, a covered copy of it; it is its author's and the moderators' still."""
        return any(not copy.is_left_behind for copy in self.copies.select_related("comment"))

    @property
    def is_left_behind(self):
        """Whether it is kept aside only until `clean_files` deletes it: for moderators, and for undoing."""
        return self.hidden_since is not None and not self.waits

    @property
    def shown(self):
        """What `Comment.files` keeps of it."""
        return {
            "id": self.pk,
            "title": str(self),
            "kind": self.kind,
            "size": self.size,
            "language": self.language,
        } | ({"covered": self.covered_for, "copy_of": self.copy_of_id} if self.copy_of_id else {})


class AttachmentPage(models.Model):
    """The text of one page of a file, so that it can be found and cited; a file without pages has one."""

    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="pages", verbose_name=_("attachment"))
    number = models.PositiveIntegerField(_("page"))
    text = models.TextField(_("text"))
    search_text = models.TextField(editable=False)

    class Meta:
        verbose_name = _("page of an attachment")
        verbose_name_plural = _("pages of attachments")
        ordering = ["attachment", "number"]
        constraints = [models.UniqueConstraint(fields=["attachment", "number"], name="attachment_page_unique")]

    def __str__(self):
        return f"{self.attachment_id} · {self.number}"
