"""Measure what the download of one's own data costs: `.venv/bin/python -m tests.benchmarks.own_data`.

Statements, seconds of CPU and the most memory that Python held at once, for people with few and with many
contributions and with a large file. Only the numbers of statements and the memory have to stay the same.
"""

import tempfile
import time
import tracemalloc
import uuid

SIZES = (20, 2_000)
FILE = 20 * 1024 * 1024  # bytes


def report():
    """Print a line for each size."""
    print(f"{'own contributions':>18} {'statements':>11} {'CPU s':>7} {'memory MiB':>11} {'archive MiB':>12}")
    for size in SIZES:
        queries, seconds, peak, length = measure(_person_with(size))
        print(f"{size:>18,} {queries:>11} {seconds:>7.2f} {peak / 2**20:>11.1f} {length / 2**20:>12.1f}")


def measure(person):
    """Return statements, seconds of CPU, the most bytes held at once and the length of a person's archive."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from consultation.privacy import write_archive

    with tempfile.TemporaryFile() as file:
        start = time.process_time()
        write_archive(person, file)
        seconds, length = time.process_time() - start, file.tell()
    with CaptureQueriesContext(connection) as queries, tempfile.TemporaryFile() as file:
        write_archive(person, file)
    tracemalloc.start()
    with tempfile.TemporaryFile() as file:
        write_archive(person, file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return len(queries), seconds, peak, length


def _person_with(size):
    """Make a person with so many contributions of 2,000 characters, and with one large file."""
    from django.core.files.base import ContentFile

    from consultation.models import Attachment, Revision
    from tests import factories
    from tests.discussions import plant

    person = factories.user()
    text = "We ask for safe paths for all. " * 65
    comments = plant(factories.roundtable(), [None] * size, author=person, body=text)
    Revision.objects.bulk_create([Revision(comment=comment, number=1, body=text) for comment in comments])
    attachment = Attachment(uploader=person, form_key=uuid.uuid4(), name="a.pdf", kind="pdf", size=FILE)
    attachment.file.save("a.pdf", ContentFile(b"%PDF-" + bytes(FILE - 5)), save=False)
    attachment.save()
    return person


if __name__ == "__main__":
    import django

    from tests import environment  # noqa: F401  (sets the environment before Django is loaded)

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        report()
    finally:
        connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)
