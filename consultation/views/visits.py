"""When a signed-in person was here before: kept in a cookie, so that reading writes nothing to the database."""

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.dateparse import parse_datetime

COOKIE = f"{settings.SESSION_COOKIE_NAME}-visits"
SALT = "visits"
PAUSE = 30 * 60  # seconds after which coming back is a new visit
MOST_ROUNDTABLES = 30
YEAR = 365 * 24 * 3600


def last_visit(request, roundtable):
    """Return the moment of the visit before this one, or None."""
    previous, current = _visits(request).get(str(roundtable.pk), (None, None))
    moment = parse_datetime(current) if current and _is_past(current) else parse_datetime(previous or "")
    return moment


def remember_visit(response, request, roundtable):
    """Note that the person is here now."""
    visits = _visits(request)
    key = str(roundtable.pk)
    _previous, current = visits.pop(key, (None, None))
    if current and not _is_past(current):
        return
    latest = dict(list(visits.items())[1 - MOST_ROUNDTABLES :])
    latest[key] = (current, timezone.now().isoformat(timespec="seconds"))
    response.set_cookie(
        COOKIE,
        signing.dumps(latest, salt=SALT, compress=True),
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _visits(request):
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return {}


def _is_past(moment):
    return (timezone.now() - parse_datetime(moment)).total_seconds() > PAUSE
