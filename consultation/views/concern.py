"""Contributions that concern another roundtable too: suggested to moderators, shared by them, listed there."""

import re

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consultation import reference
from consultation.forms.concern import ConcernForm, siblings_of
from consultation.models import Comment, Concern
from consultation.permissions import roundtables_for

from .moderation.access import get_moderated, moderated_roundtable, moderators_only
from .roundtable import get_roundtable

PAGE = 25
_PLACE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})", re.ASCII)


@require_safe
@moderated_roundtable
def concerns(request, roundtable):
    """List which contributions to a roundtable seem to concern another one, for its moderators to share or not."""
    of_roundtable = Concern.objects.filter(
        comment__roundtable=roundtable, roundtable__in=siblings_of(roundtable, request.user)
    )
    suggested = of_roundtable.open().select_related("comment__roundtable", "comment__question", "roundtable")
    after = _PLACE.fullmatch(request.GET.get("after", ""))
    if after:
        comment, number = int(after[1]), int(after[2])
        suggested = suggested.filter(Q(comment__gt=comment) | Q(comment=comment, pk__gt=number))
    found = list(suggested.order_by("comment", "pk")[: PAGE + 1])
    context = {
        "roundtable": roundtable,
        "concerns": found[:PAGE],
        "next_cursor": f"{found[PAGE - 1].comment_id}-{found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "section": "moderation",
        "moderates_any": True,
    }
    return render(request, "consultation/moderation/concerns.html", context)


@require_POST
@moderators_only(way_in="moderation_queue")
def settle(request, pk):
    """Share a contribution with another roundtable, or dismiss that it concerns it; the last word counts."""
    comment = get_moderated(request, pk)
    form = ConcernForm(request.POST, comment=comment, user=request.user)
    if form.is_valid():
        comment.settle_concern(by=request.user, **form.cleaned_data)
        is_shared = form.cleaned_data["status"] == Concern.Status.SHARED
        said = _("Shared: it is listed there while it is published.") if is_shared else _("It is not shared there.")
        messages.success(request, said)
    else:
        messages.error(request, _("Choose with which roundtable of the same event it is shared."))
    if request.POST.get("back") == "list":
        return redirect("moderation_concerns", comment.roundtable.slug)
    return redirect("moderation_decide", comment.pk)


def concern_context(comment, user):
    """Return what a page for moderators says about a comment and other roundtables; two queries at most."""
    siblings = {one.pk: one for one in siblings_of(comment.roundtable, user)}
    known = [concern for concern in comment.concerns.all() if concern.roundtable_id in siblings] if siblings else []
    for concern in known:
        concern.roundtable = siblings.pop(concern.roundtable_id)
    return {"concerns": known, "others": list(siblings.values())}


@require_safe
def shared(request, slug):
    """List the contributions to other roundtables that are shared with this one, for whoever may read both."""
    roundtable = get_roundtable(request, slug)
    shared_here = Concern.objects.filter(roundtable=roundtable).shared().values("comment")
    comments = Comment.objects.filter(pk__in=shared_here, roundtable__in=roundtables_for(request.user).values("pk"))
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit():
        comments = comments.filter(pk__lt=int(after[:18]))
    found = list(comments.select_related("roundtable", "question").order_by("-pk")[: PAGE + 1])
    context = {
        "roundtable": roundtable,
        "comments": found[:PAGE],
        "next_cursor": found[PAGE - 1].pk if len(found) > PAGE else "",
        "reference": reference.load(roundtable.stamp),
        "moderates_any": roundtable.user_moderates_any,
        "section": "roundtables",
    }
    return render(request, "consultation/roundtable/shared.html", context)
