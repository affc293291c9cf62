"""The Compact's objectives, and what was said about each."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultation import reference
from consultation.models import Comment
from consultation.permissions import roundtables_for


@require_safe
def objective_list(request):
    """Show the 23 objectives."""
    return render(request, "consultation/objective/list.html", {"section": "objectives"})


@require_safe
def objective_detail(request, number):
    """Show one objective, the roundtables that review it, and the latest contributions tagged with it."""
    texts = reference.load()
    if number not in texts.objectives:
        raise Http404
    roundtables = list(roundtables_for(request.user))
    comments = Comment.objects.public().filter(
        status=Comment.Status.APPROVED,
        objective_numbers__contains=f",{number},",
        roundtable__in=[roundtable.pk for roundtable in roundtables],
    )
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit():
        comments = comments.filter(pk__lt=int(after[:18]))
    found = list(comments.select_related("roundtable", "question").order_by("-pk")[:26])
    context = {
        "number": number,
        "objective": texts.objectives[number],
        "reference": texts,
        "roundtables": [roundtable for roundtable in roundtables if number in roundtable.objective_numbers],
        "comments": found[:25],
        "next_cursor": found[24].pk if len(found) > 25 else "",
        "section": "objectives",
    }
    return render(request, "consultation/objective/detail.html", context)
