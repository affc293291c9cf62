"""The people of the forum."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People: sign-up, profile, organisations, stakeholder groups."""

    name = "accounts"
    verbose_name = _("People")

    def ready(self):
        """Listen to allauth for confirmed addresses."""
        from allauth.account.signals import email_confirmed

        from .confirmation import drop_unconfirmed_password

        email_confirmed.connect(drop_unconfirmed_password)
