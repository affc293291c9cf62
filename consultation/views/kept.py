"""What was typed while the session had ended: kept with the visitor's session, by address of the form."""

import uuid

from django.utils import timezone
from django.utils.dateparse import parse_datetime

KEY = "kept_texts"
# What a form sends beside what somebody typed.
NOT_TYPED = {"csrfmiddlewaretoken", "action", "draft_seen", "kept_at"}
MOST_FORMS = 3
MOST_FIELDS = 80  # of a paper with ten organisations and ten files
MOST_CHARACTERS = 250_000


def keep(request):
    """Keep what this POST brought, for the same form after sign-in."""
    fields = [name for name in request.POST if name not in NOT_TYPED][:MOST_FIELDS]
    typed = {name[:100]: request.POST[name][:MOST_CHARACTERS] for name in fields}
    if not _is_key(typed.get("key", "")):
        typed.pop("key", None)
    if "removed_file" in typed:
        typed["removed_file"] = [number[:20] for number in request.POST.getlist("removed_file")[:20]]
    typed["objectives"] = [number[:2] for number in request.POST.getlist("objectives")[:23]]
    if request.FILES:  # those cannot be kept for a visitor, and no browser chooses them again
        typed["lost_files"] = "yes"
    keep_for(request, request.path, typed)


def keep_for(request, path, typed):
    """Keep some fields for the form at an address."""
    others = list(request.session.get(KEY, {}).items())[1 - MOST_FORMS :]
    request.session[KEY] = {**dict(others), path: typed | {"kept_at": timezone.now().isoformat()}}


def kept(request, path=None):
    """Return a copy of what was kept for this form, or for the one at another address; or None."""
    typed = request.session.get(KEY, {}).get(path or request.path)
    return dict(typed) if typed else None


def kept_at(typed):
    """Return when it was kept."""
    return parse_datetime(typed["kept_at"])


def forget(request):
    """Let go of what was kept for this form; it has been posted."""
    if kept(request) is not None:
        request.session[KEY] = {path: typed for path, typed in request.session[KEY].items() if path != request.path}


def _is_key(value):
    try:
        return bool(uuid.UUID(value))
    except ValueError:
        return False
