"""The people in the secretariat's admin."""

from .mail import MailAdmin
from .person import PersonAdmin

__all__ = ["MailAdmin", "PersonAdmin"]
