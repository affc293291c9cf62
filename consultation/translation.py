"""Which texts of the discussion exist in every language; comments keep the one they were written in."""

from modeltranslation.translator import TranslationOptions, register

from .models import Event, Objective, Question, Roundtable, Term, TextBlock


@register(Event)
class EventTranslation(TranslationOptions):
    """The event that roundtables prepare."""

    fields = ("name", "abbreviation", "place")


@register(Objective)
class ObjectiveTranslation(TranslationOptions):
    """The Compact's own wording."""

    fields = ("short", "title")


@register(Roundtable)
class RoundtableTranslation(TranslationOptions):
    """What stands at the head of a discussion."""

    fields = ("title", "purpose", "how_to")


@register(Question)
class QuestionTranslation(TranslationOptions):
    """What the secretariat asks."""

    fields = ("text", "body")


@register(TextBlock)
class TextBlockTranslation(TranslationOptions):
    """Texts of the site."""

    fields = ("title", "body")


@register(Term)
class TermTranslation(TranslationOptions):
    """Terms and their footnotes."""

    fields = ("word", "footnote")
