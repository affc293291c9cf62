"""Putting contributions elsewhere: counters of both places, a sound tree, addresses that lead there."""

import random

import pytest
from django.urls import reverse

from consultation.models import Comment, Roundtable
from consultation.models.comment_manager import DEEPEST
from consultation.models.filing import Unfit
from consultation.models.transitions import AlreadyDecided
from consultation.views.moderation.register import decisions_in
from tests import factories
from tests.discussions import any_shape, chain, plant
from tests.markup import page

from .test_undoing import assert_sound, stored, totals

pytestmark = pytest.mark.django_db

Status = Comment.Status


@pytest.fixture
def roundtable():
    return factories.roundtable()


@pytest.fixture
def other():
    return factories.roundtable()


@pytest.fixture
def moderator(roundtable, other):
    person = factories.moderator(roundtable, "Mara")
    other.moderators.add(person)
    return person


def undo(comment, by):
    return comment.undo(by=by, event=comment.events.order_by("pk").last())


# --- Into another roundtable


def test_a_thread_moves_to_another_roundtable_and_back(roundtable, other, moderator):
    root = factories.comment(roundtable, question=roundtable.questions.get(number=2))
    reply = factories.comment(roundtable, answers=root)
    factories.comment(roundtable, answers=reply, status=Status.PENDING)
    factories.comment(roundtable)
    question = other.questions.get(number=3)
    before = totals(roundtable), totals(other)

    moved = root.move_to(by=moderator, roundtable=other, question=question)

    assert {(each.roundtable, each.question, each.question_number) for each in moved.thread()} == {(other, question, 3)}
    assert (moved.path, reply.path) == (root.path, stored(reply).path)
    assert (totals(roundtable)[:2], totals(other)[:2]) == ((1, [0, 0, 0]), (2, [0, 0, 2]))
    assert_sound(roundtable, other)
    undo(moved, moderator)
    assert (totals(roundtable), totals(other)) == before
    assert [event.action for event in root.events.all()][-2:] == ["move", "undo"]


def test_a_moved_thread_makes_kept_copies_of_both_pages_old(roundtable, other, moderator):
    root = factories.comment(roundtable)
    versions = dict(Roundtable.objects.values_list("pk", "version"))

    root.move_to(by=moderator, roundtable=other)

    assert all(Roundtable.objects.get(pk=pk).version > version for pk, version in versions.items())


def test_what_cannot_move_to_another_roundtable_stays(roundtable, other, moderator):
    root = factories.comment(roundtable)
    reply = factories.comment(roundtable, answers=root)
    imported, twin = factories.comment(roundtable, external_id="7"), factories.comment(other, external_id="7")

    for wrong in (
        lambda: reply.move_to(by=moderator, roundtable=other),
        lambda: root.move_to(by=moderator, roundtable=roundtable),
        lambda: root.move_to(by=moderator, roundtable=other, question=roundtable.questions.first()),
        lambda: imported.move_to(by=moderator, roundtable=other),
    ):
        with pytest.raises(Unfit):
            wrong()

    assert set(other.comments.all()) == {twin}
    assert_sound(roundtable, other)


# --- Below another


def test_a_thread_is_put_below_another_and_back(roundtable, moderator):
    first, second = roundtable.questions.all()[:2]
    target = factories.comment(roundtable, question=first)
    root = factories.comment(roundtable, question=second)
    reply = factories.comment(roundtable, answers=root)
    before = totals(roundtable)

    root.place_below(by=moderator, answered=target)

    moved, below = stored(root), stored(reply)
    assert (moved.in_reply_to, moved.depth, moved.question) == (target, 2, first)
    assert (below.in_reply_to, below.depth, below.question) == (root, 3, first)
    assert below.path.startswith(moved.path) and moved.path.startswith(target.path)
    assert totals(roundtable) == (3, [3, 0, 0], [2])
    assert_sound(roundtable)
    undo(moved, moderator)
    assert (stored(root).in_reply_to, stored(root).depth) == (None, 1)
    assert totals(roundtable) == before
    assert_sound(roundtable)


