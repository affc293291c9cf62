"""The people: user, organisation, stakeholder group, standing, outbox."""

from .mail import Mail
from .organisation import Organisation
from .stakeholder_group import StakeholderGroup
from .standing import AffiliationCheck, Suspension
from .user import User

__all__ = ["AffiliationCheck", "Mail", "Organisation", "StakeholderGroup", "Suspension", "User"]
