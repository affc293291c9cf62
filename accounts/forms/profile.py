"""The profile of somebody who is signed in."""

from django.utils import timezone

from .person import ConsentField, PersonForm


class ProfileForm(PersonForm):
    """The profile; asks for the consent to the terms of those who never gave it."""

    def __init__(self, user, *args, **kwargs):
        self.user = user
        initial = {field: getattr(user, field) for field in self.FIELDS} | {"country": user.country.code}
        super().__init__(*args, initial=initial, **kwargs)
        if not user.terms_accepted_at:
            self.fields["consent"] = ConsentField()

    def save(self):
        """Save what was changed, and when the terms were accepted."""
        self.fill(self.user)
        self.user.terms_accepted_at = self.user.terms_accepted_at or timezone.now()
        self.user.save(update_fields=[*self.FIELDS, "terms_accepted_at"])
