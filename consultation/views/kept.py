"""What was typed while the session had ended: kept with the visitor's session, by address of the form."""

KEY = "kept_texts"
KEPT_FIELDS = ("body", "language", "decision", "reason", "message")
MOST_FORMS = 3
MOST_CHARACTERS = 250_000


def keep(request):
    """Keep what this POST brought, for the same form after sign-in."""
    typed = {name: request.POST[name][:MOST_CHARACTERS] for name in KEPT_FIELDS if name in request.POST}
    typed["objectives"] = [number[:2] for number in request.POST.getlist("objectives")[:23]]
    others = list(request.session.get(KEY, {}).items())[1 - MOST_FORMS :]
    request.session[KEY] = {**dict(others), request.path: typed}


def kept(request):
    """Return a copy of what was kept for this form, or None."""
    typed = request.session.get(KEY, {}).get(request.path)
    return dict(typed) if typed else None


def forget(request):
    """Let go of what was kept for this form; it has been posted."""
    if kept(request) is not None:
        request.session[KEY] = {path: typed for path, typed in request.session[KEY].items() if path != request.path}
