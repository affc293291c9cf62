"""What the mails about accounts say: a row for each one that allauth sends, all printed by one pair of templates."""

from types import SimpleNamespace
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from . import outbox
from .models import Mail

TEMPLATE = "account"
# A code could hold a term by chance, and a footnote's mark would spoil it.
NO_FOOTNOTES = SimpleNamespace(terms=())
LONGEST_VALUE = 300


class Words(NamedTuple):
    """The subject and the sentences of a mail, and which value stands alone below them: a code or a link.

    Without such a value the mail is a notice: something was done already, and whoever gets it should know.
    """

    subject: str
    sentences: tuple
    shown: str = ""


CONFIRMATION = Words(
    _("Please confirm your e-mail address"),
    (
        _("Your e-mail address was given for an account of %(site_name)s in the name of %(name)s."),
        _("To confirm the address, type this code in the page that is open in your browser:"),
    ),
    shown="code",
)

WORDS = {
    "account/email/email_confirmation": CONFIRMATION,
    "account/email/email_confirmation_signup": CONFIRMATION,
    "account/email/login_code": Words(
        _("Your sign-in code"),
        (_("To sign in, type this code in the page that is open in your browser:"),),
        shown="code",
    ),
    "account/email/password_reset_code": Words(
        _("Your code for a new password"),
        (_("To choose a new password, type this code in the page that is open in your browser:"),),
        shown="code",
    ),
    "account/email/password_reset_key": Words(
        _("Choose a new password"),
        (_("To choose a new password, open this page:"),),
        shown="password_reset_url",
    ),
    "account/email/unknown_account": Words(
        _("There is no account with this address"),
        (
            _("You, or somebody else, asked for a code with the address %(email)s. No account here has this address."),
            _("To sign up, open this page:"),
        ),
        shown="signup_url",
    ),
    "account/email/account_already_exists": Words(
        _("This account already exists"),
        (
            _("You, or somebody else, tried to sign up with the address %(email)s, which has an account already."),
            _("You can sign in with it. If you have forgotten the password, choose a new one here:"),
        ),
        shown="password_reset_url",
    ),
    "account/email/password_changed": Words(
        _("Your password was changed"), (_("The password of your account was changed."),)
    ),
    "account/email/password_set": Words(_("Your password was set"), (_("Your account was given a password."),)),
    "account/email/password_reset": Words(
        _("Your password was replaced"),
        (_("The forgotten password of your account was replaced by a new one."),),
    ),
    "account/email/email_changed": Words(
        _("Your e-mail address was changed"),
        (_("The e-mail address of your account was changed from %(from_email)s to %(to_email)s."),),
    ),
    "account/email/email_confirm": Words(
        _("Your e-mail address is confirmed"), (_("The e-mail address of your account was confirmed."),)
    ),
    "account/email/email_deleted": Words(
        _("An e-mail address was removed"),
        (_("The e-mail address %(deleted_email)s was removed from your account."),),
    ),
    "mfa/email/recovery_codes_generated": Words(
        _("You have new recovery codes"),
        (_("New recovery codes were made for your account. The earlier ones no longer work."),),
    ),
    "mfa/email/totp_activated": Words(
        _("Your authenticator app is in use"),
        (_("An authenticator app was set up for your account. Whoever signs in is asked for a code from it."),),
    ),
    "mfa/email/totp_deactivated": Words(
        _("Your authenticator app is no longer in use"),
        (_("The authenticator app was removed from your account. Signing in no longer asks for a code from it."),),
    ),
    "mfa/email/webauthn_added": Words(
        _("A passkey or security key was added"), (_("A passkey or security key was added to your account."),)
    ),
    "mfa/email/webauthn_removed": Words(
        _("A passkey or security key was removed"), (_("A passkey or security key was removed from your account."),)
    ),
    "socialaccount/email/account_connected": Words(
        _("Single sign-on was connected"),
        (_("Your account was connected with %(provider)s: you can sign in through it from now on."),),
    ),
    "socialaccount/email/account_disconnected": Words(
        _("Single sign-on was disconnected"),
        (_("Your account is no longer connected with %(provider)s: you cannot sign in through it any more."),),
    ),
}


def letter(prefix, email, context):
    """Return what a mail about an account says, in the language in force; see allauth for what the context holds."""
    words = WORDS[prefix]
    user = context.get("user")
    told = {name: outbox.one_line(str(value), LONGEST_VALUE) for name, value in context.items()}
    name = outbox.one_line(user.name or user.email, LONGEST_VALUE) if user else ""
    values = {**told, "email": email, "name": name, "site_name": settings.SITE_NAME}
    return outbox.letter(
        Mail(language=get_language()),
        template=TEMPLATE,
        subject=words.subject,
        context={
            "reference": NO_FOOTNOTES,
            # Anybody can give any address and any name: nobody is greeted by a name that a stranger typed.
            "name": "" if words.shown else name,
            "sentences": [str(sentence) % values for sentence in words.sentences],
            "code": context["code"] if words.shown == "code" else "",
            "link": context[words.shown] if words.shown.endswith("_url") else "",
            "is_notice": not words.shown,
            "timestamp": context.get("timestamp"),
            "ip": told.get("ip"),
            "user_agent": told.get("user_agent"),
            "new_password_url": settings.SITE_URL + reverse("account_reset_password"),
            "contact_addresses": settings.CONTACT_ADDRESSES,
        },
    )
