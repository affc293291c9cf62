"""Measure telling many subscribers: `.venv/bin/python -m tests.benchmarks.digests`.

Statements and seconds of CPU for announcing, writing digests and sending (to memory), for some numbers of
followers of one roundtable with twenty new contributions.
"""

import time

SIZES = (100, 1_000)
NEW = 20


def report():
    """Print a line for each size."""
    print(f"{'followers':>10} {'announcing':>16} {'digests':>16} {'sending':>16}   statements, CPU s")
    for size in SIZES:
        steps = measure(size)
        print(f"{size:>10,} " + " ".join(f"{queries:>8,} {seconds:>7.2f}" for queries, seconds in steps))


def measure(size):
    """Return (statements, seconds of CPU) of announcing, writing digests and sending them."""
    from datetime import timedelta

    from accounts import delivery
    from accounts.models import Mail, User
    from consultation import digests, last_look, notifications
    from consultation.models import Notice, Subscription
    from tests import factories

    roundtable = factories.roundtable()
    moderator = factories.moderator(roundtable)
    people = User.objects.bulk_create(User(email=f"p{size}-{n}@example.org", name=f"Person {n}") for n in range(size))
    Subscription.objects.bulk_create(Subscription(person=person, roundtable=roundtable) for person in people)
    for number in range(NEW):
        factories.comment(roundtable, moderator, role="moderator", body=f"Number {number}. " * 50)
    steps = [_cost(notifications.announce)]
    Notice.objects.update(created_at=digests.last_moment("daily") - timedelta(hours=1))
    steps += [_cost(digests.write_digests), _cost(lambda: delivery.send_due(still_wanted=last_look.still_wanted))]
    assert Mail.objects.filter(recipient__in=people, status="sent").count() == size
    return steps


def _cost(step):
    from django.core import mail
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    mail.outbox = []
    start = time.process_time()
    with CaptureQueriesContext(connection) as queries:
        step()
    return len(queries), time.process_time() - start


if __name__ == "__main__":
    import django

    from tests import environment  # noqa: F401  (sets the environment before Django is loaded)

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.queries_log = type(connection.queries_log)(maxlen=100_000)
    try:
        report()
    finally:
        connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)
