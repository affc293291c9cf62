"""What all forms of contributions share: who may write now, what is shown, and that nothing typed is lost."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from consultation import papers, reference
from consultation.forms.attachment import FIELD
from consultation.forms.authorship import LateForm, RevisionForm
from consultation.forms.comment import CommentForm
from consultation.forms.paper import PaperRevisionForm
from consultation.models import Comment, Draft, Roundtable
from consultation.models.comment_manager import DEEPEST, NoLongerAnswerable, PostingLimitReached
from consultation.models.transitions import AlreadyDecided, TextChanged

from .attaching import is_about_files, take_files
from .checking import Check, say_meanwhile
from .draft import begin, is_draft, is_script, keep_refused, place_of, save_draft, sending
from .kept import forget, keep, kept

# Fields that hold what somebody wrote: a contribution; a reply that comes with an approval, or a report; notes.
TYPED = ("body", "reply", "message", "note", "what")


def sign_in_first(request):
    """Lead through sign-in back to the same form, with what was typed."""
    if request.method == "POST":
        keep(request)
    if _is_live(request):
        return HttpResponse(status=204)
    said = _("You are no longer signed in. Your text is kept: sign in again and it is here.")
    if is_script(request):
        return JsonResponse({"state": "refused", "said": said}, status=401)
    if any(request.POST.get(name) for name in TYPED):
        messages.info(request, said)
    return lead_to(request, redirect_to_login(request.path).url)


def post_comment(request, roundtable, rights, *, question=None, answers=None, form_class=CommentForm, post=None):
    """Show the form of a new contribution, take one, or save its draft; `post` stores one of another kind."""
    post = post or Comment.objects.post
    about = {"roundtable": roundtable, "question": question, "answers": answers}
    may_post = rights.can_post_late if form_class is LateForm else rights.can_post
    if not may_post and not _is_sent(request):
        return refuse(request, reason=closed_reason(roundtable), status=403, **about)
    texts = reference.load(roundtable.stamp)
    form = _open(request, form_class, roundtable=roundtable, reference=texts, auto_id=_field_ids(request))
    if not may_post:
        return refuse(request, reason=closed_reason(roundtable), status=403, form=form, **about)
    show = partial(_form_page, request, rights=rights, texts=texts, **about)
    take_files(request, form)
    if is_draft(request):
        return save_draft(request, form, show, partial(say_meanwhile, request, form, texts, **about), **about)
    if _is_sent(request) and form.is_valid():
        check = Check(request, form, texts)
        if check.has_questions:
            return show(form, check=check)
        try:
            with sending(request, form):
                comment, _is_new = post(
                    author=request.user,
                    role=rights.role,
                    **about | form.contribution,
                    attachments=form.waiting,
                    key=form.cleaned_data["key"],
                    noticed=check.noticed,
                )
        except PostingLimitReached as limit:
            form.refuse_for_now()
            return _try_later(show(form, status=429), limit)
        except NoLongerAnswerable:
            reason = _("This contribution can no longer be answered.")
            return refuse(request, status=409, reason=reason, form=form, **about)
        return _done(request, comment)
    return show(form)


def revise_comment(request, comment, roundtable, rights):
    """Show the form of one's own waiting or published text, take the new text, or save its draft."""
    about = {"roundtable": roundtable, "question": comment.question, "revises": comment}
    if not rights.can_revise(comment):
        decided = _("This text has been decided about and can no longer be changed.")
        reason = decided if roundtable.is_open else closed_reason(roundtable)
        form = _open_revision(request, comment, reference.load(roundtable.stamp)) if _is_sent(request) else None
        return refuse(request, status=403, reason=reason, form=form, **about)
    texts = reference.load(roundtable.stamp)
    form = _open_revision(request, comment, texts)
    show = partial(_form_page, request, rights=rights, texts=texts, **about)
    take_files(request, form, sent=_sent(comment))
    if is_draft(request):
        return save_draft(request, form, show, partial(say_meanwhile, request, form, texts, **about), **about)
    if _is_sent(request) and form.is_valid():
        check = Check(request, form, texts, revises=comment)
        if check.has_questions:
            return show(form, check=check)
        change = comment.propose_edit if comment.status == Comment.Status.APPROVED else comment.revise
        if comment.is_paper:
            change = partial(papers.revise, comment)
        try:
            with sending(request, form):
                changed = change(form.new_text(rights.role), by=request.user)
        except PostingLimitReached as limit:
            form.refuse_for_now()
            return _try_later(show(form, status=429), limit)
        except TextChanged as refusal:
            form.tell_of_other_text(refusal.comment)
            return show(form, status=409)
        except AlreadyDecided:
            reason = _("A moderator decided about this text while you were writing.")
            return refuse(request, status=409, reason=reason, form=form, **about)
        if changed.status == Comment.Status.APPROVED and changed.proposed_revision is None:
            messages.success(request, _("Your change is published."))
        return _done(request, comment)
    return show(form)


