"""Files for those who run a roundtable: its published comments as CSV and JSON."""

from itertools import chain

from django.conf import settings
from django.http import Http404, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.downloads import count_download
from consultation import exports, reference
from consultation.permissions import rights_in

from .roundtable import get_roundtable


@require_safe
def roundtable_csv(request, slug):
    """Download the published comments as CSV."""
    roundtable, texts = _for_export(request, slug)
    rows = exports.comment_rows(roundtable, texts, settings.SITE_URL)
    lines = ([row[column] for column in exports.COLUMNS] for row in rows)
    pieces = exports.write_csv(exports.COLUMNS, chain(lines, ([], [texts.blocks["disclaimer"].body])))
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{roundtable.slug}.csv"'
    return response


@require_safe
def roundtable_json(request, slug):
    """Download the published comments as JSON."""
    roundtable, texts = _for_export(request, slug)
    content = {
        "roundtable": {"slug": roundtable.slug, "title": roundtable.title},
        "disclaimer": texts.blocks["disclaimer"].body,
        "comments": list(exports.comment_rows(roundtable, texts, settings.SITE_URL)),
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{roundtable.slug}.json"'
    return response


def _for_export(request, slug):
    roundtable = get_roundtable(request, slug)
    if not rights_in(roundtable, request.user).can_moderate:
        raise Http404
    count_download(request)
    return roundtable, reference.load(roundtable.stamp)
