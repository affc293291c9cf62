"""Putting contributions where they belong: each page asks what it needs, does one thing, and leads to the result."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultation.forms.filing import AttachForm, DuplicateForm, JoinForm, MoveForm, RefileForm, SplitForm
from consultation.forms.queue import place_of
from consultation.models import Comment
from consultation.models.filing import Unfit
from consultation.models.transitions import AlreadyDecided, TextChanged

from .access import get_moderated, moderators_only
from .context import context_panel, shown_again
from .deciding import done, just_done

METHODS = ["GET", "HEAD", "POST"]
Status = Comment.Status


@require_http_methods(METHODS)
@moderators_only
def refile(request, pk):
    """Put a thread under another question of its roundtable; its address stays."""
    comment = _get(request, pk, is_whole_thread=True)
    words = {
        "action": "refile",
        "title": _("File under another question"),
        "hint": _("The whole thread goes along. Its address stays, so every link to it still works."),
        "button": _("File"),
        "done": _("Filed. Links to the contribution lead to its new place."),
    }
    return _ask(
        request,
        comment,
        RefileForm,
        words,
        lambda data: comment.refile(by=request.user, question=data["question"]),
    )


@require_http_methods(METHODS)
@moderators_only
def move(request, pk):
    """Put a thread into another roundtable that one moderates, too; its address stays."""
    comment = _get(request, pk, is_whole_thread=True)
    words = {
        "action": "move",
        "title": _("Move to another roundtable"),
        "hint": _("The whole thread goes along. Its address stays, so every link to it still works."),
        "button": _("Move"),
        "done": _("Moved. Links to the contribution lead to its new place."),
    }

    def act(data):
        roundtable, question = data["place"]
        return comment.move_to(by=request.user, roundtable=roundtable, question=question)

    return _ask(request, comment, MoveForm, words, act, moderated=request.moderated)


@require_http_methods(METHODS)
@moderators_only
def attach(request, pk):
    """Put a contribution with its replies below another one, or make it a thread of its own."""
    comment = _get(request, pk)
    words = {
        "action": "move",
        "title": _("Put below another contribution"),
        "hint": _("Replies go along. The address stays, so every link to it still works."),
        "button": _("Put there"),
        "done": _("Done. Links to the contribution lead to its new place."),
    }
    return _ask(
        request, comment, AttachForm, words, lambda data: comment.place_below(by=request.user, answered=data["below"])
    )


@require_http_methods(METHODS)
@moderators_only
def duplicate(request, pk):
    """Take down what says the same as an earlier contribution; also from the panel beside the queue."""
    comment = _get(request, pk, allowed=(*Comment.WAITING_STATUSES, Status.APPROVED))
    words = {
        "action": "duplicate",
        "title": _("Mark as a duplicate"),
        "hint": _("It is no longer shown; its address leads to the other contribution. Replies stay."),
        "button": _("Mark as a duplicate"),
        "done": _("Marked as a duplicate: its address leads to the other contribution."),
    }
    return _ask(
        request,
        comment,
        DuplicateForm,
        words,
        lambda data: comment.mark_duplicate(by=request.user, of=data["of"]),
        moderated=request.moderated,
    )


@require_http_methods(METHODS)
@moderators_only
def join(request, pk):
    """Make one contribution of the parts of one submission; the earliest part takes the others in."""
    comment = _get(request, pk, allowed=(Status.PENDING, Status.APPROVED))
    words = {
        "action": "join",
        "title": _("Join the parts of one submission"),
        "hint": _("The texts as they were written are kept for moderators."),
        "button": _("Join"),
        "done": _("Joined. The addresses of the parts lead to the whole."),
    }

    def act(data):
        # What moderators saw is held to for the one whose page it is.
        if comment.revision_number != data["revision"]:
            raise TextChanged(comment)
        first, *others = sorted([comment, *data["parts"]], key=lambda each: (each.posted_at is None, each.pk))
        return first.join(by=request.user, parts=others)

    return _ask(request, comment, JoinForm, words, act)


@require_http_methods(METHODS)
@moderators_only
def split(request, pk):
    """Make two contributions of one."""
    comment = _get(request, pk, allowed=(Status.PENDING, Status.APPROVED))
    words = {
        "action": "split",
        "title": _("Split in two"),
        "hint": _("The second part becomes a contribution of the same person, with the same date and place."),
        "button": _("Split in two"),
        "done": _("Split. This is the second part; you can now file it elsewhere."),
    }
    return _ask(
        request,
        comment,
        SplitForm,
        words,
        lambda data: comment.split(by=request.user, at=data["at"], seen_revision=data["revision"]),
    )


def _get(request, pk, *, is_whole_thread=False, allowed=Status.values):
    comment = get_moderated(request, pk)
    if is_whole_thread and comment.depth != 1:
        raise Http404
    if request.method != "POST" and comment.status not in allowed:
        raise Http404
    return comment


def _ask(request, comment, form_class, words, act, **more):
    """Show the form of an act, or do it and lead to the contribution; from beside the queue, on in the queue."""
    place = place_of(comment)
    more |= {"auto_id": f"{words['action']}_%s"} if request.htmx else {}
    form = form_class(request.POST if request.method == "POST" else None, comment=comment, **more)
    if request.method == "POST" and form.is_valid():
        try:
            found = act(form.cleaned_data)
        except Unfit as refusal:
            form.add_error(next(iter(form.fields)), str(refusal))
        except AlreadyDecided as refusal:
            if just_done(request, refusal.comment, words["action"]):
                return _lead_on(request, refusal.comment, place)
            return shown_again(request, get_moderated(request, comment.pk), status=409, conflict=refusal.conflict)
        else:
            if not request.htmx:
                messages.success(request, words["done"])
            return _lead_on(request, found, place)
    if form.errors and (event := just_done(request, comment, words["action"])):
        return _lead_on(request, event.comment, place)
    if request.htmx:
        return context_panel(request, comment, duplicate_form=form, status=422)
    context = {"comment": comment, "form": form, "words": words, "section": "moderation", "moderates_any": True}
    return render(request, "consultation/moderation/filing.html", context, status=422 if form.errors else 200)


def _lead_on(request, comment, place):
    """Lead to a contribution where it can be seen now, else to its page for moderators; or on in the queue."""
    if request.htmx:
        return done(request, [comment.events.order_by("pk").last()], after=place)
    is_shown = comment.is_public and comment.merged_into_id is None
    return redirect(comment if is_shown else reverse("moderation_decide", args=[comment.pk]))
