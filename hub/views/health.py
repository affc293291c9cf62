"""Whether the site works, and what machines ask for."""

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe


@require_safe
def healthz(request):
    """Say 200 when the database answers and no migration waits, otherwise 503."""
    try:
        executor = MigrationExecutor(connection)
        waiting = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Exception:
        return JsonResponse({"database": False, "migrated": None}, status=503)
    return JsonResponse({"database": True, "migrated": not waiting}, status=503 if waiting else 200)


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
