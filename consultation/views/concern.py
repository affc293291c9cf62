"""Contributions that concern another roundtable too: what moderators are told of them, and their list there."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultation import reference
from consultation.forms.concern import siblings_of
from consultation.models import Comment, Concern
from consultation.permissions import roundtables_for

from .roundtable import get_roundtable

PAGE = 25


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
