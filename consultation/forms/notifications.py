"""What people choose to be told, and how soon."""

from django import forms

from consultation.models import Kind, MailPreference, Pace


class PacesForm(forms.Form):
    """For each kind of notice, how soon it becomes a mail."""

    def __init__(self, *args, person, moderates, **kwargs):
        self.person = person
        chosen = MailPreference.objects.paces([person.pk])[person.pk]
        super().__init__(*args, initial=chosen, **kwargs)
        for kind in Kind:
            if kind != Kind.WAITING:
                self.fields[kind.value] = _choice(kind, Pace.choices)
            elif moderates:
                # Counts of what waits come once a day or once a week.
                self.fields[kind.value] = _choice(kind, [pair for pair in Pace.choices if pair[0] != Pace.AT_ONCE])

    def rows(self):
        """Return [(field, [(pace, label, id, is chosen) or None])] with a place for every pace."""
        found = []
        for field in self:
            offered = dict(field.field.choices)
            chosen = field.value()
            cells = [
                (pace, label, f"{field.auto_id}_{pace}", pace == chosen) if pace in offered else None
                for pace, label in Pace.choices
            ]
            found.append((field, cells))
        return found

    def save(self):
        """Keep the choices."""
        MailPreference.objects.choose(self.person, self.cleaned_data)


def _choice(kind, choices):
    return forms.ChoiceField(label=kind.label, choices=choices, widget=forms.RadioSelect)


class SeenForm(forms.Form):
    """Numbers of comments that somebody has seen."""

    comments = forms.RegexField(r"^\d{1,18}(,\d{1,18}){0,199}\Z")

    def clean_comments(self):
        """Return the numbers."""
        return [int(number) for number in self.cleaned_data["comments"].split(",") if number.isascii()]
