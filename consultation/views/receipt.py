"""Receipts: shown and handed out to an author, checked by anybody."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation import receipts, reference
from consultation.forms.receipt import ReceiptForm
from consultation.models import Comment

from .comment import get_comment


@require_safe
def detail(request, pk):
    """Show the author the receipt of what they sent last."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    comment, roundtable, receipt = _own(request, pk)
    bearer = receipts.bearer_of(receipt, request.user)
    context = {
        "comment": comment,
        "roundtable": roundtable,
        "reference": reference.load(roundtable.stamp),
        "moderates_any": roundtable.user_moderates_any,
        "section": "mine",
        "receipt": receipt,
        "bearer": bearer,
        "plain": receipts.as_text(receipt, bearer, _check_address()),
    }
    return render(request, "consultation/receipt/detail.html", context)


@never_cache
@require_safe
def download(request, pk):
    """Hand out the same as a plain text."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    _comment, _roundtable, receipt = _own(request, pk)
    plain = receipts.as_text(receipt, receipts.bearer_of(receipt, request.user), _check_address())
    response = HttpResponse(plain, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{receipt.reference}.txt"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def check(request):
    """Tell anybody whether a receipt is genuine, and whether the text is still the same."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "reference": reference.load(), "section": "contact"}
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            receipt, is_whole = receipts.read(form.cleaned_data["receipt"])
            status = 200
            context |= {"is_checked": True, "receipt": receipt, "is_whole": is_whole}
            if receipt:
                context["state"], context["comment"] = receipts.state_of(receipt, request.user)
                context["bearer"] = receipts.bearer_of(receipt, request.user)
    return render(request, "consultation/receipt/check.html", context, status=status)


def _own(request, pk):
    comment, roundtable, rights = get_comment(request, pk)
    if not rights.is_author(comment) or comment.status == Comment.Status.WITHDRAWN:
        raise Http404
    receipt = receipts.receipt_of(comment)
    if receipt is None:
        raise Http404
    return comment, roundtable, receipt


def _check_address():
    return f"{settings.SITE_URL}{reverse('receipt_check')}"
