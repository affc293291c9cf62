"""Comments as the secretariat sees them: to read, to decide about, and to correct two labels of."""

from django.contrib import admin
from django.urls import NoReverseMatch, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.access import NamelessLog, SecretariatAdmin
from consultation import search
from consultation.models import Comment, Roundtable
from consultation.models.question import GENERAL

from . import decisions
from .comment_form import CommentForm, plain_text
from .comment_parts import EventInline, LanguageFilter, RevisionInline

EXCERPT = 120  # characters


@admin.register(Comment)
class CommentAdmin(NamelessLog, SecretariatAdmin):
    """All comments. Nobody adds, moves or deletes one here: decisions change the status, never the place."""

    form = CommentForm
    change_form_template = "admin/consultation/comment/change_form.html"
    fieldsets = [
        (None, {"fields": ["status_now", "written_text", "language", "objective_numbers"]}),
        (_("Place"), {"fields": ["roundtable", "question_label", "answered", "published_replies"]}),
        (
            _("Author, as shown beside the text"),
            {
                "fields": [
                    "person",
                    "author_organisation",
                    "author_group",
                    "author_country",
                    "author_capacity",
                    "author_role",
                ]
            },
        ),
        (_("Dates"), {"fields": ["posted_at", "submitted_at", "published_at", "removed_at", "removal_reason"]}),
        (_("From the old site"), {"fields": ["is_truncated", "inferred"]}),
    ]
    inlines = [RevisionInline, EventInline]
    list_display = (
        "number",
        "excerpt",
        "author_name",
        "status_label",
        "posted_at",
        "question_label",
        "roundtable",
        "language",
    )
    list_display_links = ("number", "excerpt")
    list_filter = ("status", "roundtable", LanguageFilter, "author_role", "author_group")
    list_select_related = ("roundtable",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("search_text",)
    ordering = ("-pk",)
    actions = list(decisions.ACTIONS)

    def has_add_permission(self, request):
        """Refuse: comments are posted on the site, under its rules."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Refuse: a comment is removed by a decision, and its place stays."""
        return False

    def get_readonly_fields(self, request, obj=None):
        """Keep all but the two labels as they are."""
        every = [name for _heading, options in self.fieldsets for name in options["fields"]]
        return [name for name in every if name not in ("language", "objective_numbers")]

    def get_queryset(self, request):
        """Leave long texts out of the list, and read with one comment the rows its page names."""
        comments = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            return comments.defer("body", "rest_html", "search_text", "import_notes")
        return comments.select_related("roundtable", "question", "author", "author_group", "in_reply_to")

    def get_search_results(self, request, queryset, search_term):
        """Look for every word as the site's own search does: accents, case and plurals do not matter."""
        if search_term:
            queryset = queryset.filter(search.matches_filter(search.search_terms(search_term)))
        return queryset, False

    def get_urls(self):
        """Add the page that asks what a decision needs."""
        decide = self.admin_site.admin_view(self.decide)
        return [path("decide/<str:action>/", decide, name="consultation_comment_decide"), *super().get_urls()]

    def decide(self, request, action):
        """Ask for what a decision about some comments needs, then take it."""
        return decisions.decide(self, request, action)

    def save_model(self, request, obj, form, change):
        """Save the two labels and nothing else; a public comment's make kept copies of its page old."""
        if form.changed_data:
            # Somebody may have decided about the comment since it was read.
            obj.save(update_fields=form.changed_data)
            obj.refresh_from_db(fields=["status", "published_at"])
            Roundtable.objects.filter(pk=obj.roundtable_id).record_change(public=obj.is_public)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Show a comment with links to the decisions that may be taken, and to where it is answered."""
        context["decisions"] = decisions.links(obj)
        context["reply_address"] = _address("comment_reply", obj.pk) if obj.status == Comment.Status.APPROVED else None
        context["refile_address"] = _address("moderation_refile", obj.pk) if obj.depth == 1 else None
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=_("no."), ordering="pk")
    def number(self, comment):
        """Return the comment's number."""
        return comment.pk

    @admin.display(description=_("text"))
    def excerpt(self, comment):
        """Return the beginning of the text."""
        return Truncator(plain_text(comment.lead_html)).chars(EXCERPT) or gettext("(no text)")

    @admin.display(description=_("question"), ordering="question_number")
    def question_label(self, comment):
        """Return the number of the question, or that there is none."""
        is_general = comment.question_number == GENERAL
        return gettext("General contribution") if is_general else comment.question_number

    @admin.display(description=_("status"), ordering="status")
    def status_label(self, comment):
        """Return the status, marked by a class for the eye."""
        return format_html('<span class="status-{}">{}</span>', comment.status, comment.get_status_display())

    status_now = status_label

    @admin.display(description=_("text"))
    def written_text(self, comment):
        """Return the text as readers see it; it was made safe when it was written."""
        return format_html(
            '<div class="written-text" lang="{}" dir="auto">{}</div>',
            comment.language,
            comment.html,
        )

    @admin.display(description=_("in reply to"))
    def answered(self, comment):
        """Return a link to the comment that this one answers."""
        parent = comment.in_reply_to
        if parent is None:
            return self.get_empty_value_display()
        return _link("admin:consultation_comment_change", parent, str(parent))

    @admin.display(description=_("published replies"))
    def published_replies(self, comment):
        """Return how many published replies the thread has; only top-level comments know."""
        return comment.thread_count if comment.depth == 1 else self.get_empty_value_display()

    @admin.display(description=_("name"))
    def person(self, comment):
        """Return the name shown beside the text, linked to the person."""
        name = comment.author_name or gettext("author not recorded")
        if comment.author is None:
            return name
        return format_html("{} ({})", _link("admin:accounts_user_change", comment.author, name), comment.author.email)

    @admin.display(description=_("inferred, for staff only"))
    def inferred(self, comment):
        """Return what the import worked out by itself, never shown to readers."""
        if not comment.import_notes:
            return self.get_empty_value_display()
        rows = format_html_join("", "<dt>{}</dt><dd>{}</dd>", comment.import_notes.items())
        return format_html('<dl class="inferred">{}</dl>', rows)


def _link(name, obj, words):
    return format_html('<a href="{}">{}</a>', reverse(name, args=[obj.pk]), words)


def _address(name, *args):
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None
