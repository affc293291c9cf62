"""What every test may ask for."""

import pytest
from django.core.cache import caches

from consultation import reference


@pytest.fixture(autouse=True)
def _empty_page_cache():
    """Start each test without the pages another one left behind."""
    caches["pages"].clear()
    reference.forget()
