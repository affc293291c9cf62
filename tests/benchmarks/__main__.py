"""Measure what pages cost, as ratios to an empty view: `make bench`, on PostgreSQL with TEST_DATABASE_URL.

CPU is process CPU in milliseconds, the median of some rounds, during the WSGI call; E is an empty view through the
same middleware in the same run. Absolute times drift by a fifth on a shared machine, so read the ratios.
"""

import gzip
import io
import math
import statistics
import sys
import time
import uuid

from tests import environment  # noqa: F401  (sets the environment before Django is loaded)

SIZES = (20, 2_000, 20_000)


class Response:
    """What a WSGI call answered."""

    def __init__(self, application, environ):
        self.headers = {}
        self.status = ""
        pieces = application(environ, self._start)
        self.content = b"".join(pieces)
        getattr(pieces, "close", lambda: None)()

    def _start(self, status, headers, exc_info=None):
        self.status = status
        self.headers = dict(headers)


class Bench:
    """Calls the application as a server would, and counts."""

    def __init__(self, application):
        self.application = application

    def environ(self, path, *, method="GET", body=b"", **headers):
        """Build the environ of a request."""
        path, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
        }
        return environ | {f"HTTP_{name}": value for name, value in headers.items()}

    def call(self, *args, **kwargs):
        """Answer one request."""
        return Response(self.application, self.environ(*args, **kwargs))

    def cpu(self, make_environ, rounds, before=None):
        """Return the median CPU of a request in milliseconds."""
        spent = []
        for number in range(rounds + 2):
            if before:
                before()
            environ = make_environ()
            start = time.process_time()
            Response(self.application, environ)
            if number > 1:
                spent.append((time.process_time() - start) * 1000)
        return statistics.median(spent)

    def queries(self, make_environ):
        """Count the statements of one request."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            Response(self.application, make_environ())
        return len(captured)


def main():
    """Make the discussions, measure, and print the table."""
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        run()
    finally:
        connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)


def run():
    """Measure every row of the table."""
    from django.conf import settings
    from django.core.cache import caches
    from django.core.management import call_command
    from django.core.signals import request_finished, request_started
    from django.core.wsgi import get_wsgi_application
    from django.db import close_old_connections, reset_queries
    from django.http import HttpResponse
    from django.urls import clear_url_caches, path

    import hub.urls

    hub.urls.urlpatterns.insert(0, path("empty/", lambda request: HttpResponse("")))
    clear_url_caches()
    settings.POSTING_LIMITS_OFF = True
    for size in SIZES:
        call_command("make_load", comments=size, slug=f"load-{size}", verbosity=0)
    application = get_wsgi_application()
    # The test database is one connection for the whole run.
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    bench = Bench(application)

    def forget():
        caches["pages"].clear()

    empty = bench.cpu(lambda: bench.environ("/empty/"), 300)
    print(f"E = {empty:.3f} ms ({settings.DATABASES['default']['ENGINE'].rpartition('.')[2]})\n")
    print(f"{'':44} {'goal':>12} " + " ".join(f"{size:>16,}" for size in SIZES) + f" {'exponent':>9}")

    def row(label, goal, make, rounds=30, before=None, sizes=SIZES):
        costs, cells = [], []
        for size in sizes:
            environ = make(size)
            if before:
                before()
            count = bench.queries(environ)
            cost = bench.cpu(environ, rounds, before) / empty
            costs.append(cost)
            cells.append(f"{count} q {cost:7.1f} E")
        growth = math.log(costs[-1] / costs[0]) / math.log(sizes[-1] / sizes[0]) if len(costs) > 1 else None
        print(
            f"{label:44} {goal:>12} "
            + " ".join(f"{cell:>16}" for cell in cells)
            + (f" {growth:9.2f}" if growth else "")
        )
        return costs

    def reader(size, **headers):
        return lambda: bench.environ(f"/en/roundtables/load-{size}/", **headers)

    row("discussion page, reader, nothing cached", "5 q 25 E", reader, before=forget)
    row("discussion page, reader, kept", "", reader)
    cookies = {size: sign_in(size) for size in SIZES}
    for kind in ("participant", "moderator"):
        row(f"discussion page, {kind}", "8 q 35 E", lambda size, kind=kind: reader(size, COOKIE=cookies[size][kind]))

    def unchanged(size):
        etag = bench.call(f"/en/roundtables/load-{size}/").headers["ETag"]
        return reader(size, IF_NONE_MATCH=etag)

    row("the same page again (304)", "2 q 4 E", unchanged, rounds=100)
    row("permalink", "", lambda size: lambda: bench.environ(permalink(size)))

    def posting(size):
        def make():
            body = f"body=We+welcome+this.&language=en&key={uuid.uuid4()}&csrfmiddlewaretoken={TOKEN}".encode()
            cookie = cookies[size]["participant"]
            return bench.environ(f"{permalink(size)}reply/", method="POST", body=body, COOKIE=cookie)

        return make

    row("posting a reply", "15 q 35 E", posting)
    row(
        "all on one page (print view)",
        "5 q 800 E",
        lambda size: lambda: bench.environ(f"/en/roundtables/load-{size}/all/"),
        5,
        forget,
        (2_000,),
    )
    page = bench.call("/en/roundtables/load-2000/").content
    report_bytes(page)


TOKEN = "a" * 32


def sign_in(size):
    """Return the cookies of a participant and of a moderator of a discussion."""
    from django.conf import settings
    from django.test import Client

    from consultation.models import Roundtable
    from tests import factories

    roundtable = Roundtable.objects.get(slug=f"load-{size}")
    cookies = {}
    for kind, person in (("participant", factories.user()), ("moderator", factories.moderator(roundtable))):
        client = Client()
        client.force_login(person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies[kind] = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    return cookies


def permalink(size):
    """Return the address of a published comment in the middle of a discussion."""
    from consultation.models import Comment

    if size not in _permalinks:
        comments = Comment.objects.filter(roundtable__slug=f"load-{size}", status="approved", depth__gt=1)
        _permalinks[size] = comments[size // 4].get_absolute_url()
    return _permalinks[size]


_permalinks = {}


def report_bytes(page):
    """Print how much of a page is markup, and how much of it goes over the wire."""
    import re

    articles = re.findall(rb"<li><article.*?</article>", page, re.S)
    beside = [len(article) - len(re.sub(rb"<[^>]+>", b"", article)) for article in articles]
    print(f"\nmarkup beside the text: {statistics.mean(beside):.0f} bytes a comment (goal 500)")
    compressed = len(gzip.compress(page, 6)) / 1024
    print(f"page of {len(articles)} comments: {len(page) / 1024:.0f} KiB, compressed {compressed:.1f} KiB (goal 25)")


if __name__ == "__main__":
    main()
