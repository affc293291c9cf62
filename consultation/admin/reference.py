"""Reference data: objectives, groups, terms, events, organisations."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, StakeholderGroup, User
from consultation import reference
from consultation.models import Comment, Event, Objective, Roundtable, Term

from .languages import TranslatedAdmin, language_fieldsets


class ReferenceAdmin(TranslatedAdmin):
    """A text of which every worker keeps a copy: a change tells them."""

    fixed_once_added = ()

    def get_readonly_fields(self, request, obj=None):
        """Let codes and keys, which other places name, be chosen once."""
        return (*self.readonly_fields, *self.fixed_once_added) if obj else self.readonly_fields

    def save_model(self, request, obj, form, change):
        """Save, and make kept copies old."""
        super().save_model(request, obj, form, change)
        if not change or form.changed_data:
            reference.touch()

    def delete_model(self, request, obj):
        """Delete, and make kept copies old."""
        super().delete_model(request, obj)
        reference.touch()

    def delete_queryset(self, request, queryset):
        """Delete several, and make kept copies old."""
        super().delete_queryset(request, queryset)
        reference.touch()


@admin.register(Objective)
class ObjectiveAdmin(ReferenceAdmin):
    """The 23 objectives: their wording may be corrected, their number never."""

    required_in_english = ("short", "title")
    fieldsets = [(None, {"fields": ["number"]}), *language_fieldsets("short", "title")]
    readonly_fields = ("number",)
    list_display = ("number", "short", "title")
    list_display_links = ("number", "short")
    search_fields = [f"{field}_{code}" for field in ("short", "title") for code in ("en", "fr", "es")]
    ordering = ("number",)

    def has_add_permission(self, request):
        """Refuse: there are 23."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Refuse: there are 23."""
        return False


@admin.register(StakeholderGroup)
class StakeholderGroupAdmin(ReferenceAdmin):
    """What people choose from when they sign up."""

    required_in_english = ("label",)
    fieldsets = [*language_fieldsets("label"), (None, {"fields": ["code", "position"]})]
    fixed_once_added = ("code",)
    list_display = ("label", "position", "code")
    search_fields = ("label_en", "label_fr", "label_es")
    ordering = ("position", "pk")

    def has_delete_permission(self, request, obj=None):
        """Let only groups go to which nobody belongs and under which nobody wrote."""
        if obj is None:
            return False  # none in bulk
        is_used = User.objects.filter(group=obj).exists() or Comment.objects.filter(author_group=obj).exists()
        return super().has_delete_permission(request, obj) and not is_used


@admin.register(Term)
class TermAdmin(ReferenceAdmin):
    """Words that carry a footnote wherever they occur."""

    required_in_english = ("word", "footnote")
    fieldsets = [*language_fieldsets("word", "footnote"), (None, {"fields": ["mark", "code"]})]
    fixed_once_added = ("code",)
    list_display = ("word", "mark", "footnote")
    search_fields = ("word_en", "word_fr", "word_es")
    ordering = ("code",)


class OnRoundtables(TranslatedAdmin):
    """What is shown at the head of roundtables."""

    def save_model(self, request, obj, form, change):
        """Save, and tell copies of the pages of these roundtables."""
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            self.roundtables_of(obj).record_change(public=True)


@admin.register(Event)
class EventAdmin(OnRoundtables):
    """The events that roundtables prepare."""

    required_in_english = ("name",)
    fieldsets = [
        *language_fieldsets("name", "abbreviation", "place"),
        (_("Dates"), {"fields": ["starts_on", "ends_on"]}),
    ]
    list_display = ("name", "abbreviation", "place", "starts_on", "ends_on")
    search_fields = ("name_en", "name_fr", "name_es")
    ordering = ("starts_on", "pk")

    def roundtables_of(self, event):
        """Return the roundtables that name the event."""
        return Roundtable.objects.filter(event=event)


@admin.register(Organisation)
class OrganisationAdmin(OnRoundtables):
    """Organisations that run consultations."""

    required_in_english = ("name",)
    fieldsets = [*language_fieldsets("name", "acronym")]
    list_display = ("name", "acronym")
    search_fields = [f"{field}_{code}" for field in ("name", "acronym") for code in ("en", "fr", "es")]
    ordering = ("pk",)

    def roundtables_of(self, organisation):
        """Return the roundtables that name the organisation."""
        return Roundtable.objects.filter(organisers__organisation=organisation)
