"""The form of a comment: its language and its objectives, and nothing else."""

import html
import re

from django import forms
from django.conf import settings
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from consultation.models import Comment

from .fields import ObjectivesField

_END_OF_LINE = re.compile(r"</(?:p|li|blockquote)>|<br ?/?>")


class CommentForm(forms.ModelForm):
    """The two labels of a comment that the secretariat may correct."""

    language = forms.ChoiceField(
        label=_("Language"), required=False, help_text=_("The language the text is written in, for screen readers.")
    )
    objective_numbers = ObjectivesField(
        label=_("Objectives"), help_text=_("Those that the text is about, be they under review or not.")
    )

    class Meta:
        model = Comment
        fields = ("language", "objective_numbers")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["objective_numbers"].load_choices()
        known = {"": _("Not known"), **settings.LANGUAGE_NAMES}
        self.fields["language"].choices = list({self.instance.language: self.instance.language, **known}.items())


def plain_text(source):
    """Return the words of a piece of our HTML on one line."""
    return " ".join(html.unescape(strip_tags(_END_OF_LINE.sub(" ", source))).split())
