"""The discussion, its moderation, and the way to the background note."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationConfig(AppConfig):
    """Roundtables, questions, comments, moderation."""

    name = "consultation"
    verbose_name = _("Consultations")
