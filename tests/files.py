"""Files that people send, good ones and bad ones, made in memory."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile

OOXML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": ("word/document.xml", f"{OOXML}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{OOXML}spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{OOXML}presentationml.presentation.main+xml"),
}
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
ODT_TYPE = b"application/vnd.oasis.opendocument.text"


def upload(name, content):
    """Return a file as a form brings it."""
    return SimpleUploadedFile(name, content)


def pdf(*pages, extra=b"", trailer=b"", before=b"", after=b""):
    """Return a PDF with these texts, one a page; `extra` is one more object."""
    pages = pages or ("Safe paths.",)
    count = len(pages)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for at, text in enumerate(pages):
        stream = zlib.compress(b"BT /F1 12 Tf 72 720 Td (%s) Tj ET" % text.encode("cp1252"))
        resources = b"/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] %s /Contents %d 0 R >>" % (resources, 5 + 2 * at)
        )
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream))
    if extra:
        objects.append(extra)
    made, places = before + b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    made += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return made + after


def archive(parts, *, compression=zipfile.ZIP_DEFLATED, comment=b""):
    """Return a zip of (name, content) pairs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as made:
        made.comment = comment
        for name, content in parts:
            made.writestr(name, content)
    return buffer.getvalue()


def office(kind, parts=(), *, types="", main_type=None, relations="", main=None):
    """Return a Word, Excel or PowerPoint file of further parts; the rest spoils it."""
    name, content_type = MAIN[kind]
    paragraph = "<w:p><w:r><w:t>Safe paths.</w:t></w:r></w:p>"
    defaults = {
        "docx": f'<w:document xmlns:w="{WORD}"><w:body>{paragraph}</w:body></w:document>',
        "xlsx": "<workbook/>",
        "pptx": "<presentation/>",
    }
    return archive(
        [
            (
                "[Content_Types].xml",
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                f'<Override PartName="/{name}" ContentType="{main_type or content_type}"/>{types}</Types>',
            ),
            ("_rels/.rels", f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>'),
            (name, main or defaults[kind]),
            *parts,
        ]
    )


def docx(*paragraphs):
    """Return a Word file of paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    return office("docx", main=f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')


def pptx(*slides):
    """Return a PowerPoint file of slides."""
    parts = [
        (f"ppt/slides/slide{number}.xml", f'<p xmlns:a="{DRAWING}"><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p>')
        for number, text in enumerate(slides, 1)
    ]
    return office("pptx", parts)


def odt(*paragraphs, parts=(), manifest="", mimetype=ODT_TYPE):
    """Return an OpenDocument text."""
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    body = "".join(f"<t:p>{paragraph}</t:p>" for paragraph in paragraphs or ("Safe paths.",))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        made.writestr("content.xml", f'<office xmlns:t="{text}">{body}</office>')
        made.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        for name, content in parts:
            made.writestr(name, content)
    return buffer.getvalue()


def png(width=2, height=2, *, after=b""):
    """Return a picture."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\x7f\x7f\x7f" * 2 for _row in range(2)))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"") + after


def jpeg(*, after=b""):
    """Return the parts of a photograph, if not one that shows anything."""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, 2, 2, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\x01\x01\x00\x00\x3f\x00" + b"\x12\x34"
    header = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    return b"\xff\xd8" + header + frame + scan + b"\xff\xd9" + after
