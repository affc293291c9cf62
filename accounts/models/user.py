"""The person who signs in, by e-mail address."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from .stakeholder_group import StakeholderGroup
from .standing import Standing


class EmailUserManager(UserManager):
    """Creates people by their e-mail address; there is no user name."""

    def _create_user_object(self, email, password, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        return user

    def create_user(self, email, password=None, **fields):
        """Create and return a person; without a password they sign in by code."""
        user = self._create_user_object(email, password, **fields)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """Create and return somebody who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def listed(self):
        """Return the people who want to stand in the directory of participants."""
        return self.filter(is_listed=True, is_active=True).exclude(name="")

    def get_by_natural_key(self, email):
        """Find a person by address, whatever its case."""
        return self.get(email__iexact=email)


class User(Standing, AbstractUser):
    """A person with an account: participant, moderator of some roundtables, or secretariat (`is_staff`)."""

    class Capacity(models.TextChoices):
        PERSONAL = "personal", _("Personal capacity")
        OFFICIAL = "official", _("Official capacity")

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150, help_text=_("As it is to be shown beside contributions."))
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    group = models.ForeignKey(
        StakeholderGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stakeholder group")
    )
    country = CountryField(_("country"), blank=True)
    capacity = models.CharField(_("capacity"), max_length=10, choices=Capacity, default=Capacity.PERSONAL)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    is_listed = models.BooleanField(
        _("listed in the directory"), default=False, help_text=_("Others see name, organisation, group and country.")
    )
    # Kept by `AffiliationCheck` and `Suspension`, so that no page looks through their histories.
    affiliation_verified_at = models.DateTimeField(_("affiliation verified on"), null=True, blank=True, editable=False)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True, editable=False)
    terms_accepted_at = models.DateTimeField(_("terms accepted on"), null=True, blank=True, editable=False)

    objects = EmailUserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("Somebody with this e-mail address already has an account."),
            ),
        ]

    def __str__(self):
        return self.name or self.email

    @property
    def is_profile_complete(self):
        """Whether all is known that is shown beside a contribution, and the terms were accepted."""
        return bool(self.name and self.group_id and self.terms_accepted_at)

    def get_full_name(self):
        """Return the name shown beside contributions."""
        return self.name

    def get_short_name(self):
        """Return the name shown beside contributions."""
        return self.name
