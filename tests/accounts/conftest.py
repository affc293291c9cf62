"""What tests of accounts may ask for."""

import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["tests.accounts.steps.CountedHasher"]


@pytest.fixture(scope="session", autouse=True)
def _reference_data_in_every_loop(django_db_setup):
    # Playwright leaves an event loop running, in which Django opens a connection of its own. That one does not
    # know what `serialized_rollback` is to load, and would load nothing without a word.
    contents = getattr(connection, "_test_serialized_contents", None)
    if contents is not None:
        type(connection._connections[connection._alias])._test_serialized_contents = contents
