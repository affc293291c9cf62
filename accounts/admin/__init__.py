"""The people in the secretariat's admin."""

from .person import PersonAdmin

__all__ = ["PersonAdmin"]
