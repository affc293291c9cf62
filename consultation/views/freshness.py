"""Answering "not modified": the ETag of a discussion is made of counters that every change raises."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.utils.translation import get_language

from consultation.permissions import rights_in

from .visits import last_visit

KEPT_FOR = 600  # seconds; a page is found by its ETag, so an old one is never found
# All that an ETag is made of.
FRESHNESS_FIELDS = (
    "pk",
    "slug",
    "version",
    "activity",
    "is_published",
    "opens_at",
    "closes_at",
    "time_zone",
    "note_status",
    "takes_late",
)


def answer_if_unchanged(request, get_roundtable):
    """Return a 304 where the reader holds this very page already, else None.

    Costs one narrow query, and only where the reader says that they hold a page.
    """
    known = request.headers.get("If-None-Match")
    if not known or _has_messages(request):
        return None
    roundtable = get_roundtable(*FRESHNESS_FIELDS)
    rights = rights_in(roundtable, request.user)
    etag = _etag(request, roundtable, rights)
    if etag not in parse_etags(known):
        return None
    return _with_headers(HttpResponseNotModified(), etag, rights)


def recall(request, roundtable, rights):
    """Return the page as another visitor got it, if nothing changed since; else None."""
    if not _is_common(request, rights):
        return None
    etag = _etag(request, roundtable, rights)
    content = caches["pages"].get(f"page-{etag}")
    return content and _with_headers(HttpResponse(content), etag, rights)


def mark_fresh(response, request, roundtable, rights):
    """Give a page its ETag, say who may keep it, and keep it for other visitors."""
    if response.status_code != 200 or _has_messages(request):
        patch_cache_control(response, private=True, no_cache=True)
        return response
    etag = _etag(request, roundtable, rights)
    if _is_common(request, rights):
        caches["pages"].set(f"page-{etag}", response.content, timeout=KEPT_FOR)
    return _with_headers(response, etag, rights)


def _is_common(request, rights):
    """Whether every visitor gets this page: nobody signed in, and no query, which anybody could make up."""
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return not rights.is_signed_in and not has_session and not request.GET


def _with_headers(response, etag, rights):
    response["ETag"] = etag
    # Revalidation is cheap here, so nobody ever sees a page from before a decision.
    audience = {"private": True} if rights.is_signed_in else {"public": True}
    patch_cache_control(response, no_cache=True, **audience)
    return response


def _has_messages(request):
    # Looking into the session for messages marks it as accessed, so visitors without one are not asked.
    return settings.SESSION_COOKIE_NAME in request.COOKIES and bool(len(request._messages))


def _etag(request, roundtable, rights):
    parts = (
        request.get_full_path(),
        get_language(),
        roundtable.pk,
        roundtable.activity if rights.is_signed_in else roundtable.version,
        roundtable.stamp,
        roundtable.has_shared,
        roundtable.phase,
        roundtable.days_left,
        rights,
        # The page holds the name of the person and a form with their token.
        str(request.user) if rights.is_signed_in else "",
        last_visit(request, roundtable) if rights.is_signed_in else "",
        getattr(roundtable, "is_followed", None),
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
