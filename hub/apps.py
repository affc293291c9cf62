"""The site as a whole."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HubConfig(AppConfig):
    """Home, pages, search, health."""

    name = "hub"
    verbose_name = _("Hub")
