"""Papers of organisations: the list, submitting one, and clearing it for one's own organisation."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultation import papers
from consultation.differences import differences
from consultation.forms.paper import ClearanceForm, PaperForm
from consultation.models import Clearance, Comment, Roundtable
from consultation.models.clearance import NoLongerAsked
from consultation.permissions import rights_in

from .comment import write
from .roundtable import get_roundtable
from .writing import refuse, sign_in_first

MOST_PAPERS = 200


@require_safe
def paper_list(request, slug):
    """List the published papers of a roundtable with their organisations and files."""
    roundtable = get_roundtable(request, slug)
    published = Comment.objects.filter(
        roundtable=roundtable, is_paper=True, status=Comment.Status.APPROVED, published_at__isnull=False
    )
    found = list(published.prefetch_related("clearances").order_by("-published_at", "-pk")[:MOST_PAPERS])
    context = {
        "roundtable": roundtable,
        "rights": rights_in(roundtable, request.user),
        "papers": found,
        "organisation_count": len(
            {clearance.organisation.casefold() for paper in found for clearance in paper.clearances_shown}
        ),
        "moderates_any": roundtable.user_moderates_any,
        "section": "roundtables",
    }
    return render(request, "consultation/paper/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request, slug):
    """Submit a paper for one or several organisations."""
    return write(request, get_roundtable(request, slug), form_class=PaperForm, post=papers.submit)


@require_http_methods(["GET", "HEAD", "POST"])
def clearance_detail(request, key):
    """Show a paper to the focal point of one of its organisations, who clears or declines it."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    seen = Clearance.objects.filter(paper__roundtable__in=Roundtable.objects.visible_to(request.user))
    clearance = get_object_or_404(seen.select_related("paper__roundtable", "paper__author"), key=key)
    if clearance.focal_point_email.lower() not in papers.addresses_of(request.user):
        return render(request, "consultation/clearance/other_address.html", status=403)
    if request.method == "POST" and request.user.is_suspended:
        return refuse(request, clearance.paper.roundtable, "", 403)
    form = ClearanceForm(request.POST if request.method == "POST" else None, initial=_decided(clearance))
    status = 200
    if request.method == "POST" and not clearance.is_open:
        status = 409
    elif request.method == "POST" and form.is_valid():
        try:
            return _settled(request, clearance, form.cleaned_data)
        except NoLongerAsked:
            clearance, status = Clearance.objects.select_related("paper__roundtable").get(pk=clearance.pk), 409
            form = ClearanceForm(initial=_decided(clearance) | {"message": form.cleaned_data["message"]})
    elif form.errors:
        status = 422
    context = {
        "clearance": clearance,
        "paper": clearance.paper,
        **_version(clearance),
        "form": form,
        "is_late": status == 409,
        "suspension": request.user.suspension,
    }
    return render(request, "consultation/clearance/detail.html", context, status=status)


def _decided(clearance):
    """What the form begins with: the paper as it is, and what its focal point has decided so far."""
    begun = {"revision": clearance.revision_number}
    if clearance.status == Clearance.Status.WAITING:
        return begun
    return begun | {"decision": clearance.status, "message": clearance.message}


def _version(clearance):
    """What is shown of the version that a clearance is about, and what one that waits changes in the published one."""
    paper = clearance.paper
    if clearance.revision_number != paper.proposed_revision:
        is_past = clearance.revision_number != paper.revision_number
        is_read = paper.status == Comment.Status.APPROVED or (paper.status == Comment.Status.PENDING and not is_past)
        return {"version": paper, "is_past": is_past, "is_read": is_read}
    version = paper.as_proposed
    parts = differences(paper.body, version.body)
    return {"version": version, "is_new": True, "is_read": True, "changed_facts": paper.changed_facts, "parts": parts}


def _settled(request, clearance, data):
    with transaction.atomic():
        settled = clearance.settle(
            by=request.user, status=data["decision"], message=data["message"], seen_revision=data["revision"]
        )
        papers.tell_author(settled)
    if settled.status == Clearance.Status.CLEARED:
        messages.success(request, _("Cleared for your organisation. Thank you."))
    else:
        messages.success(request, _("Declined. Those who submitted the paper are told what you wrote."))
    return redirect(clearance.get_absolute_url())
