"""The directory of participants: those who said in their profile that they want to stand in it."""

from collections import defaultdict
from itertools import groupby

from django.db.models import BooleanField, Case, F, Value, When
from django.db.models.functions import Lower
from django.http import Http404, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from consultation import reference, search
from consultation.forms.participants import DirectoryForm
from consultation.models import Comment
from consultation.permissions import roundtables_for

PER_PAGE = 50


@require_safe
def participant_list(request):
    """Show who takes part, by stakeholder group and organisation; the same queries however many do."""
    texts = reference.load()
    listed = User.objects.listed()
    codes = [code for code in listed.order_by().values_list("country", flat=True).distinct() if code]
    form = DirectoryForm(request.GET, groups=texts.groups, codes=codes)
    chosen = form.chosen
    number = chosen.get("page", 1)
    people = _in_order(_matching(listed, chosen))[(number - 1) * PER_PAGE : number * PER_PAGE + 1]
    people = list(people)
    if number > 1 and not people:
        raise Http404
    shown = people[:PER_PAGE]
    _add_roundtables(shown, roundtables_for(request.user))
    groups = [(texts.groups.get(key, ""), list(members)) for key, members in groupby(shown, lambda one: one.group_id)]
    context = {
        "form": form,
        "groups": groups,
        "is_filtered": bool(chosen.keys() - {"page"}),
        "previous": _query(request, number - 1) if number > 1 else "",
        "next": _query(request, number + 1) if len(people) > PER_PAGE else "",
        "reference": texts,
        "section": "participants",
    }
    return render(request, "consultation/participant/list.html", context)


def _matching(listed, chosen):
    for field in ("group", "country"):
        if field in chosen:
            listed = listed.filter(**{field: chosen[field]})
    words = search.normalise(chosen.get("q", "")).split()
    if not words:
        return listed
    # Few agreed to be listed: their names are compared as search compares texts, without accents.
    found = [
        pk
        for pk, *texts in listed.order_by().values_list("pk", "name", "organisation")
        if all(f" {word}" in search.normalise(" ".join(texts)) for word in words)
    ]
    return listed.filter(pk__in=found)


def _in_order(people):
    is_alone = Case(When(organisation="", then=Value(True)), default=Value(False), output_field=BooleanField())
    place = F("group__position").asc(nulls_last=True)
    return people.order_by(place, "group_id", is_alone, Lower("organisation"), Lower("name"), "pk")


def _add_roundtables(people, visible):
    """Let each person know the roundtables in which something of theirs is published."""
    published = Comment.objects.filter(
        author__in=people,
        status=Comment.Status.APPROVED,
        published_at__isnull=False,
        roundtable__in=visible.values("pk"),
    )
    titles = {roundtable.pk: roundtable for roundtable in visible.order_by("position", "pk")}
    of_person = defaultdict(set)
    for person, roundtable in published.order_by().values_list("author", "roundtable").distinct():
        of_person[person].add(roundtable)
    for person in people:
        person.roundtables = [titles[pk] for pk in titles if pk in of_person[person.pk]]


def _query(request, number):
    """Return the address of another page of the same people."""
    query = QueryDict(mutable=True)
    query.update({name: request.GET[name][:200] for name in ("q", "group", "country") if request.GET.get(name)})
    query["page"] = str(number)
    return query.urlencode()
