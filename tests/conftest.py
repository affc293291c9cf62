"""What every test may ask for."""

from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, connections
from django.utils import translation
from pytest_django.plugin import blocking_manager_key

from consultation import reference
from consultation.templatetags import kept

REAL_DISCUSSIONS = Path(__file__).resolve().parents[2] / "shared" / "data"
collect_ignore = [] if REAL_DISCUSSIONS.is_dir() else ["consultation/test_real_discussions.py"]
is_emptied = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def playwright(playwright):
    """Close the connection that Django opened in Playwright's event loop while that is still running."""
    yield playwright
    connections.close_all()


def _empties_the_database(item):
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in item.fixturenames


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Bring the reference data back after a test that emptied the database.

    Those come last in each process; but one that is through with its own takes tests of another one.
    """
    stash = item.config.stash
    if stash.get(is_emptied, False) and not _empties_the_database(item):
        with stash[blocking_manager_key].unblock():
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False, inhibit_post_migrate=True)
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)
        stash[is_emptied] = False


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item):
    """Remember that a test emptied the database."""
    if _empties_the_database(item):
        item.config.stash[is_emptied] = True


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
