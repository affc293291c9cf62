"""Texts of the site, with what they said before."""

from django.conf import settings
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.admin.access import HistoryInline
from consultation.models import TextBlock, TextBlockVersion

from .languages import language_fieldsets
from .reference import ReferenceAdmin

TEXTS = [f"{field}_{code}" for field in ("title", "body") for code, _name in settings.LANGUAGES]


class TextBlockVersionInline(HistoryInline):
    """What the text said after each change, the newest first."""

    model = TextBlockVersion
    fields = readonly_fields = ("saved_at", "saved_by", "said")
    verbose_name_plural = _("History")

    def get_queryset(self, request):
        """Read the names of those who saved with the versions."""
        return super().get_queryset(request).select_related("saved_by")

    @admin.display(description=_("texts"))
    def said(self, version):
        """Return the texts of all languages, folded."""
        return format_html_join(
            "",
            '<details><summary lang="{}">{}</summary><div lang="{}"><strong>{}</strong><pre>{}</pre></div></details>',
            (
                (code, name, code, version.texts.get(f"title_{code}") or "", version.texts.get(f"body_{code}") or "")
                for code, name in settings.LANGUAGES
            ),
        )


@admin.register(TextBlock)
class TextBlockAdmin(ReferenceAdmin):
    """Texts that are edited once for all pages. They stay: pages and mails name them by their key."""

    required_in_english = ("title",)
    fieldsets = [*language_fieldsets("title", "body"), (None, {"fields": ["key", "is_page"]})]
    fixed_once_added = ("key",)
    inlines = [TextBlockVersionInline]
    list_display = ("title", "key", "is_page", "address")
    search_fields = ["key", *TEXTS]
    ordering = ("key",)

    def has_delete_permission(self, request, obj=None):
        """Refuse: pages and mails name a text by its key."""
        return False

    def view_on_site(self, obj):
        """Return the page of the text, where it has one."""
        return super().view_on_site(obj) if obj.is_page else None

    @admin.display(description=_("page"))
    def address(self, block):
        """Return a link to the page of the text, where it has one."""
        address = self.view_on_site(block)
        return format_html('<a href="{}">{}</a>', address, _("View on site")) if address else None

    def save_model(self, request, obj, form, change):
        """Save, and keep what the text said: the first time also what it said before."""
        before = TextBlock.objects.filter(pk=obj.pk).values(*TEXTS).first() if change else None
        super().save_model(request, obj, form, change)
        if change and not set(TEXTS) & set(form.changed_data):
            return
        if before and not obj.versions.exists():
            obj.versions.create(texts=before)
        obj.versions.create(texts={name: getattr(obj, name) for name in TEXTS}, saved_by=request.user)
