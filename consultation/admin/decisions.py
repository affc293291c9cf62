"""Decisions about one comment or several: a page asks what is needed, then each is decided by itself.

The page shows the texts, and a decision names the revision and the status that were shown: what was revised in
between is not approved unread, and what somebody else decided in between is not decided again.
"""

import re
from dataclasses import dataclass, field

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from consultation.models import Comment, ModerationEvent
from consultation.models.transitions import AlreadyDecided, TextChanged

AT_ONCE = 100  # more than that, nobody reads before deciding
_NUMBER = re.compile(r"[0-9]{1,18}")
# A comment's number, and what was shown of it: its revision and its status.
_SEEN = re.compile(r"\b([0-9]{1,18}):([0-9]{1,9}):([a-z]{1,10})\b")


class MessageForm(forms.Form):
    """What the author is told."""

    message = forms.CharField(
        label=_("Message to the author"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 80}),
        help_text=_("Say what should be changed. Write in the author’s language if you can."),
    )


class ReasonForm(forms.Form):
    """Why, for the author and the register."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *Comment.Reason.choices],
        help_text=_("The author sees it, and the public register counts it."),
    )
    message = forms.CharField(
        label=_("Message to the author"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 80}),
    )


@dataclass(frozen=True)
class Decision:
    """One kind of decision: its words, what it asks, and how it is taken."""

    label: str
    several: str
    question: str
    done: object
    take: object
    form: type = field(default=forms.Form)


DECISIONS = {
    "approve": Decision(
        _("Approve"),
        _("Approve the selected comments"),
        _("Publish these comments?"),
        ngettext_lazy("%(count)d comment was approved.", "%(count)d comments were approved.", "count"),
        lambda comment, **answers: comment.approve(**answers),
    ),
    "return": Decision(
        _("Return for revision"),
        _("Return the selected comments for revision"),
        _("Give these comments back to their authors?"),
        ngettext_lazy("%(count)d comment was returned.", "%(count)d comments were returned.", "count"),
        lambda comment, **answers: comment.return_for_revision(**answers),
        MessageForm,
    ),
    "reject": Decision(
        _("Reject"),
        _("Reject the selected comments"),
        _("Decide not to publish these comments?"),
        ngettext_lazy("%(count)d comment was rejected.", "%(count)d comments were rejected.", "count"),
        lambda comment, **answers: comment.reject(**answers),
        ReasonForm,
    ),
    "remove": Decision(
        _("Remove"),
        _("Remove the selected comments"),
        _("Take these published comments down? A line with the date and the reason stays in their place."),
        ngettext_lazy("%(count)d comment was removed.", "%(count)d comments were removed.", "count"),
        lambda comment, **answers: comment.remove(**answers),
        ReasonForm,
    ),
    "restore": Decision(
        _("Show again"),
        _("Show the selected comments again"),
        _("Show these removed comments again?"),
        ngettext_lazy("%(count)d comment is shown again.", "%(count)d comments are shown again.", "count"),
        lambda comment, **answers: comment.restore(**answers),
    ),
}


def _action(name):
    def ask_about_selected(modeladmin, request, queryset):
        return ask(modeladmin, request, name, queryset)

    ask_about_selected.__name__ = f"{name}_selected"
    return admin.action(description=DECISIONS[name].several)(ask_about_selected)


ACTIONS = [_action(name) for name in DECISIONS]


def links(comment):
    """Return (words, address) of each decision that this comment's status allows."""
    return [
        (DECISIONS[name].label, f"{reverse('admin:consultation_comment_decide', args=[name])}?comment={comment.pk}")
        for name, (allowed, _after) in Comment.DECISIONS.items()
        if comment.status in allowed and (name != "restore" or comment.can_be_restored)
    ]


def decide(modeladmin, request, name):
    """Answer the page of a decision: what it asks on GET, the decisions themselves on POST."""
    if not modeladmin.has_change_permission(request):
        raise PermissionDenied
    if name not in DECISIONS:
        raise Http404
    if request.method != "POST":
        pk = request.GET.get("comment", "")
        return ask(modeladmin, request, name, Comment.objects.filter(pk=int(pk) if _NUMBER.fullmatch(pk) else 0))
    shown = _SEEN.findall(request.POST.get("seen", ""))
    seen = {int(pk): {"seen_revision": int(revision), "seen_status": status} for pk, revision, status in shown}
    chosen = Comment.objects.filter(pk__in=list(seen)[:AT_ONCE])
    form = DECISIONS[name].form(request.POST)
    if request.user.is_suspended or not form.is_valid():
        return ask(modeladmin, request, name, chosen, form)
    revised = _take(request, DECISIONS[name], chosen, seen, form.cleaned_data)
    if revised:
        return ask(modeladmin, request, name, Comment.objects.filter(pk__in=revised), form)
    return HttpResponseRedirect(_way_back(request, seen))


