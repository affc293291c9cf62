"""Parts of pages that are the same for everybody: printed once in a process, kept until something in them changes."""

import time

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils.translation import get_language

register = template.Library()
MOST = 1000  # parts, some kilobytes each
LASTS = 600  # seconds at most: should a change ever raise no number, it shows after that
_parts = {}


@register.tag
def kept(parser, token):
    """Keep what stands between the tags, by language, name and keys.

    {% kept "aside" roundtable.pk roundtable.version %}…{% endkept %}

    The keys are all that it depends on: numbers that every change raises, and no person.
    """
    _tag, name, *keys = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    if nodelist.get_nodes_by_type(CsrfTokenNode):
        raise template.TemplateSyntaxError("A token belongs to one person and is not kept.")
    return KeptNode(nodelist, name.strip("\"'"), [parser.compile_filter(key) for key in keys])


class KeptNode(template.Node):
    """Prints its content once for each set of keys."""

    def __init__(self, nodelist, name, keys):
        self.nodelist, self.name, self.keys = nodelist, name, keys

    def render(self, context):
        """Return the content."""
        key = (get_language(), time.time() // LASTS, self.name, *[each.resolve(context) for each in self.keys])
        html = _parts.get(key)  # in one step: another thread may let go of all meanwhile
        if html is None:
            html = self.nodelist.render(context)
            if len(_parts) >= MOST:
                _parts.clear()
            _parts[key] = html
        return html


def forget():
    """Let go of what is kept; for tests, whose rows are rolled back, and for measurements."""
    _parts.clear()
