"""What the accounts ask of every request."""

import logging

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.sessions import middleware
from django.core.exceptions import NON_FIELD_ERRORS
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from requests import RequestException

logger = logging.getLogger(__name__)

ADMIN = "/admin/"
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
TOO_MANY = "too_many_login_attempts"
WAIT = 300  # seconds; the window in which wrong passwords are counted


class SecondFactorMiddleware:
    """Keep staff out of the admin until they have set up a second factor. Other pages cost no query."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Send staff without a second factor to where they can set one up."""
        if settings.STAFF_NEED_SECOND_FACTOR and request.path_info.startswith(ADMIN) and _lacks_one(request.user):
            messages.warning(request, _("Please set up a second factor before you open the administration."))
            return redirect("mfa_index")
        return self.get_response(request)


def _lacks_one(user):
    return user.is_authenticated and user.is_staff and not is_mfa_enabled(user, SECOND_FACTORS)


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's, which takes away the cookie of a session that has ended; here only where somebody goes to a page.

    What a page sends by itself may be answered after its person has signed in again: theirs is another cookie by then.
    """

    def process_response(self, request, response):
        """Answer, and leave the cookie to the browser where it did not go to a page."""
        response = super().process_response(request, response)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie and not cookie.value and request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            del response.cookies[settings.SESSION_COOKIE_NAME]
        return response


class LongerSessionMiddleware:
    """Let a session last its whole time again where somebody sends something in its second half."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer, and have the session saved if it is time."""
        response = self.get_response(request)
        if request.method == "POST" and request.session.is_half_over:
            request.session.modified = True
        return response


class AllauthAnswersMiddleware:
    """Mend two of allauth's answers, so that machines and people are told what is the matter."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Leave everything to the view and the hooks below."""
        return self.get_response(request)

    def process_template_response(self, request, response):
        """Give a form that was refused for too many tries the status that says so."""
        form = (response.context_data or {}).get("form")
        if getattr(form, "is_bound", False) and _had_too_many(form):
            response.status_code = 429
            response["Retry-After"] = str(WAIT)
        return response

    def process_exception(self, request, exception):
        """Say so when the server of an organisation's single sign-on does not answer, or not sense."""
        if isinstance(exception, RequestException):
            logger.error("single sign-on failed", exc_info=exception)
            return render(request, "socialaccount/authentication_error.html", status=503)


def _had_too_many(form):
    return any(form.has_error(name, TOO_MANY) for name in (NON_FIELD_ERRORS, *form.fields))
