"""The text of files, so that it can be found and cited by page: read outside of any request, by a process apart."""

import json
import logging
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from django.db import transaction

from . import search
from .models import Attachment, AttachmentPage

logger = logging.getLogger(__name__)
READER = Path(__file__).with_name("file_reader.py")
PATIENCE = 60  # seconds, whatever the process does
BATCH = 100
Extraction = Attachment.Extraction


class Unreadable(Exception):
    """The process that reads a file gave up or was stopped."""


def read_waiting():
    """Read all files that were sent and not read yet; return how many were, by how it went."""
    done = dict.fromkeys((Extraction.DONE, Extraction.NONE, Extraction.FAILED), 0)
    waiting = Attachment.objects.filter(comment__isnull=False, extraction=Extraction.WAITING)
    last = 0
    while batch := list(waiting.filter(pk__gt=last)[:BATCH]):
        for attachment in batch:
            last = attachment.pk
            outcome = read(attachment)
            if outcome:
                done[outcome] += 1
    return {outcome: count for outcome, count in done.items() if count}


def read(attachment):
    """Read one file and keep its pages; None where it could not even be opened and is to be tried again."""
    try:
        with attachment.file.open("rb") as file:
            texts = texts_of(file, attachment.kind)
    except Unreadable as trouble:
        logger.warning("a file cannot be read", extra={"attachment": attachment.pk, "trouble": str(trouble)})
        texts, outcome = [], Extraction.FAILED
    except Exception:  # a store elsewhere has errors of its own
        logger.exception("a file cannot be opened", extra={"attachment": attachment.pk})
        return None
    else:
        outcome = Extraction.DONE if any(texts) else Extraction.NONE
    with transaction.atomic():
        # Somebody may have removed it meanwhile, or another process may have read it.
        if not Attachment.objects.filter(pk=attachment.pk).update(extraction=outcome):
            return None
        AttachmentPage.objects.filter(attachment=attachment).delete()
        AttachmentPage.objects.bulk_create(
            [
                AttachmentPage(attachment=attachment, number=number, text=text, search_text=search.normalise(text))
                for number, text in enumerate(texts, 1)
                if text
            ],
            batch_size=100,
        )
    return outcome


def texts_of(file, kind, *, patience=PATIENCE):
    """Return the texts of a file's pages. Raises Unreadable."""
    # Both ends are files and no pipes: nobody waits for the other, and what comes out is limited.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out:
        shutil.copyfileobj(file, given)
        given.seek(0)
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(READER), kind],
                stdin=given,
                stdout=out,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                timeout=patience,
            )
        except subprocess.TimeoutExpired:
            raise Unreadable("took too long") from None
        if done.returncode:
            raise Unreadable(f"ended with {done.returncode}")
        out.seek(0)
        return json.load(out)
