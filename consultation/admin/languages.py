"""Texts in three languages: one fieldset a language, which `admin_language_tabs.js` turns into tabs."""

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.admin.access import SecretariatAdmin


class TranslatedText(forms.CharField):
    """A text whose line ends and outer blanks, as a browser sends them, do not count as a change."""

    def to_python(self, value):
        """Return the text with line ends of one kind, and on one line where the widget has but one."""
        value = super().to_python(value)
        if isinstance(value, str):
            value = value.replace("\r\n", "\n").replace("\r", "\n")
            if not isinstance(self.widget, forms.Textarea):
                value = value.replace("\n", "")
        return value

    def has_changed(self, initial, data):
        """Compare texts as they come back from a form nobody touched."""
        return not self.disabled and (self.to_python(initial) or "") != (self.to_python(data) or "")


def language_fieldsets(*names):
    """Return one fieldset a language with these fields in it, headed by the language's own name."""
    error = _("contains an error")
    heading = '<span lang="{}" data-language-tab data-error-label="{}">{}</span>'
    return [
        (
            LanguageHeading(heading, code, error, name),
            {"fields": [f"{field}_{code}" for field in names], "classes": ["language"]},
        )
        for code, name in settings.LANGUAGES
    ]


class LanguageHeading:
    """A heading made anew on each page, as its words depend on the language of the interface."""

    def __init__(self, *parts):
        self.parts = parts

    def __html__(self):
        return format_html(*self.parts)

    __str__ = __html__


class TranslatedFields:
    """Form fields of translated texts: tagged with their language, and English alone required."""

    required_in_english = ()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Make the field of one language of a translated text; others are left to Django."""
        language = getattr(db_field, "language", None)
        if language is None:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        original = db_field.translated_field
        kwargs["form_class"] = TranslatedText
        kwargs["required"] = language == "en" and original.name in self.required_in_english
        kwargs["label"] = format_lazy(
            "{} ({})", _Capitalised(original.verbose_name), dict(settings.LANGUAGES)[language]
        )
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        field.widget.attrs["lang"] = language
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 6
        return field


class _Capitalised:
    def __init__(self, words):
        self.words = words

    def __str__(self):
        return capfirst(str(self.words))


class TranslatedAdmin(TranslatedFields, SecretariatAdmin):
    """An admin page with language tabs."""

    class Media:
        js = ["js/admin_language_tabs.js"]
