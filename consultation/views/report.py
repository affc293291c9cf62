"""Reporting a contribution to the moderators, once a person; and what became of one's reports."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultation.forms.report import ReportForm
from consultation.models import Flag
from consultation.models.flag import ReportingLimitReached
from consultation.models.transitions import AlreadyDecided

from .comment import get_comment
from .kept import forget, kept
from .writing import refuse, sign_in_first

MOST_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def report(request, pk):
    """Report a published contribution with a reason."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    comment, roundtable, rights = get_comment(request, pk)
    if not rights.can_report(comment):
        is_own = comment.author_id == request.user.pk
        reason = _("This is your own contribution.") if is_own else _("This contribution can no longer be reported.")
        return refuse(request, roundtable, reason, 403)
    if Flag.objects.filter(comment=comment, reporter=request.user).exists():
        return redirect("comment_reports")
    form = ReportForm(request.POST if request.method == "POST" else None, initial=kept(request))
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            Flag.objects.report(comment=comment, reporter=request.user, **form.cleaned_data)
        except ReportingLimitReached as limit:
            form.refuse_for_now()
            response = _page(request, comment, roundtable, form, 429)
            response["Retry-After"] = str(limit.retry_after)
            return response
        except AlreadyDecided:
            return refuse(request, roundtable, _("This contribution can no longer be reported."), 409)
        forget(request)
        messages.success(request, _("Thank you. The moderators will look at the contribution."))
        return redirect("comment_reports")
    return _page(request, comment, roundtable, form, status)


@require_safe
def reports(request):
    """List a person's own reports with what became of them."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    own = Flag.objects.filter(reporter=request.user).select_related("comment__roundtable").order_by("-pk")
    return render(request, "consultation/report/list.html", {"flags": own[:MOST_SHOWN], "section": "mine"})


def _page(request, comment, roundtable, form, status):
    context = {
        "comment": comment,
        "roundtable": roundtable,
        "form": form,
        "moderates_any": roundtable.user_moderates_any,
        "section": "roundtables",
    }
    return render(request, "consultation/report/form.html", context, status=status)
