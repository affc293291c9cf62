"""What moderators keep among themselves: notes on comments and people, and what is to be followed up. Never public."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consultation.forms.following import PERSON, FollowUpFilterForm, FollowUpForm, NoteForm
from consultation.forms.queue import read_place, write_place
from consultation.models import FollowUp, InternalNote

from .access import get_moderated, moderators_only
from .context import back_to, shown_again

PAGE = 25


@require_POST
@moderators_only(way_in="moderation_queue")
def note(request, pk):
    """Leave a note on a comment or on its author; the same one sent twice is one."""
    comment = get_moderated(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return shown_again(request, comment, note_form=form, status=422)
    is_about_person = form.cleaned_data["about"] == PERSON and comment.author_id is not None
    note = {
        "comment": None if is_about_person else comment,
        "person": comment.author if is_about_person else None,
        "author": request.user,
        "body": form.cleaned_data["note"],
    }
    if not InternalNote.objects.filter(**note).exists():
        InternalNote.objects.create(**note, author_name=request.user.name)
    messages.success(request, _("The note is kept. Only moderators see it."))
    return back_to(request, pk)


@require_POST
@moderators_only(way_in="moderation_queue")
def follow_up(request, pk):
    """Mark a comment for follow-up, change what is to be done and by whom, or close it."""
    comment = get_moderated(request, pk)
    known = FollowUp.objects.filter(comment=comment).first()
    if request.POST.get("action") == "close":
        return _close(request, known)
    form = FollowUpForm(request.POST, roundtable=comment.roundtable, follow_up=known)
    if not form.is_valid():
        return shown_again(request, comment, follow_form=form, status=422)
    FollowUp.objects.update_or_create(
        comment=comment,
        defaults=form.cleaned_data | {"closed_at": None},
        create_defaults=form.cleaned_data | {"opened_by": request.user},
    )
    messages.success(request, _("Marked for follow-up."))
    return back_to(request, pk)


@require_safe
@moderators_only
def follow_ups(request):
    """List what is to be followed up in one's own roundtables, the oldest first."""
    filters = FollowUpFilterForm(request.GET, roundtables=request.moderated)
    own = FollowUp.objects.filter(comment__roundtable__in=[each.pk for each in request.moderated])
    wanted = filters.narrow(own, request.user).select_related("comment__roundtable", "assigned_to")
    after = read_place(request.GET.get("after"))
    if after:
        wanted = wanted.filter(Q(opened_at__gt=after[0]) | Q(opened_at=after[0], pk__gt=after[1]))
    found = list(wanted[: PAGE + 1])
    context = {
        "follow_ups": found[:PAGE],
        "next_cursor": write_place(found[PAGE - 1].opened_at, found[PAGE - 1].pk) if len(found) > PAGE else "",
        "query": filters.query,
        "filters": filters,
        "section": "moderation",
        "moderates_any": True,
    }
    return render(request, "consultation/moderation/follow_ups.html", context)


def _close(request, known):
    if known is None:
        raise Http404
    FollowUp.objects.filter(pk=known.pk, closed_at__isnull=True).update(closed_at=timezone.now())
    messages.success(request, _("The follow-up is closed."))
    return back_to(request, known.comment_id)
