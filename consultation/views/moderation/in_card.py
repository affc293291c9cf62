"""The form of a decision in its card of the queue, so that whoever goes through many texts stays there."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultation.forms.moderation import LABELS, REJECT, RETURN, possible
from consultation.forms.queue import QueueForm
from consultation.views.writing import lead_to

from .queue import seen_in_queue

# What each decision asks, and the hints, which need not name the other one here. All others are taken on the page.
ASKED = {
    RETURN: {"message": _("Say what should be changed. Write in the author’s language if you can.")},
    REJECT: {"reason": _("The author sees it, and the public register counts it."), "message": ""},
}


def decide_in_card(request, comment, form, *, status=200, conflict=""):
    """Return the form of one decision; or who was quicker, or that the card shows a text that is no longer the one."""
    suffix = QueueForm(request.GET, roundtables=request.moderated).suffix
    decision = (request.POST or request.GET).get("decision")
    if decision not in ASKED:
        return lead_to(request, reverse("moderation_decide", args=[comment.pk]) + suffix)
    if decision not in possible(comment):
        conflict = conflict or "decided"
    elif request.GET.get("seen", "") not in ("", seen_in_queue(comment)):
        conflict = conflict or "changed"
    form.auto_id = f"card{comment.pk}_%s"
    for name in ASKED[decision].keys() & form.fields:
        form.fields[name].help_text = ASKED[decision][name]
    context = {
        "comment": comment,
        "roundtable": comment.roundtable,
        "decision": decision,
        "label": LABELS[decision],
        "form": form,
        "fields": [form[name] for name in ASKED[decision] if name in form.fields],
        "conflict": conflict,
        "suffix": suffix,
    }
    return render(request, "consultation/moderation/_decision.html", context, status=status)
