"""Which reply answered a participant question."""

from django import forms
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from consultation import text
from consultation.models import Comment

MOST = 200  # replies to choose from


class AnswerField(forms.ModelChoiceField):
    """Replies to choose from, each by its author, its date and how it begins."""

    def label_from_instance(self, reply):
        """Return what a person recognises a reply by."""
        date = date_format(localtime(reply.posted_at, self.tz), "DATETIME_FORMAT") if reply.posted_at else ""
        shown = (reply.shown_name, date, text.excerpt(reply.body, 160))
        return format_html(
            '<bdi>{}</bdi> · {} · <span lang="{}" dir="auto">{}</span>', *shown[:2], reply.language, shown[2]
        )


class AnsweredForm(forms.Form):
    """The published reply that answered a question; none where it still waits."""

    reply = AnswerField(
        label=_("The reply that answered it"),
        queryset=None,
        required=False,
        empty_label=_("None: it still awaits an answer"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("This reply is no longer shown. Choose another one.")},
    )

    def __init__(self, *args, comment, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["reply"]
        field.tz = comment.roundtable.tz
        replies = comment.possible_answers.order_by("path").defer("lead_html", "rest_html", "search_text")
        field.queryset = Comment.objects.filter(pk__in=list(replies.values_list("pk", flat=True)[:MOST]))
        self.initial["reply"] = comment.answered_by_id if comment.is_answered else self._suggested(comment, replies)

    @staticmethod
    def _suggested(comment, replies):
        """A question to the moderators was probably answered by the first reply of one of them."""
        if comment.asks != Comment.Asks.MODERATORS:
            return None
        organisers = (Comment.Role.MODERATOR, Comment.Role.SECRETARIAT)
        return replies.filter(author_role__in=organisers).values_list("pk", flat=True).first()
