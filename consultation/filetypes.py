"""What a file really is: its name, its first bytes and what is inside must agree, or it is refused with a sentence.

Nothing is unpacked to disk, and of an archive only the few parts that say what it is are read.
"""

import re
import struct
import unicodedata
import zipfile
import zlib
from pathlib import PurePosixPath
from xml.etree import ElementTree

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

EXTENSIONS = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".pptx": "pptx",
    ".odt": "odt",
    ".txt": "txt",
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
}
MOST_NAME = 150  # characters of a file's name without its extension
MOST_ENTRIES = 5000
MOST_INFLATED = 300 * 1024 * 1024
MOST_RATIO = 150  # of what an archive unpacks to, where that is more than a few megabytes
MOST_PART = 2 * 1024 * 1024  # of a part that is read
MOST_PIXELS = 120_000_000
MOST_CHUNKS = 100_000

REFUSALS = {
    "type": _(
        "“%(name)s” is not of a type that is taken. Send PDF, Word (DOCX), Excel (XLSX), PowerPoint (PPTX), "
        "OpenDocument (ODT), plain text (TXT), PNG or JPEG."
    ),
    "empty": _("“%(name)s” is empty."),
    "content": _(
        "“%(name)s” is damaged, or is not what its name says. Open it, save it again in the format you want "
        "and choose the new file."
    ),
    "active": _(
        "“%(name)s” contains macros, scripts or other embedded programs or files. Save it without them, "
        "for example as a new PDF, and choose the new file."
    ),
    "encrypted": _("“%(name)s” is protected with a password. Save it without one and choose the new file."),
    "too_much": _("“%(name)s” unpacks to more than this site takes. Save it again, with smaller pictures or tables."),
    "encoding": _("“%(name)s” cannot be read as text. Save it as plain text in UTF-8 and choose the new file."),
}


class FileRefused(ValidationError):
    """A file is not taken; the message says why to the person who chose it."""

    def __init__(self, code, name):
        super().__init__(REFUSALS[code], code=code, params={"name": name})


class _Wrong(Exception):
    """What is wrong inside a file, as a key of REFUSALS."""


def clean_name(name):
    """Return a file's own name without folders and without characters that hide what it is."""
    name = re.split(r"[/\\]", name)[-1]
    shown = "".join(" " if char in "\t\r\n" else char for char in name if _is_shown(char))
    shown = " ".join(shown.split()).lstrip(". ")
    suffix = PurePosixPath(shown).suffix
    stem = shown.removesuffix(suffix).rstrip(". ") or "attachment"
    return f"{stem[:MOST_NAME]}{suffix[:20]}"


def title_from(name):
    """Return what a file is called until somebody gives it a title: its name without the type, which is shown too."""
    return PurePosixPath(name).stem


def kind_of(file, name):
    """Return what kind a file is, of those in EXTENSIONS. Raises FileRefused."""
    kind = EXTENSIONS.get(PurePosixPath(name).suffix.lower())
    if kind is None:
        raise FileRefused("type", name)
    file.seek(0, 2)
    size = file.tell()
    if not size:
        raise FileRefused("empty", name)
    try:
        file.seek(0)
        _CHECKS[kind](file, size)
    except _Wrong as wrong:
        raise FileRefused(wrong.args[0], name) from None
    except _DAMAGED:
        raise FileRefused("content", name) from None
    finally:
        file.seek(0)
    return kind


# What the libraries raise about a file that is not what it should be.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ElementTree.ParseError,
    EOFError,
    LookupError,
    RuntimeError,  # NotImplementedError, of a compression that nobody uses, is one
    ValueError,
)


def _is_shown(char):
    """Neither a control character nor one that turns the direction of what follows."""
    return char in "\t\r\n" or unicodedata.category(char)[0] != "C"


def _hold(condition, wrong="content"):
    if not condition:
        raise _Wrong(wrong)


def _no_archive_behind(file, size):
    """Refuse a file that is an archive as well: those are read from their end."""
    file.seek(max(0, size - 66_000))
    _hold(b"PK\x05\x06" not in file.read(66_000))


# --- PDF ------------------------------------------------------------------------------------

