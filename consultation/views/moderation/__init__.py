"""Moderation: the queue, decisions, reports, covered passages, where contributions belong, the register."""
