"""The profile of somebody who is signed in."""

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .person import ConsentField, PersonForm


class ProfileForm(PersonForm):
    """The profile; asks for the consent to the terms of those who never gave it."""

    is_listed = forms.BooleanField(
        label=_("List me in the directory of participants"),
        required=False,
        help_text=_(
            "Everybody then sees in the directory your name, organisation, stakeholder group, country and capacity, "
            "and in which roundtables you published contributions. Your e-mail address is not shown, and you may "
            "change your mind at any time."
        ),
    )

    def __init__(self, user, *args, **kwargs):
        self.user = user
        initial = {field: getattr(user, field) for field in self.FIELDS}
        initial |= {"country": user.country.code, "is_listed": user.is_listed}
        super().__init__(*args, initial=initial, **kwargs)
        if not user.terms_accepted_at:
            self.fields["consent"] = ConsentField()

    @transaction.atomic
    def save(self):
        """Save what was changed, and when the terms were accepted; nobody has checked another affiliation yet."""
        self.fill(self.user)
        self.user.is_listed = self.cleaned_data["is_listed"]
        self.user.terms_accepted_at = self.user.terms_accepted_at or timezone.now()
        self.user.save(update_fields=[*self.FIELDS, "is_listed", "terms_accepted_at"])
        if self.user.is_affiliation_verified and set(self.user.AFFILIATION_FIELDS) & set(self.changed_data):
            self.user.take_back_verification(by=self.user)
