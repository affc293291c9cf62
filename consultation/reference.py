"""What stands on nearly every page and seldom changes: objectives, stakeholder groups, site texts, terms.

One query loads all of it. Each process keeps a copy under the number of the last change, so that a page that
knows the number (it comes with the roundtable) needs no query at all, and an old copy is never shown.
"""

from dataclasses import dataclass
from functools import cached_property
from html import escape

from django.conf import settings
from django.db.models import F, IntegerField, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext
from django_countries import countries

from accounts.models import StakeholderGroup, User

from . import text
from .models import Objective, ReferenceStamp, Term, TextBlock

MOST_AFFILIATIONS = 5000
_copies = {}


@dataclass
class Text:
    """A title and a body in the language asked for, or in `language` where that one is missing."""

    title: str
    body: str
    language: str

    @cached_property
    def html(self):
        """The body as safe HTML."""
        return mark_safe(text.render(self.body).html)


class Reference:
    """The reference texts as they are shown in one language."""

    def __init__(self, rows, language):
        self.language = language
        self._affiliations, self._verified = {}, escape(gettext("affiliation verified"))
        self.objectives, self.groups, self.blocks, self.pages, self.terms = {}, {}, {}, {}, []
        codes = settings.LANGUAGE_CODES
        order = [language, *(code for code in codes if code != language)]
        for kind, key, *texts in rows:
            titles, bodies = (
                dict(zip(settings.LANGUAGE_CODES, texts[:3], strict=True)),
                dict(zip(settings.LANGUAGE_CODES, texts[3:], strict=True)),
            )
            # A title whose body is not translated yet is shown with the body, in a language that has both.
            whole = [code for code in order if titles[code] and (bodies[code] or not any(bodies.values()))]
            shown = next((code for code in (*whole, *order) if titles[code]), language)
            shown_text = Text(titles[shown] or "", bodies[shown] or "", shown)
            if kind == "objective":
                self.objectives[int(key)] = shown_text
            elif kind == "group":
                self.groups[int(key)] = shown_text.title
            elif kind in ("block", "page"):
                self.blocks[key] = shown_text
                if kind == "page":
                    self.pages[key] = shown_text
            else:
                code, mark = key.split(" ", 1)
                # A term is looked for in every language's spelling: contributions are not translated.
                for word in dict.fromkeys(filter(None, titles.values())):
                    self.terms.append(text.Term(word=word, mark=mark, footnote=shown_text.body, anchor=code))

    @cached_property
    def objective_choices(self):
        """Every objective as a choice of a form."""
        return [(number, f"{number}. {objective.title}") for number, objective in self.objectives.items()]

    @cached_property
    def footer(self):
        """The texts at the foot of every page, printed once."""
        return render_to_string("components/_footer_texts.html", {"reference": self})

    def affiliation(self, organisation, group, country, capacity, *, is_verified=False):
        """Return the HTML of what stands beside a name: organisation, group, country, capacity, and whether checked."""
        key = (organisation, group, country, capacity, is_verified)
        if key not in self._affiliations:
            if len(self._affiliations) > MOST_AFFILIATIONS:
                self._affiliations.clear()
            words = (
                organisation,
                self.groups.get(group),
                countries.name(country),
                User.Capacity(capacity).label if capacity else "",
            )
            shown = " · ".join(escape(str(word)) for word in words if word)
            mark = f'<span class="verified">✓ {self._verified}</span>' if is_verified else ""
            self._affiliations[key] = f"<span>{shown}</span>{mark}" if shown else ""
        return self._affiliations[key]


def stamp():
    """Return a subquery for the number of the last change, to be annotated to a query that runs anyway."""
    return Coalesce(Subquery(ReferenceStamp.objects.filter(pk=1).values("value")), 0)


def touch():
    """Tell every worker that a reference text changed; call it in the transaction of the change."""
    if not ReferenceStamp.objects.filter(pk=1).update(value=F("value") + 1):
        ReferenceStamp.objects.create(pk=1)


def last_change():
    """Return the number of the last change, for what loads the texts many times in a row."""
    return ReferenceStamp.objects.filter(pk=1).values_list("value", flat=True).first() or 0


def load(number=None):
    """Return the reference texts in the language of the moment; `number` is the stamp where it is known already."""
    if number is None:
        number = last_change()
    language = get_language() or "en"
    kept_number, reference = _copies.get(language, (None, None))
    if kept_number != number:
        reference = Reference(_rows(), language)
        _copies[language] = (number, reference)
    return reference


def forget():
    """Let go of this process's copies; for tests, whose rows are rolled back."""
    _copies.clear()


def _rows():
    first, *others = (
        _part(StakeholderGroup, "group", "pk", "label", None, "position"),
        _part(Objective, "objective", "pk", "short", "title", "number"),
        _part(TextBlock, "block", "key", "title", "body", "pk", is_page=False),
        _part(TextBlock, "page", "key", "title", "body", "pk", is_page=True),
        _part(Term, "term", Concat("code", Value(" "), "mark"), "word", "footnote", "pk"),
    )
    return [(kind, key, *texts) for kind, _, key, *texts in first.union(*others, all=True).order_by("kind", "place")]


def _part(model, kind, key, title, body, place, **filters):
    def column(field, code):
        return Cast(f"{field}_{code}", TextField()) if field else Value("", TextField())

    columns = {
        "kind": Value(kind, TextField()),
        "place": Cast(place, IntegerField()),
        "row_key": Cast(key, TextField()),
        **{f"title_{code}_": column(title, code) for code in settings.LANGUAGE_CODES},
        **{f"body_{code}_": column(body, code) for code in settings.LANGUAGE_CODES},
    }
    return model.objects.filter(**filters).order_by().annotate(**columns).values_list(*columns)
