"""What every test may ask for."""

from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connection
from django.utils import translation

from consultation import reference
from consultation.templatetags import kept

REAL_DISCUSSIONS = Path(__file__).resolve().parents[2] / "shared" / "data"
collect_ignore = [] if REAL_DISCUSSIONS.is_dir() else ["consultation/test_real_discussions.py"]


@pytest.fixture(autouse=True)
def _empty_page_cache():
    """Start each test without the pages, and parts of pages, that another one left behind."""
    caches["pages"].clear()
    reference.forget()
    kept.forget()


@pytest.fixture(autouse=True)
def _english():
    """Start each test in English: a request leaves the language of its page in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session", autouse=True)
def _reference_data_in_every_loop(django_db_setup):
    # Playwright leaves an event loop running, in which Django opens a connection of its own. That one does not
    # know what `serialized_rollback` is to load, and would load nothing without a word.
    contents = getattr(connection, "_test_serialized_contents", None)
    if contents is not None:
        type(connection._connections[connection._alias])._test_serialized_contents = contents
