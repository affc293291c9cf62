"""Hold the French and Spanish translations to the strings in the code; changes nothing. Needs gettext.

The strings are collected in a copy of the project, because makemessages rewrites the .po files that it finds.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("fr", "es")
PARTS = ("accounts", "consultation", "hub", "templates", "static", "manage.py")


def collected():
    """Return the strings of the code as gettext finds them."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        (copy / "locale").mkdir(parents=True)
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / part)
        locales = [f"--locale={code}" for code in LANGUAGES]
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", *locales, "--keep-pot", "--verbosity=0"],
            cwd=copy,
            env={"PATH": os.environ["PATH"], "DEBUG": "1", "DATA_DIR": str(Path(folder) / "data")},
            check=True,
        )
        return {key(entry) for entry in polib.pofile(str(copy / "locale" / "django.pot"))}


def key(entry):
    """Return what gettext tells strings apart by."""
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def complaints(code, strings):
    """Yield what is wrong with one language, a line each."""
    path = ROOT / "locale" / code / "LC_MESSAGES" / "django.po"
    if not path.exists():
        yield f"{code}: there is no {path.relative_to(ROOT)}"
        return
    entries = {key(entry): entry for entry in polib.pofile(str(path)) if not entry.obsolete}
    yield from (f"{code}: missing: {string[1]!r}" for string in sorted(strings - entries.keys()))
    yield from (f"{code}: no longer in the code: {string[1]!r}" for string in sorted(entries.keys() - strings))
    for entry in entries.values():
        if entry.fuzzy:
            yield f"{code}: fuzzy: {entry.msgid!r}"
        elif not entry.translated():
            yield f"{code}: untranslated: {entry.msgid!r}"
    # Placeholders that differ, a wrong number of plural forms, line ends lost.
    checked = subprocess.run(
        ["msgfmt", "--check", f"--output-file={os.devnull}", str(path)], capture_output=True, text=True, check=False
    )
    if checked.returncode:
        yield from (f"{code}: {line}" for line in checked.stderr.splitlines())


def main():
    """Print what is wrong, or how much is right; return the exit status."""
    strings = collected()
    found = [line for code in LANGUAGES for line in complaints(code, strings)]
    if found:
        print("\n".join(found))
        print("`make messages` collects the strings; the translations are written by hand.")
        return 1
    print(f"{len(strings)} strings, all in {' and '.join(LANGUAGES)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
