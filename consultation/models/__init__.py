"""The discussion: roundtable, objective, question, comment, moderation, site texts."""

from .comment import Comment, Revision
from .event import Event
from .moderation import ModerationEvent
from .objective import Objective
from .question import Question
from .roundtable import Organiser, Roundtable
from .text_block import ReferenceStamp, Term, TextBlock, TextBlockVersion

__all__ = [
    "Comment",
    "Event",
    "ModerationEvent",
    "Objective",
    "Organiser",
    "Question",
    "ReferenceStamp",
    "Revision",
    "Roundtable",
    "Term",
    "TextBlock",
    "TextBlockVersion",
]
