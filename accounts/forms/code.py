"""allauth's forms that ask for a code by mail, made ready for people whose address allauth never saw.

Whoever was imported, or made on the command line, has an address but no row with allauth that says whether it was
confirmed; without one the code they enter would not confirm it, and they would be sent a second one.
"""

from allauth.account import forms as allauth_forms
from allauth.account.models import EmailAddress


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """Asks for a code to sign in with."""

    def clean_email(self):
        """Find the person, and note their address with allauth."""
        email = super().clean_email()
        if self._user:
            _note_address(self._user)
        return email


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """Asks for a code to choose a new password with."""

    def clean_email(self):
        """Find the person, and note their address with allauth."""
        email = super().clean_email()
        for person in self.users:
            _note_address(person)
        return email


def _note_address(person):
    EmailAddress.objects.get_or_create(user=person, email=person.email.lower())
