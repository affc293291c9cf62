"""Thirty post, three decide and two file elsewhere, all at once for a minute: `python -m tests.benchmarks.storm`.

On PostgreSQL with TEST_DATABASE_URL. Prints what was done, and whether the tree and the totals are sound afterwards.
"""

import random
import sys
import threading
import time
import uuid
from collections import Counter

from tests import environment  # noqa: F401  (sets the environment before Django is loaded)

POSTING, DECIDING, FILING = 30, 3, 2


def main():
    """Make a database, let the storm pass, and look at what it left."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection, connections

    settings.POSTING_LIMITS_OFF = True
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        done, failed = storm(seconds)
        report(done, failed)
    finally:
        connections.close_all()
        connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)


def storm(seconds, *, enough=lambda done: True):
    """Run everybody at once; return (how often each act was done, what went wrong).

    Goes on, up to five minutes longer, until `enough(how often each act was done)`.
    """
    from django.db import connections

    from tests import factories

    first, second = factories.roundtable(slug="first"), factories.roundtable(slug="second")
    people = [factories.user() for _ in range(POSTING)]
    moderators = [factories.moderator(first) for _ in range(DECIDING + FILING)]
    for person in moderators:
        second.moderators.add(person)
    done, failed, until = Counter(), [], time.monotonic() + seconds

    def run(act, *args):
        rng = random.Random(uuid.uuid4().int)
        try:
            while time.monotonic() < until or (time.monotonic() < until + 300 and not enough(dict(done))):
                done[act(rng, *args)] += 1
        except Exception as error:  # whatever it is, it is what this looks for
            failed.append(error)
        finally:
            connections.close_all()

    jobs = [(post, (first, second), person) for person in people]
    jobs += [(decide, person) for person in moderators[:DECIDING]]
    jobs += [(file_elsewhere, (first, second), person) for person in moderators[DECIDING:]]
    threads = [threading.Thread(target=run, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, failed


def post(rng, roundtables, person):
    """Post a new thread or a reply."""
    from consultation.models import Comment, Roundtable
    from consultation.models.comment_manager import NoLongerAnswerable

    answers = pick(rng, Comment.objects.filter(status="approved")) if rng.random() < 0.7 else None
    roundtable = answers.roundtable if answers else rng.choice(roundtables)
    try:
        Comment.objects.post(
            author=person,
            roundtable=Roundtable.objects.get(pk=roundtable.pk),
            body="We ask for safe paths.\n\nAnd for short ones.",
            language="en",
            key=uuid.uuid4(),
            role="participant",
            question=None if answers else rng.choice([None, *roundtable.questions.all()]),
            answers=answers,
        )
    except NoLongerAnswerable:
        return "answered too late"
    return "posted"


def decide(rng, moderator):
    """Decide about something that waits, or take a decision back."""
    from consultation.models import Comment, ModerationEvent

    comment = Comment.objects.awaiting(moderator).first()
    try:
        if comment is None or rng.random() < 0.1:
            event = ModerationEvent.objects.order_by("pk").last()
            if event is None:
                time.sleep(0.01)
                return "nothing to undo"
            event.comment.undo(by=moderator, event=event)
            return "undone"
        if rng.random() < 0.8:
            comment.approve(by=moderator, seen_status="pending")
        else:
            comment.reject(by=moderator, reason="other", seen_status="pending")
    except Comment.AlreadyDecided:
        return "decided too late"
    return "decided"


def file_elsewhere(rng, roundtables, moderator):
    """Move, attach, join, split or file a contribution."""
    from consultation.models import Comment
    from consultation.models.filing import Unfit

    comments = Comment.objects.filter(status="approved")
    comment = pick(rng, comments)
    other = comment and pick(rng, comments.filter(roundtable=comment.roundtable))
    if other is None:
        time.sleep(0.01)
        return "nothing to file"
    act = rng.choice(["refile", "move", "below", "top", "split", "duplicate"])
    try:
        if act == "refile":
            comment.refile(by=moderator, question=rng.choice([None, *comment.roundtable.questions.all()]))
        elif act == "move":
            comment.move_to(by=moderator, roundtable=rng.choice(roundtables))
        elif act == "below":
            comment.place_below(by=moderator, answered=other)
        elif act == "top":
            comment.place_below(by=moderator, answered=None)
        elif act == "split":
            comment.split(by=moderator, at=comment.body.find("And"))
        elif rng.random() < 0.2:
            comment.mark_duplicate(by=moderator, of=other)
    except (Unfit, Comment.AlreadyDecided):
        return "could not be filed"
    return f"filed: {act}"


def pick(rng, comments):
    """Return any of the comments, or None."""
    last = comments.order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        return None
    found = comments.filter(pk__gte=rng.randint(1, last)).select_related("roundtable", "question").order_by("pk")
    return found.first()


def totals():
    """Return every kept total, by roundtable."""
    from consultation.models import Comment, Question, Roundtable

    return (
        list(Roundtable.objects.order_by("pk").values_list("pk", "visible_count")),
        list(Question.objects.order_by("pk").values_list("pk", "visible_count")),
        list(Comment.objects.filter(depth=1).order_by("pk").values_list("pk", "thread_count")),
    )


def faults():
    """Return what is not as it must be: (problems of the tree, whether totals are off, replies gone astray)."""
    from consultation.models import Comment, Roundtable
    from consultation.models.counters import recount

    kept = totals()
    for roundtable in Roundtable.objects.all():
        recount(roundtable)
    replies = Comment.objects.filter(depth__gt=1).select_related("in_reply_to")
    astray = [
        each.pk
        for each in replies
        if (each.roundtable_id, each.question_id) != (each.in_reply_to.roundtable_id, each.in_reply_to.question_id)
    ]
    return [len(found) for found in Comment.objects.find_problems()], kept != totals(), astray


def report(done, failed):
    """Print what was done and what is wrong."""
    from consultation.models import Comment

    for act, count in sorted(done.items()):
        print(f"{act:24} {count:7,}")
    problems, is_off, astray = faults()
    print(f"{'comments':24} {Comment.objects.count():7,}")
    print(f"find_problems() {problems}, totals {'off' if is_off else 'right'}, replies astray {len(astray)}")
    print(f"errors {len(failed)} {failed[:3]}")


if __name__ == "__main__":
    main()
