"""Questions that participants ask: which wait for an answer, and which reply answered the others."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultation import reference
from consultation.forms.participant_question import AnsweredForm
from consultation.models import Comment
from consultation.models.asking import NoAnswer
from consultation.models.transitions import AlreadyDecided
from consultation.permissions import rights_in

from .comment import get_comment
from .roundtable import get_roundtable
from .writing import refuse

ORGANISERS = (Comment.Role.MODERATOR, Comment.Role.SECRETARIAT)


@require_safe
def question_list(request, slug):
    """List a roundtable's participant questions: those that wait, the oldest first, or those that are answered."""
    roundtable = get_roundtable(request, slug)
    rights = rights_in(roundtable, request.user)
    is_answered = request.GET.get("state") == "answered"
    found = Comment.objects.filter(roundtable=roundtable).asking(answered=is_answered)
    found = found.select_related("answered_by").defer("lead_html", "rest_html", "search_text")
    found = _after(found.order_by("-pk" if is_answered else "pk"), request.GET.get("after", ""), is_answered)
    rows = list(found[: settings.COMMENTS_PER_PAGE + 1])
    has_more, rows = len(rows) > settings.COMMENTS_PER_PAGE, rows[: settings.COMMENTS_PER_PAGE]
    _suggest([] if is_answered else rows)
    for row in rows:
        row.can_mark = rights.can_mark_answered(row)
    context = {
        "roundtable": roundtable,
        "rights": rights,
        "reference": reference.load(roundtable.stamp),
        "moderates_any": roundtable.user_moderates_any,
        "section": "roundtables",
        "is_answered": is_answered,
        "questions": rows,
        "next_cursor": rows[-1].pk if has_more else None,
        "now": timezone.now(),
    }
    return render(request, "consultation/participant_question/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answered(request, pk):
    """Let the person who asked, or a moderator, say which reply answered a question, or that it still waits."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    comment, roundtable, rights = get_comment(request, pk)
    if not comment.asks or comment.status != Comment.Status.APPROVED:
        raise Http404
    if rights.is_suspended:
        return refuse(request, roundtable, "", 403)
    if not rights.can_mark_answered(comment):
        raise PermissionDenied
    form = AnsweredForm(request.POST if request.method == "POST" else None, comment=comment)
    if form.is_bound and form.is_valid():
        try:
            reply = form.cleaned_data["reply"]
            comment.mark_answered(by=request.user, reply=reply)
        except (AlreadyDecided, NoAnswer):
            form.add_error("reply", _("This reply is no longer shown. Choose another one."))
        else:
            messages.success(request, _("Marked as answered.") if reply else _("Marked as awaiting an answer."))
            return redirect(f"{comment.get_absolute_url()}#comment-{comment.pk}")
    context = {
        "comment": comment,
        "roundtable": roundtable,
        "reference": reference.load(roundtable.stamp),
        "moderates_any": roundtable.user_moderates_any,
        "section": "roundtables",
        "form": form,
    }
    return render(
        request, "consultation/participant_question/answered.html", context, status=422 if form.errors else 200
    )


def _after(questions, cursor, is_descending):
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        return questions
    return questions.filter(**{"pk__lt" if is_descending else "pk__gt": int(cursor)})


def _suggest(questions):
    """Name what may be the answer to each question to the moderators: the first reply of one of them."""
    asked = [question.pk for question in questions if question.asks == Comment.Asks.MODERATORS]
    replies = Comment.objects.filter(in_reply_to__in=asked, status=Comment.Status.APPROVED, author_role__in=ORGANISERS)
    first = {reply.in_reply_to_id: reply for reply in replies.order_by("-pk")} if asked else {}
    for question in questions:
        question.suggested = first.get(question.pk)