def test_a_reply_is_put_at_the_top_level_and_below_another_thread(roundtable, moderator):
    root, target = factories.comment(roundtable), factories.comment(roundtable)
    reply = factories.comment(roundtable, answers=root)
    factories.comment(roundtable, answers=reply, status=Status.PENDING)

    reply.place_below(by=moderator, answered=target)
    assert totals(roundtable)[2] == [0, 1]
    assert_sound(roundtable)
    reply.place_below(by=moderator, answered=None)

    assert totals(roundtable)[2] == [0, 0, 0]
    assert stored(reply).depth == 1
    assert_sound(roundtable)


def test_nothing_is_put_where_it_would_break_the_tree(roundtable, other, moderator):
    root = factories.comment(roundtable)
    reply = factories.comment(roundtable, answers=root)
    deep = plant(roundtable, chain(DEEPEST - 1))
    held = factories.comment(roundtable, status=Status.PENDING)
    before = list(Comment.objects.values_list("pk", "path", "in_reply_to"))

    for comment, target in (
        (root, root),
        (root, reply),
        (root, deep[-1]),
        (root, held),
        (root, factories.comment(other)),
        (held, None),
    ):
        with pytest.raises(Unfit):
            comment.place_below(by=moderator, answered=target)

    assert list(Comment.objects.filter(roundtable=roundtable).values_list("pk", "path", "in_reply_to")) == before
    assert deep[-1].depth == DEEPEST - 1
    reply.place_below(by=moderator, answered=deep[-1])
    assert stored(reply).depth == DEEPEST


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_moved_where_the_tree_and_the_totals_stay_sound(roundtable, other, moderator, seed):
    rng = random.Random(seed)
    comments = plant(
        roundtable,
        any_shape(rng, 25),
        status=lambda place: "pending" if place % 7 == 6 else "approved",
        question=lambda place: roundtable.questions.get(number=1 + place % 3),
    )

    for _ in range(25):
        comment, target = stored(rng.choice(comments)), stored(rng.choice(comments))
        act = rng.choice(["below", "top", "roundtable", "question", "undo"])
        try:
            if act == "below":
                comment.place_below(by=moderator, answered=target)
            elif act == "top":
                comment.place_below(by=moderator, answered=None)
            elif act == "roundtable":
                comment.move_to(by=moderator, roundtable=rng.choice([roundtable, other]))
            elif act == "question":
                comment.refile(by=moderator, question=rng.choice([None, *comment.roundtable.questions.all()]))
            else:
                undo(comment, moderator) if comment.events.exists() else None
        except (Unfit, Comment.AlreadyDecided):
            pass

    assert_sound(roundtable, other)
    wrong = [
        each
        for each in Comment.objects.filter(depth__gt=1).select_related("in_reply_to")
        if (each.roundtable_id, each.question_id) != (each.in_reply_to.roundtable_id, each.in_reply_to.question_id)
    ]
    assert wrong == []


# --- Joined, split, marked


