"""Files good and bad: what is taken for what it is, and what is refused with which sentence."""

import io
import zlib

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation import filetypes
from consultation.filetypes import FileRefused, clean_name, kind_of
from consultation.models import Attachment
from tests import files

MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
TEMPLATE = (
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" '
    'Target="https://example.org/x" TargetMode="External"/>'
)
EICAR_LIKE = b"MZ\x90\x00\x03" + b"\x00" * 200
BOMB = b"\x00" * 40_000_000


def object_stream(names):
    packed = zlib.compress(names)
    return b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (
        len(packed),
        packed,
    )


GOOD = [
    ("paper.pdf", files.pdf(), "pdf"),
    ("PAPER.PDF", files.pdf("Été"), "pdf"),
    ("incremental.pdf", files.pdf(after=b"1 0 obj\nnull\nendobj\n%%EOF"), "pdf"),
    ("words about javascript.pdf", files.pdf("JavaScript is a language."), "pdf"),
    ("objects.pdf", files.pdf(extra=object_stream(b"1 0 << /Type /Annot >>")), "pdf"),
    ("a.docx", files.office("docx"), "docx"),
    ("link.docx", files.office("docx", relations=TEMPLATE.format("hyperlink")), "docx"),
    ("picture.docx", files.office("docx", [("word/media/image1.png", files.png())]), "docx"),
    ("a.xlsx", files.office("xlsx"), "xlsx"),
    ("printer.xlsx", files.office("xlsx", [("xl/printerSettings/printerSettings1.bin", b"x")]), "xlsx"),
    ("a.pptx", files.office("pptx"), "pptx"),
    ("chart.pptx", files.office("pptx", [("ppt/embeddings/Sheet1.xlsx", files.office("xlsx"))]), "pptx"),
    ("a.odt", files.odt(), "odt"),
    ("a.txt", b"Plain words.\n", "txt"),
    ("accents.txt", "Été, niñez, العربية".encode(), "txt"),
    ("bom.txt", "Été".encode("utf-8-sig"), "txt"),
    ("wide.txt", "Été".encode("utf-16"), "txt"),
    ("less.txt", b"5 < 6 and 7 > 3", "txt"),
    ("a.png", files.png(), "png"),
    ("a.jpg", files.jpeg(), "jpeg"),
    ("a.jpeg", files.jpeg(), "jpeg"),
    ("one.two.pdf", files.pdf(), "pdf"),
]
BAD = [
    # The name.
    ("program.exe", EICAR_LIKE, "type"),
    ("paper.pdf.exe", files.pdf(), "type"),
    ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "type"),
    ("macros.docm", files.office("docx"), "type"),
    ("page.html", b"<html>", "type"),
    ("drawing.svg", b"<svg/>", "type"),
    ("archive.zip", files.archive([("a", b"a")]), "type"),
    ("noextension", files.pdf(), "type"),
    ("pdf", files.pdf(), "type"),
    # Nothing in it.
    ("empty.pdf", b"", "empty"),
    ("empty.txt", b"", "empty"),
    # Another content than the name says.
    ("program.pdf", EICAR_LIKE, "content"),
    ("page.pdf", b"<html><body>%PDF-1.7", "content"),
    ("shifted.pdf", files.pdf(before=b"<html>"), "content"),
    ("cut.pdf", files.pdf()[:200], "content"),
    ("picture.pdf", files.png(), "content"),
    ("two.pdf", files.pdf(after=files.archive([("a.js", b"a")])), "content"),
    ("paper.docx", files.pdf(), "content"),
    ("zip.docx", files.archive([("a.txt", b"a")]), "content"),
    ("table.docx", files.office("xlsx"), "content"),
    ("words.xlsx", files.office("docx"), "content"),
    ("words.odt", files.office("docx"), "content"),
    ("table.odt", files.odt(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "content"),
    ("cut.docx", files.office("docx")[:-30], "content"),
    ("shifted.docx", b"MZ" + files.office("docx"), "content"),
    ("comment.docx", files.archive([("[Content_Types].xml", "<Types/>")], comment=b"<script>"), "content"),
    ("entities.docx", files.archive([("[Content_Types].xml", '<!DOCTYPE x [<!ENTITY a "b">]><Types/>')]), "content"),
    ("up.docx", files.office("docx", [("../../etc/passwd", b"x")]), "content"),
    ("absolute.docx", files.office("docx", [("/etc/passwd", b"x")]), "content"),
    ("drive.docx", files.office("docx", [("C:/windows/x", b"x")]), "content"),
    ("broken.docx", files.office("docx", [("word/_rels/a.rels", "<Relationships")]), "content"),
    ("a.jpg", files.png(), "content"),
    ("a.png", files.jpeg(), "content"),
    ("behind.png", files.png(after=b"<script>"), "content"),
    ("zip.png", files.png(after=files.archive([("a", b"a")])), "content"),
    ("zip.jpg", files.jpeg(after=files.archive([("a", b"a")])), "content"),
    ("cut.jpg", files.jpeg()[:-2], "content"),
    ("head.jpg", b"\xff\xd8\xff", "content"),
    ("head.png", files.png()[:20], "content"),
    ("page.txt", b"  <html><script>alert(1)</script>", "content"),
    ("later.txt", b"Words. < script >alert(1)</script>", "content"),
    ("xml.txt", b"<?xml version='1.0'?>", "content"),
    ("pdf.txt", b"%PDF-1.7", "content"),
    # Not text.
    ("program.txt", EICAR_LIKE, "encoding"),
    ("latin.txt", "Été".encode("latin-1"), "encoding"),
    ("nul.txt", b"a\0b", "encoding"),
    ("escape.txt", b"a\x1b[2Jb", "encoding"),
    # What would run.
    ("script.pdf", files.pdf(extra=b"<< /S /JavaScript /JS (app.alert(1)) >>"), "active"),
    ("hidden.pdf", files.pdf(extra=b"<< /S /J#61vaScr#69pt /JS (app.alert(1)) >>"), "active"),
    ("packed.pdf", files.pdf(extra=object_stream(b"1 0 << /S /JavaScript >>")), "active"),
    ("launch.pdf", files.pdf(extra=b"<< /S /Launch /F (cmd.exe) >>"), "active"),
    ("attached.pdf", files.pdf(extra=b"<< /Type /EmbeddedFile >>"), "active"),
    ("macros.docx", files.office("docx", main_type=MACRO_TYPE), "active"),
    ("project.docx", files.office("docx", [("word/vbaProject.bin", b"x")]), "active"),
    ("PROJECT.docx", files.office("docx", [("word/VBAPROJECT.BIN", b"x")]), "active"),
    ("project.xlsx", files.office("xlsx", [("xl/vbaProject.bin", b"x")]), "active"),
    ("old macros.xlsx", files.office("xlsx", [("xl/macrosheets/sheet1.xml", b"<x/>")]), "active"),
    ("control.docx", files.office("docx", [("word/activeX/activeX1.bin", b"x")]), "active"),
    ("object.docx", files.office("docx", [("word/embeddings/oleObject1.bin", b"x")]), "active"),
    ("program.docx", files.office("docx", [("word/embeddings/run.exe", b"x")]), "active"),
    (
        "typed.docx",
        files.office("docx", types=f'<Default Extension="x" ContentType="{files.OOXML}oleObject"/>'),
        "active",
    ),
    ("template.docx", files.office("docx", relations=TEMPLATE.format("attachedTemplate")), "active"),
    ("frame.docx", files.office("docx", [("word/_rels/a.rels", "<R>" + TEMPLATE.format("frame") + "</R>")]), "active"),
    ("basic.odt", files.odt(parts=[("Basic/Standard/Module1.xml", "<x/>")]), "active"),
    ("script.odt", files.odt(parts=[("Scripts/python/x.py", "x")]), "active"),
    ("object.odt", files.odt(manifest='<f media-type="application/vnd.sun.star.oleobject"/>'), "active"),
    # What nobody could open.
    ("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "encrypted"),
    ("locked.pdf", files.pdf(trailer=b"/Encrypt 9 0 R"), "encrypted"),
    ("locked.odt", files.odt(manifest="<encryption-data/>"), "encrypted"),
    # What unpacks to much.
    ("bomb.docx", files.office("docx", [("word/media/x.xml", BOMB)]), "too_much"),
    ("many.docx", files.office("docx", [(f"word/{number}", b"") for number in range(5001)]), "too_much"),
    ("large.png", files.png(60_000, 60_000), "too_much"),
]


def check(name, content):
    try:
        return kind_of(io.BytesIO(content), name)
    except FileRefused as refusal:
        return refusal.code


@pytest.mark.parametrize(("name", "content", "kind"), GOOD, ids=[name for name, *_ in GOOD])
def test_a_good_file_is_taken_for_what_it_is(name, content, kind):
    assert check(name, content) == kind


@pytest.mark.parametrize(("name", "content", "reason"), BAD, ids=[name for name, *_ in BAD])
def test_a_bad_file_is_refused_for_what_is_wrong_with_it(name, content, reason):
    assert check(name, content) == reason


def test_an_archive_whose_entries_lie_over_each_other_is_refused():
    content = bytearray(files.office("docx", [("word/a.bin", b"abc" * 2000)]))
    # The table of contents says of the last entry that it is larger than the whole file.
    at = content.rindex(b"PK\x01\x02")
    content[at + 20 : at + 24] = (10**7).to_bytes(4, "little")

    assert check("over.docx", bytes(content)) == "too_much"


def test_an_entry_under_a_password_is_refused():
    content = bytearray(files.office("docx"))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1

    assert check("locked.docx", bytes(content)) == "encrypted"


def test_two_entries_of_one_name_are_refused():
    with pytest.warns(UserWarning):
        content = files.office("docx", [("word/document.xml", "<other/>")])

    assert check("twice.docx", content) == "content"


def test_what_real_programs_write_is_taken(tmp_path):
    document = docx.Document()
    document.add_paragraph("Safe paths.")
    document.save(tmp_path / "a.docx")

    assert check("a.docx", (tmp_path / "a.docx").read_bytes()) == "docx"


@given(st.binary(max_size=300), st.sampled_from(sorted(filetypes.EXTENSIONS)))
def test_no_content_whatever_breaks_the_check(content, suffix):
    starts = {".pdf": b"%PDF-1.7", ".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8", ".docx": b"PK\x03\x04"}

    assert check(f"a{suffix}", starts.get(suffix, b"") + content) in {*filetypes.REFUSALS, *Attachment.Kind.values}


@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_no_damage_to_an_archive_breaks_the_check(place, damage):
    content = bytearray(files.office("docx"))
    content[place : place + len(damage)] = damage

    assert check("a.docx", bytes(content)) in {*filetypes.REFUSALS, "docx"}


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("paper.pdf", "paper.pdf"),
        ("C:\\Users\\me\\paper.pdf", "paper.pdf"),
        ("../../etc/paper.pdf", "paper.pdf"),
        ("invoice\u202efdp.docx", "invoicefdp.docx"),
        ("a\x00b\x07.pdf", "ab.pdf"),
        ("line\r\nbreak.pdf", "line break.pdf"),
        ("ورقة موقف.pdf", "ورقة موقف.pdf"),
        ("Été à Genève.pdf", "Été à Genève.pdf"),
        ("lone\ud800surrogate.pdf", "lonesurrogate.pdf"),
        ("  ..hidden.pdf ", "hidden.pdf"),
        ("\u202e.pdf", "pdf"),
        (f"{'long' * 100}.pdf", f"{('long' * 100)[:150]}.pdf"),
        ("", "attachment"),
    ],
)
def test_a_name_keeps_nothing_that_misleads(name, cleaned):
    assert clean_name(name) == cleaned


def test_the_kinds_are_those_of_the_model():
    assert set(filetypes.EXTENSIONS.values()) == set(Attachment.Kind.values)


def test_every_refusal_names_the_file():
    assert all("%(name)s" in str(sentence) for sentence in filetypes.REFUSALS.values())
