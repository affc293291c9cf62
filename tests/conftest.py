"""What every test may ask for."""

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def _empty_caches(request):
    """Start each test without what another one left in a cache: wrong passwords counted, pages kept."""
    caches["pages"].clear()
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_helper")
        caches["default"].clear()