@pytest.mark.parametrize("status", [Status.APPROVED, Status.PENDING])
def test_parts_of_one_submission_are_joined_with_originals_kept_and_separated_again(roundtable, moderator, status):
    author = factories.user()
    make = {"roundtable": roundtable, "author": author, "status": status, "question": roundtable.questions.first()}
    first = factories.comment(**make, body="Part one.", objective_numbers=(3,))
    second = factories.comment(**make, body="Part two.", objective_numbers=(1, 3))
    third = factories.comment(**make, body="Part three.")
    before = totals(roundtable)

    first.join(by=moderator, parts=[third, second])

    whole, part = stored(first), stored(second)
    assert whole.body == "Part one.\n\nPart two.\n\nPart three."
    assert (whole.status, whole.revision_number, list(whole.objective_numbers)) == (status, 2, [1, 3])
    assert [revision.body for revision in whole.revisions.all()] == ["Part one.", whole.body]
    assert (part.status, part.merged_into, part.body) == (Status.REMOVED, whole, "Part two.")
    assert [each.events.last().action for each in (first, second, third)] == ["join"] * 3
    assert_sound(roundtable)
    undo(whole, moderator)
    assert (stored(first).body, stored(first).revision_number) == ("Part one.", 1)
    assert [(stored(each).status, stored(each).merged_into) for each in (second, third)] == [(status, None)] * 2
    assert {each.events.last().undoes.action for each in (first, second, third)} == {"join"}
    assert decisions_in(roundtable).filter(action__in=("join", "undo")).count() == 2
    assert totals(roundtable) == before
    assert_sound(roundtable)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("join", "Here is no other contribution of this person that could be joined."),
        ("split", "The text is a single paragraph: there is no place at which it could be split."),
        ("move", "You moderate no other roundtable to which it could be moved."),
    ],
)
def test_where_there_is_nothing_to_choose_the_page_says_so_and_asks_for_nothing(roundtable, client, act, said):
    alone, where = factories.comment(roundtable, body="One paragraph."), f"moderation_{act}"
    moderator = factories.moderator(roundtable)
    factories.comment(roundtable, factories.user())
    client.force_login(moderator)

    answers = [ask(reverse(where, args=[alone.pk])) for ask in (client.get, client.post)]
    factories.comment(roundtable, alone.author)
    factories.roundtable().moderators.add(moderator)
    Comment.objects.filter(pk=alone.pk).update(body="One paragraph.\n\nAnother.")
    offered = page(client.get(reverse(where, args=[alone.pk]))).one("main")

    assert [each.status_code for each in answers] == [200, 422]
    for shown in (page(each).one("main") for each in answers):
        assert (said in shown.words, shown.all("form"), shown.all("button")) == (True, [], [])
    assert (said in offered.words, len(offered.all("form"))) == (False, 1)


def test_only_parts_of_one_person_in_one_state_are_joined(roundtable, other, moderator):
    author = factories.user()
    first = factories.comment(roundtable, author)
    wrong = [
        factories.comment(roundtable),
        factories.comment(other, author),
        factories.comment(roundtable, author, status=Status.PENDING),
        first,
    ]

    for parts in ([], *([part] for part in wrong)):
        with pytest.raises(Unfit):
            first.join(by=moderator, parts=parts)

    assert stored(first).revision_number == 1


@pytest.mark.parametrize("status", [Status.APPROVED, Status.PENDING])
def test_a_contribution_is_split_in_two_and_made_one_again(roundtable, moderator, status):
    root = factories.comment(roundtable, question=roundtable.questions.get(number=2))
    comment = factories.comment(roundtable, answers=root, status=status, body="One.\n\nTwo.", objective_numbers=(5,))
    before = totals(roundtable)

    part = comment.split(by=moderator, at=6)

    first, second = stored(comment), stored(part)
    assert (first.body, second.body) == ("One.", "Two.")
    assert (second.author, second.status, second.in_reply_to, second.question_number) == (
        comment.author,
        status,
        root,
        2,
    )
    assert list(second.objective_numbers) == [5]
    assert [revision.body for revision in first.revisions.all()] == ["One.\n\nTwo.", "One."]
    assert [each.events.last().action for each in (first, second)] == ["split", "split"]
    assert_sound(roundtable)
    undo(first, moderator)
    assert stored(comment).body == "One.\n\nTwo."
    assert (stored(part).status, stored(part).merged_into) == (Status.REMOVED, comment)
    assert totals(roundtable)[0] == before[0]
    assert_sound(roundtable)


@pytest.mark.parametrize("at", [0, 4, 5, 9999])
def test_nothing_is_split_into_a_text_and_none(roundtable, moderator, at):
    comment = factories.comment(roundtable, body="One.")

    with pytest.raises(Unfit):
        comment.split(by=moderator, at=at)

    assert Comment.objects.get() == comment


def test_a_duplicate_is_taken_down_and_leads_to_what_it_repeats(roundtable, moderator):
    of, twin = factories.comment(roundtable), factories.comment(roundtable)

    twin.mark_duplicate(by=moderator, of=of)

    marked = stored(twin)
    assert (marked.status, marked.removal_reason, marked.merged_into) == (Status.REMOVED, "duplicate", of)
    assert_sound(roundtable)
    undo(marked, moderator)
    assert (stored(twin).status, stored(twin).merged_into) == (Status.APPROVED, None)
    with pytest.raises(Unfit):
        twin.mark_duplicate(by=moderator, of=twin)
    with pytest.raises(Unfit):
        twin.mark_duplicate(by=moderator, of=factories.comment(roundtable, status=Status.PENDING))


