"""What every test may ask for."""

import pytest
from django.core.cache import caches
from django.utils import translation

from consultation import reference


@pytest.fixture(autouse=True)
def _empty_page_cache():
    """Start each test without the pages another one left behind."""
    caches["pages"].clear()
    reference.forget()


@pytest.fixture(autouse=True)
def _english():
    """Start each test in English: a request leaves the language of its page in the thread."""
    with translation.override("en"):
        yield
