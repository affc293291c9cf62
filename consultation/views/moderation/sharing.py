"""Sharing contributions with other roundtables that they concern, from a list, their page or beside the queue."""

import re

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consultation.forms.concern import ConcernForm, siblings_of
from consultation.models import Concern

from .access import get_moderated, moderated_roundtable, moderators_only
from .context import back_to, shown_again

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
    is_in_list = request.POST.get("back") == "list"
    if form.is_valid():
        comment.settle_concern(by=request.user, **form.cleaned_data)
        is_shared = form.cleaned_data["status"] == Concern.Status.SHARED
        said = _("Shared: it is listed there while it is published.") if is_shared else _("It is not shared there.")
        messages.success(request, said)
    elif is_in_list:
        messages.error(request, _("Choose with which roundtable of the same event it is shared."))
    else:
        return shown_again(request, comment, concern_form=form, status=422)
    return redirect("moderation_concerns", comment.roundtable.slug) if is_in_list else back_to(request, pk)
