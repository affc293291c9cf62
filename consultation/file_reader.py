"""Reads the text of one file, page by page; run by `extraction` as a process of its own that may be stopped.

Files come from strangers: whatever one does to this process, it ends when it has used its time or memory, and it knows
nothing of the site: no settings, no database, no environment. In: the file on standard input, its kind as argument.
Out: a JSON list of texts.
"""

import io
import json
import re
import resource
import sys
import zipfile
from xml.etree import ElementTree

MOST_MEMORY = 1024**3
MOST_SECONDS = 30
MOST_OUT = 64 * 1024**2
MOST_PAGES = 1000
MOST_CHARACTERS = 3_000_000
MOST_OF_A_PAGE = 100_000
MOST_XML = 64 * 1024**2

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def pdf(file):
    """Yield the text of each page of a PDF; of a page that cannot be read, nothing."""
    from pypdf import PdfReader

    for page in PdfReader(file).pages:
        try:
            yield page.extract_text()
        except MemoryError:
            raise
        except Exception:
            yield ""


def docx(file):
    """Yield the text of each page of a Word file, as Word broke it when it was saved."""
    page, has_words = [], False
    for event, element in _elements(file, "word/document.xml"):
        is_break = element.tag == f"{WORD}lastRenderedPageBreak" or (
            element.tag == f"{WORD}br" and element.get(f"{WORD}type") == "page"
        )
        if event == "start":
            # Word marks the page it breaks itself and the one that somebody asked for: two marks can be one break.
            if is_break and has_words:
                yield "".join(page)
                page, has_words = [], False
        elif element.tag == f"{WORD}t":
            page.append(element.text or "")
            has_words = has_words or bool(element.text)
        elif element.tag in (f"{WORD}tab", f"{WORD}br", f"{WORD}cr"):
            page.append("\t" if element.tag == f"{WORD}tab" else "\n")
        elif element.tag == f"{WORD}p":
            page.append("\n")
            element.clear()
    yield "".join(page)


def odt(file):
    """Yield the text of each page of an OpenDocument text, where it says how it was broken."""
    page = []
    for event, element in _elements(file, "content.xml"):
        if event == "start":
            if element.tag == f"{TEXT}soft-page-break":
                yield "".join(page)
                page = []
            continue
        if element.tag in (f"{TEXT}p", f"{TEXT}h"):
            page += ["".join(element.itertext()), "\n"]
            element.clear()
    yield "".join(page)


def pptx(file):
    """Yield the text of each slide."""
    with zipfile.ZipFile(file) as archive:
        slides = [name for name in archive.namelist() if re.fullmatch(r"ppt/slides/slide\d{1,5}\.xml", name)]
    for name in sorted(slides, key=lambda name: int(re.search(r"\d+", name)[0])):
        words = []
        for event, element in _elements(file, name):
            if event == "end" and element.tag == f"{DRAWING}t":
                words.append(element.text or "")
            elif event == "end" and element.tag == f"{DRAWING}p":
                words.append("\n")
        yield "".join(words)


def txt(file):
    """Yield the parts of a text between form feeds."""
    data = file.read()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    yield from data.decode(encoding).split("\f")


def _elements(file, name):
    """Go through the XML of a part of an archive; one that declares entities is refused."""
    with zipfile.ZipFile(file) as archive, archive.open(name) as part:
        data = part.read(MOST_XML + 1)
    if len(data) > MOST_XML or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError(name)
    yield from ElementTree.iterparse(io.BytesIO(data), events=("start", "end"))


def cut(texts):
    """Return as much of some texts as is kept, without what no database takes."""
    kept, left = [], MOST_CHARACTERS
    for text in texts:
        text = text.replace("\0", "").encode("utf-8", "replace").decode()[: min(MOST_OF_A_PAGE, left)]
        kept.append(text.strip())
        left -= len(text)
        if left <= 0 or len(kept) >= MOST_PAGES:
            break
    return kept


def main(kind):
    """Hold this process to its limits, then read."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_OUT, MOST_OUT))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    read = {"pdf": pdf, "docx": docx, "odt": odt, "pptx": pptx, "txt": txt}[kind]
    with open(0, "rb") as file:
        json.dump(cut(read(file)), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
