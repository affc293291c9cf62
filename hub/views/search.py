"""Search in everything that this person may read."""

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from consultation import search as terms
from consultation.models import AttachmentPage, Comment, Question
from consultation.permissions import roundtables_for

PER_PAGE = 20


class SearchForm(forms.Form):
    """What to look for, and where."""

    q = forms.CharField(
        label=_("Search for"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    roundtable = forms.ModelChoiceField(
        label=_("In"), required=False, queryset=None, to_field_name="slug", empty_label=_("All roundtables")
    )
    after = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args, roundtables, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["roundtable"].queryset = roundtables


@require_safe
def search(request):
    """Find comments and questions in all roundtables or in one, without accents or exact endings."""
    roundtables = roundtables_for(request.user)
    form = SearchForm(request.GET, roundtables=roundtables)
    form.is_valid()
    chosen = form.cleaned_data
    words = terms.search_terms(chosen.get("q") or "")
    address = QueryDict(mutable=True)
    address.update({name: request.GET[name] for name in ("q", "roundtable") if request.GET.get(name)})
    context = {
        "search_form": form,
        "section": "search",
        "query": chosen.get("q"),
        "comments": [],
        "pages": [],
        "questions": [],
        "next_prefix": f"{address.urlencode()}&",
    }
    if words:
        within = [chosen["roundtable"].pk] if chosen.get("roundtable") else roundtables.values("pk")
        context |= _found(words, within, chosen.get("after"))
    return render(request, "hub/search.html", context)


def _found(words, within, after):
    comments = Comment.objects.filter(
        terms.matches_filter(words), published_at__isnull=False, status=Comment.Status.APPROVED, roundtable__in=within
    )
    if after:
        comments = comments.filter(pk__lt=after)
    found = list(comments.select_related("roundtable", "question").order_by("-pk")[: PER_PAGE + 1])
    for comment in found:
        comment.excerpt = terms.highlight(comment.body.replace("**", ""), words)  # marks of bold type
    questions = [] if after else _questions(words, within)
    return {
        "comments": found[:PER_PAGE],
        "next_cursor": found[PER_PAGE - 1].pk if len(found) > PER_PAGE else "",
        "pages": [] if after else _pages(words, within),
        "questions": questions,
    }


def _pages(words, within):
    """Pages of files that readers get with published contributions."""
    pages = AttachmentPage.objects.filter(
        terms.matches_filter(words),
        attachment__hidden_since=None,
        attachment__comment__published_at__isnull=False,
        attachment__comment__status=Comment.Status.APPROVED,
        attachment__comment__roundtable__in=within,
    )
    found = list(pages.select_related("attachment__comment__roundtable").order_by("-attachment", "number")[:PER_PAGE])
    for page in found:
        page.excerpt = terms.highlight(page.text, words)
    return found


def _questions(words, within):
    """Questions are few: they are searched as they are shown, in every language."""
    found = []
    for question in Question.objects.filter(roundtable__in=within).select_related("roundtable"):
        for language in dict.fromkeys([get_language(), *settings.LANGUAGE_CODES]):
            text = getattr(question, f"text_{language}") or ""
            if all(word in terms.normalise(text) for word in words):
                question.excerpt, question.excerpt_language = terms.highlight(text, words), language
                found.append(question)
                break
    return found[:PER_PAGE]
