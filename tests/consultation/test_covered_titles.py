"""Covered titles of papers and files: gone from all that readers get, kept for moderators and the author."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from consultation import papers
from consultation.models import Attachment, Comment, NewText
from tests import factories
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="talks")


@pytest.fixture
def moderator(roundtable):
    return factories.moderator(roundtable, "Mara")


@pytest.fixture
def paper(roundtable):
    """A published paper with a file; words of both titles are to be covered."""
    comment = factories.comment(roundtable, body="The text of it.")
    Comment.objects.filter(pk=comment.pk).update(title="Papercanary of somebody", is_paper=True)
    factories.attachment(stored(comment), "Namecanary.pdf", title="Filecanary of somebody")
    return stored(comment)


def stored(comment):
    return Comment.objects.get(pk=comment.pk)


def browser(person=None):
    client = Client()
    if person:
        client.force_login(person)
    return client


def cover(client, comment, which, shown="", reason="personal_data"):
    where = reverse("moderation_cover_title", args=[comment.pk])
    return client.post(where, {"which": which, "shown": shown, "reason": reason})


def cover_both(comment, moderator):
    """Cover the paper's title and its file's."""
    file = comment.attachments.get()
    client = browser(moderator)
    for which, shown in (("own", "Paper of ▒▒▒"), (str(file.pk), "")):
        assert cover(client, comment, which, shown).status_code == 302


def everything(client, comment):
    """Return all that a person gets of a comment, as one text."""
    file = comment.attachments.get()
    names = ("roundtable_detail", "roundtable_all", "paper_list", "feed_roundtable", "moderation_csv")
    addresses = [reverse(name, args=["talks"]) for name in (*names, "roundtable_csv", "roundtable_json")]
    addresses += [reverse(name, args=[comment.pk]) for name in ("comment_detail", "feed_comment", "comment_versions")]
    addresses += [f"/en/search/?q={word}" for word in ("papercanary", "filecanary", "namecanary", "text")]
    answers = [client.get(address) for address in (*addresses, reverse("attachment_download", args=[file.pk]))]
    assert answers[-1].status_code == 200
    heads = " ".join(str(answer.headers) for answer in answers)
    shown = [answer.getvalue().decode(errors="replace") for answer in answers[:-1]]
    # Search says for what it looked.
    return heads + "".join(text.replace('value="papercanary"', "") for text in shown)


def test_covered_titles_are_gone_from_everything_that_readers_get(roundtable, moderator, paper):
    before = everything(browser(), paper)
    found = [Comment.objects.filter(search_text__contains=word).count() for word in ("papercanary", "filecanary")]
    cover_both(paper, moderator)

    after, row, file = everything(browser(), paper), stored(paper), Attachment.objects.get()

    for word in ("Papercanary", "Filecanary", "Namecanary"):
        assert (word in before, word in after) == (True, False)
    assert (found, "canary" in row.search_text, "canary" in str(row.files)) == ([1, 1], False, False)
    assert (row.title, row.files[0]["title"]) == ("Paper of ▒▒▒", "▒▒▒ Title covered by a moderator")
    assert (file.title, file.name) == ("▒▒▒ Title covered by a moderator", f"{file.pk}.pdf")
    article = page(browser().get(roundtable.get_absolute_url())).one("article", id=f"comment-{paper.pk}")
    assert "Reason: Names or exposes a private person" in article.words
    assert [event.action for event in paper.events.order_by("pk")][-2:] == ["cover_title"] * 2


def test_the_original_is_kept_for_moderators_and_the_author_only(roundtable, moderator, paper):
    cover_both(paper, moderator)
    own = reverse("comment_detail", args=[paper.pk])
    answers = {
        "moderator": browser(moderator).get(reverse("moderation_decide", args=[paper.pk])),
        "author": browser(paper.author).get(own),
        "other moderator": browser(factories.moderator(factories.roundtable())).get(own),
    }

    words = {who: page(answer).one("main").words for who, answer in answers.items()}

    found = {who: [w in said for w in ("Papercanary", "Filecanary", "Namecanary")] for who, said in words.items()}
    assert found == {"moderator": [True] * 3, "author": [True] * 3, "other moderator": [False] * 3}


@pytest.mark.parametrize("which", ["own", "file"])
def test_covering_and_showing_a_title_again_are_both_undone(roundtable, moderator, paper, which):
    file = paper.attachments.get()
    client, value = browser(moderator), "own" if which == "own" else str(file.pk)

    def state():
        row, its = stored(paper), Attachment.objects.get()
        return row.title, row.files, row.search_text, row.covered_for, its.title, its.name

    def undo():
        paper.undo(by=moderator, event=paper.events.order_by("pk").last())

    original = state()
    cover(client, paper, value)
    covered = state()
    undo()
    back = state()
    cover(client, paper, value)
    shown = client.post(reverse("moderation_show_title", args=[paper.pk]), {"which": value}).status_code
    again = state()
    undo()

    assert (back, again, shown) == (original, original, 302)
    assert (covered != original, state()) == (True, covered)
    assert client.post(reverse("moderation_cover_title", args=[paper.pk]), {"which": value}).status_code == 422


def test_odd_input_covers_nothing(roundtable, moderator, paper):
    other = factories.attachment(factories.comment(roundtable), title="Of another")
    client = browser(moderator)
    show = reverse("moderation_show_title", args=[paper.pk])

    covered = [cover(client, paper, which).status_code for which in ("", "x", "²", "9" * 30, str(other.pk))]
    covered += [cover(client, paper, "own", shown).status_code for shown in ("a\nb", "x" * 151)]
    covered.append(cover(client, paper, "own", reason="x").status_code)
    shown = [client.post(show, {"which": which}).status_code for which in ("", "²", "9" * 30, "own")]

    assert (covered, shown) == ([422] * 8, [422, 422, 422, 409])
    assert not paper.events.filter(action__in=("cover_title", "show_title")).exists()


def test_a_title_stays_covered_when_its_contribution_is_joined_and_goes_when_it_is_withdrawn(roundtable, moderator):
    author = factories.user()
    whole, part = (factories.comment(roundtable, author, body=f"Part {n}.") for n in (1, 2))
    file = factories.attachment(part, "Namecanary.pdf", title="Filecanary")
    stored(part).cover_title(by=moderator, attachment=file, reason="personal_data")

    stored(whole).join(by=moderator, parts=[part])

    joined = stored(whole)
    assert (joined.covered_for, "canary" in str(joined.files)) == ("personal_data", False)
    assert [one.title for one in joined.covered_titles] == ["Filecanary"]
    joined.undo(by=moderator, event=joined.events.order_by("pk").last())
    assert (stored(whole).covered_for, stored(part).covered_for) == ("", "personal_data")
    stored(part).withdraw(by=author)
    assert not type(joined).covered_title.related.related_model.objects.exists()


def test_what_is_said_of_a_covered_title_goes_with_its_file(roundtable, moderator, paper):
    cover_both(paper, moderator)
    cover(browser(moderator), paper, str(factories.attachment(stored(paper), "Other.pdf").pk), reason="offensive")
    before = stored(paper).covered_for

    paper.remove_file(paper.attachments.last(), by=moderator, reason="other")

    assert (before, stored(paper).covered_for) == ("offensive,personal_data", "personal_data")


def test_what_is_said_of_a_covered_title_goes_with_another_title(roundtable, moderator):
    comment = factories.comment(roundtable, status=Status.PENDING)
    Comment.objects.filter(pk=comment.pk).update(title="Papercanary", is_paper=True)
    stored(comment).cover_title(by=moderator, reason="personal_data")

    found = [stored(comment).covered_for]
    for title in (stored(comment).title, "Another title"):
        new = NewText(title=title, mandate=title, body=comment.body, language="en")
        papers.revise(stored(comment), new, by=comment.author)
        found.append(stored(comment).covered_for)

    assert found == ["personal_data", "personal_data", ""]


def test_undoing_finds_the_title_of_its_own_contribution(roundtable, moderator, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    both = [factories.comment(roundtable) for _ in range(2)]
    for comment in both:
        Comment.objects.filter(pk=comment.pk).update(title="Papercanary", is_paper=True)
        stored(comment).cover_title(by=moderator, reason="personal_data")
        stored(comment).show_title(by=moderator)

    stored(both[0]).undo(by=moderator, event=both[0].events.last())

    assert [stored(comment).title == "Papercanary" for comment in both] == [False, True]


@pytest.mark.parametrize("reader", ["en", "fr"])
def test_that_a_title_is_covered_is_said_in_the_language_of_the_reader(roundtable, moderator, paper, reader):
    Comment.objects.filter(pk=paper.pk).update(language="es")
    for each in ("own", str(paper.attachments.get().pk)):
        cover(browser(moderator), paper, each)
    with translation.override("es"):
        its_own = f"▒▒▒ {gettext('Title covered by a moderator')}"
    with translation.override(reader):
        addresses = roundtable.get_absolute_url(), reverse("paper_list", args=[roundtable.slug])
        inside = reverse("moderation_decide", args=[paper.pk])
        expected = f"▒▒▒ {gettext('Title covered by a moderator')}"

    pages = [browser().get(address).text for address in addresses]
    pages.append(browser(moderator).get(inside).text)

    for shown in pages:
        assert (f'<span lang="{reader}">{expected}</span>' in shown, its_own in shown) == (True, False)
    assert stored(paper).title == its_own  # what leaves the site for everybody is in the language of the paper


def test_another_title_that_was_given_is_shown_as_it_is(roundtable, moderator, paper):
    cover(browser(moderator), paper, "own", "Paper of ▒▒▒ <b>")

    article = page(browser().get(roundtable.get_absolute_url())).one("article", id=f"comment-{paper.pk}")

    assert article.one("p", "comment__title").words == "Paper of ▒▒▒ <b>"
