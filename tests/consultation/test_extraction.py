"""The text of files: read by page outside of requests, found by those who may read the comment, never a danger."""

import io
import time
import uuid
import zlib
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultation import extraction, file_reader, uploads
from consultation.extraction import Unreadable, texts_of
from consultation.models import Attachment, AttachmentPage, Comment
from tests import factories, files
from tests.markup import page

Status = Comment.Status
BREAK = "<w:p><w:r><w:t>{}</w:t></w:r><w:r><w:br w:type='page'/></w:r></w:p>"


def word(body):
    return files.office("docx", main=f'<w:document xmlns:w="{files.WORD}"><w:body>{body}</w:body></w:document>')


def read(kind, content, **options):
    return texts_of(io.BytesIO(content), kind, **options)


@pytest.mark.parametrize(
    ("kind", "content", "texts"),
    [
        ("pdf", files.pdf("Safe paths.", "Été à Genève"), ["Safe paths.", "Été à Genève"]),
        ("docx", files.docx("One", "Two"), ["One\nTwo"]),
        (
            "docx",
            word(
                BREAK.format("First")
                + "<w:p><w:r><w:lastRenderedPageBreak/><w:t>Second</w:t></w:r></w:p>"
                + "<w:p><w:r><w:t>rest </w:t><w:lastRenderedPageBreak/><w:t>third</w:t></w:r></w:p>"
            ),
            ["First", "Second\nrest", "third"],
        ),
        ("odt", files.odt("Uno", "Dos"), ["Uno\nDos"]),
        ("pptx", files.pptx(*(f"Slide {number}" for number in range(1, 12))), [f"Slide {n}" for n in range(1, 12)]),
        ("txt", "Été\fTwo".encode("utf-16"), ["Été", "Two"]),
    ],
)
def test_the_text_of_a_file_is_read_by_page(kind, content, texts):
    assert read(kind, content) == texts


def test_every_kind_that_is_read_has_a_reader():
    assert all(callable(getattr(file_reader, kind)) for kind in Attachment.READABLE)


# --- Hostile files


def looping_pdf():
    """A tree of pages in which each is its own child."""
    return files.pdf().replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]")


def bomb_pdf():
    """A page that unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 10_000_000) for _ in range(100)) + packer.flush()
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
    return files.pdf(extra=stream).replace(b"/Contents 5 0 R", b"/Contents 6 0 R")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("pdf", looping_pdf()),
        ("pdf", bomb_pdf()),
        ("pdf", b"%PDF-1.7\n" + b"[" * 200_000),
        ("docx", files.archive([("word/document.xml", b"<a>" * 2_000_000)])),
        ("docx", files.archive([("word/document.xml", b" " * 80_000_000)])),
        ("docx", files.archive([("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')])),
        ("docx", b"no archive"),
        ("txt", b"\xff\xff\xff"),
    ],
)
def test_a_hostile_file_neither_hangs_nor_exhausts_the_machine(kind, content):
    start = time.process_time()

    try:
        texts = read(kind, content)
    except Unreadable:
        texts = []

    assert sum(map(len, texts)) < file_reader.MOST_CHARACTERS
    assert time.process_time() - start < 5  # of this process: the other one has its own limits


def test_a_process_that_takes_too_long_is_stopped():
    with pytest.raises(Unreadable, match="took too long"):
        read("pdf", files.pdf(), patience=0.01)


def test_no_more_is_kept_than_a_search_can_use(monkeypatch):
    monkeypatch.setattr(file_reader, "MOST_CHARACTERS", 25)
    monkeypatch.setattr(file_reader, "MOST_OF_A_PAGE", 10)

    assert file_reader.cut(["a" * 30, "b" * 8, "c\0\ud800" + "d" * 30, "never"]) == ["a" * 10, "b" * 8, "c?ddddd"]
    assert len(file_reader.cut(["a"] * 2000)) <= file_reader.MOST_PAGES


# --- The command


@pytest.fixture
def roundtable(db):
    return factories.roundtable(slug="safe-paths")


def run():
    out = StringIO()
    call_command("read_attachments", stdout=out)
    return out.getvalue()


def test_what_was_sent_is_read_once_and_what_waits_is_left(roundtable):
    comment = factories.comment(roundtable)
    good = factories.attachment(comment, content=files.pdf("First page.", "", "Third page."))
    broken = factories.attachment(comment, content=looping_pdf())
    picture = factories.attachment(comment, name="a.png", content=files.png())
    blank = factories.attachment(comment, name="blank.txt", content=b" \n")
    unsent = uploads.store(files.upload("a.pdf", files.pdf()), uploader=comment.author, key=uuid.uuid4())

    first, second = run(), run()

    states = {kept.pk: kept.extraction for kept in Attachment.objects.all()}
    assert states == {
        good.pk: "done",
        broken.pk: states[broken.pk],
        picture.pk: "none",
        blank.pk: "none",
        unsent.pk: "waiting",
    }
    assert states[broken.pk] in ("failed", "none")
    assert list(AttachmentPage.objects.values_list("attachment", "number", "text")) == [
        (good.pk, 1, "First page."),
        (good.pk, 3, "Third page."),
    ]
    assert "1 done" in first
    assert second == ""


def test_a_file_that_is_away_is_tried_again(roundtable):
    attachment = factories.attachment(factories.comment(roundtable))
    place = default_storage.path(attachment.file.name)
    with open(place, "rb") as file:
        content = file.read()
    default_storage.delete(attachment.file.name)
    run()
    before = Attachment.objects.get().extraction
    with open(place, "wb") as file:
        file.write(content)

    run()

    assert (before, Attachment.objects.get().extraction) == ("waiting", "done")


# --- Search


@pytest.mark.parametrize("status", Status)
def test_the_words_of_a_file_are_found_where_its_comment_is_public(client, roundtable, status):
    comment = factories.comment(roundtable, status=status, body="Words.")
    attachment = factories.attachment(comment, content=files.pdf("Nothing here.", "Canary cities of refuge."))
    extraction.read_waiting()
    for person in (None, factories.user(), factories.moderator(roundtable)):
        client.logout()
        if person:
            client.force_login(person)

        shown = page(client.get(reverse("search"), {"q": "canary city"}))

        found = [link.attrs["href"] for link in shown.all("a", "attachment")]
        assert found == ([attachment.get_absolute_url()] if status == Status.APPROVED else [])
        assert ("Page 2" in shown.words, "refuge" in shown.words) == (status == Status.APPROVED,) * 2


def test_search_takes_the_same_queries_whatever_the_files_hold(client, roundtable):
    counts = []
    client.get(reverse("search"))  # what every page needs once
    for size in (1, 20):
        for _ in range(size):
            attachment = factories.attachment(factories.comment(roundtable, body="Words."))
            AttachmentPage.objects.create(
                attachment=attachment, number=1, text="Canary cities.", search_text=" canary cities "
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("search"), {"q": "canary"})
        counts.append(len(queries))

    assert counts[0] == counts[1]
