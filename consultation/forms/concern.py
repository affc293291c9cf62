"""With which other roundtable a contribution is shared."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consultation.models import Concern, Roundtable


class ConcernForm(forms.Form):
    """One other roundtable of the same event, and whether the contribution is shown there."""

    roundtable = forms.ModelChoiceField(label=_("Share with"), queryset=None, empty_label=_("Choose a roundtable"))
    roundtable.error_messages = dict.fromkeys(
        ("required", "invalid_choice"), _("Choose with which roundtable of the same event it is shared.")
    )
    status = forms.ChoiceField(choices=[(value, value) for value in (Concern.Status.SHARED, Concern.Status.DISMISSED)])

    def __init__(self, *args, comment, user, **kwargs):
        super().__init__(*args, auto_id="share_%s", **kwargs)
        self.fields["roundtable"].queryset = siblings_of(comment.roundtable, user)


def siblings_of(roundtable, user):
    """Return the other roundtables of the same event that a person may see; none without an event."""
    if roundtable.event_id is None:
        return Roundtable.objects.none()
    return Roundtable.objects.visible_to(user).filter(event=roundtable.event_id).exclude(pk=roundtable.pk)
