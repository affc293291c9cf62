"""Decisions about one comment or many, and taking them back; of two moderators at once, one decides."""

from datetime import timedelta

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consultation.forms.moderation import (
    APPROVE,
    APPROVE_AND_REPLY,
    APPROVE_EDIT,
    REJECT,
    REJECT_EDIT,
    BulkForm,
    DecisionForm,
    SettleForm,
    possible,
    seen_of,
)
from consultation.forms.queue import QueueForm, place_of
from consultation.models import Comment, ModerationEvent
from consultation.models.comment_manager import NoLongerAnswerable
from consultation.models.transitions import AlreadyDecided, NotCleared
from consultation.permissions import rights_in
from consultation.views.kept import forget, keep, keep_for, kept
from consultation.views.writing import lead_to, refuse

from .access import get_moderated, moderators_only
from .in_card import decide_in_card
from .page import decide_page
from .queue import queue_page

MOST_UNDONE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def decide(request, pk):
    """Decide about one comment; of two moderators at once, one decides and the other is told.

    A script asks for the form alone, which stands in the card of the queue then.
    """
    comment = get_moderated(request, pk)
    can_reply = rights_of(request, comment).can_post
    initial = (kept(request) or {}) | seen_of(comment) | _asked_for(request, comment)
    form = DecisionForm(
        request.POST if request.method == "POST" else None, comment=comment, can_reply=can_reply, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            event = take(request, comment, form.cleaned_data)
        except AlreadyDecided as refusal:
            decision = form.cleaned_data["decision"]
            event = just_done(request, refusal.comment, APPROVE if decision == APPROVE_AND_REPLY else decision)
            if event is None:
                return told(request, refusal, form, can_reply)
        forget(request)
        if form.cleaned_data["decision"] == APPROVE_AND_REPLY:
            return _reply(request, comment, form.cleaned_data, event)
        return done(request, [event], after=place_of(comment))
    show = decide_in_card if request.htmx else decide_page
    response = show(request, comment, form, status=422 if form.errors else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@moderators_only(way_in="moderation_queue")
def bulk(request):
    """Take one decision about many comments, each with its own event; tell which could not be decided, and why."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        return queue_page(request, bulk_form=form, status=422)
    data = form.cleaned_data
    moderated = [each.pk for each in request.moderated]
    comments = Comment.objects.filter(pk__in=list(data["chosen"]), roundtable__in=moderated)
    events, refusals = [], []
    for comment in comments.select_related("roundtable").order_by("waiting_since", "pk"):
        own = data | data["chosen"][comment.pk]
        if own["proposed"] is not None:
            own["decision"] = {APPROVE: APPROVE_EDIT, REJECT: REJECT_EDIT}.get(own["decision"], own["decision"])
        try:
            if own["status"] == comment.status and own["decision"] not in possible(comment):
                refusals.append((comment, "unfit"))
                continue
            events.append(take(request, comment, own))
        except AlreadyDecided as refusal:
            refusals.append((refusal.comment, refusal.conflict))
    if not refusals:
        return done(request, events)
    return result(request, events, refusals)


@require_POST
@moderators_only(way_in="moderation_queue")
def undo(request):
    """Take decisions back that are still the last word about their comment."""
    given = request.POST.getlist("event")[:MOST_UNDONE]
    numbers = [int(each) for each in given if each.isascii() and each.isdigit() and len(each) < 19]
    moderated = [each.pk for each in request.moderated]
    events = ModerationEvent.objects.filter(pk__in=numbers, comment__roundtable__in=moderated).select_related(
        "comment", "undone_by"
    )
    undone, refusals = [], []
    for event in events.order_by("pk"):
        before = getattr(event, "undone_by", None)
        if before is not None and before.actor_id == request.user.pk:
            undone.append(before)  # pressed twice
            continue
        reply = event.comment.reply_with(event)
        try:
            comment = event.comment.undo(by=request.user, event=event)
            undone.append(comment.events.order_by("pk").last())
            if reply and reply.body and reply.author_id == request.user.pk:
                typed = {"decision": APPROVE_AND_REPLY, "reply": reply.body, "language": reply.language}
                keep_for(request, reverse("moderation_decide", args=[comment.pk]), typed)
        except AlreadyDecided as refusal:
            refusals.append((refusal.comment, refusal.conflict))
    if refusals or not undone:
        return result(request, undone, refusals)
    if len(undone) == 1 and request.POST.get("stay"):
        return redirect("moderation_decide", undone[0].comment_id)
    return done(request, undone, after="")


@require_POST
@moderators_only(way_in="moderation_queue")
def settle(request, pk):
    """Settle all reports of a comment that were seen, at once."""
    comment = get_moderated(request, pk)
    form = SettleForm(request.POST, auto_id="settle_%s")
    if not form.is_valid():
        return decide_page(request, comment, settle_form=form, status=422)
    data, place = form.cleaned_data, place_of(comment)
    try:
        if data["decision"] == "dismiss":
            comment.dismiss_flags(by=request.user, seen_flag=data["flag"])
        else:
            comment.uphold_flags(
                by=request.user,
                action=data["decision"],
                seen_flag=data["flag"],
                reason=data["reason"],
                message=data["message"],
                seen_revision=data["revision"],
            )
    except AlreadyDecided as refusal:
        if event := just_done(request, refusal.comment, "settle", data["decision"]):
            return done(request, [event], after=place)
        return decide_page(request, get_moderated(request, pk), status=409, conflict=refusal.conflict)
    return done(request, [comment.events.order_by("pk").last()], after=place)


def take(request, comment, data):
    """Take one decision about a comment and return its event; what was seen is held to."""
    by, decision = request.user, data["decision"]
    seen = {"seen_revision": data["revision"], "seen_status": data["status"]}
    words = {"reason": data.get("reason", ""), "message": data.get("message", "")}
    match decision:
        case "approve":
            comment.approve(by=by, **seen)
        case "reply":
            comment.approve(by=by, reply_key=data["key"] if data.get("reply") else None, **seen)
        case "return":
            comment.return_for_revision(by=by, message=words["message"], **seen)
        case "reject":
            comment.reject(by=by, **words, **seen)
        case "remove":
            comment.remove(by=by, **words, **seen)
        case "restore":
            comment.restore(by=by, message=words["message"], **seen)
        case "approve_edit":
            comment.approve_edit(by=by, seen_revision=data["proposed"])
        case "reject_edit":
            comment.reject_edit(by=by, **words, seen_revision=data["proposed"])
    return comment.events.order_by("pk").last()


def just_done(request, comment, *actions):
    """Return one's own event of a few seconds ago, where the same was sent twice; else None."""
    event = comment.events.order_by("pk").last()
    just_now = timezone.now() - timedelta(seconds=10)
    is_own = event is not None and event.actor_id == request.user.pk and event.action in actions
    return event if is_own and event.created_at > just_now else None


def told(request, refusal, form, can_reply):
    """Show the page again to somebody who was late, with what they typed and the state as it is now."""
    conflict = "" if isinstance(refusal, NotCleared) else refusal.conflict  # the page says so
    comment = get_moderated(request, refusal.comment.pk)
    if request.htmx:
        keep(request)  # for the page of the decision, to which the card leads then
        return decide_in_card(request, comment, form, status=409, conflict=conflict)
    kinds = ("reason", "message", "reply", "language")
    typed = {name: form.cleaned_data[name] for name in kinds if name in form.cleaned_data}
    form = DecisionForm(comment=comment, can_reply=can_reply, initial=typed | seen_of(comment))
    return decide_page(request, comment, form, status=409, conflict=conflict)


def done(request, events, *, after=""):
    """Lead back to the queue, to what comes after the decided one, and say there what was done."""
    query = QueueForm(request.GET, roundtables=request.moderated).chosen
    query |= {"done": ",".join(str(event.pk) for event in events)} if events else {}
    query |= {"at": after} if after else {}
    return lead_to(request, f"{reverse('moderation_queue')}?{urlencode(query)}#next")


def result(request, events, refusals):
    """Say how many were decided, and which were not and why."""
    comments = [comment for comment, _why in refusals]
    latest = {event.comment_id: event for event in ModerationEvent.objects.filter(comment__in=comments).order_by("pk")}
    context = {
        "events": events,
        "refusals": [(comment, why, latest.get(comment.pk)) for comment, why in refusals],
        "suffix": QueueForm(request.GET, roundtables=request.moderated).suffix,
        "section": "moderation",
        "moderates_any": True,
    }
    return render(request, "consultation/moderation/result.html", context, status=200 if events else 409)


def rights_of(request, comment):
    """Return one's rights in a comment's roundtable, which one moderates."""
    comment.roundtable.user_moderates = True
    return rights_in(comment.roundtable, request.user)


def _asked_for(request, comment):
    """A key or a link of the queue may have chosen the decision already."""
    wanted = request.GET.get("decision", "")
    return {"decision": wanted} if wanted in possible(comment) else {}


def _reply(request, comment, data, event):
    """Post the reply that was written with the approval, or lead to its form."""
    if not data.get("reply"):
        return redirect("comment_reply", comment.pk)
    answered = Comment.objects.select_related("question").get(pk=comment.pk)
    try:
        Comment.objects.post(
            author=request.user,
            roundtable=comment.roundtable,
            question=answered.question,
            answers=answered,
            body=data["reply"],
            language=data["language"] or request.LANGUAGE_CODE,
            key=data["key"],
            role=rights_of(request, comment).role,
        )
    except NoLongerAnswerable:  # somebody took it down a moment after
        reason = _("This contribution can no longer be answered.")
        return refuse(request, comment.roundtable, reason, 409)
    return done(request, [event], after=place_of(comment))
