"""Small words that templates of the discussion need."""

from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries import countries

from consultation import text
from consultation.models import Roundtable

register = template.Library()
LANGUAGES = ("en", "fr", "es")


@register.simple_tag
def lang_of(instance, field):
    """Print ` lang="xx"` where a translated field is shown in another language than the page's."""
    shown = shown_language(instance, field)
    return "" if shown in (None, get_language()) else format_html(' lang="{}"', shown)


def shown_language(instance, field):
    """Return the language in which a translated field is shown now: the page's, or the first that has a text."""
    for code in dict.fromkeys([get_language(), *LANGUAGES]):
        if getattr(instance, f"{field}_{code}", None):
            return code
    return None


@register.simple_tag
def language_note(instance, field):
    """Say in which language a text is shown where it does not exist in the page's."""
    shown = shown_language(instance, field)
    if shown in (None, get_language()):
        return ""
    names = {"en": _("Shown in English."), "fr": _("Shown in French."), "es": _("Shown in Spanish.")}
    return format_html('<p class="hint">{}</p>', names[shown])


@register.filter
def markdown(source):
    """Render what the secretariat wrote with the same small safe Markdown as contributions."""
    return _rendered(source or "")


@lru_cache(maxsize=500)
def _rendered(source):
    return mark_safe(text.render(source).html)


@register.filter
def moment(value, roundtable):
    """Print a moment in words, in the roundtable's time zone."""
    return date_format(timezone.localtime(value, roundtable.tz), "DATETIME_FORMAT") if value else ""


@register.filter
def day(value, roundtable):
    """Print a day in words, in the roundtable's time zone."""
    return date_format(timezone.localtime(value, roundtable.tz), "DATE_FORMAT") if value else ""


@register.filter
def country_names(codes):
    """Name countries by code as the United Nations does."""
    return [countries.name(country.code) for country in codes]


@register.filter
def excerpt(source, length=240):
    """Shorten a text to one line."""
    return text.excerpt(source or "", length)


@register.simple_tag
def phase_tag(roundtable):
    """Print the status of a roundtable as a label."""
    phase = roundtable.phase
    return format_html('<span class="tag tag--{}">{}</span>', phase, Roundtable.Phase(phase).label)


@register.filter
def lookup(mapping, key):
    """Return a value from a mapping."""
    return mapping.get(key)


@register.filter
def safe_address(address):
    """Print an address that was found in the safe HTML of a comment, where it is escaped already, as a link."""
    return format_html('<a href="{0}" rel="nofollow noopener ugc">{0}</a>', mark_safe(address))
