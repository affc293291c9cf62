"""Checking a receipt."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReceiptForm(forms.Form):
    """A receipt as it was handed out, or its signature alone."""

    receipt = forms.CharField(
        label=_("The receipt"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "ltr", "spellcheck": "false"}),
        help_text=_("Paste the whole receipt, or only its signature."),
        error_messages={
            "required": _("Paste a receipt."),
            "max_length": _("This is longer than any receipt. Paste only its signature."),
        },
    )
