"""Comments as they are printed: lists in lists, whom each answers, what is offered to whom, and nothing unescaped."""

import random
import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation

from accounts.models import StakeholderGroup
from consultation import reference
from consultation.models import Comment
from consultation.permissions import rights_in, roundtables_for
from consultation.rows import SHOWN_LEVELS, Presenter
from consultation.threads import Choice, ThreadPage, read_all, read_page
from tests import factories
from tests.discussions import any_shape, chain, plant
from tests.markup import outline, parse

pytestmark = pytest.mark.django_db

Status = Comment.Status
ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"


@pytest.fixture
def roundtable():
    return factories.roundtable()


def presenter_of(roundtable, user=None, **options):
    user = user or AnonymousUser()
    rights = rights_in(roundtables_for(user).get(pk=roundtable.pk), user)
    return Presenter(roundtable, rights, reference.load(), **options), rights


def sections(roundtable, user=None, *, choice=None, size=None, **options):
    """Return [(question number, elements)] as one person gets them."""
    presenter, rights = presenter_of(roundtable, user, **options)
    seen = Comment.objects.filter(roundtable=roundtable)
    seen = seen.visible_to(user or AnonymousUser(), moderates=rights.can_moderate)
    page = read_page(seen, choice or Choice(), size=size)
    return [(number, parse(html)) for number, html in presenter.sections(page)]


def printed(roundtable, user=None, **options):
    """Return the elements of all sections together."""
    top = parse("")
    top.children = [part for _number, part in sections(roundtable, user, **options)]
    return top


def article(roundtable, comment, user=None, **options):
    """Return the article of one comment."""
    return printed(roundtable, user, **options).one("article", id=f"comment-{comment.pk}")


def links(element):
    """Return the links inside as address → words."""
    return {link.attrs["href"]: link.words or link.attrs.get("aria-label") for link in element.all("a")}


def nesting(element):
    """Return the comments of a list as nested lists of numbers."""
    found = []
    for item in [child for child in element.children if getattr(child, "tag", "") == "li"]:
        own = next(child for child in item.children if getattr(child, "tag", "") == "article")
        lists = [each for each in item.all("ol") if each.ancestors("li")[0] is item and not each.ancestors("article")]
        found.append((int(own.attrs["id"][8:]), [each for one in lists for each in nesting(one)]))
    return found


# --- Lists in lists


def test_replies_stand_in_a_list_inside_the_item_of_what_they_answer(roundtable):
    a, b, c, d, e = (each.pk for each in plant(roundtable, [None, 0, 1, 0, None]))

    [(number, items)] = sections(roundtable)

    assert number == 999
    assert nesting(items) == [(a, [(b, [(c, [])]), (d, [])]), (e, [])]


def test_each_question_has_a_section_of_its_own(roundtable):
    first, _second, third = roundtable.questions.all()
    later = factories.comment(roundtable, question=third)
    early = factories.comment(roundtable, question=first)
    general = factories.comment(roundtable)

    found = [(number, nesting(items)) for number, items in sections(roundtable)]

    assert found == [(1, [(early.pk, [])]), (3, [(later.pk, [])]), (999, [(general.pk, [])])]


@pytest.mark.parametrize("sort", ["oldest", "newest", "activity"])
@pytest.mark.parametrize("objective", [None, 3])
@pytest.mark.parametrize("size", [1, 3, 50])
def test_every_page_of_any_tree_is_well_formed(roundtable, sort, objective, size):
    questions = [*roundtable.questions.all(), None]
    rng = random.Random(size)
    plant(roundtable, any_shape(rng, 40), question=lambda place: rng.choice(questions), objective_numbers=(3,))
    presenter, _ = presenter_of(roundtable)
    seen, after, found = Comment.objects.filter(roundtable=roundtable), "", 0

    while after is not None:
        page = read_page(seen, Choice(sort=sort, objective=objective, after=after), size=size)
        shown = [parse(html) for _number, html in presenter.sections(page)]  # complains of what does not match
        items = [item for section in shown for item in section.all("li")]
        assert len(items) == len([each for section in shown for each in section.all("article")]) == len(page.rows)
        assert {item.parent.tag for item in items} <= {"", "ol"}
        found += len(items)
        after = page.next_cursor or None

    assert found == 40


