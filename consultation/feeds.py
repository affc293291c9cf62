"""Atom feeds of approved comments: of a roundtable, a question, or a comment with its replies."""

import re
from datetime import UTC, datetime
from io import StringIO

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed, rfc3339_date
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import text
from .models import Comment

LENGTH = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What XML cannot hold, however it is escaped.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Feed(Atom1Feed):
    """An Atom feed whose entries say their language and hold the whole text."""

    content_type = "application/atom+xml; charset=utf-8"

    def latest_post_date(self):
        """Return when the latest entry changed; without entries a moment that stays the same."""
        return super().latest_post_date() if self.items else EPOCH

    def add_item_elements(self, handler, item):
        """Write one entry."""
        handler.addQuickElement("title", item["title"])
        handler.addQuickElement("link", "", {"href": item["link"], "rel": "alternate"})
        handler.addQuickElement("id", item["unique_id"])
        handler.addQuickElement("published", rfc3339_date(item["pubdate"]))
        handler.addQuickElement("updated", rfc3339_date(item["updateddate"]))
        handler.startElement("author", {})
        handler.addQuickElement("name", item["author_name"])
        handler.endElement("author")
        language = {"xml:lang": item["language"]} if item["language"] else {}
        handler.addQuickElement("content", item["description"], {"type": "html", **language})


def write_feed(comments, *, title, page, address, reference):
    """Return the XML of the latest approved of some comments; `page` and `address` are paths of page and feed."""
    feed = Feed(
        title=_clean(title),
        link=settings.SITE_URL + page,
        feed_url=settings.SITE_URL + address,
        description=None,
        language=get_language(),
        # The same in every language and at every address the site may move to within its host.
        feed_guid=settings.SITE_URL + re.sub(r"^/\w\w/", "/", address),
    )
    for comment in comments.filter(status=Comment.Status.APPROVED).order_by("-published_at", "-pk")[:LENGTH]:
        name = _clean(str(comment.shown_name))
        feed.add_item(
            title=_clean(comment.title) or _("Contribution by %(name)s") % {"name": name},
            link=settings.SITE_URL + comment.get_absolute_url(),
            unique_id=f"{settings.SITE_URL}/comments/{comment.pk}/",
            pubdate=comment.published_at,
            updateddate=max(filter(None, [comment.published_at, comment.edited_at])),
            author_name=name,
            description=_clean(_with_footnotes(comment.html, reference)),
            language=_clean(comment.language),
        )
    out = StringIO()
    feed.write(out, "utf-8")
    return out.getvalue()


def _with_footnotes(html, reference):
    marked, used = text.mark_terms(html, reference.terms)
    notes = ((term.anchor, term.mark, term.footnote) for term in used)
    return marked + format_html_join("", '<p id="footnote-{}">{} {}</p>', notes)


def _clean(value):
    return NOT_XML.sub("\ufffd", value)
