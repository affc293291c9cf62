"""Answering "not modified": the ETag of a discussion is made of counters that every change raises."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.utils.translation import get_language


def answer_if_unchanged(request, roundtable, rights):
    """Return a 304 where the reader holds this very page already, else None."""
    known = request.headers.get("If-None-Match")
    if not known or _has_messages(request):
        return None
    etag = _etag(request, roundtable, rights)
    if etag not in parse_etags(known) and etag.removeprefix("W/") not in parse_etags(known):
        return None
    response = HttpResponseNotModified()
    response["ETag"] = etag
    _set_cache_control(response, rights)
    return response


def mark_fresh(response, request, roundtable, rights):
    """Give a page its ETag and say who may keep it."""
    if response.status_code == 200 and not _has_messages(request):
        response["ETag"] = _etag(request, roundtable, rights)
    _set_cache_control(response, rights)
    return response


def _has_messages(request):
    # Looking into the session for messages marks it as accessed, so visitors without one are not asked.
    return settings.SESSION_COOKIE_NAME in request.COOKIES and bool(len(request._messages))


def _set_cache_control(response, rights):
    # Revalidation is cheap here, so nobody ever sees a page from before a decision.
    if rights.is_signed_in:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, public=True, no_cache=True)


def _etag(request, roundtable, rights):
    parts = (
        request.get_full_path(),
        get_language(),
        roundtable.pk,
        roundtable.activity if rights.is_signed_in else roundtable.version,
        roundtable.stamp,
        roundtable.phase,
        roundtable.days_left,
        rights,
        # The page holds the name of the person and a form with their token.
        str(request.user) if rights.is_signed_in else "",
        request.COOKIES.get(settings.CSRF_COOKIE_NAME) if rights.is_signed_in else "",
        build(),
    )
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


@cache
def build():
    """Tell one release from another: a page made by other templates or styles is another page."""
    base = settings.BASE_DIR
    digest = hashlib.sha256()
    for folder in ("templates", "static", "locale", "consultation"):
        for path in sorted(Path(base / folder).rglob("*.*")):
            if path.suffix in (".html", ".css", ".js", ".mo", ".py"):
                digest.update(f"{path.relative_to(base)} {path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:12]