def test_a_page_that_begins_inside_a_thread_begins_a_list_there(roundtable):
    root, first, below, second = plant(roundtable, [None, 0, 1, 0])
    torn = read_page(Comment.objects.filter(roundtable=roundtable), Choice(), size=2)

    [(_number, items)] = sections(roundtable, choice=Choice(after=torn.next_cursor))

    assert [row.id for row in torn.rows] == [root.pk, first.pk]
    assert nesting(items) == [(below.pk, []), (second.pk, [])]


def test_a_thread_can_be_folded_and_says_how_many_replies_it_has(roundtable):
    plant(roundtable, [None, 0, 1, 1, None, 4, None])

    folds = printed(roundtable).all("details", class_="replies")

    assert [fold.one("summary").words for fold in folds] == ["3 replies", "1 reply"]
    assert [("open" in fold.attrs) for fold in folds] == [True, True]


def test_for_printing_nothing_is_folded(roundtable):
    long = " ".join(["A sentence of some words."] * 200)
    root = factories.comment(roundtable, body=long)
    factories.comment(roundtable, answers=root)

    plain, unfolded = printed(roundtable), printed(roundtable, is_unfolded=True)

    assert len(plain.all("details")) == 2
    assert [("open" in fold.attrs, fold.classes) for fold in unfolded.all("details")] == [(True, ["more"])]


# --- Whom a comment answers


def test_a_reply_says_in_words_whom_it_answers_with_a_link_there(roundtable):
    root = factories.comment(roundtable, factories.user("Andy Shen"))
    reply = factories.comment(roundtable, answers=root)

    to = article(roundtable, reply).one("p", class_="to")

    assert to.words == "In reply to Andy Shen"
    assert links(to) == {f"#comment-{root.pk}": "Andy Shen"}
    assert article(roundtable, root).all("p", class_="to") == []


def test_the_link_leads_to_the_permalink_where_the_answered_comment_is_on_another_page(roundtable):
    root, _first, last = plant(roundtable, [None, 0, 0], author=factories.user("Andy Shen"))
    page = read_page(Comment.objects.filter(roundtable=roundtable), Choice(), size=2)

    found = article(roundtable, last, choice=Choice(after=page.next_cursor)).one("p", class_="to")

    assert links(found) == {f"/en/comments/{root.pk}/": "Andy Shen"}


def test_in_a_chain_of_a_hundred_each_says_whom_it_answers_and_how_deep_it_is(roundtable):
    author, comments = factories.user(), []
    for place in range(100):
        answers = comments[-1] if comments else None
        name = f"Person in place {place}"
        comments.append(factories.comment(roundtable, author, answers=answers, role="moderator", author_name=name))

    page = printed(roundtable, size=200)

    found = [each.one("p", class_="to").words for each in page.all("article")[1:]]
    assert found == [f"In reply to Person in place {place}" for place in range(99)]
    levels = [re.findall(r"Level (\d+)", each.one("header").words) for each in page.all("article")]
    assert levels == [[]] * SHOWN_LEVELS + [[str(level)] for level in range(SHOWN_LEVELS + 1, 41)] + [["40"]] * 60


@pytest.mark.parametrize("status", [Status.REMOVED, Status.WITHDRAWN])
def test_the_name_of_somebody_whose_comment_is_gone_is_not_in_the_reply_either(roundtable, status):
    root = factories.comment(roundtable, factories.user("Andy Shen"))
    reply = factories.comment(roundtable, answers=root)
    Comment.objects.filter(pk=root.pk).update(status=status, removed_at=timezone.now())

    page = printed(roundtable)

    assert article(roundtable, reply).one("p", class_="to").words == (
        "In reply to a contribution that is no longer shown"
    )
    assert "Andy Shen" not in page.text


# --- What stands in a comment


