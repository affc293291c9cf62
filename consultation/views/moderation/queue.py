"""What waits in one's own roundtables, in one list: new texts, changed ones and reports, the oldest first."""

from dataclasses import dataclass, field

from django.db.models import Count, F, Q, Value
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from consultation import reference
from consultation.forms.moderation import LABELS, REJECT, RETURN, BulkForm
from consultation.forms.queue import QueueForm, place_of, read_place
from consultation.models import Comment, Flag, ModerationEvent
from consultation.threads import ComesAfter

from .access import moderators_only

QUEUE_LENGTH = 25
# What a card shows, and what becomes of ticking it; the roundtable is known already.
CARD_FIELDS = (
    *("pk", "roundtable", "author", "author_name", "author_role", "author_organisation", "status", "language"),
    *("lead_html", "rest_html", "title", "is_paper", "files", "revision_number", "proposed_revision", "waiting_since"),
    *("is_cleared", "late_reason", "asks", "similarity", "open_flags", "numchild", "question__number"),
    *("in_reply_to__author_name", "in_reply_to__author_role"),
)
MOST_QUESTIONS = 10


@dataclass
class Waiting:
    """One card of the queue."""

    comment: Comment
    record: dict = field(default_factory=dict)
    flags: list = field(default_factory=list)
    is_next: bool = False

    @property
    def seen(self):
        """What ticking it says was seen."""
        return seen_in_queue(self.comment)

    @cached_property
    def labels(self):
        """What its parts are called to those who hear them; in a template this costs as much as all the rest."""
        name = {"name": self.comment.shown_name}
        return {
            "card": _("Contribution of %(name)s") % name,
            "tick": _("Choose the contribution of %(name)s") % name,
            "approve": _("Approve the contribution of %(name)s") % name,
            "decide": _("Read and decide about the contribution of %(name)s") % name,
            "context": _("Show in context: the contribution of %(name)s") % name,
        }

    @property
    def refusals(self):
        """What a new text can be refused with from its card, as (key, decision, words, what those are who hear it)."""
        if self.comment.status != Comment.Status.PENDING:
            return []
        name = self.comment.shown_name
        return [
            (
                key,
                decision,
                LABELS[decision],
                _("%(action)s: the contribution of %(name)s") % {"action": LABELS[decision], "name": name},
            )
            for key, decision in (("r", RETURN), ("x", REJECT))
        ]

    @property
    def tags(self):
        """What kind of thing waits, as (colour, words)."""
        comment, tags = self.comment, []
        if comment.status == Comment.Status.PENDING:
            tags.append(("pending", _("Submitted again") if comment.revision_number > 1 else _("New")))
        if comment.proposed_revision and comment.is_cleared:
            tags.append(("pending", _("Changed text")))
        if comment.late_reason:
            tags.append(("", _("received after the deadline")))
        if comment.asks:
            to_moderators = comment.asks == Comment.Asks.MODERATORS
            tags.append(("", _("Question to the moderators") if to_moderators else _("Question to everybody")))
        if self.flags:
            count = len(self.flags)
            tags.append(("removed", ngettext("%(count)s report", "%(count)s reports", count) % {"count": count}))
        return tags

    @property
    def age(self):
        """How long it has waited."""
        return _("Waiting for %(age)s") % {"age": timesince(self.comment.waiting_since)}

    @property
    def place(self):
        """Under which question it stands."""
        question = self.comment.question
        return _("Question %(number)s") % {"number": question.number} if question else _("General contributions")

    @property
    def facts(self):
        """What else a moderator knows of it."""
        comment, facts = self.comment, []
        if comment.in_reply_to:
            facts.append(_("in reply to %(name)s") % {"name": comment.in_reply_to.shown_name})
        if comment.revision_number > 1:
            facts.append(_("revision %(number)s") % {"number": comment.revision_number})
        if self.record.get("approved") or self.record.get("refused"):
            facts.append(_("earlier: %(approved)s published, %(refused)s refused") % self.record)
        if comment.similarity:
            facts.append(_("%(percent)s%% like another") % {"percent": comment.similarity})
        return facts


def seen_in_queue(comment):
    """Return what a page of the queue says was seen of a comment."""
    return f"{comment.pk}:{comment.revision_number}:{comment.status}:{comment.proposed_revision or ''}"


@require_safe
@moderators_only
def queue(request):
    """Show what waits in the moderator's own roundtables, the oldest first."""
    return queue_page(request)


