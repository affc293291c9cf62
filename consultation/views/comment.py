"""One comment in its thread; answering, replying, contributing, revising; one's own contributions."""

from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import profile_required
from consultation import reference, threads
from consultation.models import Comment, Roundtable
from consultation.permissions import rights_in
from consultation.rows import Presenter

from .kept import keep
from .roundtable import get_roundtable
from .writing import lead_to, post_comment, refuse, revise_comment, sign_in_first

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def detail(request, pk):
    """Show a comment in its whole thread, focused."""
    comment, roundtable, rights = _get_comment(request, pk)
    texts = reference.load(roundtable.stamp)
    comments = Comment.objects.filter(roundtable=roundtable)
    # One's own rejected text has no place in the thread, but its permalink still shows it with the reason.
    seen = comments.visible_to(request.user, moderates=rights.can_moderate) | comments.filter(pk=comment.pk)
    page = threads.read_around(seen, comment)
    presenter = Presenter(roundtable, rights, texts, focus=comment.pk)
    is_mine = rights.user_id is not None and comment.author_id == rights.user_id
    context = {
        "comment": comment,
        "roundtable": roundtable,
        "rights": rights,
        "reference": texts,
        "moderates_any": roundtable.user_moderates_any,
        "section": "roundtables",
        "rows": presenter.sections(page)[0][1],
        "page": page,
        "place": presenter.question_label(comment.question_number),
        "last_decision": comment.last_decision if is_mine else None,
        "is_mine": is_mine,
    }
    return render(request, "consultation/comment/detail.html", context)


@require_http_methods(FORM_METHODS)
def answer(request, slug, number):
    """Answer a question."""
    roundtable = get_roundtable(request, slug)
    return _write(request, roundtable, question=get_object_or_404(roundtable.questions, number=number))


@require_http_methods(FORM_METHODS)
def contribute(request, slug):
    """Contribute something that answers no single question."""
    return _write(request, get_roundtable(request, slug))


@require_http_methods(FORM_METHODS)
def reply(request, pk):
    """Reply to a comment."""
    comment, roundtable, _rights = _get_comment(request, pk)
    if comment.status != Comment.Status.APPROVED:
        return refuse(request, roundtable, _("This contribution can no longer be answered."), 409)
    return _write(request, roundtable, question=comment.question, answers=comment)


@require_http_methods(FORM_METHODS)
def revise(request, pk):
    """Revise one's own text that waits or was returned, and submit it again."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    comment, roundtable, rights = _get_comment(request, pk)
    if comment.author_id != request.user.pk:
        raise Http404
    return revise_comment(request, comment, roundtable, rights)


@require_safe
def mine(request):
    """Show a person all they wrote, with its state and what was decided."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    comments = Comment.objects.filter(author=request.user).select_related("roundtable", "question")
    latest = comments.prefetch_related("events").order_by("-posted_at", "-pk")[:200]
    return render(request, "consultation/comment/mine.html", {"comments": latest, "section": "mine"})


def _write(request, roundtable, **place):
    if not request.user.is_authenticated:
        return sign_in_first(request)
    if request.method == "POST" and not request.user.is_profile_complete:
        keep(request)
    response = _write_signed_in(request, roundtable, **place)
    return lead_to(request, response.url) if response.status_code == 302 else response


@profile_required
def _write_signed_in(request, roundtable, **place):
    return post_comment(request, roundtable, rights_in(roundtable, request.user), **place)


def _get_comment(request, pk):
    """Return a comment this person may see, its roundtable with their role, and their rights in it; else 404."""
    moderating = Roundtable.moderators.through.objects.filter(user=request.user.pk)
    comments = Comment.objects.select_related("roundtable__event", "question").annotate(
        stamp=reference.stamp(),
        user_moderates=Exists(moderating.filter(roundtable=OuterRef("roundtable"))),
        user_moderates_any=Exists(moderating),
    )
    comment = get_object_or_404(comments, pk=pk, roundtable__in=Roundtable.objects.visible_to(request.user))
    roundtable = comment.roundtable
    for annotation in ("stamp", "user_moderates", "user_moderates_any"):
        setattr(roundtable, annotation, getattr(comment, annotation))
    rights = rights_in(roundtable, request.user)
    if not rights.can_read(comment):
        raise Http404
    return comment, roundtable, rights
