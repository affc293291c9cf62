"""Small words that templates of the discussion need."""

import re
import zoneinfo
from functools import lru_cache

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries import countries

from consultation import text
from consultation.models import Roundtable
from consultation.models.objective import listed
from consultation.models.titling import title_words
from consultation.rows import covered_note, file_link, file_words, files_html, language_name, title_html

register = template.Library()
register.filter("listed", listed)
UNMARKED = re.compile(
    r"(<textarea\b.*?</textarea>|<select\b.*?</select>|<button\b.*?</button>|<summary\b.*?</summary>)", re.S
)


@register.simple_tag
def lang_of(instance, field):
    """Print ` lang="xx"` where a translated field is shown in another language than the page's."""
    shown = shown_language(instance, field)
    return "" if shown in (None, get_language()) else format_html(' lang="{}"', shown)


def shown_language(instance, field):
    """Return the language in which a translated field is shown now: the page's, or the first that has a text."""
    for code in dict.fromkeys([get_language(), *settings.LANGUAGE_CODES]):
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
    return _dated(value, roundtable.time_zone, "DATETIME_FORMAT", get_language()) if value else ""


@register.filter
def day(value, roundtable):
    """Print a day in words, in the roundtable's time zone."""
    return _dated(value, roundtable.time_zone, "DATE_FORMAT", get_language()) if value else ""


@lru_cache(maxsize=1000)
def _dated(value, time_zone, pattern, _language):
    return date_format(timezone.localtime(value, zoneinfo.ZoneInfo(time_zone)), pattern)


@register.filter
def country_names(codes):
    """Name countries by code as the United Nations does."""
    return [countries.name(country.code) for country in codes]


@register.filter
def excerpt(source, length=240):
    """Shorten a text to one line."""
    return text.excerpt(source or "", length)


@register.filter
def files(kept):
    """Print the links to the files of a comment, as the comment keeps them."""
    return files_html(kept) if kept else ""


@register.filter(name="language_name")
def language_called(code):
    """Name a language in the language of the moment."""
    return language_name(code)


@register.filter
def file(shown):
    """Print the link to one file, and whether it is a covered copy."""
    return file_link(shown) + covered_note(shown)


@register.filter
def titled(shown):
    """Print the title of a contribution or a file."""
    return title_html(str(shown))


@register.filter(name="title_words")
def titled_plainly(shown):
    """Return the title of a contribution or a file, for a sentence or an attribute."""
    return title_words(str(shown))


@register.filter(name="file_words")
def file_named(shown):
    """Print what is said of one file, without a link."""
    return file_words(shown) + covered_note(shown)


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


@register.tag
def footnoted(parser, token):
    """Give each term in what stands between the tags its mark, and the page its footnotes.

    {% footnoted %}…{% endfootnoted %} around a whole page does it for every text on it, without anybody
    remembering. Sets `footnotes` to the terms that occur.
    """
    nodelist = parser.parse(("endfootnoted",))
    parser.delete_first_token()
    return FootnotedNode(nodelist)


class FootnotedNode(template.Node):
    """Marks terms everywhere but in fields that people fill and buttons that they press."""

    def __init__(self, nodelist):
        self.nodelist = nodelist

    def render(self, context):
        """Return the content with marks."""
        html = self.nodelist.render(context)
        terms = context["reference"].terms
        context["footnotes"] = []
        if not any(term.word in html for term in terms):
            return html
        parts, footnotes = [], {}
        for part in UNMARKED.split(html):
            if not UNMARKED.fullmatch(part):
                part, used = text.mark_terms(part, terms)
                footnotes |= {term.anchor: term for term in used}
            parts.append(part)
        context["footnotes"] = list(footnotes.values())
        return mark_safe("".join(parts))