def test_a_comment_names_author_affiliation_date_and_language_and_links_to_itself(roundtable):
    roundtable.time_zone = "America/New_York"
    roundtable.save()
    group = StakeholderGroup.objects.get(code="academia")
    author = factories.user("Wei Zhang", organisation="Open University", group=group, country="CN", capacity="official")
    comment = factories.comment(
        roundtable, author, language="fr", posted_at=datetime(2026, 3, 8, 7, 5, tzinfo=UTC), objective_numbers=(3, 17)
    )

    found = article(roundtable, comment)

    header = found.one("header")
    assert [child.words for child in header.children] == [
        "Wei Zhang",
        f"Open University · {group.label} · China · Official capacity",
        "8 March 2026, 03:05",
        "French",
    ]
    assert header.one("time").attrs["datetime"] == "2026-03-08T03:05-04:00"
    assert links(header) == {f"/en/comments/{comment.pk}/": "8 March 2026, 03:05"}
    assert (found.attrs["lang"], header.attrs["lang"]) == ("fr", "en")
    assert found.one("div", class_="comment__body").attrs["dir"] == "auto"
    assert links(found.one("footer")) == {
        f"/en/roundtables/{roundtable.slug}/?objective=3": "3",
        f"/en/roundtables/{roundtable.slug}/?objective=17": "17",
        f"/en/comments/{comment.pk}/reply/": "Reply to Wei Zhang",
    }
    assert [link.attrs["aria-label"] for link in found.all("a", class_="n")] == ["Objective 3", "Objective 17"]


@pytest.mark.parametrize(
    ("role", "label"), [("participant", []), ("moderator", ["Moderator"]), ("secretariat", ["Secretariat"])]
)
def test_organisers_are_marked_as_such(roundtable, role, label):
    comment = factories.comment(roundtable, role=role)

    assert [each.words for each in article(roundtable, comment).all("b", class_="role")] == label


def test_what_is_not_known_is_said(roundtable):
    author = factories.user(organisation="", group=None, country="", capacity="")
    comment = factories.comment(roundtable, author, author_name="", language="", posted_at=None)
    reply = factories.comment(roundtable, answers=comment)

    header = article(roundtable, comment).one("header")

    assert [child.words for child in header.children] == ["Author not recorded", "Date not recorded", ""]
    assert article(roundtable, reply).one("p", class_="to").words == "In reply to Author not recorded"


def test_a_text_that_was_cut_off_says_so(roundtable):
    whole, cut = factories.comment(roundtable), factories.comment(roundtable, is_truncated=True)

    hints = [[hint.words for hint in article(roundtable, each).all("p", class_="hint")] for each in (whole, cut)]

    assert hints == [[], ["The end of this text was cut off on the old site."]]


def test_every_text_carries_its_language_and_the_words_around_it_that_of_the_page(roundtable):
    spanish = factories.comment(roundtable, language="es")
    unknown = factories.comment(roundtable, language="")
    reply = factories.comment(roundtable, answers=spanish, language="es", role="moderator")

    with translation.override("fr"):
        page = printed(roundtable)

    found = {each.attrs["id"]: each.attrs["lang"] for each in page.all("article")}
    assert found == {f"comment-{spanish.pk}": "es", f"comment-{unknown.pk}": "fr", f"comment-{reply.pk}": "es"}
    around = [each.attrs.get("lang") for each in page.one("article", id=f"comment-{reply.pk}").children]
    assert around == ["fr", "fr", None, "fr"]


def test_a_tombstone_keeps_a_date_and_a_reason_and_nothing_else(roundtable):
    day = datetime(2026, 5, 4, 22, 30, tzinfo=UTC)  # the fifth in Zurich
    secret = {"body": "Secret words", "objective_numbers": (3,), "removed_at": day}
    removed = factories.comment(roundtable, factories.user("Secret Name"), status=Status.REMOVED, **secret)
    plain = factories.comment(
        roundtable, factories.user("Secret Name"), status=Status.REMOVED, **secret, removal_reason=""
    )
    withdrawn = factories.comment(roundtable, factories.user("Secret Name"), status=Status.WITHDRAWN, **secret)
    undated = factories.comment(
        roundtable, status=Status.REMOVED, **(secret | {"removed_at": None, "removal_reason": ""})
    )
    date = article(roundtable, removed).one("time").words

    page = printed(roundtable, factories.moderator(roundtable))

    assert [each.words for each in page.all("article")] == [
        f"{date} Removed by a moderator on 5 May 2026. Reason: Names or exposes a private person.",
        f"{date} Removed on 5 May 2026.",
        f"{date} Withdrawn by its author on 5 May 2026.",
        f"{date} Removed.",
    ]
    assert [links(each) for each in page.all("article")] == [
        {f"/en/comments/{each.pk}/": date} for each in (removed, plain, withdrawn, undated)
    ]


