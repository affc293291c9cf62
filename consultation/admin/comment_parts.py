"""What stands around a comment in the admin: its texts so far, its decisions, and a filter."""

from django.conf import settings
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin.access import HistoryInline
from consultation.models import ModerationEvent, Revision


class RevisionInline(HistoryInline):
    """Every text the comment had."""

    model = Revision
    fields = readonly_fields = ("number", "created_at", "language", "source")

    @admin.display(description=_("text"))
    def source(self, revision):
        """Return the text as it was typed, folded."""
        return format_html(
            '<details><summary>{}</summary><pre lang="{}" dir="auto">{}</pre></details>',
            _("Show"),
            revision.language,
            revision.body,
        )


class EventInline(HistoryInline):
    """Every decision about the comment."""

    model = ModerationEvent
    fields = readonly_fields = (
        "created_at",
        "action",
        "actor_name",
        "reason",
        "message",
        "note",
        "status_before",
        "status_after",
        "revision_number",
    )


class LanguageFilter(admin.SimpleListFilter):
    """By language, without asking the table which ones occur."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        """Offer the languages of the site, and the rest together."""
        return [*settings.LANGUAGE_NAMES.items(), ("other", _("Other or not known"))]

    def queryset(self, request, queryset):
        """Keep the comments in the language chosen."""
        if self.value() == "other":
            return queryset.exclude(language__in=list(settings.LANGUAGE_NAMES))
        return queryset.filter(language=self.value()) if self.value() else queryset