# Whoever writes a script into a PDF names it like this; names may be spelled with #xx.
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData)\b")
_PDF_STREAM = re.compile(rb"stream\r?\n")
_PDF_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")


def _check_pdf(file, size):
    data = file.read()
    _hold(re.match(rb"%PDF-\d\.\d", data))
    _hold(b"%%EOF" in data[-2048:])
    _no_archive_behind(file, size)
    for part in (data, *_object_streams(data)):
        names = _PDF_HEX.sub(lambda match: bytes([int(match[1], 16)]), part)
        _hold(not _PDF_ACTIVE.search(names), "active")
        _hold(not re.search(rb"/Encrypt\b", names), "encrypted")


def _object_streams(data, most=64 * 1024 * 1024):
    """Yield the objects that are kept compressed, up to a size that no honest paper has."""
    for match in _PDF_STREAM.finditer(data):
        if b"/ObjStm" not in data[max(0, match.start() - 600) : match.start()]:
            continue
        try:
            objects = zlib.decompressobj().decompress(data[match.end() :][: 8 * MOST_PART], 4 * MOST_PART)
        except zlib.error:
            continue
        most -= len(objects)
        _hold(most > 0, "too_much")
        yield objects


# --- Office documents -----------------------------------------------------------------------

_OOXML = "application/vnd.openxmlformats-officedocument."
_MAIN_TYPES = {
    "docx": f"{_OOXML}wordprocessingml.document.main+xml",
    "xlsx": f"{_OOXML}spreadsheetml.sheet.main+xml",
    "pptx": f"{_OOXML}presentationml.presentation.main+xml",
}
_PROGRAM_PARTS = re.compile(
    r"vbaproject|vbadata|(^|/)activex/|(^|/)embeddings/[^/]*\.bin$|(^|/)macrosheets/|(^|/)customui/|^basic/|^scripts/|"
    r"\.(exe|dll|com|scr|bat|cmd|ps1|js|jse|vbs|vbe|wsf|hta|jar|msi|lnk|docm|xlsm|pptm|xlam|html?|svg)$"
)
_PROGRAM_TYPES = re.compile(r"macroEnabled|vbaProject|activeX|oleObject|x-msdownload|javascript", re.IGNORECASE)
# A document may link to pages; it may not fetch its template, an object or a frame from elsewhere when it is opened.
_HARMLESS_LINKS = ("/hyperlink", "/image", "/video", "/audio", "/media", "/externalLinkPath")


