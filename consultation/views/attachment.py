"""Files, handed out to those who may read the comment they came with."""

import logging
import uuid

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultation.forms.attachment import CoverFileForm, RemoveFileForm
from consultation.models import Attachment, Comment
from consultation.models.transitions import AlreadyDecided
from consultation.papers import is_asked
from consultation.permissions import rights_in, roundtables_for

from .attaching import take_copy
from .moderation.access import moderators_only
from .moderation.page import decide_page

logger = logging.getLogger(__name__)
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "txt": "text/plain",
    "png": "image/png",
    "jpeg": "image/jpeg",
}


@require_safe
def download(request, pk):
    """Hand out a file as it was sent, to be saved and not to be shown by the site."""
    attachment = get_object_or_404(Attachment.objects.select_related("comment"), pk=pk)
    if not _may_download(request, attachment):
        raise Http404
    try:
        response = FileResponse(attachment.file.open("rb"), as_attachment=True, filename=attachment.name)
    except FileNotFoundError:
        raise Http404 from None
    except Exception:  # a store elsewhere has errors of its own
        logger.exception("a file cannot be fetched", extra={"attachment": attachment.pk})
        response = render(request, "consultation/attachment/away.html", {"attachment": attachment}, status=503)
        response["Retry-After"] = "60"
        return response
    # What is packed already is not packed again, and its length stays known.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    response.headers["Content-Type"] = CONTENT_TYPES[attachment.kind]
    response.headers["Content-Length"] = attachment.size
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    is_public = attachment.comment is not None and attachment.comment.status == Comment.Status.APPROVED
    if not is_public or attachment.hidden_since is not None:
        add_never_cache_headers(response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def remove(request, pk):
    """Let a moderator take a file away, after asking for the reason; its comment stays as it is."""
    attachment = _moderated(request, pk)
    if attachment.is_left_behind:  # sent twice, or somebody was quicker: the register says so
        return redirect("moderation_decide", attachment.comment_id)
    form = RemoveFileForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if attachment.comment.remove_file(attachment, by=request.user, reason=form.cleaned_data["reason"]):
            messages.success(request, _("The file is removed."))
        return redirect("moderation_decide", attachment.comment_id)
    context = {
        "attachment": attachment,
        "form": form,
        "kept_days": settings.UNSENT_FILES_DAYS,
        "section": "moderation",
        "moderates_any": True,
    }
    status = 422 if form.errors else 200
    return render(request, "consultation/moderation/remove_file.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def cover(request, pk):
    """Let a moderator put a copy with covered passages in the place of a file; what was uploaded is not lost."""
    attachment = _moderated(request, pk)
    if attachment.is_left_behind:  # sent twice, or somebody was quicker
        return redirect("moderation_decide", attachment.comment_id)
    form = CoverFileForm(request.POST if request.method == "POST" else None, initial={"key": uuid.uuid4()})
    if request.method == "POST":
        take_copy(request, form)
        if form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                attachment.comment.cover_file(attachment, by=request.user, copy=form.waiting, reason=reason)
                messages.success(request, _("Readers get the covered copy now."))
            except AlreadyDecided as refusal:
                return decide_page(request, refusal.comment, status=409, conflict="decided")
            return redirect("moderation_decide", attachment.comment_id)
    context = {"attachment": attachment, "form": form, "section": "moderation", "moderates_any": True}
    return render(request, "consultation/moderation/cover_file.html", context, status=422 if form.errors else 200)


def _moderated(request, pk):
    """Return a file of a roundtable that one moderates; else 404."""
    moderated = [roundtable.pk for roundtable in request.moderated]
    found = Attachment.objects.select_related("comment__roundtable", "comment__question")
    return get_object_or_404(found, pk=pk, comment__roundtable__in=moderated)


def _may_download(request, attachment):
    comment = attachment.comment
    if comment is None:
        return request.user.is_authenticated and attachment.uploader_id == request.user.pk
    roundtable = roundtables_for(request.user).filter(pk=comment.roundtable_id).first()
    if roundtable is None:
        return False
    may_clear = (attachment.hidden_since is None or attachment.waits) and is_asked(request.user, comment)
    return rights_in(roundtable, request.user).can_download(comment, attachment) or may_clear
