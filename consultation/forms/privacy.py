"""Closing an account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consultation.privacy import KEEP, WITHDRAW


class CloseAccountForm(forms.Form):
    """What becomes of the contributions; and a check, because it cannot be undone."""

    contributions = forms.ChoiceField(
        label=_("Your contributions"),
        choices=[
            (KEEP, _("Keep them, shown as written by a former participant")),
            (WITHDRAW, _("Withdraw them; replies of others stay")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of your contributions.")},
    )
    is_sure = forms.BooleanField(
        label=_("I understand that this cannot be undone"),
        error_messages={"required": _("Tick the box if you are sure.")},
    )