def queue_page(request, *, bulk_form=None, status=200):
    """Return the page of the queue; its cost is that of one page, however much waits."""
    filters = QueueForm(request.GET, roundtables=request.moderated)
    waiting = filters.narrow(Comment.objects.awaiting(request.user))
    place = read_place(request.GET.get("after"))
    if place:
        waiting = waiting.filter(ComesAfter(F("waiting_since"), F("pk"), *map(Value, place)))
    found = list(waiting.select_related("question", "in_reply_to").only(*CARD_FIELDS)[: QUEUE_LENGTH + 1])
    roundtables = {each.pk: each for each in request.moderated}
    for comment in found:
        comment.roundtable = roundtables[comment.roundtable_id]
    has_more, found = len(found) > QUEUE_LENGTH, found[:QUEUE_LENGTH]
    context = {
        "waiting": cards(request, found),
        "next_cursor": place_of(found[-1]) if has_more else "",
        "is_first_page": place is None,
        "filters": filters,
        "query": filters.query,
        "suffix": filters.suffix,
        "bulk_form": bulk_form or BulkForm(),
        "ticked": set(bulk_form.data.getlist("chosen")) if bulk_form else (),
        "form": bulk_form,
        "events": said_done(request),
        "open_questions": open_questions(request.moderated),
        "roundtables": request.moderated,
        "reference": reference.load(request.moderated[0].stamp),
        "section": "moderation",
        "now": timezone.now(),
        "moderates_any": True,
    }
    return render(request, "consultation/moderation/queue.html", context, status=status)


def open_questions(roundtables):
    """Return the first few questions to the moderators that still wait for an answer."""
    asked = Comment.objects.filter(roundtable__in=roundtables, asks=Comment.Asks.MODERATORS).asking(answered=False)
    return asked.only("author_name", "author_role", "published_at", "language", "body").order_by("pk")[:MOST_QUESTIONS]


def cards(request, comments):
    """Return the cards of a page, with what was decided about the same authors before, and the open reports."""
    records = records_of(request, {comment.author_id for comment in comments})
    flags = {}
    reported = [comment for comment in comments if comment.open_flags]
    for flag in Flag.objects.filter(comment__in=reported, status="open") if reported else ():
        flags.setdefault(flag.comment_id, []).append(flag)
    after = read_place(request.GET.get("at"))
    made = [Waiting(each, records.get(each.author_id, {}), flags.get(each.pk, [])) for each in comments]
    following = (each for each in made if after and (each.comment.waiting_since, each.comment.pk) > after)
    for card in [next(following, made[0] if made else None)]:
        if card:
            card.is_next = True
    return made


def records_of(request, authors):
    """Return {author: how many of their contributions were published and were refused} in one's own roundtables."""
    if not authors - {None}:
        return {}
    status = Comment.Status
    counts = (
        Comment.objects.filter(author__in=authors - {None}, roundtable__in=[each.pk for each in request.moderated])
        .order_by()
        .values("author")
        .annotate(
            approved=Count("pk", filter=Q(status=status.APPROVED)),
            refused=Count("pk", filter=Q(status__in=(status.REJECTED, status.REMOVED))),
        )
    )
    return {each["author"]: each for each in counts}


def said_done(request):
    """Return the moderator's own decisions that the address names as just taken, to say so and offer undoing."""
    numbers = [each for each in request.GET.get("done", "").split(",")[:100] if each.isascii() and each.isdigit()]
    if not numbers:
        return []
    events = ModerationEvent.objects.filter(
        pk__in=[int(each) for each in numbers if len(each) < 19],
        actor=request.user,
        comment__roundtable__in=[each.pk for each in request.moderated],
    )
    found = list(events.select_related("comment", "undone_by", "undoes").order_by("pk"))
    # What is answered by now is not taken back: readers have seen both. One's own reply goes with the approval.
    replies = Comment.objects.filter(in_reply_to__in=[each.comment_id for each in found]).order_by()
    own = Q(author=request.user, submission_key__in=[each.reply_key for each in found if each.reply_key])
    is_in_the_way = Q(published_at__isnull=False) & ~own | own & (
        Q(replies__isnull=False) | Q(status=Comment.Status.REMOVED)
    )
    answered = set(replies.filter(is_in_the_way).values_list("in_reply_to", flat=True))
    for event in found:
        event.is_answered = event.action == ModerationEvent.Action.APPROVE and event.comment_id in answered
    return found