def test_the_place_is_named_where_comments_of_all_questions_are_mixed(roundtable):
    answer = factories.comment(roundtable, question=roundtable.questions.get(number=2), objective_numbers=(3,))
    reply = factories.comment(roundtable, answers=answer, objective_numbers=(3,))
    general = factories.comment(roundtable, objective_numbers=(3,))

    def places(choice):
        found = {}
        for each in (answer, reply, general):
            words = article(roundtable, each, choice=choice).one("header").words
            found[each.pk] = re.findall(r"Question \d|General contributions", words)
        return list(found.values())

    assert places(Choice()) == [[], [], []]
    assert places(Choice(sort="newest")) == [["Question 2"], [], ["General contributions"]]
    assert places(Choice(objective=3)) == [["Question 2"], ["Question 2"], ["General contributions"]]


def test_a_long_text_is_behind_a_fold_and_whole_where_it_is_focused(roundtable):
    long = " ".join(["A sentence of some words."] * 200)
    comment = factories.comment(roundtable, body=long)

    folded, focused = article(roundtable, comment), article(roundtable, comment, focus=comment.pk)

    assert folded.one("div", class_="comment__body").words == focused.one("div", class_="comment__body").words == long
    assert folded.one("summary").attrs["aria-label"] == "Read more"
    assert ["open" in each.one("details", class_="more").attrs for each in (folded, focused)] == [False, True]


def test_the_focused_comment_takes_the_focus_and_no_other(roundtable):
    first, second = factories.comment(roundtable), factories.comment(roundtable)

    page = printed(roundtable, focus=second.pk)

    assert [(each.classes, "autofocus" in each.attrs) for each in page.all("article")] == [
        (["comment"], False),
        (["comment", "is-focus"], True),
    ]
    assert page.one("article", id=f"comment-{first.pk}").attrs.get("tabindex") is None


# --- What is offered to whom


def offered(roundtable, comment, user=None):
    found = article(roundtable, comment, user).all("footer")
    return list(links(found[0]).values()) if found else []


def test_published_comments_can_be_answered_while_the_roundtable_is_open(roundtable):
    comment = factories.comment(roundtable, factories.user("Andy Shen"))
    member = factories.user()

    before = [offered(roundtable, comment, user) for user in (None, member, comment.author)]
    roundtable.closes_at = timezone.now()
    roundtable.save()
    after = [offered(roundtable, comment, user) for user in (None, member, factories.moderator(roundtable))]

    assert before == [["Reply to Andy Shen"], ["Reply to Andy Shen", "Report"], ["Reply to Andy Shen", "Edit"]]
    assert after == [[], ["Report"], ["Moderate"]]


def test_a_link_to_answer_names_nobody_who_has_no_name_here(roundtable):
    former = factories.comment(roundtable, author_role=Comment.Role.FORMER)
    nameless = factories.comment(roundtable, author_name="")

    assert [offered(roundtable, comment) for comment in (former, nameless)] == [["Reply to a contribution"]] * 2


def test_only_whoever_can_post_now_gets_the_form_in_place(roundtable):
    comment = factories.comment(roundtable)

    def in_place(user):
        return "data-reply" in article(roundtable, comment, user).one("footer").all("a")[0].attrs

    assert [in_place(user) for user in (None, factories.user())] == [False, True]


