"""The tag `url` of every template: each address is put together once in a process."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parse_url
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.translation import get_language

register = template.Library()


@register.tag
def url(parser, token):
    """Print an address as Django's tag of this name does."""
    node = parse_url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)


class AddressNode(URLNode):
    """Remembers addresses: a long page has hundreds, of few kinds, and Django looks each up anew."""

    def render(self, context):
        """Return the address, or set the variable."""
        name = self.view_name.resolve(context)
        if self.kwargs or not isinstance(name, str) or ":" in name:  # those depend on more
            return super().render(context)
        args = tuple(arg.resolve(context) for arg in self.args)
        try:
            address = _address(get_language(), get_urlconf() or settings.ROOT_URLCONF, name, args)
        except (NoReverseMatch, TypeError):
            return super().render(context)
        if self.asvar:
            context[self.asvar] = address
            return ""
        return conditional_escape(address) if context.autoescape else address


@lru_cache(maxsize=20_000)
def _address(language, urlconf, name, args):
    return reverse(name, args=args)
