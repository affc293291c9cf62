"""The people: user, organisation, stakeholder group."""

from .organisation import Organisation
from .stakeholder_group import StakeholderGroup
from .user import User

__all__ = ["Organisation", "StakeholderGroup", "User"]
