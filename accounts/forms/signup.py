"""What is asked of a new person beside address and password; allauth builds its sign-up forms upon this one."""

from django.utils import timezone
from django.utils.translation import get_language

from .person import ConsentField, PersonForm


class SignupForm(PersonForm):
    """The profile and the consent to the terms, at sign-up."""

    consent = ConsentField()

    field_order = ("email", "password1", *PersonForm.FIELDS, "consent")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()

    def signup(self, request, user):
        """Complete the person that allauth made."""
        self.fill(user)
        user.terms_accepted_at = timezone.now()
        user.save()
