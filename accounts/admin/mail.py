"""The outbox: what became of each mail, without what it says to whom."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Mail

from .access import ReadOnly, SecretariatAdmin


@admin.register(Mail)
class MailAdmin(ReadOnly, SecretariatAdmin):
    """Mail that waits, went, was dropped or given up; what was given up can be sent again."""

    # No subject and no text: what is written to a person is for that person.
    fields = (
        "kind",
        "recipient",
        "to",
        "language",
        "status",
        "attempts",
        "last_error",
        "created_at",
        "due_at",
        "sent_at",
    )
    list_display = ("created_at", "kind", "to", "status", "attempts", "last_error", "due_at", "sent_at")
    list_filter = ("status", "kind", "language", "created_at")
    search_fields = ("to",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    actions = ("send_again",)

    def get_readonly_fields(self, request, obj=None):
        """Show everything as text."""
        return self.fields

    @admin.action(description=_("Send again what was given up"))
    def send_again(self, request, queryset):
        """Let what was given up be tried anew, from the beginning."""
        count = queryset.dead().update(status=Mail.Status.WAITING, attempts=0, due_at=timezone.now())
        words = ngettext("%(count)d mail will be sent again.", "%(count)d mails will be sent again.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS if count else messages.WARNING)
