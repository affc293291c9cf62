"""The discussion in the secretariat's admin."""

from . import comment, moderation, person, question, reference, roundtable, text_block

__all__ = ["comment", "moderation", "person", "question", "reference", "roundtable", "text_block"]
