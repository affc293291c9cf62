"""Questions: below their roundtable, and on a page of their own for translators."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.access import SecretariatAccess
from consultation.models import Comment, Question, Roundtable

from .languages import TranslatedAdmin, TranslatedFields, language_fieldsets


class QuestionFormSet(BaseInlineFormSet):
    """The questions of a roundtable; those with contributions stay."""

    def clean(self):
        """Refuse to delete a question under which somebody wrote."""
        kept = [
            ValidationError(
                _("Question %(number)s has contributions and cannot be deleted. Change its text instead."),
                code="has_comments",
                params={"number": form.instance.number},
            )
            for form in self.deleted_forms
            if form.instance.pk and form.instance.comments.exists()
        ]
        if kept:
            raise ValidationError(kept)
        super().clean()


class QuestionInline(TranslatedFields, SecretariatAccess, admin.StackedInline):
    """The questions on the page of their roundtable."""

    model = Question
    formset = QuestionFormSet
    required_in_english = ("text",)
    fieldsets = [(None, {"fields": ["number"]}), *language_fieldsets("text", "body")]
    ordering = ("number",)

    def get_extra(self, request, obj=None, **kwargs):
        """Offer room for three questions on a new roundtable, for one more on others."""
        return 1 if obj else 3


def renumber_comments(formset):
    """Let comments follow questions whose number changed."""
    for question, names in formset.changed_objects:
        if "number" in names:
            Comment.objects.filter(question=question).update(question_number=question.number)


@admin.register(Question)
class QuestionAdmin(TranslatedAdmin):
    """The texts of one question. Questions are added, numbered and deleted on the page of their roundtable."""

    required_in_english = ("text",)
    fieldsets = [(None, {"fields": ["roundtable", "number"]}), *language_fieldsets("text", "body")]
    readonly_fields = ("roundtable", "number")
    list_display = ("short_text", "roundtable", "number", "visible_count", "languages")
    list_filter = ("roundtable",)
    list_select_related = ("roundtable",)
    search_fields = ("text_en", "text_fr", "text_es")

    def has_add_permission(self, request):
        """Refuse: a question is added to a roundtable."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Refuse: a question is deleted on the page of its roundtable."""
        return False

    @admin.display(description=_("question"))
    def short_text(self, question):
        """Return the beginning of the question."""
        return str(question)

    @admin.display(description=_("languages"))
    def languages(self, question):
        """Name the languages in which there is a text."""
        return written_languages(question, "text")

    def save_model(self, request, obj, form, change):
        """Save, and tell copies of the roundtable's pages."""
        super().save_model(request, obj, form, change)
        if form.changed_data:
            Roundtable.objects.filter(pk=obj.roundtable_id).record_change(public=True)


def written_languages(obj, field):
    """Return the codes of the languages in which a translated field is not empty, such as "en, fr"."""
    codes = [code for code in ("en", "fr", "es") if getattr(obj, f"{field}_{code}")]
    return ", ".join(codes) or gettext("none")
