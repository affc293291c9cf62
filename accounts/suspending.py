"""Keeping people from contributing, and letting them again: recorded, logged, and told to them by mail."""

import logging

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .outbox import write_mail

logger = logging.getLogger(__name__)


@transaction.atomic
def suspend(person, *, by, reason, ends_at=None):
    """Suspend a person until then, or until it is lifted, and tell them why."""
    suspension = person.suspend(by=by, reason=reason, ends_at=ends_at)
    _tell(suspension, "suspended", _("Your account is suspended"))
    logger.info("suspended", extra={"user": by.pk, "action": "suspend", "person": person.pk})


@transaction.atomic
def lift_suspension(person, *, by):
    """Let a person contribute again at once, and tell them."""
    suspension = person.suspension
    person.lift_suspension(by=by)
    if suspension:
        _tell(suspension, "suspension_lifted", _("Your account is no longer suspended"))
    logger.info("suspension lifted", extra={"user": by.pk, "action": "lift", "person": person.pk})


def _tell(suspension, template, subject):
    write_mail(
        key=f"{template}-{suspension.pk}",
        kind="suspension",
        template=template,
        subject=subject,
        recipient=suspension.person,
        context={"suspension": suspension, "contact_addresses": settings.CONTACT_ADDRESSES},
    )
