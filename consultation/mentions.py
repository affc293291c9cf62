"""Mentions: whom a text means by @Name, how it is shown, and which names are offered while somebody types."""

from collections import defaultdict

from accounts.models import User

from . import search, text
from .models import Comment, Kind, ModerationEvent, Notice, Revision
from .models.mention import MAY_MENTION, named_in_public, names_in

EDITS = (ModerationEvent.Action.EDIT, ModerationEvent.Action.APPROVE_EDIT)
MOST_OFFERED = 8
MOST_TYPED = 100  # characters that are looked at of what somebody typed behind an "@"


def render(roundtable, body):
    """Return a text as it is shown in a roundtable: safe HTML with its mentions marked."""
    return text.render(body, names_in(roundtable, body, Comment.objects.all()).end_of_name)


def people_mentioned(comment, body=None):
    """Return the active people whom a comment mentions as its text (or `body`) is now, without its author, by number.

    Two people of one name are both meant. Names count that readers of the roundtable see at this moment; asks
    nothing of the database where the text holds no mention.
    """
    body = comment.body if body is None else body
    names = names_in(comment.roundtable, body, Comment.objects.all())
    text.render(body, names.end_of_name)
    numbers = set().union(*names.found.values()) - {None, comment.author_id}
    return list(User.objects.filter(pk__in=numbers, is_active=True).order_by("pk")) if numbers else []


def added_by_edits(events):
    """Return {event: people} whom changes of published texts mention, and no text before them that readers had.

    Of several changes of one comment the last one counts, and whoever was told of a mention in it before is left out.
    """
    edits = defaultdict(list)
    for event in events:
        if event.action in EDITS and not hasattr(event, "undone_by") and MAY_MENTION.search(event.comment.body):
            edits[event.comment].append(event)
    # What waits for a decision, or was replaced since, is not what readers have now.
    latest = {
        comment: event
        for comment, its_events in edits.items()
        for event in its_events
        if comment.status == Comment.Status.APPROVED and event.revision_number == comment.revision_number
    }
    if not latest:
        return {}
    known = defaultdict(set)
    notices = Notice.objects.filter(kind=Kind.MENTION, comment__in=latest)
    # Whoever was to be told of a change that was undone before the mail went has been told of nothing.
    notices = notices.exclude(event__undone_by__isnull=False, mail__isnull=True)
    for comment, person in notices.values_list("comment", "person"):
        known[comment].add(person)
    versions = Revision.objects.filter(comment__in=latest, replaced_at__isnull=False).prefetch_related("redactions")
    bodies = defaultdict(list)
    for version in versions:
        bodies[version.comment_id].append(version)
    found = {}
    for comment, event in latest.items():
        first = min(each.revision_number for each in edits[comment])
        before = "\n\n".join(each.public_body for each in bodies[comment.pk] if each.number < first)
        known[comment.pk].update(person.pk for person in people_mentioned(comment, before))
        found[event.pk] = [person for person in people_mentioned(comment) if person.pk not in known[comment.pk]]
    return found


def offer(roundtable, typed):
    """Return (names, how many there are) that go on as somebody typed, those that begin so first; two queries."""
    wanted = search.normalise(typed[:MOST_TYPED])
    fitting = {}
    for name, _person in named_in_public(roundtable, Comment.objects.all()):
        spelled = search.normalise(name)
        # Between blanks: what was typed has to begin one of the words of the name.
        if wanted.rstrip() in spelled and spelled != " ":
            fitting[name] = (not spelled.startswith(wanted.rstrip()), spelled)
    ranked = sorted(fitting, key=fitting.get)
    return ranked[:MOST_OFFERED], len(ranked)
