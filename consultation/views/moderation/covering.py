"""Covering a part of a text, or a title, and showing it again."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from consultation import text
from consultation.forms.covering import CoverForm, CoverTitleForm, ShowTitleForm, UncoverForm
from consultation.models.transitions import AlreadyDecided

from .access import get_moderated, moderators_only
from .page import decide_page


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def cover(request, pk):
    """Ask which passages are covered and why, and cover them."""
    comment = get_moderated(request, pk)
    written = comment.revisions.filter(number=comment.revision_number).first()
    if comment.status not in comment.COVERABLE or written is None:
        return decide_page(request, comment, status=409 if request.method == "POST" else 200)
    form = CoverForm(request.POST if request.method == "POST" else None, written=written)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            comment.cover(
                by=request.user, passages=data["places"], reason=data["reason"], seen_revision=data["revision"]
            )
        except AlreadyDecided as refusal:
            return decide_page(request, get_moderated(request, pk), status=409, conflict=refusal.conflict)
        return redirect("moderation_decide", pk)
    context = {"comment": comment, "written": written, "form": form, "section": "moderation", "moderates_any": True}
    return render(request, "consultation/moderation/cover.html", context, status=422 if form.errors else 200)


@require_POST
@moderators_only(way_in="moderation_queue")
def uncover(request, pk):
    """Show a covered passage again."""
    comment = get_moderated(request, pk)
    form = UncoverForm(request.POST)
    if not form.is_valid():
        return decide_page(request, comment, status=422)
    passage = text.clean_source(form.cleaned_data["passage"])
    try:
        comment.uncover(by=request.user, passage=passage, reason=form.cleaned_data["reason"])
    except AlreadyDecided:
        return decide_page(request, get_moderated(request, pk), status=409, conflict="decided")
    return redirect("moderation_decide", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def cover_title(request, pk):
    """Ask which title of a contribution or its files is covered and what is shown instead, and cover it."""
    comment = get_moderated(request, pk)
    form = CoverTitleForm(request.POST if request.method == "POST" else None, comment=comment)
    if comment.status not in comment.COVERABLE or not form.fields["which"].choices:
        return decide_page(request, comment, status=409 if request.method == "POST" else 200)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            comment.cover_title(
                by=request.user, attachment=_file(comment, data), shown=data["shown"], reason=data["reason"]
            )
        except AlreadyDecided:
            return decide_page(request, get_moderated(request, pk), status=409, conflict="decided")
        return redirect("moderation_decide", pk)
    context = {"comment": comment, "form": form, "section": "moderation", "moderates_any": True}
    return render(request, "consultation/moderation/cover_title.html", context, status=422 if form.errors else 200)


@require_POST
@moderators_only(way_in="moderation_queue")
def show_title(request, pk):
    """Show a covered title again."""
    comment = get_moderated(request, pk)
    form = ShowTitleForm(request.POST)
    if not form.is_valid():
        return decide_page(request, comment, status=422)
    try:
        comment.show_title(by=request.user, attachment=_file(comment, form.cleaned_data))
    except AlreadyDecided:
        return decide_page(request, get_moderated(request, pk), status=409, conflict="decided")
    return redirect("moderation_decide", pk)


def _file(comment, data):
    """Return the file whose title is meant, None for the title of the contribution itself."""
    if data["which"] == "own":
        return None
    found = comment.attachments.filter(pk=data["which"]).first()
    if found is None:
        raise AlreadyDecided(comment)
    return found
