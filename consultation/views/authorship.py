"""What an author does with their own comment, and what everybody sees of it: its versions."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultation import reference
from consultation.differences import SAME, differences
from consultation.models import Comment
from consultation.models.clearing import facts_changed
from consultation.models.transitions import AlreadyDecided

from .comment import get_comment


@require_safe
def versions(request, pk):
    """Show the published versions of a comment, and what one of them changed in the one before."""
    comment, roundtable, rights = get_comment(request, pk)
    if comment.status != Comment.Status.APPROVED:
        raise Http404
    found = comment.versions
    if not found:
        raise Http404
    number = request.GET.get("version", "")
    is_number = number.isascii() and number.isdigit() and len(number) < 6
    chosen = min(max(int(number), 1), len(found)) if is_number else len(found)
    version, before = found[chosen - 1], found[chosen - 2] if chosen > 1 else None
    comment.add_files([each for each in (before, version) if each], may_see_all=rights.can_moderate)
    parts = differences(before.shown_body, version.shown_body) if before else None
    context = {
        "comment": comment,
        "roundtable": roundtable,
        "reference": reference.load(roundtable.stamp),
        "moderates_any": roundtable.user_moderates_any,
        "section": "roundtables",
        "versions": list(enumerate(found, 1)),
        "number": chosen,
        "version": version,
        "is_current": chosen == len(found),
        "parts": parts,
        "files": version.shown_files,
        **_changes_of_files(before, version),
        "changed_facts": facts_changed(before.facts, version.facts) if before and comment.is_paper else None,
        "is_same_text": parts is not None and all(kind == SAME for kind, _words in parts),
    }
    return render(request, "consultation/comment/versions.html", context)


def _changes_of_files(before, version):
    """Return which files the version before had and this one has not, and the numbers of all it had, where known."""
    if before is None or before.shown_files is None or version.shown_files is None:
        return {"left_out": [], "earlier": None}
    present = [file["stands_for"] for file in version.shown_files]
    left_out = [file for file in before.shown_files if file["stands_for"] not in present and not file["reason"]]
    return {"left_out": left_out, "earlier": [file["stands_for"] for file in before.shown_files]}


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, pk):
    """Ask whether one's own contribution is to be withdrawn, and withdraw it."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    comment, roundtable, rights = get_comment(request, pk)
    if not rights.is_author(comment):
        raise Http404
    if request.method == "POST" and rights.can_withdraw(comment):
        try:
            comment = comment.withdraw(by=request.user)
            messages.success(request, _("Your contribution is withdrawn."))
        except AlreadyDecided as refusal:
            comment = refusal.comment
    if comment.is_tombstone:
        return redirect(comment if comment.is_public else "comment_mine")
    context = {
        "comment": comment,
        "roundtable": roundtable,
        "reference": reference.load(roundtable.stamp),
        "moderates_any": roundtable.user_moderates_any,
        "section": "mine",
    }
    return render(request, "consultation/comment/withdraw.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_edit(request, pk):
    """Ask whether one's own change that waits is to be withdrawn, and withdraw it; what is published stays."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    comment, roundtable, rights = get_comment(request, pk)
    if not rights.is_author(comment):
        raise Http404
    is_other = False
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        seen = int(seen) if seen.isdecimal() and len(seen) < 6 else 0
        try:
            comment = comment.withdraw_edit(by=request.user, seen_revision=seen)
            messages.success(request, _("Your change is withdrawn. The published text stays as it is."))
        except AlreadyDecided as refusal:
            comment, is_other = refusal.comment, True
    if comment.proposed_revision is None:
        return redirect(comment if comment.is_public else "comment_mine")
    context = {
        "comment": comment,
        "proposed": comment.proposed,
        "is_other": is_other,
        "roundtable": roundtable,
        "reference": reference.load(roundtable.stamp),
        "moderates_any": roundtable.user_moderates_any,
        "section": "mine",
    }
    return render(request, "consultation/comment/withdraw_edit.html", context, status=409 if is_other else 200)
