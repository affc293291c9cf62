"""Reading: the roundtables, a discussion, one question of it."""

from functools import partial

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from accounts.statements import somebody, statement
from consultation import reference, threads, uploads
from consultation.forms.reading import SORTS, ReadingForm
from consultation.models import Comment, Concern, Question, Subscription
from consultation.models.question import GENERAL
from consultation.people import people_of
from consultation.permissions import rights_in, roundtables_for
from consultation.rows import Presenter

from .freshness import answer_if_unchanged, mark_fresh, recall
from .visits import last_visit, remember_visit


@require_safe
def roundtable_list(request):
    """Show every roundtable with its status."""
    return render(request, "consultation/roundtable/list.html", {"section": "roundtables", **listed_for(request.user)})


def listed_for(user):
    """Return what a list of all roundtables shows, with what the shell of the page needs and came with them."""
    roundtables = _listed(user.pk, is_staff=user.is_staff)
    if not roundtables:
        return {"roundtables": []}
    first = roundtables[0]
    return {
        "roundtables": roundtables,
        "reference": reference.load(first.stamp),
        "moderates_any": first.user_moderates_any,
    }


@statement
def _listed(person, *, is_staff):
    roundtables = roundtables_for(somebody(person, is_staff=is_staff))
    return roundtables.annotate(stamp=reference.stamp()).select_related("event")


@require_safe
def roundtable_detail(request, slug):
    """Show a roundtable: what it asks, and the discussion page by page."""
    return _discussion(request, slug)


@require_safe
def question_detail(request, slug, number):
    """Show one question and its threads page by page; number 999 stands for general contributions."""
    return _discussion(request, slug, number)


def _discussion(request, slug, number=None):
    find = partial(get_roundtable, request, slug, number=number)
    unchanged = answer_if_unchanged(request, find)
    if unchanged:
        return unchanged
    roundtable = find()
    rights = rights_in(roundtable, request.user)
    kept = recall(request, roundtable, rights)
    if kept:
        return kept
    questions = questions_of(roundtable)
    question = next((one for one in questions if one.number == number), None)
    if number is not None and question is None and number != GENERAL:
        raise Http404
    texts = reference.load(roundtable.stamp)
    form = partial(ReadingForm, request.GET, reference=texts, tz=roundtable.tz)
    choice = form().choice if request.GET else threads.Choice()
    page = threads.read_discussion(roundtable.pk, number, request.user, choice, moderates=rights.can_moderate)
    since = last_visit(request, roundtable) if rights.is_signed_in else None
    presenter = Presenter(roundtable, rights, texts, since=since)
    sections = _with_questions(presenter.sections(page), questions, question, number, choice, page)
    context = {
        "roundtable": roundtable,
        "rights": rights,
        "reference": texts,
        "moderates_any": roundtable.user_moderates_any,
        "section": "roundtables",
        "questions": questions,
        "question": question,
        "number": number,
        "general": GENERAL,
        # Read where the page has to be printed anew only.
        "people": SimpleLazyObject(partial(people_of, roundtable)),
        "reading": SimpleLazyObject(form),
        "choice": choice,
        "page": page,
        "sections": sections,
        "next_query": _query(request, after=page.next_cursor) if page.next_cursor else "",
        "first_query": _query(request),
        "sorts": [(value, label, _query(request, sort=value, after="")) for value, label in SORTS],
        "ask_sign_in": rights.should_sign_in,
        "last_visit": since,
        "first_new": presenter.first_new,
    }
    template = "consultation/roundtable/detail.html" if number is None else "consultation/question/detail.html"
    response = render(request, template, context)
    if rights.is_signed_in:
        remember_visit(response, request, roundtable)
    return mark_fresh(response, request, roundtable, rights)


def get_roundtable(request, slug, *fields, number=None):
    """Return a roundtable that this person may see, with their role in it and the stamp of the reference texts.

    It knows whether they follow it, or its question of a number. With `fields`, only these are read.
    """
    user = request.user
    found = _roundtables(slug, user.pk, number, is_staff=user.is_staff, fields=fields)
    if not found:
        raise Http404
    return found[0]


@statement
def _roundtables(slug, person, number, *, is_staff, fields):
    user = somebody(person, is_staff=is_staff)
    # Whether the page leads to what others share is asked with the roundtable: a page may cost no further query.
    shared_here = Concern.objects.filter(roundtable=OuterRef("pk"), comment__roundtable__is_published=True).shared()
    place = {"roundtable": OuterRef("pk")}
    if number is not None:
        place = {"question__roundtable": OuterRef("pk"), "question__number": number}
    roundtables = roundtables_for(user).annotate(
        stamp=reference.stamp(),
        has_shared=Exists(shared_here),
        is_followed=Subscription.objects.of(user, **place),
    )
    if fields:
        roundtables = roundtables.only(*fields)
    else:
        roundtables = roundtables.annotate(user_has_files=uploads.has_waiting(person)).select_related("event")
    return roundtables.filter(slug=slug)


def questions_of(roundtable):
    """Return what a roundtable asks, in order."""
    return _questions(roundtable.pk)


@statement
def _questions(roundtable):
    return Question.objects.filter(roundtable=roundtable).order_by("number")


def _with_questions(sections, questions, question, number, choice, page):
    """Give each section its question; on the way, questions without any comment keep their place in the order."""
    by_number = {one.number: one for one in questions}
    if number is not None or page.is_flat or page.is_by_thread:
        return [(by_number.get(key), key, rows) for key, rows in sections] if sections else []
    shown = {key for key, _ in sections}
    first = min(shown, default=0) if choice.after else 0
    last = max(shown, default=GENERAL) if page.next_cursor else GENERAL
    numbers = sorted(shown | {one.number for one in questions if first <= one.number <= last})
    rows_of = dict(sections)
    return [(by_number.get(key), key, rows_of.get(key, "")) for key in numbers]


def _query(request, **changes):
    """Return the query of this page with some of it changed; the cursor only where it is given."""
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return query.urlencode()


@require_safe
def roundtable_all(request, slug):
    """Show every published comment on one page, unfolded, for printing."""
    unchanged = answer_if_unchanged(request, partial(get_roundtable, request, slug))
    if unchanged:
        return unchanged
    roundtable = get_roundtable(request, slug)
    rights = rights_in(roundtable, request.user)
    kept = recall(request, roundtable, rights)
    if kept:
        return kept
    questions = questions_of(roundtable)
    texts = reference.load(roundtable.stamp)
    presenter = Presenter(roundtable, rights, texts, is_unfolded=True)
    page = threads.ThreadPage(list(threads.read_all(Comment.objects.filter(roundtable=roundtable).public())))
    sections = _with_questions(presenter.sections(page), questions, None, None, threads.Choice(), page)
    context = {
        "roundtable": roundtable,
        "rights": rights,
        "reference": texts,
        "moderates_any": roundtable.user_moderates_any,
        "section": "roundtables",
        "sections": sections,
        "people": people_of(roundtable),
        "general": GENERAL,
    }
    response = render(request, "consultation/roundtable/all.html", context)
    return mark_fresh(response, request, roundtable, rights)


@require_safe
def roundtable_note(request, slug):
    """Tell who drafts the background note, for whom, and how far it is."""
    roundtable = get_roundtable(request, slug)
    context = {
        "roundtable": roundtable,
        "people": people_of(roundtable),
        "reference": reference.load(roundtable.stamp),
        "section": "roundtables",
    }
    return render(request, "consultation/roundtable/note.html", context)
