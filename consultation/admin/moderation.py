"""The register of decisions: to read, and nothing else."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin.access import ReadOnly, SecretariatAdmin
from consultation.models import ModerationEvent


@admin.register(ModerationEvent)
class ModerationEventAdmin(ReadOnly, SecretariatAdmin):
    """Who decided what about which comment, and why."""

    fields = (
        "created_at",
        "comment_link",
        "action",
        "actor_name",
        "reason",
        "message",
        "note",
        "status_before",
        "status_after",
        "revision_number",
    )
    list_display = ("created_at", "comment_link", "action", "actor_name", "reason", "status_before", "status_after")
    list_filter = ("action", "reason", "created_at", "comment__roundtable")
    search_fields = ("actor_name", "message")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)

    @admin.display(description=_("comment"), ordering="comment_id")
    def comment_link(self, event):
        """Return a link to the comment, by its number."""
        address = reverse("admin:consultation_comment_change", args=[event.comment_id])
        return format_html('<a href="{}">{}</a>', address, event.comment_id)

    def get_readonly_fields(self, request, obj=None):
        """Show everything as text."""
        return self.fields
