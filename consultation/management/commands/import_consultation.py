"""`manage.py import_consultation FILE…`"""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from consultation.importers import Refused, import_file

COMPLAINTS_LISTED = 20
MANY_COMMENTS = 200  # from so many on a bar shows how far it is


class Command(BaseCommand):
    """Bring in discussions of an old site; a second time it updates them."""

    help = (
        "Takes over discussions in the consultation interchange format, version 1 (.json or .json.gz). "
        "A file is taken over whole or not at all; the same file again changes nothing, a newer one updates. "
        "Decisions, revisions and places of this site are kept."
    )

    def add_arguments(self, parser):
        """Take one or more files."""
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *, files, **options):
        """Take over every file that is sound, report, and fail at the end if one was not."""
        refused = 0
        for path in files:
            try:
                outcome = import_file(path, _with_bar)
            except Refused as error:
                refused += 1
                self._complain(path, error.complaints)
            else:
                self.stdout.write(path)
                for line in outcome.lines():
                    self.stdout.write(f"    {line}")
        if refused:
            raise CommandError(f"{refused} of {len(files)} files refused; nothing of them was stored.")

    def _complain(self, path, complaints):
        for place, reason in complaints[:COMPLAINTS_LISTED]:
            self.stderr.write(f"{path}: {place}: {reason}")
        if len(complaints) > COMPLAINTS_LISTED:
            self.stderr.write(f"{path}: and {len(complaints) - COMPLAINTS_LISTED} more complaints")


def _with_bar(items, what):
    return tqdm(items, desc=what, unit="", disable=len(items) < MANY_COMMENTS)
