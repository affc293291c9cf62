"""What templates of mails need: words on one line, quoted texts, and footnotes where a term occurs."""

import itertools
import textwrap

from django import template
from django.utils.html import format_html_join

from accounts import outbox
from consultation import reference, text

register = template.Library()

_QUOTED_LINE = textwrap.TextWrapper(72, break_long_words=False, break_on_hyphens=False)


@register.filter
def one_line(value):
    """Print a name or a title on one line, without what turns the reading round."""
    return outbox.one_line(str(value), longest=300)


@register.filter
def quoted(value):
    """Print a text as mails quote it: short lines, each behind a sign, and no word or address cut."""
    lines = (_QUOTED_LINE.wrap(line) or [""] for line in str(value).splitlines())
    return "\n".join(f"> {line}".rstrip() for line in itertools.chain.from_iterable(lines))


class FootnotedMailNode(template.Node):
    """Marks terms, and prints their footnotes below what stands between the tags."""

    def __init__(self, nodelist, *, is_html):
        self.nodelist, self.is_html = nodelist, is_html

    def render(self, context):
        """Return the content with marks and footnotes."""
        content = self.nodelist.render(context)
        terms = (context.get("reference") or reference.load()).terms
        if not self.is_html:
            content, used = text.plain_terms(content, terms)
            return content + "".join(f"\n\n{term.mark} {term.footnote}" for term in used)
        content, used = text.mark_terms(content, terms)
        notes = ((term.anchor, term.mark, term.footnote) for term in used)
        return content + _notes(notes)


def _notes(notes):
    return format_html_join("\n", '<p id="footnote-{}"><small>{} {}</small></p>', notes)


@register.tag
def footnoted_text(parser, token):
    """Give each term of a text part its mark, and the part its footnotes."""
    nodelist = parser.parse(("endfootnoted_text",))
    parser.delete_first_token()
    return FootnotedMailNode(nodelist, is_html=False)


@register.tag
def footnoted_html(parser, token):
    """Give each term of an HTML part its mark, and the part its footnotes."""
    nodelist = parser.parse(("endfootnoted_html",))
    parser.delete_first_token()
    return FootnotedMailNode(nodelist, is_html=True)
