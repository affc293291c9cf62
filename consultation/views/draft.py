"""Drafts: where a form begins, how it is saved while somebody writes, what becomes of it, and one's own as a list."""

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language_from_path, gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultation.models import Draft
from consultation.models.draft import MOST_DRAFTS, AlreadySent, NewerDraft, Seen, TooManyDrafts
from consultation.permissions import rights_in, roundtables_for

from .kept import forget, kept, kept_at

LONGEST_NUMBER = 19  # digits of what a database takes as a number


@dataclass
class Beginning:
    """What a form starts with: what was typed before sign-in, or the draft, and the older of both beside it."""

    filled: dict = field(default_factory=dict)
    draft: Draft | None = None
    is_kept: bool = False
    other: str = ""


def begin(request):
    """Return what the form at this address starts with; a form that is sent brings its own, the other version too."""
    if request.method == "POST":
        other = request.POST.get("other", "")
        return Beginning(other=other if _is_another(other, request.POST.get("body", "")) else "")
    draft = Draft.objects.at(request.user, place_of(request))
    typed = kept(request)
    seen = Seen(uuid.uuid4().hex, draft and draft.saved_at)
    filled = draft.filled if draft else {}
    is_kept = typed is not None and (draft is None or kept_at(typed) >= draft.saved_at)
    other = ""
    if typed is not None and draft is not None:
        other = draft.body if is_kept else typed.get("body", "")
    if is_kept:
        filled = filled | typed | ({"key": draft.key} if draft else {})
    other = other if _is_another(other, filled.get("body", "")) else ""
    if not filled and (filled := _of_another_draft(request)):
        is_kept = True
    return Beginning(filled | {"draft_seen": seen}, draft, is_kept, other)


def _of_another_draft(request):
    """Return the text of the draft of one's own that the address names: what was too late is handed in late."""
    number = request.GET.get("draft", "")
    if not (number.isdecimal() and len(number) < LONGEST_NUMBER):
        return {}
    draft = Draft.objects.filter(author=request.user, pk=number).first()
    # It stays where it is, with its key and its files.
    texts = {name: value for name, value in draft.filled.items() if name != "key"} if draft else {}
    return texts and texts | {"question": draft.question_id}


def place_of(request):
    """Return the address of a form without its language: a draft is found again in every language."""
    return request.path.removeprefix(f"/{get_language_from_path(request.path)}")[:200]


def is_draft(request):
    """Whether somebody saves what they write, to go on later."""
    return request.method == "POST" and request.POST.get("action") == "draft"


def is_script(request):
    """Whether a script of ours asks, which shows the answer in the page itself."""
    return request.headers.get("Accept") == "application/json"


def save_draft(request, form, show, say_meanwhile, **about):
    """Keep what was typed; `show` prints the form again where it cannot be kept.

    A script is also told what was noticed in the text, which `say_meanwhile` returns as HTML.
    """
    if not form.check_draft():
        return _not_saved(request, form, show, next(iter(form.errors.values()))[0], 422)
    try:
        draft = _save(request, form, about)
    except TooManyDrafts:
        said = _too_many()
        form.add_error(None, said)
        return _not_saved(request, form, show, said, 409)
    except NewerDraft as newer:
        return _tell_of_newer(request, form, show, newer.draft)
    except AlreadySent:
        draft = None
    forget(request)
    if is_script(request):
        return JsonResponse(_state(draft, form, about["roundtable"]) | {"noticed": say_meanwhile() if draft else ""})
    if draft is None:
        messages.info(request, _("There was nothing to save as a draft."))
    return redirect(request.path)


@contextmanager
def sending(request, form):
    """Do in one transaction what is inside, and let go of the draft that it was made of."""
    with transaction.atomic():
        yield
        data = form.cleaned_data
        place = place_of(request)
        Draft.objects.let_go(request.user, place, key=data["key"], body=data["body"], seen=form.known_draft)


def keep_refused(request, form, **about):
    """Keep as a draft what could not be taken any more; nothing is said where that is not possible either."""
    if not form.check_draft():
        return
    try:
        _save(request, form, about)
    except (TooManyDrafts, NewerDraft, AlreadySent):
        return


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request, pk):
    """Show one's own draft to read and copy; a POST, from here, discards it."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    draft = Draft.objects.listed_for(request.user).filter(pk=pk).first()
    if request.method == "POST":
        # Pressed twice, the second time there is nothing left to do.
        if draft is not None:
            with transaction.atomic():
                draft.files.discard()
                draft.delete()
            messages.success(request, _("Your draft is discarded."))
        return redirect("comment_mine")
    if draft is None:
        raise Http404
    roundtable = roundtables_for(request.user).filter(pk=draft.roundtable_id).first()
    rights = roundtable and rights_in(roundtable, request.user)
    context = {
        "draft": draft,
        "files": [attachment.shown for attachment in draft.files],
        "roundtable": roundtable,
        "can_go_on": rights is not None and draft.can_go_on(rights),
        "section": "mine",
    }
    return render(request, "consultation/draft/detail.html", context)


def _save(request, form, about):
    data = form.cleaned_data
    return Draft.objects.save_for(
        request.user,
        place_of(request),
        key=data.get("key") or uuid.uuid4(),
        seen=form.known_draft,
        texts=None if form.is_blank else form.draft,
        **about,
    )


def _state(draft, form, roundtable):
    """What the script needs to know of the form it has just saved, and at what time, in the words of the site."""
    seen = form.known_draft
    if draft is None:
        return {"state": "empty", "seen": str(Seen(seen.form))}
    time = date_format(draft.saved_at.astimezone(roundtable.tz), "TIME_FORMAT")
    at = f"{time} ({roundtable.time_zone})"
    saved = {"seen": str(Seen(seen.form, draft.saved_at)), "key": str(draft.key), "at": at}
    return {"state": "saved"} | saved


def _not_saved(request, form, show, said, status):
    if is_script(request):
        return JsonResponse({"state": "refused", "said": str(said)}, status=status)
    return show(form, status=status)


def _tell_of_newer(request, form, show, draft):
    """Offer both texts, and let what is sent next from this form count, whatever it is."""
    seen = Seen(form.known_draft.form, draft.saved_at)
    if is_script(request):
        return JsonResponse(
            {"state": "newer", "seen": str(seen), "body": draft.body, "key": str(draft.key)}, status=409
        )
    form.fill_again(draft_seen=str(seen))
    form.beginning = Beginning(other=draft.body)
    form.add_error(None, gettext("This text was saved elsewhere after you opened this page: both versions are here."))
    return show(form, status=409)


def _is_another(text, other):
    return text.replace("\r\n", "\n").rstrip() != other.replace("\r\n", "\n").rstrip()


def _too_many():
    return _(
        "You have %(count)s drafts already, so this text is not saved. It is still here: send it, or discard "
        "a draft under “My contributions” first."
    ) % {"count": number_format(MOST_DRAFTS)}
