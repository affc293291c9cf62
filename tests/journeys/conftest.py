"""A real browser in front of a real server; what every journey may ask for."""

import shutil

import pytest
from django.core.cache import caches

from .browser import Visitors
from .faults import FaultsSeen

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use the Chromium of the system, best the one without a window; Playwright downloads none."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        pytest.skip("needs a Chromium on the PATH (Debian: apt-get install chromium-headless-shell)")
    return {**browser_type_launch_args, "executable_path": chromium, "args": ["--no-sandbox"]}


@pytest.fixture
def site(settings, live_server, transactional_db, django_db_serialized_rollback):
    """Return the address of a running site that holds the reference data and nothing else."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.POSTS_PER_MINUTE = settings.POSTS_PER_HOUR = 1000
    caches["default"].clear()
    return live_server.url


@pytest.fixture
def visitors(browser, site):
    """Let people come with browsers of their own; afterwards none of their pages may have done what none may."""
    faults = FaultsSeen(site)
    visitors = Visitors(browser, site, faults)
    yield visitors
    visitors.leave()
    assert not faults.seen, "\n".join(faults.seen)
