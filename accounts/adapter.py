"""How allauth signs people in here: where it leads them, what its mails say, and what nobody may find out."""

import logging
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import filter_users_by_email
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import translate_url
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from . import account_mail
from .addresses import is_local, profile_address
from .delivery import reason_of
from .models import User
from .outbox import MADE_BY_MACHINE
from .validators import as_one_line

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts of people who are known by an e-mail address."""

    def is_safe_url(self, url):
        """Return whether somebody may be sent there after signing in or out."""
        return is_local(url)

    def post_login(self, request, user, **kwargs):
        """Lead on, by way of the profile if it is not complete: after single sign-on, or after an import."""
        response = super().post_login(request, user, **kwargs)
        if user.is_profile_complete or user.is_staff:
            return response
        return redirect(profile_address(response.url))

    def new_user(self, request):
        """Make a person who is written to in the language they read now."""
        return User(language=get_language())

    def clean_email(self, email):
        """Refuse an address that is too long to be stored."""
        longest = User._meta.get_field("email").max_length
        if len(email) > longest:
            raise ValidationError(
                _("Please enter an e-mail address of at most %(longest)d characters.") % {"longest": longest}
            )
        return email

    def clean_password(self, password, user=None):
        """Say all that is wrong with a password as one complaint."""
        try:
            return super().clean_password(password, user)
        except ValidationError as error:
            raise ValidationError(" ".join(error.messages), code="password") from error

    def _get_login_attempts_cache_key(self, request, **credentials):
        # Wrong passwords are counted by person: not by each of their addresses, nor by the name in the Host header.
        email = credentials.get("email", "").lower()
        people = filter_users_by_email(email, prefer_verified=True)
        return f"person:{min(person.pk for person in people)}" if people else f"address:{email}"

    def send_mail(self, template_prefix, email, values):
        """Send a mail in the language of whoever gets it, with links to the configured site."""
        person = values.get("user") or User.objects.filter(Q(email=email) | Q(emailaddress__email=email)).first()
        language = person.language if person else get_language()
        links = {name: _link(value, language) for name, value in values.items() if name.endswith("_url")}
        try:
            with override(language):
                super().send_mail(template_prefix, email, {**values, **links})
        except OSError as error:  # the mail server's, or that of the way to it
            # What the server says in words may name the address.
            logger.error("mail not sent", extra={"template": template_prefix, "reason": reason_of(error)})
            raise MailTrouble from error

    def render_mail(self, template_prefix, email, context, headers=None):
        """Make a mail of our words instead of allauth's templates."""
        letter = account_mail.letter(template_prefix, email, context)
        ours = {**MADE_BY_MACHINE, "Content-Language": get_language(), **(headers or {})}
        message = EmailMultiAlternatives(letter.subject, letter.text, self.get_from_email(), [email], headers=ours)
        message.attach_alternative(letter.html, "text/html")
        return message

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Tell people about a change of their account; the change stands whether or not the mail goes out."""
        try:
            super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)
        except MailTrouble:
            return


class MailTrouble(ImmediateHttpResponse):
    """A mail without which a person cannot go on was not sent: allauth answers with the page given here."""

    def __init__(self):
        response = render(context.request, "accounts/mail_trouble.html", status=503)
        response["Retry-After"] = "60"
        super().__init__(response)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """People who come by the single sign-on of their organisation."""

    def list_apps(self, request, provider=None, client_id=None):
        """Find the servers we know; PostgreSQL fails on a NUL instead of finding nothing."""
        return [] if "\0" in (provider or "") else super().list_apps(request, provider, client_id)

    def populate_user(self, request, sociallogin, data):
        """Take the name from what the organisation says, and keep no more of it than name and address."""
        user = super().populate_user(request, sociallogin, data)
        parts = [data.get("first_name"), data.get("last_name")]
        name = as_one_line(data.get("name") or " ".join(filter(None, parts)))
        user.name = name[: User._meta.get_field("name").max_length]
        sociallogin.account.extra_data = {"userinfo": {"name": user.name, "email": user.email}}
        return user

    def get_signup_form_initial_data(self, sociallogin):
        """Fill in the name where the rest has to be asked for."""
        return super().get_signup_form_initial_data(sociallogin) | {"name": sociallogin.user.name}


def _link(address, language):
    """Return an address of ours as it is written in a mail, whatever host the request named."""
    parts = urlsplit(address)
    path = parts._replace(scheme="", netloc="").geturl()
    return settings.SITE_URL + translate_url(path, language)
