"""Our own pages for what goes wrong, in the reader's language and without internals."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

# The fields in which people write at length.
LONG_FIELDS = ("body", "reply", "message", "note", "mandate", "late_reason")


@requires_csrf_token
def bad_request(request, exception=None):
    """Answer a request that makes no sense, or is larger than the server takes."""
    if isinstance(exception, RequestDataTooBig):
        text = _("What you sent is larger than this site takes. Go back: your browser may still hold your text.")
        return _plain(_("Too large"), text, 413)
    return _plain(
        _("This request cannot be understood"), _("Please go back, check the address or the form, and try again."), 400
    )


def forbidden(request, exception=None):
    """Answer somebody who may not do this; what they typed is given back."""
    return render(request, "errors/403.html", {"typed": _typed(request)}, status=403)


def not_found(request, exception=None):
    """Answer for what does not exist, or not for this person; what they typed is given back."""
    return render(request, "errors/404.html", {"typed": _typed(request)}, status=404)


def server_error(request):
    """Answer when something broke, and give back what was typed; says 503 while the database is away. Runs no query."""
    typed = _typed(request)
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        response = _plain(
            _("The site is being maintained"),
            _("It will be back in a moment. Please keep this page open and try again shortly."),
            503,
            typed,
        )
        response["Retry-After"] = "5"
        return response
    text = _("It has been recorded. Please try again in a moment.")
    return _plain(_("Something went wrong on our side"), text, 500, typed)


def csrf_failure(request, reason=""):
    """Answer a form whose token is missing or old; what was typed is still in the browser."""
    return render(request, "errors/csrf.html", {"typed": _typed(request)}, status=403)


def too_many_requests(request, exception=None):
    """Answer somebody who tries too often."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


def _typed(request):
    """Return what somebody wrote in the form that is refused."""
    try:
        return next(filter(None, map(request.POST.get, LONG_FIELDS)), "")[:250_000]
    except (SuspiciousOperation, UnreadablePostError, MultiPartParserError):
        return ""


def _plain(title, text, status, typed=""):
    contacts = settings.CONTACT_ADDRESSES
    context = {"title": title, "text": text, "typed": typed, "site_name": settings.SITE_NAME, "contacts": contacts}
    return HttpResponse(render_to_string("errors/plain.html", context), status=status)