def _open_archive(file, size):
    """Open an archive whose table of contents is sound and which unpacks to no more than is taken."""
    start = file.read(8)
    # Word keeps a document with a password in the container of its former format.
    _hold(start != b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted")
    _hold(start.startswith(b"PK\x03\x04"))
    archive = zipfile.ZipFile(file)
    entries = archive.infolist()
    _hold(len(entries) <= MOST_ENTRIES, "too_much")
    inflated = sum(entry.file_size for entry in entries)
    _hold(inflated <= MOST_INFLATED, "too_much")
    _hold(inflated <= 8 * 1024 * 1024 or inflated <= MOST_RATIO * size, "too_much")
    # Entries that lie over each other unpack to much more than they are.
    _hold(sum(entry.compress_size for entry in entries) <= size, "too_much")
    _hold(not archive.comment)
    _hold(len({entry.filename.lower() for entry in entries}) == len(entries))
    for entry in entries:
        _hold(not entry.flag_bits & 0x1, "encrypted")
        _hold(_is_inside(entry.orig_filename))
        _hold(not _PROGRAM_PARTS.search(entry.filename.lower()), "active")
    return archive


def _is_inside(name):
    return not (name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/"))


def _read_part(archive, name):
    entry = archive.getinfo(name)
    _hold(entry.file_size <= MOST_PART, "too_much")
    with archive.open(entry) as part:
        return part.read(MOST_PART)


def _read_xml(archive, name):
    data = _read_part(archive, name)
    # Entities can make a small text endless; nothing that an office program writes declares any.
    _hold(b"\0" not in data and b"<!DOCTYPE" not in data and b"<!ENTITY" not in data)
    return ElementTree.fromstring(data)


def _check_ooxml(kind):
    def check(file, size):
        with _open_archive(file, size) as archive:
            types = {
                element.get("PartName") or f".{element.get('Extension')}": element.get("ContentType", "")
                for element in _read_xml(archive, "[Content_Types].xml")
            }
            _hold(not any(_PROGRAM_TYPES.search(content_type) for content_type in types.values()), "active")
            main = [part for part, content_type in types.items() if content_type == _MAIN_TYPES[kind]]
            _hold(len(main) == 1)
            names = set(archive.namelist())
            _hold(main[0].lstrip("/") in names)
            for name in names:
                if name.endswith(".rels"):
                    _check_links(_read_xml(archive, name))

    return check


def _check_links(relations):
    for relation in relations:
        if relation.get("TargetMode") == "External":
            _hold(relation.get("Type", "").endswith(_HARMLESS_LINKS), "active")


def _check_odt(file, size):
    with _open_archive(file, size) as archive:
        first = archive.infolist()[0]
        _hold(first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED)
        _hold(_read_part(archive, "mimetype").strip() == b"application/vnd.oasis.opendocument.text")
        manifest = ElementTree.tostring(_read_xml(archive, "META-INF/manifest.xml"), encoding="unicode")
        _hold("encryption-data" not in manifest, "encrypted")
        _hold("oleobject" not in manifest and "application/binary" not in manifest, "active")
        archive.getinfo("content.xml")


# --- Text and pictures ----------------------------------------------------------------------

_MARKUP = re.compile(r"\s*(?:<[!?/a-z]|%pdf-|#!)|<\s*(?:script|iframe|object|embed|svg|html|body)\b", re.IGNORECASE)


def _check_txt(file, size):
    data = file.read()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise _Wrong("encoding") from None
    # NUL and other controls stand in programs and pictures, not in texts.
    _hold(not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text), "encoding")
    # A browser or a mail program may take what looks like a page for one.
    _hold(not _MARKUP.match(text) and not re.search(r"<\s*script\b", text, re.IGNORECASE))


def _check_png(file, size):
    _hold(file.read(8) == b"\x89PNG\r\n\x1a\n")
    at, seen = 8, []
    while at < size and len(seen) < MOST_CHUNKS:
        file.seek(at)
        header = file.read(8)
        _hold(len(header) == 8)
        length, kind = struct.unpack(">I4s", header)
        if not seen:
            _hold(kind == b"IHDR" and length == 13)
            _check_picture(*struct.unpack(">II", file.read(8)))
        seen.append(kind)
        at += 12 + length
        if kind == b"IEND":
            break
    # The last part ends with the file: nothing hides behind the picture.
    _hold(seen[-1] == b"IEND" and b"IDAT" in seen and at == size)
    _no_archive_behind(file, size)


def _check_jpeg(file, size):
    _hold(file.read(2) == b"\xff\xd8")
    is_sized = False
    for _segment in range(MOST_CHUNKS):
        marker = file.read(2)
        _hold(len(marker) == 2 and marker[0] == 0xFF and marker[1] not in (0x00, 0xD8, 0xD9, 0xFF))
        (length,) = struct.unpack(">H", file.read(2).rjust(2, b"\0"))
        _hold(length >= 2)
        if marker[1] == 0xDA:
            break
        if marker[1] in range(0xC0, 0xD0) and marker[1] not in (0xC4, 0xC8, 0xCC):
            body = file.read(length - 2)
            _hold(len(body) >= 6)
            _check_picture(*struct.unpack(">HH", body[1:5]))
            is_sized = True
        else:
            file.seek(length - 2, 1)
    _hold(is_sized)
    file.seek(max(0, size - 2))
    _hold(file.read(2) == b"\xff\xd9")
    _no_archive_behind(file, size)


def _check_picture(width, height):
    _hold(width > 0 and height > 0)
    _hold(width * height <= MOST_PIXELS, "too_much")


_CHECKS = {
    "pdf": _check_pdf,
    **{kind: _check_ooxml(kind) for kind in _MAIN_TYPES},
    "odt": _check_odt,
    "txt": _check_txt,
    "png": _check_png,
    "jpeg": _check_jpeg,
}
