"""The part of a form that takes files."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.validators import is_visible, without_refused
from consultation import filetypes

from .moderation import ReasonField

FIELD, REMOVED = "attachments", "removed_file"
TITLE, LANGUAGE = "file_title_", "file_language_"  # and the number of the file


def clean_title(typed, name):
    """Return what was typed as the title of a file as it is stored: on one line, and nothing that hides what it is.

    Where nothing is left to be seen it is called by its name without the type.
    """
    title = without_refused(typed.replace("\0", "")).strip()[:200]
    return title if is_visible(title) else filetypes.title_from(name)


def clean_language(code):
    """Return the code of a language of the site, or nothing."""
    return code if code in settings.LANGUAGE_NAMES else ""


class FilesInput(forms.FileInput):
    """The browser's own field, for several files at once."""

    allow_multiple_selected = True


class FilesMixin:
    """Adds files to a form: a field for new ones, and a list of those that came already.

    What is said of files that were sent before are fields like others, so that drafts keep it.
    """

    waiting, sent = (), ()

    def take_files(self, waiting, *, sent=(), refused=()):
        """Show what has come already, those of the text that is revised (`sent`) too, and what was not taken."""
        self.waiting, self.sent = list(waiting), list(sent)
        self._describe_sent()
        if not self.is_bound:  # typed before sign-in
            for each in self.waiting:
                each.title = clean_title(self.initial.get(f"{TITLE}{each.pk}") or each.title, each.name)
        count = settings.ATTACHMENTS_PER_COMMENT
        self.fields[FIELD] = forms.Field(
            label=_("Files"),
            required=False,
            widget=FilesInput(
                attrs={
                    "accept": ",".join(filetypes.EXTENSIONS),
                    "data-most-bytes": settings.ATTACHMENT_MB * 1024 * 1024,
                }
            ),
            help_text=ngettext(
                "Up to %(count)s file of up to %(most)s MB: PDF, Word, Excel, PowerPoint, OpenDocument, plain text, "
                "PNG or JPEG. It is moderated and published with your text.",
                "Up to %(count)s files of up to %(most)s MB each: PDF, Word, Excel, PowerPoint, OpenDocument, plain "
                "text, PNG or JPEG. They are moderated and published with your text.",
                count,
            )
            % {"count": count, "most": settings.ATTACHMENT_MB},
        )
        for error in refused:
            self.add_error(FIELD, error)

    def _describe_sent(self):
        """Read of each file that was sent before whether it is left out, and its title and language."""
        if not self.sent:
            return
        left_out = [str(each.pk) for each in self.sent if each.is_left_out]
        self.fields[REMOVED] = forms.Field(required=False, widget=forms.CheckboxSelectMultiple, initial=left_out)
        chosen = self[REMOVED].value() or ()
        for each in self.sent:
            title, language = each.wanted
            names = f"{TITLE}{each.pk}", f"{LANGUAGE}{each.pk}"
            self.fields[names[0]] = forms.Field(required=False, widget=forms.TextInput, initial=title)
            self.fields[names[1]] = forms.Field(required=False, widget=forms.Select, initial=language)
            typed = [self[name].value() for name in names]
            each.is_left_out = str(each.pk) in chosen
            each.typed_title = title if typed[0] is None else clean_title(str(typed[0]), each.name)
            each.typed_language = language if typed[1] is None else clean_language(typed[1])

    @property
    def file_changes(self):
        """What is stored of the files of a valid form: new ones, those left out, and what the others are called."""
        return {
            "attachments": self.waiting,
            "removed": [each for each in self.sent if each.is_left_out],
            "titles": {each.pk: (each.typed_title, each.typed_language) for each in self.sent},
        }

    def complain_of_files_only(self):
        """Leave out other complaints: the person has only added or removed a file so far."""
        for name in [name for name in self.errors if name != FIELD]:
            del self.errors[name]

    @property
    def languages(self):
        """The languages that a file can be said to be in."""
        return settings.LANGUAGE_NAMES.items()


class RemoveFileForm(forms.Form):
    """Why a file is taken away."""

    reason = ReasonField(required=True, error_messages={"required": _("Choose the reason why this file is removed.")})


class CoverFileForm(forms.Form):
    """A copy of a file with passages covered, and why; what was uploaded stays under the form's key."""

    copy = forms.FileField(
        label=_("Copy with the passages covered"),
        required=False,
        help_text=_(
            "Make sure that the words are gone and not only hidden: a black bar over a text that can still be "
            "selected covers nothing. Of the same types and size as any file."
        ),
    )
    reason = ReasonField(
        required=True,
        help_text=_("Everybody sees it beside the file, and the public register counts it."),
        error_messages={"required": _("Choose the reason why it is covered.")},
    )

    waiting = None

    def take_copy(self, key, waiting, refused):
        """Take the copy that waits under the key, and say what was refused, or that there is none."""
        self.initial["key"], self.waiting = key, waiting
        for refusal in refused:
            self.add_error("copy", refusal)
        if waiting is None and not refused:
            self.add_error("copy", _("Choose the copy in which the passages are covered."))
