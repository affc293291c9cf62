"""allauth's forms in which a password is chosen: asked once, with one sentence about what makes a good one."""

from allauth.account import forms as allauth_forms
from allauth.account.models import EmailAddress
from allauth.account.utils import filter_users_by_email
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _


class ChosenOnce:
    """Leaves out the field to type the password again: browsers show it, and it can be reset."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        self.fields["password1"].help_text = _(
            "At least 10 characters; not a common password, and not like your e-mail address."
        )


class ChangePasswordForm(ChosenOnce, allauth_forms.ChangePasswordForm):
    """A new password for somebody who knows the old one."""


class SetPasswordForm(ChosenOnce, allauth_forms.SetPasswordForm):
    """A first password for somebody who signed in without."""


class NewPasswordForm(ChosenOnce, allauth_forms.ResetPasswordKeyForm):
    """A new password for somebody who received a code."""


class SignupForm(ChosenOnce, allauth_forms.SignupForm):
    """Sign-up with a password. Sent twice, by a double click or days later, it goes on instead of failing."""

    def try_save(self, request):
        """Make the account, or go on with one of the same person whose address was never confirmed.

        To everybody else an address that is taken looks like any other, in the answer and in the time it takes:
        one password is hashed on every way.
        """
        if self.account_already_exists:
            person = self._find_unconfirmed()
            if person:
                self.signup(request, person)
                return person, None
        try:
            return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return self.try_save(request)

    def _find_unconfirmed(self):
        password = self.cleaned_data["password1"]
        people = filter_users_by_email(self.cleaned_data["email"], is_active=True)
        unconfirmed = [person for person in people if person.last_login is None and not _has_confirmed(person)]
        if len(unconfirmed) == 1:
            return unconfirmed[0] if unconfirmed[0].check_password(password) else None
        make_password(password)
        return None


def _has_confirmed(person):
    return EmailAddress.objects.filter(user=person, verified=True).exists()
