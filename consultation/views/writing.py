"""What all forms of contributions share: who may write now, what is shown, and that nothing typed is lost."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from consultation import reference
from consultation.forms.comment import CommentForm
from consultation.models import Comment, Roundtable
from consultation.models.comment import AlreadyDecided
from consultation.models.comment_manager import DEEPEST, NoLongerAnswerable, PostingLimitReached

from .kept import forget, keep, kept


def sign_in_first(request):
    """Lead through sign-in back to the same form, with what was typed."""
    if request.method == "POST":
        keep(request)
    return lead_to(request, redirect_to_login(request.path).url)


def post_comment(request, roundtable, rights, *, question=None, answers=None):
    """Show the form of a new contribution, or take one."""
    if not rights.can_post:
        return refuse(request, roundtable, closed_reason(roundtable), 403)
    texts = reference.load(roundtable.stamp)
    form = CommentForm(
        request.POST if request.method == "POST" else None,
        initial=kept(request),
        roundtable=roundtable,
        reference=texts,
        auto_id=_field_ids(request),
    )
    if request.method == "POST" and form.is_valid() and not _is_preview(request):
        try:
            comment, _is_new = Comment.objects.post(
                author=request.user,
                roundtable=roundtable,
                question=question,
                answers=answers,
                role=rights.role,
                **form.contribution,
                key=form.cleaned_data["key"],
            )
        except PostingLimitReached as limit:
            form.refuse_for_now()
            response = _form_page(
                request, form, roundtable, rights, texts, question=question, answers=answers, status=429
            )
            response["Retry-After"] = str(limit.retry_after)
            return response
        except NoLongerAnswerable:
            return refuse(request, roundtable, _("This contribution can no longer be answered."), 409)
        return _done(request, comment)
    return _form_page(request, form, roundtable, rights, texts, question=question, answers=answers)


def revise_comment(request, comment, roundtable, rights):
    """Show the form of one's own waiting text, or take the new text."""
    if not rights.can_revise(comment):
        decided = _("This text has been decided about and can no longer be changed.")
        return refuse(request, roundtable, decided if roundtable.is_open else closed_reason(roundtable), 403)
    texts = reference.load(roundtable.stamp)
    current = {"body": comment.body, "language": comment.language, "objectives": comment.objective_numbers}
    form = CommentForm(
        request.POST if request.method == "POST" else None,
        initial=kept(request) or current,
        roundtable=roundtable,
        reference=texts,
    )
    if request.method == "POST" and form.is_valid() and not _is_preview(request):
        try:
            comment.revise(by=request.user, **form.contribution)
        except AlreadyDecided:
            return refuse(request, roundtable, _("A moderator decided about this text while you were writing."), 409)
        return _done(request, comment)
    return _form_page(request, form, roundtable, rights, texts, question=comment.question, revised=comment)


def refuse(request, roundtable, reason, status):
    """Say why nothing can be taken now, and give back what was typed."""
    typed = request.POST.get("body") or (kept(request) or {}).get("body", "")
    context = {"roundtable": roundtable, "reason": reason, "typed": typed, "section": "roundtables"}
    return render(request, "consultation/comment/closed.html", context, status=status)


def closed_reason(roundtable):
    """Say why a roundtable takes no contributions."""
    if roundtable.phase == Roundtable.Phase.UPCOMING:
        return _("This roundtable has not opened yet.")
    return _("This roundtable is closed: contributions are no longer taken.")


def lead_to(request, address):
    """Redirect a browser, or a form that htmx put in place."""
    if not request.htmx:
        return redirect(address)
    return HttpResponse(status=204, headers={"HX-Redirect": address})


def _field_ids(request):
    # Several forms may be open in one page, each with fields of its own.
    return f"{request.path.strip('/').replace('/', '-')}-%s" if request.htmx else "id_%s"


def _is_preview(request):
    return request.POST.get("action") == "preview"


def _done(request, comment):
    forget(request)
    return lead_to(request, f"{comment.get_absolute_url()}#comment-{comment.pk}")


def _form_page(request, form, roundtable, rights, texts, *, question=None, answers=None, revised=None, status=200):
    context = {
        "form": form,
        "roundtable": roundtable,
        "rights": rights,
        "reference": texts,
        "moderates_any": roundtable.user_moderates_any,
        "section": "roundtables",
        "question": question,
        "answers": answers,
        "is_deep": answers is not None and answers.depth >= DEEPEST,
        "is_kept": kept(request) is not None and not form.is_bound,
        "preview": form.preview if _is_preview(request) else "",
        "revised": revised,
        "last_decision": revised.last_decision if revised else None,
    }
    name = "revise" if revised else "_form" if request.htmx else "write"
    status = 422 if form.errors and status == 200 else status
    response = render(request, f"consultation/comment/{name}.html", context, status=status)
    # Or the browser's "back" would show the bare form as a page.
    patch_vary_headers(response, ["HX-Request"])
    return response
