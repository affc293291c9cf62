"""A paper for organisations, and what a focal point decides about it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.validators import validate_one_line, validate_visible
from consultation.models import Clearance, Comment

from .authorship import RevisionForm
from .comment import CommentForm

MOST_ORGANISATIONS = 10
ROWS_SHOWN = 3
LONGEST_TOGETHER = Comment._meta.get_field("author_organisation").max_length


class PaperFields(forms.Form):
    """What a paper has beside its text."""

    title = forms.CharField(
        label=_("Title of the paper"),
        max_length=300,
        validators=[validate_one_line, validate_visible],
        widget=forms.TextInput(attrs={"dir": "auto"}),
        error_messages={"required": _("Give the paper a title.")},
    )
    mandate = forms.CharField(
        label=_("Mandate"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("By what decision this paper speaks for its organisations, for example of which body and when."),
        error_messages={"required": _("Say by what decision the paper speaks for its organisations.")},
    )

    def say_paper(self):
        """Name the text for what it is in a paper, which asks no question of its own."""
        self.fields.pop("asks", None)
        self.fields["body"].label = self["body"].label = _("Summary or text")
        self.fields["body"].error_messages["required"] = _("Write a summary of the paper, or its text.")

    def refuse_for_now(self):
        """Say that the person has reached a limit; the text stays in the form."""
        self.add_error(
            None, _("You have submitted a lot in a short time. Your text is kept here: please send it again later.")
        )


class OrganisationFields(forms.Form):
    """For whom a paper speaks: rows of an organisation and the address of its focal point."""

    def name_organisations(self):
        """Add the rows, before the text."""
        for number in range(1, MOST_ORGANISATIONS + 1):
            values = {"number": number}
            self.fields[f"organisation_{number}"] = forms.CharField(
                label=gettext("Organisation %(number)s") % values,
                max_length=200,
                required=False,
                validators=[validate_one_line, validate_visible],
                widget=forms.TextInput(attrs={"dir": "auto"}),
            )
            self.fields[f"focal_point_{number}"] = forms.EmailField(
                label=gettext("E-mail address of focal point %(number)s") % values,
                max_length=254,
                required=False,
            )
        # Complaints are listed in the order of the page.
        numbers = range(1, MOST_ORGANISATIONS + 1)
        rows = [f"{name}_{number}" for number in numbers for name in ("organisation", "focal_point")]
        self.order_fields(["title", "mandate", *rows, "body"])

    @property
    def organisations_shown(self):
        """Pairs of fields that stand open."""
        return [(self[f"organisation_{number}"], self[f"focal_point_{number}"]) for number in range(1, ROWS_SHOWN + 1)]

    @property
    def organisations_folded(self):
        """Pairs of fields for further organisations."""
        return [
            (self[f"organisation_{number}"], self[f"focal_point_{number}"])
            for number in range(ROWS_SHOWN + 1, MOST_ORGANISATIONS + 1)
        ]

    @property
    def has_folded(self):
        """Whether a further organisation was named, or is complained of."""
        return any(field.value() or field.errors for pair in self.organisations_folded for field in pair)

    def clean(self):
        """Each organisation is named once and has a focal point."""
        cleaned = super().clean()
        found = {}
        for number in range(1, MOST_ORGANISATIONS + 1):
            name = " ".join(cleaned.get(f"organisation_{number}", "").split())
            address = cleaned.get(f"focal_point_{number}", "")
            if name and not address and f"focal_point_{number}" not in self.errors:
                self.add_error(f"focal_point_{number}", _("Give the address of the person who clears the paper."))
            if address and not name and f"organisation_{number}" not in self.errors:
                self.add_error(f"organisation_{number}", _("Name the organisation."))
            if name and name.casefold() in found:
                self.add_error(f"organisation_{number}", _("This organisation is named twice."))
            elif name:
                found[name.casefold()] = (name, address.lower())
        if not found and "organisation_1" not in self.errors:
            self.add_error("organisation_1", _("Name at least one organisation."))
        if len("; ".join(name for name, _address in found.values())) > LONGEST_TOGETHER:
            self.add_error(
                "organisation_1",
                ValidationError(
                    _("The names are too long together: use shorter ones, up to %(most)s characters for all."),
                    params={"most": LONGEST_TOGETHER},
                ),
            )
        self.organisations = list(found.values())
        return cleaned

    @property
    def contribution(self):
        """What is stored of a valid form."""
        data = self.cleaned_data
        paper = {"title": data["title"], "mandate": data["mandate"], "organisations": self.organisations}
        return super().contribution | paper


class PaperForm(PaperFields, OrganisationFields, CommentForm):
    """A new paper: its title, text, files, mandate and organisations."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.say_paper()
        self.name_organisations()


class PaperRevisionForm(PaperFields, OrganisationFields, RevisionForm):
    """A new text of a paper, and for whom it speaks now."""

    def __init__(self, *args, comment, initial=None, **kwargs):
        current_text = comment.proposed or comment
        current = {"title": current_text.title, "mandate": current_text.mandate}
        for number, clearance in enumerate(comment.clearances_asked, 1):
            current[f"organisation_{number}"] = clearance.organisation
            current[f"focal_point_{number}"] = clearance.focal_point_email
        super().__init__(*args, comment=comment, initial=current | (initial or {}), **kwargs)
        self.is_revision, self.is_new_version = True, comment.status == Comment.Status.APPROVED
        self.say_paper()
        self.name_organisations()


class ClearanceForm(forms.Form):
    """What the focal point of an organisation decides about a paper; `revision` says which text was seen."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (Clearance.Status.CLEARED, _("Clear: the paper may be published for my organisation")),
            (Clearance.Status.DECLINED, _("Decline")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a decision.")},
    )
    message = forms.CharField(
        label=_("Message to those who submitted it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Needed to decline: say what should be changed."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self):
        """Whoever declines says why."""
        cleaned = super().clean()
        if cleaned.get("decision") == Clearance.Status.DECLINED and cleaned.get("message") == "":
            self.add_error("message", _("Say what should be changed."))
        return cleaned
