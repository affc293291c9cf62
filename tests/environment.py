"""The environment of the tests; a plugin, because settings are read before any conftest."""

import os
import tempfile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 40
os.environ["HTTPS"] = "0"
os.environ["DEBUG"] = "0"
os.environ["DEMO"] = "0"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["STAFF_NEED_SECOND_FACTOR"] = "0"
os.environ["SITE_URL"] = "https://hub.example.org"
os.environ["LOG_LEVEL"] = "CRITICAL"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="forum-tests-")
os.mkdir(os.path.join(os.environ["DATA_DIR"], "static"))
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{os.environ['DATA_DIR']}/forum.sqlite3"
os.environ.pop("REDIS_URL", None)
# Playwright's synchronous API leaves an event loop in the thread of the tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
