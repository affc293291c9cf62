"""The discussion: roundtable, objective, question, comment, what comes with it, moderation, site texts."""

from .attachment import Attachment, AttachmentPage
from .clearance import Clearance
from .comment import Comment, Revision
from .covered_title import CoveredTitle
from .draft import Draft
from .event import Event
from .finding import Concern, DocumentCitation, TextPrint
from .flag import Flag
from .moderation import ModerationEvent
from .new_text import NewText
from .objective import Objective
from .question import Question
from .redaction import Redaction
from .roundtable import Organiser, Roundtable
from .staff import FollowUp, InternalNote
from .subscription import Kind, MailPreference, Notice, Pace, Subscription
from .text_block import ReferenceStamp, Term, TextBlock, TextBlockVersion

__all__ = [
    "Attachment",
    "AttachmentPage",
    "Clearance",
    "Comment",
    "Concern",
    "CoveredTitle",
    "DocumentCitation",
    "Draft",
    "Event",
    "Flag",
    "FollowUp",
    "InternalNote",
    "Kind",
    "MailPreference",
    "ModerationEvent",
    "NewText",
    "Notice",
    "Objective",
    "Organiser",
    "Pace",
    "Question",
    "Redaction",
    "ReferenceStamp",
    "Revision",
    "Roundtable",
    "Subscription",
    "Term",
    "TextBlock",
    "TextBlockVersion",
    "TextPrint",
]
