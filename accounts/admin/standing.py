"""What the secretariat says of people: a page shows whom it is about and asks for what is needed, then it is done."""

import datetime
import hashlib
import re
from dataclasses import dataclass, field

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import AffiliationCheck, Suspension, User
from accounts.suspending import lift_suspension, suspend
from accounts.validators import validate_one_line

from .access import HistoryInline

AT_ONCE = 50  # more than that, nobody reads before confirming
_SEEN = re.compile(r"\b([0-9]{1,18}):([0-9a-f]{16})\b")  # a person's number, and their affiliation as shown


class NoteForm(forms.Form):
    """How it was checked."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=AffiliationCheck._meta.get_field("note").max_length,
        validators=[validate_one_line],
        widget=forms.TextInput(attrs={"size": 80}),
        help_text=_("How it was checked, or why it is taken back. Kept in the history, and part of the person’s data."),
    )


class SuspendForm(forms.Form):
    """Why, and until when."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=Suspension._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 80}),
        help_text=_("The person is told. Write in their language if you can."),
    )
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The suspension ends by itself at the end of this day (UTC). Empty: it lasts until it is lifted."),
    )

    def clean_last_day(self):
        """Refuse a day that is over."""
        day = self.cleaned_data["last_day"]
        if day and not timezone.now().date() <= day < datetime.date(9000, 1, 1):
            raise ValidationError(_("Choose today or a later day."), code="past")
        return day

    @property
    def ends_at(self):
        """The moment at which the last day is over, None without an end."""
        day = self.cleaned_data["last_day"]
        next_day = day and day + datetime.timedelta(days=1)
        return next_day and datetime.datetime.combine(next_day, datetime.time.min, datetime.UTC)


@dataclass(frozen=True)
class Act:
    """One thing that can be said of people: its words, whom it suits, what it asks, and how it is done."""

    label: str
    several: str
    question: str
    done: object
    suits: object
    take: object
    form: type = field(default=forms.Form)
    is_of_affiliation: bool = False


def _suspend(person, by, form):
    suspend(person, by=by, reason=form.cleaned_data["reason"], ends_at=form.ends_at)


ACTS = {
    "verify": Act(
        _("Verify affiliation"),
        _("Verify the affiliation of the selected people"),
        _("Mark these affiliations as verified? The mark stands beside all contributions of these people."),
        ngettext_lazy("%(count)d affiliation was verified.", "%(count)d affiliations were verified.", "count"),
        lambda person: bool(person.name and person.group_id) and not person.is_affiliation_verified,
        lambda person, by, form: person.verify_affiliation(by=by, note=form.cleaned_data["note"]),
        NoteForm,
        is_of_affiliation=True,
    ),
    "unverify": Act(
        _("Take the verification back"),
        _("Take back the verification of the selected people"),
        _("Take the mark away from all contributions of these people?"),
        ngettext_lazy("%(count)d verification was taken back.", "%(count)d verifications were taken back.", "count"),
        lambda person: person.is_affiliation_verified,
        lambda person, by, form: person.take_back_verification(by=by, note=form.cleaned_data["note"]),
        NoteForm,
        is_of_affiliation=True,
    ),
    "suspend": Act(
        _("Suspend"),
        _("Suspend the selected people"),
        _(
            "Keep these people from contributing, replying, reporting, moderating and clearing papers? They are told "
            "by e-mail, and can still sign in and read."
        ),
        ngettext_lazy("%(count)d person was suspended.", "%(count)d people were suspended.", "count"),
        lambda person: not (person.is_staff or person.is_superuser),
        _suspend,
        SuspendForm,
    ),
    "lift": Act(
        _("Lift the suspension"),
        _("Lift the suspension of the selected people"),
        _("Let these people take part again at once, as moderators too? They are told by e-mail."),
        ngettext_lazy("%(count)d suspension was lifted.", "%(count)d suspensions were lifted.", "count"),
        lambda person: person.is_suspended,
        lambda person, by, form: lift_suspension(person, by=by),
    ),
}


def _action(name):
    def ask_about_selected(modeladmin, request, queryset):
        return ask(modeladmin, request, name, queryset)

    ask_about_selected.__name__ = f"{name}_selected"
    return admin.action(description=ACTS[name].several)(ask_about_selected)


ACTIONS = [_action(name) for name in ACTS]


def links(person):
    """Return (words, address) of everything that can be said of a person now."""
    return [
        (act.label, f"{reverse('admin:accounts_user_standing', args=[name])}?person={person.pk}")
        for name, act in ACTS.items()
        if act.suits(person)
    ]


def change(modeladmin, request, name):
    """Answer the page of an act: what it asks on GET, the act itself on POST."""
    if not modeladmin.has_change_permission(request):
        raise PermissionDenied
    if name not in ACTS:
        raise Http404
    if request.method != "POST":
        number = request.GET.get("person", "")
        chosen = User.objects.filter(pk=int(number) if re.fullmatch("[0-9]{1,18}", number) else 0)
        return ask(modeladmin, request, name, chosen)
    seen = {int(pk): shown for pk, shown in _SEEN.findall(request.POST.get("seen", ""))[:AT_ONCE]}
    chosen = User.objects.filter(pk__in=list(seen))
    form = ACTS[name].form(request.POST)
    if not form.is_valid():
        return ask(modeladmin, request, name, chosen, form)
    changed = _take(modeladmin, request, ACTS[name], chosen, seen, form)
    if changed:
        return ask(modeladmin, request, name, User.objects.filter(pk__in=changed), form)
    return HttpResponseRedirect(_way_back(seen))


