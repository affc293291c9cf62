from typing import NamedTuple
from django.utils.html import escape
RENDERER_VERSION = 1
class RenderedText(NamedTuple):
    lead: str
    rest: str
    has_links: bool
    @property
    def html(self):
        return self.lead + self.rest
class Term(NamedTuple):
    word: str
    mark: str
    footnote: str
    anchor: str
def render(source):
    return RenderedText("".join(f"<p>{escape(p)}</p>" for p in source.split("\n\n")), "", False)
def mark_terms(html, terms):
    return html, []
