"""Moderation: the queue, and the decision about one comment."""

import re

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultation import reference
from consultation.forms.moderation import APPROVE, APPROVE_AND_REPLY, REJECT, RETURN, DecisionForm, RefileForm
from consultation.models import Comment, Roundtable
from consultation.models.comment import AlreadyDecided, TextChanged

from .kept import forget, kept
from .writing import sign_in_first

QUEUE_LENGTH = 50
LINK = re.compile(r'<a href="([^"]+)"')


@require_safe
def queue(request):
    """Show what waits in the moderator's own roundtables, the oldest first."""
    moderated = _moderated(request)
    if moderated is None:
        return redirect_to_login(request.get_full_path())
    waiting = list(
        Comment.objects.awaiting(request.user).select_related("roundtable", "question", "in_reply_to", "author_group")[
            : QUEUE_LENGTH + 1
        ]
    )
    context = {
        "waiting": waiting[:QUEUE_LENGTH],
        "has_more": len(waiting) > QUEUE_LENGTH,
        "roundtables": moderated,
        "section": "moderation",
        "now": timezone.now(),
        "moderates_any": True,
    }
    return render(request, "consultation/moderation/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, pk):
    """Decide about one comment; of two moderators at once, one decides and the other is told."""
    moderated = _moderated(request)
    if moderated is None:
        return sign_in_first(request)
    comment = _get_moderated(request, pk)
    initial = (kept(request) or {}) | _seen(comment)
    form = DecisionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            response = _decided(request, comment, form.cleaned_data)
            forget(request)
            return response
        except AlreadyDecided as refusal:
            conflict = "changed" if isinstance(refusal, TextChanged) else "decided"
            typed = {name: form.cleaned_data[name] for name in ("reason", "message")}
            form = DecisionForm(initial=typed | _seen(refusal.comment))
            return _page(request, refusal.comment, form, 409, conflict=conflict)
    return _page(request, comment, form, 422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def refile(request, pk):
    """Put a thread under another question of its roundtable; its address stays."""
    if _moderated(request) is None:
        return redirect_to_login(request.get_full_path())
    comment = _get_moderated(request, pk)
    if comment.depth != 1:
        raise Http404
    form = RefileForm(
        request.POST if request.method == "POST" else None,
        initial={"question": comment.question},
        roundtable=comment.roundtable,
    )
    if request.method == "POST" and form.is_valid():
        comment.refile(by=request.user, question=form.cleaned_data["question"])
        messages.success(request, _("Filed. Links to the contribution lead to its new place."))
        return redirect(comment)
    context = {"comment": comment, "form": form, "section": "moderation", "moderates_any": True}
    return render(request, "consultation/moderation/refile.html", context)


@require_safe
def links(request, slug):
    """List the outside links of a roundtable's published contributions."""
    roundtable = get_object_or_404(Roundtable.objects.moderated_by(request.user), slug=slug)
    comments = Comment.objects.filter(roundtable=roundtable, status=Comment.Status.APPROVED)
    with_links = comments.filter(Q(lead_html__contains="<a href") | Q(rest_html__contains="<a href"))
    found = [(comment, LINK.findall(comment.html)) for comment in with_links.iterator(chunk_size=500)]
    context = {"roundtable": roundtable, "found": found, "section": "moderation", "moderates_any": True}
    return render(request, "consultation/moderation/links.html", context)


def _get_moderated(request, pk):
    return get_object_or_404(
        Comment.objects.select_related("roundtable", "question", "in_reply_to", "author_group"),
        pk=pk,
        roundtable__in=Roundtable.objects.moderated_by(request.user),
    )


def _moderated(request):
    """Return the roundtables this person moderates, None for a visitor; 404 for everybody else."""
    if not request.user.is_authenticated:
        return None
    moderated = list(Roundtable.objects.moderated_by(request.user))
    if not moderated:
        raise Http404
    return moderated


def _seen(comment):
    return {"revision": comment.revision_number, "status": comment.status}


def _decided(request, comment, data):
    seen = {"seen_revision": data["revision"], "seen_status": data["status"]}
    match data["decision"]:
        case "approve" | "reply":
            comment.approve(by=request.user, **seen)
        case "return":
            comment.return_for_revision(by=request.user, message=data["message"], **seen)
        case "reject":
            comment.reject(by=request.user, reason=data["reason"], message=data["message"], **seen)
    if data["decision"] == APPROVE_AND_REPLY:
        return redirect("comment_reply", comment.pk)
    name = comment.shown_name
    done = {
        APPROVE: _("Approved: the contribution of %(name)s is published."),
        RETURN: _("Returned: %(name)s is asked to revise the contribution."),
        REJECT: _("Rejected: the contribution of %(name)s is not published."),
    }
    messages.success(request, done[data["decision"]] % {"name": name})
    return redirect(f"{reverse('moderation_queue')}#next")


def _page(request, comment, form, status, conflict=""):
    context = {
        "comment": comment,
        "roundtable": comment.roundtable,
        "form": form,
        "conflict": conflict,
        "events": list(comment.events.all()),
        "can_decide": comment.status in (*Comment.WAITING_STATUSES, Comment.Status.REJECTED),
        "reference": reference.load(),
        "section": "moderation",
        "moderates_any": True,
    }
    return render(request, "consultation/moderation/decide.html", context, status=status)