def ask(modeladmin, request, name, queryset, form=None):
    """Return the page that shows some people and asks what the act needs."""
    chosen = list(queryset.select_related("group")[: AT_ONCE + 1])
    if len(chosen) > AT_ONCE:
        words = gettext("Choose at most %(count)d people at a time, so that they can be read.")
        messages.error(request, words % {"count": AT_ONCE})
        return HttpResponseRedirect(reverse("admin:accounts_user_changelist"))
    act = ACTS[name]
    people = [person for person in chosen if _may(modeladmin, request, act, person)]
    _tell_of_others(request, len(chosen) - len(people))
    if not people:
        return HttpResponseRedirect(_way_back([person.pk for person in chosen]))
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": act.label,
        "name": name,
        "act": act,
        "form": form or act.form(),
        "people": people,
        "seen": " ".join(f"{person.pk}:{_affiliation(person)}" for person in people),
        "way_back": _way_back([person.pk for person in people]),
        "opts": modeladmin.opts,
    }
    request.current_app = modeladmin.admin_site.name
    return TemplateResponse(request, "admin/accounts/user/standing.html", context, status=422 if form else 200)


def _take(modeladmin, request, act, chosen, seen, form):
    """Do it person by person, say what became of it, and return whose affiliation changed in between."""
    done, changed, others = 0, [], 0
    for person in chosen:

        def take(person=person):
            person.refresh_from_db(from_queryset=User.objects.select_for_update(of=("self",)))
            if not _may(modeladmin, request, act, person):
                return "other"
            if act.is_of_affiliation and _affiliation(person) != seen[person.pk]:
                return "changed"
            act.take(person, request.user, form)
            return "done"

        outcome = modeladmin.take_standing(person, take, is_shown=act.is_of_affiliation)
        done, others = done + (outcome == "done"), others + (outcome == "other")
        changed += [person.pk] if outcome == "changed" else []
    if done:
        messages.success(request, act.done % {"count": done})
    _tell_of_others(request, others)
    if changed:
        messages.warning(request, gettext("Somebody changed the affiliation after you opened the page: look again."))
    return changed


def _may(modeladmin, request, act, person):
    # Who became staff while suspended is let in again by somebody else; a superuser could not wait for anybody.
    is_own_lift = act is ACTS["lift"] and person == request.user and not request.user.is_superuser
    return modeladmin.has_change_permission(request, person) and act.suits(person) and not is_own_lift


def _tell_of_others(request, count):
    if count:
        words = ngettext(
            "%(count)d person was left out: this does not apply to them.",
            "%(count)d people were left out: this does not apply to them.",
            count,
        )
        messages.warning(request, words % {"count": count})


def _affiliation(person):
    shown = [person.name, person.organisation, person.group_id, str(person.country), person.capacity]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _way_back(numbers):
    if len(numbers) == 1:
        return reverse("admin:accounts_user_change", args=list(numbers))
    return reverse("admin:accounts_user_changelist")


class AffiliationCheckInline(HistoryInline):
    """Who checked the affiliation, when, and what it said then."""

    model = AffiliationCheck
    fk_name = "person"
    fields = readonly_fields = ("checked_at", "is_verified", "organisation", "capacity", "note", "checked_by_name")


class SuspensionInline(HistoryInline):
    """When the person was kept from contributing, and why."""

    model = Suspension
    fk_name = "person"
    fields = readonly_fields = ("begins_at", "ends_at", "reason", "suspended_by", "lifted_at", "lifted_by")

    def get_queryset(self, request):
        """Bring the names along."""
        return super().get_queryset(request).select_related("suspended_by", "lifted_by")


class VerifiedFilter(admin.SimpleListFilter):
    """By whether the affiliation was checked."""

    title = _("affiliation")
    parameter_name = "verified"

    def lookups(self, request, model_admin):
        """Offer both."""
        return [("yes", _("Verified")), ("no", _("Not verified"))]

    def queryset(self, request, queryset):
        """Keep the people chosen."""
        wanted = {"yes": {"affiliation_verified_at__isnull": False}, "no": {"affiliation_verified_at": None}}
        return queryset.filter(**wanted.get(self.value(), {}))


class SuspendedFilter(admin.SimpleListFilter):
    """By whether the person is suspended now."""

    title = _("suspension")
    parameter_name = "suspended"

    def lookups(self, request, model_admin):
        """Offer those who are."""
        return [("yes", _("Suspended now"))]

    def queryset(self, request, queryset):
        """Keep the people chosen."""
        return queryset.filter(suspended_until__gt=timezone.now()) if self.value() == "yes" else queryset
