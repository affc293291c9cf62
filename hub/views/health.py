"""Whether the site works, and what machines ask for."""

from threading import Event

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

# Set once no migration waits: the migrations of a running process are those it started with.
_is_migrated = Event()


@require_safe
def healthz(request):
    """Say 200 when the database answers and no migration waits, otherwise 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        is_migrated = _is_migrated.is_set() or not _does_migration_wait()
    except Exception:
        return JsonResponse({"database": False, "migrated": None}, status=503)
    if is_migrated:
        _is_migrated.set()
    return JsonResponse({"database": True, "migrated": is_migrated}, status=200 if is_migrated else 503)


def _does_migration_wait():
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@require_safe
def security_txt(request):
    """Tell where to report a weakness (RFC 9116)."""
    expires = timezone.now().replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: mailto:{address}" for address in settings.CONTACT_ADDRESSES]
    lines += [
        f"Expires: {expires.replace(year=expires.year + 1).isoformat()}",
        "Preferred-Languages: en, fr, es",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def robots_txt(request):
    """Keep robots out of what is not for readers."""
    lines = ["User-agent: *", "Disallow: /admin/"]
    lines += [f"Disallow: /{code}/{part}/" for code, _ in settings.LANGUAGES for part in ("accounts", "moderation")]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