def ask(modeladmin, request, name, queryset, form=None):
    """Return the page that shows some comments and asks what the decision needs.

    Whoever is suspended decides nothing here either, and finds what they typed in the form.
    """
    chosen = list(queryset.values_list("pk", flat=True)[: AT_ONCE + 1])
    if len(chosen) > AT_ONCE:
        words = gettext("Choose at most %(count)d comments at a time, so that they can be read.")
        messages.error(request, words % {"count": AT_ONCE})
        return HttpResponseRedirect(_way_back(request, chosen))
    if request.user.is_suspended:
        _tell_of_suspension(request)
        if form is None:
            return HttpResponseRedirect(_way_back(request, chosen))
    decision, (allowed, _after) = DECISIONS[name], Comment.DECISIONS[name]
    comments = list(Comment.objects.filter(pk__in=chosen).select_related("roundtable"))
    _tell_who_was_quicker(request, [comment for comment in comments if comment.status not in allowed])
    waiting = [comment for comment in comments if comment.status in allowed]
    if not waiting:
        return HttpResponseRedirect(_way_back(request, chosen))
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": decision.label,
        "name": name,
        "decision": decision,
        "form": form or decision.form(),
        "comments": waiting,
        "seen": " ".join(f"{comment.pk}:{comment.revision_number}:{comment.status}" for comment in waiting),
        "filters": _filters(request),
        "way_back": _way_back(request, chosen),
        "opts": modeladmin.opts,
    }
    request.current_app = modeladmin.admin_site.name
    return TemplateResponse(request, "admin/consultation/comment/decide.html", context)


def _take(request, decision, chosen, seen, answers):
    """Decide one by one, say what became of it, and return the numbers of those revised in between."""
    decided, revised, late = 0, [], []
    for comment in chosen:
        try:
            decision.take(comment, by=request.user, **seen[comment.pk], **answers)
        except TextChanged:
            revised.append(comment.pk)
        except AlreadyDecided as refusal:
            late.append(refusal.comment)
        else:
            decided += 1
    if decided:
        messages.success(request, decision.done % {"count": decided})
    _tell_who_was_quicker(request, late)
    if revised:
        words = ngettext(
            "%(count)d comment was revised after you opened it. Please read the new text.",
            "%(count)d comments were revised after you opened them. Please read the new texts.",
            len(revised),
        )
        messages.warning(request, words % {"count": len(revised)})
    return revised


def _tell_of_suspension(request):
    end = request.user.suspension.ends_at
    if end is None:
        words = gettext("You are suspended until that is lifted, and cannot decide about contributions.")
    else:
        words = gettext("You are suspended until %(date)s (UTC), and cannot decide about contributions.")
    messages.error(request, words % {"date": end and date_format(end, "DATETIME_FORMAT")})


def _tell_who_was_quicker(request, late):
    if not late:
        return
    events = ModerationEvent.objects.filter(comment__in=late, action__in=[*DECISIONS, "withdraw"]).order_by("pk")
    names = dict(events.values_list("comment_id", "actor_name"))
    undecided = len(late) - len(names)
    if names:
        words = ngettext(
            "%(count)d comment was already decided by %(names)s.",
            "%(count)d comments were already decided by %(names)s.",
            len(names),
        )
        deciders = get_text_list(sorted(set(names.values())), gettext("and"))
        messages.warning(request, words % {"count": len(names), "names": deciders})
    if undecided:
        words = ngettext(
            "%(count)d comment does not wait for this decision.",
            "%(count)d comments do not wait for this decision.",
            undecided,
        )
        messages.warning(request, words % {"count": undecided})


def _filters(request):
    """Return the list's filters, None where the way began on a comment's own page."""
    if request.resolver_match.url_name == "consultation_comment_changelist":
        return request.GET.urlencode()
    return request.POST.get("filters")


def _way_back(request, chosen):
    filters = _filters(request)
    if filters is None and len(chosen) == 1:
        return reverse("admin:consultation_comment_change", args=list(chosen))
    return reverse("admin:consultation_comment_changelist") + (f"?{filters}" if filters else "")