# --- What joining and splitting leave behind


def test_a_part_that_answered_the_whole_is_no_longer_counted_among_its_replies(roundtable, moderator):
    author = factories.user()
    whole = factories.comment(roundtable, author)
    part = factories.comment(roundtable, author, answers=whole)
    factories.comment(roundtable, answers=whole)

    whole.join(by=moderator, parts=[part])

    assert totals(roundtable) == (2, [0, 0, 0], [1])
    assert_sound(roundtable)


def test_files_go_along_with_a_part_and_back(roundtable, moderator):
    author = factories.user()
    whole, part = factories.comment(roundtable, author), factories.comment(roundtable, author)
    ours, theirs = factories.attachment(whole, "Whole.pdf"), factories.attachment(part, "Part.pdf")

    whole.join(by=moderator, parts=[part])

    assert [file["id"] for file in stored(whole).files] == [ours.pk, theirs.pk]
    undo(stored(whole), moderator)
    assert [[file["id"] for file in stored(each).files] for each in (whole, part)] == [[ours.pk], [theirs.pk]]
    assert [list(each.attachments.all()) for each in (whole, part)] == [[ours], [theirs]]


def test_the_note_of_many_joined_parts_fits_its_column(roundtable, moderator):
    author = factories.user()
    whole = factories.comment(roundtable, author)
    parts = plant(roundtable, [None] * 20)
    for number, part in enumerate(parts):
        Comment.objects.filter(pk=part.pk).update(author=author, id=10_000_000 + number)
    joined = list(Comment.objects.filter(pk__gte=10_000_000))

    whole.join(by=moderator, parts=joined)

    assert len(whole.events.last().note) == 100
    assert stored(joined[0]).events.last().note == f"→ {whole.pk}"


def test_a_paper_is_neither_joined_nor_split(roundtable, moderator):
    author = factories.user()
    paper = factories.paper(roundtable, author, focal_points=[author], body="One.\n\nTwo.")
    other = factories.comment(roundtable, author, status=Status.PENDING)

    for wrong in (
        lambda: other.join(by=moderator, parts=[paper]),
        lambda: paper.join(by=moderator, parts=[other]),
        lambda: paper.split(by=moderator, at=6),
    ):
        with pytest.raises(Unfit):
            wrong()

    assert [stored(each).revision_number for each in (paper, other)] == [1, 1]


def test_no_version_shows_what_was_split_off(client, roundtable, moderator):
    waiting = factories.comment(roundtable, status=Status.PENDING, body="One.\n\nSplitcanary.")
    published = factories.comment(roundtable, body="One.\n\nSplitcanary.")
    for comment in (waiting, published):
        part = comment.split(by=moderator, at=6)
        part.withdraw(by=part.author)
    waiting.approve(by=moderator)

    pages = [client.get(reverse("comment_versions", args=[each.pk])) for each in (waiting, published)]

    assert [page.status_code for page in pages] == [200, 200]
    assert [version.shown_body for each in (waiting, published) for version in stored(each).versions] == ["One."] * 2
    assert not any("Splitcanary" in page.text for page in pages)


@pytest.mark.parametrize(
    "act",
    [
        lambda part, by: part.withdraw(by=part.author),
        lambda part, by: part.remove(by=by, reason="offensive"),
        lambda part, by: part.cover(by=by, passages=[(0, 3)], reason="personal_data"),
    ],
)
def test_a_part_that_was_taken_down_or_covered_does_not_come_back_with_the_whole(roundtable, moderator, act):
    comment = factories.comment(roundtable, body="One.\n\nTwo.")
    part = comment.split(by=moderator, at=6)
    act(part, moderator)

    with pytest.raises(AlreadyDecided):
        undo(comment, moderator)

    assert stored(comment).body == "One."
    assert_sound(roundtable)


