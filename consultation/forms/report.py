"""What a reader reports about a contribution."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consultation import text
from consultation.models import Comment


class ReportForm(forms.Form):
    """Why moderators should look at it."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it"),
        choices=Comment.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with it.")},
    )
    message = forms.CharField(
        label=_("Explanation"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Only the moderators read it. The author is not told who reported."),
    )

    def clean_message(self):
        """Refuse what no database stores."""
        return text.clean_source(self.cleaned_data["message"])

    def refuse_for_now(self):
        """Say that the person has reached the limit; what was typed stays in the form."""
        self.add_error(
            None,
            _(
                "You have reported many contributions in a short time. What you wrote is kept here: "
                "please send it again later."
            ),
        )
