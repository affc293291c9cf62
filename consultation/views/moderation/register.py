"""The register of decisions: counts for everybody, each decision for those who run the roundtable; and its links."""

import re

from django.db.models import Count, F, Q
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.downloads import count_download
from consultation import reference
from consultation.exports import write_csv
from consultation.models import Comment, ModerationEvent
from consultation.permissions import rights_in
from consultation.views.roundtable import get_roundtable

from .access import moderated_roundtable

LINK = re.compile(r'<a href="([^"]+)"')
PATH = re.compile("([0-9A-Z]{4}){1,63}")
PAGE = 25
Action = ModerationEvent.Action
# What moderators decide, as against what authors do and what an import leaves.
DECISIONS = (
    Action.APPROVE,
    Action.RETURN,
    Action.REJECT,
    Action.REMOVE,
    Action.RESTORE,
    Action.APPROVE_EDIT,
    Action.REJECT_EDIT,
    Action.REDACT,
    Action.UNCOVER,
    Action.COVER_TITLE,
    Action.SHOW_TITLE,
    Action.REMOVE_FILE,
    Action.COVER_FILE,
    Action.SETTLE_FLAGS,
    Action.DUPLICATE,
    Action.JOIN,
    Action.SPLIT,
    Action.REFILE,
    Action.MOVE,
    *ModerationEvent.RELATIONS,
    Action.UNDO,
)
COLUMNS = ("at", "comment", "decision", "reason", "message", "decided_by", "before", "after", "revision", "undone")


@require_safe
def register(request, slug):
    """Show how many decisions of each kind and reason were taken; no names and no texts."""
    roundtable = get_roundtable(request, slug)
    counts = list(
        decisions_in(roundtable)
        .exclude(action=Action.UNDO)
        .filter(undone_by__isnull=True)
        .order_by()
        .values_list("action", "reason")
        .annotate(Count("pk"))
    )
    undone = decisions_in(roundtable).filter(action=Action.UNDO).count()
    context = {
        "roundtable": roundtable,
        "rights": rights_in(roundtable, request.user),
        "decisions": [(action.label, number) for action, number in _by_action(counts)],
        "reasons": _by_reason(counts),
        "undone": undone,
        "reference": reference.load(roundtable.stamp),
        "moderates_any": roundtable.user_moderates_any,
        "section": "roundtables",
    }
    return render(request, "consultation/moderation/register.html", context)


@require_safe
@moderated_roundtable
def register_csv(request, roundtable):
    """Give every decision with its reason as a file to those who run the roundtable; no author, no text."""
    count_download(request)
    response = StreamingHttpResponse(write_csv(COLUMNS, _rows(roundtable)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{roundtable.slug}-moderation.csv"'
    return response


@require_safe
@moderated_roundtable
def links(request, roundtable):
    """List the outside links of a roundtable's published contributions."""
    comments = Comment.objects.filter(roundtable=roundtable, status=Comment.Status.APPROVED)
    with_links = comments.filter(Q(lead_html__contains="<a href") | Q(rest_html__contains="<a href"))
    after = request.GET.get("after", "")
    if PATH.fullmatch(after):
        with_links = with_links.filter(path__gt=after)
    found = list(with_links.defer("body", "search_text")[: PAGE + 1])
    context = {
        "roundtable": roundtable,
        "found": [(comment, LINK.findall(comment.html)) for comment in found[:PAGE]],
        "next_cursor": found[PAGE - 1].path if len(found) > PAGE else "",
        "section": "moderation",
        "moderates_any": True,
    }
    return render(request, "consultation/moderation/links.html", context)


def decisions_in(roundtable):
    """Return the decisions of moderators about comments of a roundtable; what an undoing did to parts is no other."""
    events = ModerationEvent.objects.filter(comment__roundtable=roundtable, action__in=DECISIONS)
    # The parts of a joined or split contribution carry the same decision once more, and its undoing, too.
    twice = Q(action=Action.JOIN, note__startswith="→ ") | Q(action=Action.SPLIT, note__startswith="← ")
    # Which reply answered a question says whoever asked it, too; that is no decision about it.
    not_by_asker = ~Q(actor=F("comment__author")) | Q(actor=None) | Q(comment__author=None)
    events = events.filter(~Q(action__in=ModerationEvent.ANSWERS) | not_by_asker)
    return events.exclude(twice | Q(undoes__action=Action.JOIN, undoes__note__startswith="→ "))


def _by_action(counts):
    for action in DECISIONS:
        number = sum(count for name, _reason, count in counts if name == action)
        if number:
            yield action, number


def _by_reason(counts):
    found = [
        (reason.label, sum(count for _action, name, count in counts if name == reason)) for reason in Comment.Reason
    ]
    return [(label, number) for label, number in found if number]


def _rows(roundtable):
    for event in decisions_in(roundtable).select_related("undone_by").order_by("pk").iterator(chunk_size=500):
        yield (
            event.created_at.isoformat(),
            event.comment_id,
            event.action,
            event.reason,
            event.message,
            event.actor_name,
            event.status_before,
            event.status_after,
            event.revision_number,
            "yes" if hasattr(event, "undone_by") and event.undone_by else "",
        )