@pytest.mark.parametrize(
    ("status", "to_author", "to_moderator", "notice_to_author", "notice_to_moderator"),
    [
        (
            Status.PENDING,
            ["Revise"],
            ["Decide"],
            "Awaiting moderation: only you and the moderators see it.",
            "Awaiting moderation",
        ),
        (
            Status.RETURNED,
            ["Revise"],
            ["Decide"],
            "Returned to you for revision: only you and the moderators see it.",
            "Returned for revision",
        ),
    ],
)
def test_what_waits_says_so_and_offers_what_may_be_done(
    roundtable, status, to_author, to_moderator, notice_to_author, notice_to_moderator
):
    comment = factories.comment(roundtable, status=status)
    moderator = factories.moderator(roundtable)

    def seen_by(user):
        found = article(roundtable, comment, user)
        return offered(roundtable, comment, user), found.one("p", class_="hint").words, found.classes

    assert seen_by(comment.author) == (to_author, notice_to_author, ["comment", "is-waiting"])
    assert seen_by(moderator) == (to_moderator, notice_to_moderator, ["comment", "is-waiting"])
    assert printed(roundtable, factories.user()).all("article") == []


def test_a_rejected_text_on_its_own_page_says_that_it_is_not_published(roundtable):
    comment = factories.comment(roundtable, status=Status.REJECTED)
    page = ThreadPage(list(read_all(Comment.objects.filter(pk=comment.pk))))

    def seen_by(user):
        presenter, _ = presenter_of(roundtable, user)
        [(_number, html)] = presenter.sections(page)
        found = parse(html)
        return found.one("p", class_="hint").words, [link.words for link in found.all("a")][1:]

    assert seen_by(comment.author) == ("Not published", [])
    assert seen_by(factories.moderator(roundtable)) == ("Not published", ["Decide"])


def test_nothing_can_be_revised_after_the_closing_time(roundtable):
    comment = factories.comment(roundtable, status=Status.RETURNED)
    roundtable.closes_at = timezone.now()
    roundtable.save()

    assert offered(roundtable, comment, comment.author) == []


# --- Nothing unescaped


@pytest.mark.parametrize("field", ["author_name", "author_organisation"])
def test_markup_in_a_name_is_shown_as_typed_wherever_it_stands(roundtable, field):
    harmless, hostile = factories.roundtable(slug="a"), factories.roundtable(slug="b")
    outlines, texts = [], []
    for where, words in ((harmless, "Harmless"), (hostile, ATTACK)):
        root = factories.comment(where, **{field: words})
        factories.comment(where, answers=root, **{field: words})
        found = printed(where)
        outlines.append(outline(found))
        texts.append(found.text.count(words))

    assert outlines[0] == outlines[1]
    assert texts == [5, 5] if field == "author_name" else [2, 2]


@pytest.mark.parametrize("language", ['"><b>', "'onload='x", "<script>"])
def test_markup_in_a_language_is_shown_as_typed(roundtable, language):
    factories.comment(roundtable, language="de")
    harmless = outline(printed(roundtable))
    Comment.objects.update(language=language)

    found = printed(roundtable)

    assert outline(found) == harmless
    assert found.one("article").attrs["lang"] == language


def test_a_chain_is_printed_without_recursion(roundtable):
    plant(roundtable, chain(40))

    assert len(printed(roundtable).all("article")) == 40


def test_a_covered_passage_is_explained_in_the_language_of_the_reader(roundtable):
    comment = factories.comment(roundtable, body="We met Jane Doe.", language="es")
    comment.cover(by=factories.staff(), passages=[(7, 15)], reason="personal_data")

    found = article(roundtable, comment)

    words = "A moderator covered a part of this contribution. Reason: Names or exposes a private person."
    assert (found.one("p", class_="hint").words, found.one("p", class_="hint").attrs["lang"]) == (words, "en")
    assert "Jane" not in found.words


def test_a_joined_contribution_and_a_duplicate_lead_to_the_other_one(roundtable):
    author, moderator = factories.user("Andy Shen"), factories.moderator(roundtable)
    whole, part, twin = (factories.comment(roundtable, author) for _ in range(3))
    whole.join(by=moderator, parts=[part])
    twin.mark_duplicate(by=moderator, of=whole)

    found = [article(roundtable, each) for each in (part, twin)]

    assert [f"/en/comments/{whole.pk}/" in links(each) for each in found] == [True, True]
    assert [each.words.split(", ", 1)[1][6:].split(" on ")[0] for each in found] == [
        "Joined by a moderator",
        "Removed by a moderator",
    ]
    assert [each.words.endswith(f"contribution {whole.pk}.") for each in found] == [True, True]
