"""Files for those who run a roundtable: its published comments as CSV and JSON."""

from itertools import chain

from django.conf import settings
from django.http import JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.downloads import count_download
from consultation import exports, reference

from .moderation.access import moderated_roundtable


@require_safe
@moderated_roundtable
def roundtable_csv(request, roundtable):
    """Download the published comments as CSV."""
    count_download(request)
    texts = reference.load(roundtable.stamp)
    rows = exports.comment_rows(roundtable, texts, settings.SITE_URL)
    lines = ([row[column] for column in exports.COLUMNS] for row in rows)
    pieces = exports.write_csv(exports.COLUMNS, chain(lines, ([], [texts.blocks["disclaimer"].body])))
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{roundtable.slug}.csv"'
    return response


@require_safe
@moderated_roundtable
def roundtable_json(request, roundtable):
    """Download the published comments as JSON."""
    count_download(request)
    texts = reference.load(roundtable.stamp)
    content = {
        "roundtable": {"slug": roundtable.slug, "title": roundtable.title},
        "disclaimer": texts.blocks["disclaimer"].body,
        "comments": list(exports.comment_rows(roundtable, texts, settings.SITE_URL)),
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{roundtable.slug}.json"'
    return response
