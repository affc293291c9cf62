"""Which documents of the United Nations the contributions to a roundtable cite, for those who run it."""

import re
from itertools import groupby
from urllib.parse import urlencode

from django.db.models import Count, Q, Window
from django.db.models.functions import DenseRank
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultation.documents import document_address
from consultation.models import Comment, DocumentCitation

from .moderation.access import moderated_roundtable

PAGE = 25
MOST_NAMED = 10  # contributions that are named below a document in the list of all
_PLACE = re.compile(r"([0-9]{1,9})-([^\x00-\x1f]{1,100})", re.ASCII)
_SYMBOL = re.compile(r"[^\x00-\x1f]{1,100}")


@require_safe
@moderated_roundtable
def documents(request, roundtable):
    """List the documents that published contributions cite, those cited by most first; or all that cite one."""
    cited = DocumentCitation.objects.filter(comment__roundtable=roundtable, comment__status=Comment.Status.APPROVED)
    symbol, after = request.GET.get("symbol", ""), request.GET.get("after", "")
    if _SYMBOL.fullmatch(symbol):
        found, query = _one(cited.filter(symbol=symbol), symbol, after)
    else:
        symbol = ""
        found, query = _page(cited, after)
    context = {
        "roundtable": roundtable,
        "found": found,
        "query": query,
        "symbol": symbol,
        "section": "moderation",
        "moderates_any": True,
    }
    return render(request, "consultation/moderation/documents.html", context)


def _page(cited, after):
    """Return a page of documents, and the query of the next one."""
    counted = cited.order_by().values("symbol").annotate(count=Count("comment", distinct=True))
    place = _PLACE.fullmatch(after)
    if place:
        count, symbol = int(place[1]), place[2]
        counted = counted.filter(Q(count__lt=count) | Q(count=count, symbol__gt=symbol))
    counts = {each["symbol"]: each["count"] for each in counted.order_by("-count", "symbol")[: PAGE + 1]}
    shown = list(counts)[:PAGE]
    rank = Window(DenseRank(), partition_by="symbol", order_by="comment")
    rows = cited.filter(symbol__in=shown).annotate(rank=rank).filter(rank__lte=MOST_NAMED)
    comments = {symbol: _by_comment(its) for symbol, its in groupby(_read(rows), key=lambda row: row.symbol)}
    found = [_document(symbol, counts[symbol], comments.get(symbol, [])) for symbol in shown]
    query = urlencode({"after": f"{counts[shown[-1]]}-{shown[-1]}"}) if len(counts) > PAGE else ""
    return found, query


def _one(cited, symbol, after):
    """Return a document with a page of the contributions that cite it, and the query of the next one."""
    count = cited.aggregate(count=Count("comment", distinct=True))["count"]
    if after.isascii() and after.isdigit():
        cited = cited.filter(comment__gt=int(after[:18]))
    rank = Window(DenseRank(), order_by="comment")
    comments = _by_comment(_read(cited.annotate(rank=rank).filter(rank__lte=PAGE + 1)))
    has_more, comments = len(comments) > PAGE, comments[:PAGE]
    query = urlencode({"symbol": symbol, "after": comments[-1][0].pk}) if has_more else ""
    return ([_document(symbol, count, comments)] if count else []), query


def _read(rows):
    shown = ("symbol", "paragraph", "comment__author_name", "comment__author_role", "comment__posted_at")
    return rows.select_related("comment").only(*shown).order_by("symbol", "comment", "pk")


def _document(symbol, count, comments):
    return {
        "symbol": symbol,
        "address": document_address(symbol),
        "count": count,
        "comments": comments,
        "all": urlencode({"symbol": symbol}) if count > len(comments) else "",
    }


def _by_comment(citations):
    """Put each comment once, with the paragraphs that it cites."""
    by_comment = [list(rows) for _number, rows in groupby(citations, key=lambda row: row.comment_id)]
    return [(rows[0].comment, "; ".join(row.paragraph for row in rows if row.paragraph)) for rows in by_comment]
