"""Deletes files of forms that were never sent, those that changes or moderators took out, and what no row knows."""

from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.utils import timezone

from consultation.models import Attachment, Draft
from consultation.models.attachment import FOLDER, delete_file

# A file is stored before its row is: for so long it may be without.
GRACE = timedelta(hours=1)


class Command(BaseCommand):
    """Delete unsent files after some days, and what a broken upload or deletion left behind."""

    help = (
        "Deletes files of forms that were never sent, and those that a changed text or a moderator took out, "
        "after UNSENT_FILES_DAYS, and stored files that no row knows."
    )

    def handle(self, **options):
        """Delete, and say how much."""
        now = timezone.now()
        old = now - timedelta(days=settings.UNSENT_FILES_DAYS)
        drafts = Draft.objects.values("key")
        unsent = Attachment.objects.filter(comment=None, created_at__lt=old).exclude(form_key__in=drafts)
        left_behind = Attachment.objects.left_behind(since=old)
        counts = [len(unsent), len(left_behind)]
        for files in (unsent, left_behind):
            files.discard()
        unknown = [place for place in _stored() if _is_unknown(place, now)]
        for place in unknown:
            delete_file(default_storage, place)
        counts.append(len(unknown))
        said = "{} unsent files, {} files that were taken out and {} files without a row deleted."
        self.stdout.write(said.format(*counts))


def _stored():
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return []
    return [f"{FOLDER}/{name}" for name in names]


def _is_unknown(place, now):
    return default_storage.get_modified_time(place) < now - GRACE and not Attachment.objects.filter(file=place).exists()
