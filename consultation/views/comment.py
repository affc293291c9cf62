"""One comment in its thread; answering, replying, contributing, revising; one's own contributions."""

from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef
from django.db.models.functions import Substr
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import profile_required
from accounts.statements import somebody, statement
from consultation import reference, threads, uploads
from consultation.forms.authorship import LateForm
from consultation.models import Comment, Draft, Roundtable, Subscription
from consultation.permissions import rights_in
from consultation.rows import Presenter

from .kept import keep
from .merged import came_from, way_on
from .roundtable import get_roundtable
from .writing import lead_to, post_comment, refuse, revise_comment, sign_in_first

FORM_METHODS = ["GET", "HEAD", "POST"]
MINE = 20  # of one's own contributions on a page


@require_safe
def detail(request, pk):
    """Show a comment in its whole thread, focused; what was joined into another one leads there."""
    comment, roundtable, rights = get_comment(request, pk)
    if address := way_on(request, comment):
        return redirect(address)
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
        "came_from": came_from(request, comment),
        "place": presenter.question_label(comment.question_number),
        "last_decision": comment.last_decision if is_mine else None,
        "is_mine": is_mine,
        "covered_titles": list(comment.covered_titles) if is_mine and comment.covered_for else [],
        "originals": comment.originals if is_mine and comment.covered_for else [],
        "can_revise": is_mine and rights.can_revise(comment),
    }
    return render(request, "consultation/comment/detail.html", context)


@require_http_methods(FORM_METHODS)
def answer(request, slug, number):
    """Answer a question."""
    roundtable = get_roundtable(request, slug)
    return write(request, roundtable, question=get_object_or_404(roundtable.questions, number=number))


@require_http_methods(FORM_METHODS)
def contribute(request, slug):
    """Contribute something that answers no single question."""
    return write(request, get_roundtable(request, slug))


@require_http_methods(FORM_METHODS)
def late(request, slug):
    """Hand something in after closing, with a reason, where the roundtable still takes it."""
    roundtable = get_roundtable(request, slug)
    if roundtable.is_open:
        return redirect("comment_contribute", slug)
    return write(request, roundtable, form_class=LateForm)


@require_http_methods(FORM_METHODS)
def reply(request, pk):
    """Reply to a comment."""
    comment, roundtable, _rights = get_comment(request, pk)
    if comment.status != Comment.Status.APPROVED:
        reason = _("This contribution can no longer be answered.")
        return refuse(request, roundtable, reason, 409, question=comment.question, answers=comment)
    return write(request, roundtable, question=comment.question, answers=comment)


@require_http_methods(FORM_METHODS)
def revise(request, pk):
    """Revise one's own text that waits or was returned, and submit it again."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    comment, roundtable, rights = get_comment(request, pk)
    if comment.author_id != request.user.pk:
        raise Http404
    return revise_comment(request, comment, roundtable, rights)


@require_safe
def mine(request):
    """Show a person all they wrote, with its state and what was decided."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    comments = Comment.objects.filter(author=request.user).select_related("roundtable", "question")
    cursor = request.GET.get("after", "")
    is_first = not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19)
    found = comments.order_by("-pk") if is_first else comments.order_by("-pk").filter(pk__lt=int(cursor))
    latest = list(found.prefetch_related("events__undone_by", "clearances")[: MINE + 1])
    for comment in latest:
        comment.roundtable.user_moderates = False  # of no consequence for what one wrote oneself
        comment.can_revise = rights_in(comment.roundtable, request.user).can_revise(comment)
    context = {
        "comments": latest[:MINE],
        "next_cursor": latest[MINE - 1].pk if len(latest) > MINE else None,
        "is_first": is_first,
        "drafts": Draft.objects.listed_for(request.user) if is_first else (),
        "section": "mine",
    }
    return render(request, "consultation/comment/mine.html", context)


def write(request, roundtable, **place):
    """Let somebody who is signed in, and whose profile is complete, contribute; others are led there and back."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    if request.method == "POST" and not request.user.is_profile_complete:
        keep(request)
    response = _write_signed_in(request, roundtable, **place)
    return lead_to(request, response.url) if response.status_code == 302 else response


@profile_required
def _write_signed_in(request, roundtable, **place):
    return post_comment(request, roundtable, rights_in(roundtable, request.user), **place)


def get_comment(request, pk):
    """Return a comment this person may see, its roundtable with their role, and their rights in it; else 404."""
    found = _comments(pk, request.user.pk, is_staff=request.user.is_staff)
    if not found:
        raise Http404
    comment = found[0]
    roundtable = comment.roundtable
    for annotation in ("stamp", "user_moderates", "user_moderates_any", "user_has_files"):
        setattr(roundtable, annotation, getattr(comment, annotation))
    rights = rights_in(roundtable, request.user)
    if not rights.can_read(comment):
        raise Http404
    return comment, roundtable, rights


@statement
def _comments(pk, person, *, is_staff):
    user = somebody(person, is_staff=is_staff)
    moderating = Roundtable.moderators.through.objects.filter(user=person)
    comments = Comment.objects.select_related("roundtable__event", "question").annotate(
        stamp=reference.stamp(),
        user_moderates=Exists(moderating.filter(roundtable=OuterRef("roundtable"))),
        user_moderates_any=Exists(moderating),
        user_has_files=uploads.has_waiting(person),
        is_followed=Subscription.objects.of(user, thread__path=Substr(OuterRef("path"), 1, Comment.steplen)),
    )
    return comments.filter(pk=pk, roundtable__in=Roundtable.objects.visible_to(user))