def test_a_part_offers_no_undoing_of_its_own(client, roundtable, moderator):
    author = factories.user()
    whole, joined = factories.comment(roundtable, author), factories.comment(roundtable, author)
    whole.join(by=moderator, parts=[joined])
    split = factories.comment(roundtable, body="One.\n\nTwo.").split(by=moderator, at=6)
    client.force_login(moderator)

    for part in (joined, split):
        response = client.get(reverse("moderation_decide", args=[part.pk]))
        answer = client.post(reverse("moderation_undo"), {"event": part.events.last().pk})

        assert (response.status_code, response.context["can_undo"], answer.status_code) == (200, None, 409)
    undo(whole, moderator)
    assert stored(joined).status == Status.APPROVED


def test_a_joined_contribution_is_withdrawn_with_the_texts_of_its_parts(roundtable, moderator):
    author = factories.user()
    whole = factories.comment(roundtable, author, body="One.")
    part = factories.comment(roundtable, author, body="Withdrawncanary.")
    twin = factories.comment(roundtable, body="Another one.").mark_duplicate(by=moderator, of=whole)
    whole.join(by=moderator, parts=[part])

    stored(whole).withdraw(by=author)

    assert (stored(part).body, part.revisions.get().body) == ("", "")
    assert stored(twin).body == "Another one."
    assert_sound(roundtable)


def test_a_covered_passage_stays_with_moderators_when_the_text_is_joined_or_split(moderator):
    roundtable = factories.roundtable(moderation=Roundtable.Moderation.AFTER)
    roundtable.moderators.add(moderator)
    author = factories.user()
    covered = factories.comment(roundtable, author, body="One.\n\nCall Covercanary.")
    covered.cover(by=moderator, passages=[(11, 22)], reason="personal_data")
    whole, part = factories.comment(roundtable, author), covered.split(by=moderator, at=6)
    third = factories.comment(roundtable, author, body="Call Covercanary.")
    third.cover(by=moderator, passages=[(5, 16)], reason="personal_data")
    whole.join(by=moderator, parts=[third])

    for comment in (part, whole):
        stored(comment).propose_edit(factories.new_text("Call Covercanary."), by=author)

    assert [stored(each).proposed_revision is not None for each in (part, whole)] == [True, True]


# --- Where there is no way back


def test_what_no_longer_has_a_place_to_go_back_to_stays_where_it_is(client, roundtable, other, moderator):
    target, elsewhere = factories.comment(roundtable), factories.comment(roundtable)
    below = factories.comment(roundtable, answers=target)
    below.place_below(by=moderator, answered=elsewhere)
    target.remove(by=moderator, reason="other")
    filed = factories.comment(roundtable, question=roundtable.questions.get(number=3))
    filed.refile(by=moderator, question=None)
    roundtable.questions.get(number=3).delete()
    moved = factories.comment(roundtable).move_to(by=moderator, roundtable=other)
    client.force_login(factories.moderator(other))
    stranger = client.post(reverse("moderation_undo"), {"event": moved.events.last().pk})
    client.force_login(moderator)

    for comment in (below, filed):
        answer = client.post(reverse("moderation_undo"), {"event": comment.events.last().pk})

        assert (answer.status_code, comment.events.last().action) == (409, "move" if comment == below else "refile")
    assert (stranger.status_code, stored(moved).roundtable) == (409, other)
    assert client.post(reverse("moderation_undo"), {"event": "9" * 5000}).status_code == 409
    assert_sound(roundtable, other)


def test_what_is_covered_in_one_part_is_covered_in_the_whole_and_no_mark_is_cut_in_two(roundtable, moderator):
    author = factories.user()
    first, second = (factories.comment(roundtable, author, body=f"Jane Doe said {n}.") for n in (1, 2))
    second.cover(by=moderator, passages=[(0, 8)], reason="personal_data")

    first.join(by=moderator, parts=[second])

    whole = stored(first)
    assert (whole.body.count("Jane"), whole.covered_for) == (0, "personal_data")
    middle = whole.body.index("covered by")
    part = whole.split(by=moderator, at=whole.body.index("covered by", middle + 1))
    assert [each.body.count("▒▒▒") for each in (stored(first), stored(part))] == [2, 2]
    assert part.body.startswith("▒▒▒ covered by a moderator")
