"""Measure what pages cost, as ratios to an empty view: `make bench`, on PostgreSQL with TEST_DATABASE_URL.

CPU is process CPU during the WSGI call, the median of some rounds, in units of E: an empty view through the same
middleware, called in turns with what is measured, because a shared machine slows down by half from one row to the next.
"""

import gzip
import io
import math
import statistics
import sys
import time
import uuid

from tests import environment  # noqa: F401  (sets the environment before Django is loaded)
from tests.benchmarks import own_data

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
        """Return the median CPU of a request in units of E, which is measured in turns with it."""
        spent, empty = [], []
        for number in range(rounds + 2):
            if before:
                before()
            one, unit = self._spend(make_environ()), self.empty()
            if number > 1:
                spent.append(one)
                empty.append(unit)
        return statistics.median(spent) / statistics.median(empty)

    def empty(self):
        """Return the CPU of an empty view in milliseconds: the least of three, as the first still warms up."""
        return min(self._spend(self.environ("/empty/")) for _ in range(3))

    def _spend(self, environ):
        start = time.process_time()
        Response(self.application, environ)
        return (time.process_time() - start) * 1000

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
    from consultation.models import Roundtable

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
        """Leave to a reader what one finds just after a change: no page is kept, nor what counts contributions."""
        caches["pages"].clear()
        Roundtable.objects.record_change(public=True)

    empty = statistics.median(bench.empty() for _ in range(100))
    print(f"E = {empty:.3f} ms ({settings.DATABASES['default']['ENGINE'].rpartition('.')[2]})\n")
    print(f"{'':44} {'goal':>12} " + " ".join(f"{size:>16,}" for size in SIZES) + f" {'exponent':>9}")

    def row(label, goal, make, rounds=30, before=None, sizes=SIZES):
        costs, cells = [], []
        for size in sizes:
            environ = make(size)
            bench.cpu(environ, 1, before)  # what a process keeps for good is there from the second request on
            if before:
                before()
            count = bench.queries(environ)
            cost = bench.cpu(environ, rounds, before)
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

    row("discussion page, reader, after a change", "5 q 25 E", reader, before=forget)
    row("discussion page, reader, kept", "2 q 6 E", reader)
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

    def moderating(path):
        return lambda size: lambda: bench.environ(path(size), COOKIE=cookies[size]["moderator"])

    for size in SIZES:
        let_wait(size)
    row("moderation queue, a quarter of it waits", "8 q", moderating(lambda size: "/en/moderation/"))
    row("decision page", "14 q", moderating(waiting))
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
    print("\nthe download of one's own data")
    own_data.report()


TOKEN = "a" * 32


def let_wait(size):
    """Let a quarter of a discussion wait for a decision: 5 and up to 5,000."""
    from django.utils import timezone

    from consultation.models import Comment

    comments = Comment.objects.filter(roundtable__slug=f"load-{size}")
    chosen = list(comments.order_by("-pk").values_list("pk", flat=True)[: size // 4])
    for start in range(0, len(chosen), 500):
        held = Comment.objects.filter(pk__in=chosen[start : start + 500])
        held.update(status="pending", published_at=None, waiting_since=timezone.now())


def waiting(size):
    """Return the address of the decision about what has waited longest."""
    from consultation.models import Comment

    oldest = Comment.objects.filter(roundtable__slug=f"load-{size}", waiting_since__isnull=False)
    return f"/en/moderation/comments/{oldest.order_by('waiting_since').first().pk}/"


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
