"""Roundtables: texts in three languages, objectives, dates, people and questions on one page."""

from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.access import SecretariatAccess
from consultation.models import Organiser, Question, Roundtable
from consultation.models.forest import lock_forest

from .languages import TranslatedAdmin, language_fieldsets
from .question import QuestionInline, renumber_comments, written_languages
from .roundtable_form import RoundtableForm


class PeopleSearch(AutocompleteSelectMultiple):
    """People to look up by name, organisation or address, each with a button to take them out again."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        """Leave out the button that takes out everybody: it would stand inside the list of names."""
        return super().build_attrs(base_attrs, extra_attrs) | {"data-allow-clear": "false"}


class OrganiserInline(SecretariatAccess, admin.StackedInline):
    """The organisations on the page of a roundtable; stacked, as fields in a table have no labels of their own."""

    model = Organiser
    extra = 1
    fields = [("organisation", "role")]


@admin.register(Roundtable)
class RoundtableAdmin(TranslatedAdmin):
    """One consultation with all that belongs to it."""

    form = RoundtableForm
    required_in_english = ("title",)
    fieldsets = [
        *language_fieldsets("title", "purpose", "how_to"),
        (_("Place on the site"), {"fields": ["slug", "event", "position", "is_published"]}),
        (_("Objectives"), {"fields": ["objective_numbers"]}),
        (_("Dates"), {"fields": ["time_zone", "opens_at", "closes_at"]}),
        (_("Moderation"), {"fields": ["moderators", "moderation", "comment_limit", "takes_late"]}),
        (_("Background note"), {"fields": ["note_due_on", "note_status", "co_chairs"]}),
    ]
    inlines = [OrganiserInline, QuestionInline]

    class Media:
        js = ["js/admin_labels.js"]

    prepopulated_fields = {"slug": ["title_en"]}
    list_display = ("title", "phase", "is_published", "opens", "closes", "visible_count", "moderation", "languages")
    list_filter = ("is_published", "moderation", "note_status", "event")
    search_fields = ("title_en", "title_fr", "title_es", "slug")
    ordering = ("position", "pk")

    def get_readonly_fields(self, request, obj=None):
        """Keep the address of a published roundtable: links to it last for years."""
        is_public = obj is not None and obj.is_published
        return ("slug", *self.readonly_fields) if is_public else self.readonly_fields

    def get_prepopulated_fields(self, request, obj=None):
        """Make the address from the English title while it may still be chosen."""
        return {} if "slug" in self.get_readonly_fields(request, obj) else self.prepopulated_fields

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Look moderators up while their names are typed."""
        return super().formfield_for_manytomany(
            db_field, request, widget=PeopleSearch(db_field, self.admin_site), **kwargs
        )

    def has_delete_permission(self, request, obj=None):
        """Let only roundtables go under which nobody wrote, one at a time."""
        return super().has_delete_permission(request, obj) and obj is not None and not obj.comments.exists()

    def get_deleted_objects(self, objs, request):
        """Say what goes with a roundtable; its questions do, though none of them can be deleted on its own page."""
        shown, counts, _lacking, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set(), protected

    @admin.display(description=_("phase"))
    def phase(self, roundtable):
        """Return upcoming, open, closed or reported."""
        return roundtable.phase.label

    @admin.display(description=_("opens"), ordering="opens_at")
    def opens(self, roundtable):
        """Return the opening as local time with its zone."""
        return _local(roundtable, roundtable.opens_at)

    @admin.display(description=_("closes"), ordering="closes_at")
    def closes(self, roundtable):
        """Return the closing as local time with its zone."""
        return _local(roundtable, roundtable.closes_at)

    @admin.display(description=_("languages"))
    def languages(self, roundtable):
        """Name the languages in which there is a title."""
        return written_languages(roundtable, "title")

    def save_model(self, request, obj, form, change):
        """Save under the lock of the forest: whoever posts takes it first, and then these same rows."""
        lock_forest("default")
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """Save organisers and questions; comments follow a new number."""
        super().save_formset(request, form, formset, change)
        if formset.model is Question:
            renumber_comments(formset)

    def delete_below(self, request, obj):
        """Delete an organiser or a question, unless somebody contributed since the form was checked."""
        if isinstance(obj, Question) and obj.comments.exists():
            self.message_user(request, gettext("A question that just got a contribution was kept."), messages.WARNING)
        else:
            super().delete_below(request, obj)

    def save_related(self, request, form, formsets, change):
        """Save what hangs on the roundtable, and tell copies of its pages that something changed."""
        super().save_related(request, form, formsets, change)
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            Roundtable.objects.filter(pk=form.instance.pk).record_change(public=True)


def _local(roundtable, moment):
    if moment is None:
        return None
    return f"{date_format(moment.astimezone(roundtable.tz), 'DATETIME_FORMAT')} ({roundtable.time_zone})"
