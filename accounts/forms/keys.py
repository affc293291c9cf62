"""allauth's forms of passkeys and security keys, with the one label that it leaves to Django, in English."""

from allauth.mfa.webauthn import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _


class AddKeyForm(allauth_forms.AddWebAuthnForm):
    """Adds a key; allauth finds a name where none is given."""

    name = forms.CharField(label=_("Name"), required=False)


class EditKeyForm(allauth_forms.EditWebAuthnForm):
    """Names a key anew."""

    name = forms.CharField(label=_("Name"))