def refuse(request, roundtable, reason, status, form=None, **about):
    """Say why nothing can be taken now, and give back what was typed, which is kept as a draft if it was sent.

    `form` is what was sent, with its further fields and its files; without it only a text is looked for.

    Whoever is suspended is told that first, also where it is about no single roundtable.
    """
    is_signed_in = request.user.is_authenticated
    suspension = request.user.suspension if is_signed_in else None
    status = 403 if suspension else status
    if _is_live(request):
        return HttpResponse(status=204)
    if is_script(request):
        said = _("You are suspended") if suspension else reason
        return JsonResponse({"state": "refused", "said": said}, status=status)
    if is_signed_in and roundtable and _is_sent(request):
        form = form or CommentForm(request.POST, roundtable=roundtable, reference=reference.load())
        if FIELD not in form.fields and not suspension:
            take_files(request, form, sent=_sent(about["revises"]) if about.get("revises") else ())
        keep_refused(request, form, roundtable=roundtable, **about)
    draft = Draft.objects.at(request.user, place_of(request)) if is_signed_in else None
    typed = "\n\n".join(filter(None, dict.fromkeys(request.POST.get(name) for name in TYPED)))
    context = {
        "roundtable": roundtable,
        "reason": reason,
        "suspension": suspension,
        "typed": typed or (kept(request) or {}).get("body") or (draft.body if draft else ""),
        "draft": draft,
        "section": "roundtables",
    }
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


def _try_later(response, limit):
    response["Retry-After"] = str(limit.retry_after)
    return response


def _open(request, form_class, **options):
    """Make a form of what was sent or, before that, of what was kept or the draft."""
    beginning = begin(request)
    form = form_class(request.POST if request.method == "POST" else None, initial=beginning.filled, **options)
    form.beginning = beginning
    return form


def _open_revision(request, comment, texts):
    form_class = PaperRevisionForm if comment.is_paper else RevisionForm
    return _open(request, form_class, comment=comment, roundtable=comment.roundtable, reference=texts)


def _sent(comment):
    """Return the files that come with a text that is revised, none without a query where there can be none."""
    return comment.files_as_left if comment.files or comment.proposed_revision is not None else ()


def _is_preview(request):
    return request.POST.get("action") == "preview" or _is_live(request)


def _is_live(request):
    """Whether an open preview asks for itself again, while somebody writes."""
    return request.POST.get("action") == "live"


def _is_sent(request):
    is_begun = _is_preview(request) or is_draft(request) or is_about_files(request)
    return request.method == "POST" and not is_begun


def _done(request, comment):
    forget(request)
    return lead_to(request, f"{comment.get_absolute_url()}#comment-{comment.pk}")


def _noticed_before(request, form, texts, roundtable, revises):
    """Return as HTML what was noticed in a draft that is opened again; empty without one."""
    if form.beginning.draft is None or form.beginning.is_kept:
        return ""
    return say_meanwhile(request, form, texts, roundtable=roundtable, revises=revises)


def _form_page(
    request, form, *, roundtable, rights, texts, question=None, answers=None, revises=None, check=None, status=200
):
    if _is_live(request):
        form.is_valid()
        shown = {"form": form, "preview": form.preview, "is_live": True}
        return render(request, "consultation/comment/_preview.html", shown)
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
        "beginning": form.beginning,
        "preview": form.preview if _is_preview(request) else "",
        "check": check,
        "noticed": _noticed_before(request, form, texts, roundtable, revises),
        "revised": revises,
        "is_late": isinstance(form, LateForm),
        "last_decision": revises.last_decision if revises else None,
    }
    name = "revise" if revises else "_form" if request.htmx else "write"
    status = 422 if form.errors and status == 200 else status
    response = render(request, f"consultation/comment/{name}.html", context, status=status)
    # Or the browser's "back" would show the bare form as a page.
    patch_vary_headers(response, ["HX-Request"])
    return response
