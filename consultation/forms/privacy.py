"""Closing an account."""

from django import forms
from django.core.exceptions import ValidationError
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

    def __init__(self, *args, person, **kwargs):
        self.person = person
        super().__init__(*args, **kwargs)

    def clean(self):
        """Refuse the secretariat: the log of what they did in the admin would go with them."""
        if self.person.is_staff:
            raise ValidationError(
                _("You are a member of the secretariat. Ask a colleague to end that role, then close your account.")
            )
        return super().clean()
