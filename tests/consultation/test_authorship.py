"""What authors do with their own comments: change what is published, revise what waits, withdraw."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from consultation.models import Comment, Draft, ModerationEvent, Roundtable
from consultation.models.comment_manager import PostingLimitReached
from consultation.models.transitions import AlreadyDecided, TextChanged
from tests import factories
from tests.discussions import plant
from tests.markup import page

pytestmark = pytest.mark.django_db

Status, Moderation = Comment.Status, Roundtable.Moderation
CANARY = "Editcanary in the new text."


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths", title_en="Safe paths")


@pytest.fixture
def author():
    return factories.user("Amina Diallo")


@pytest.fixture
def moderator(roundtable):
    return factories.moderator(roundtable, "Mara")


def new_text(body=CANARY, objective_numbers=(3,), **fields):
    return factories.new_text(body, objective_numbers=objective_numbers, **fields)


def proposed(roundtable, author, **fields):
    """Make a published comment with a change that waits."""
    comment = factories.comment(roundtable, author, **{"body": "First text."} | fields)
    return comment.propose_edit(new_text(), by=author)


def stored(comment):
    return Comment.objects.get(pk=comment.pk)


def actions(comment):
    return list(comment.events.values_list("action", "revision_number", "status_before", "status_after"))


# --- Changing a published text


def test_a_change_waits_beside_the_published_text_where_moderators_come_first(roundtable, author):
    comment = factories.comment(roundtable, author, body="First text.", objective_numbers=(2,))
    before = Roundtable.objects.get()

    comment.propose_edit(new_text(), by=author)

    comment = stored(comment)
    assert (comment.body, comment.revision_number, list(comment.objective_numbers)) == ("First text.", 1, [2])
    assert (comment.status, comment.edited_at, comment.proposed_revision) == (Status.APPROVED, None, 2)
    assert "editcanary" not in comment.search_text
    assert (comment.proposed.body, list(comment.proposed.objective_numbers)) == (CANARY, [3])
    assert actions(comment)[1:] == [("edit", 2, "approved", "approved")]
    after = Roundtable.objects.get()
    assert (after.version, after.activity) == (before.version, before.activity + 1)
    assert list(Comment.objects.awaiting(factories.staff())) == [comment]


def test_an_approved_change_takes_the_place_of_the_text(roundtable, author, moderator):
    comment = proposed(roundtable, author)
    before = Roundtable.objects.get()

    comment.approve_edit(by=moderator, seen_revision=2)

    comment = stored(comment)
    assert (comment.body, comment.lead_html) == (CANARY, f"<p>{CANARY}</p>\n")
    assert (comment.revision_number, comment.proposed_revision, comment.waiting_since) == (2, None, None)
    assert list(comment.objective_numbers) == [3]
    assert "editcanary" in comment.search_text
    assert timezone.now() - comment.edited_at < timezone.timedelta(minutes=1)
    assert actions(comment)[2:] == [("approve_edit", 2, "approved", "approved")]
    assert [revision.replaced_at is None for revision in comment.revisions.all()] == [False, True]
    after = Roundtable.objects.get()
    assert (after.version, after.visible_count) == (before.version + 1, before.visible_count)


def test_a_change_that_is_not_approved_leaves_the_text_and_says_why(roundtable, author, moderator):
    comment = proposed(roundtable, author)
    version = Roundtable.objects.get().version

    comment.reject_edit(by=moderator, reason="off_topic", message="Another matter.", seen_revision=2)

    comment = stored(comment)
    assert (comment.body, comment.revision_number, comment.proposed_revision) == ("First text.", 1, None)
    assert (comment.waiting_since, comment.edited_at, comment.status) == (None, None, Status.APPROVED)
    event = comment.events.last()
    assert (event.action, event.reason, event.message) == ("reject_edit", "off_topic", "Another matter.")
    assert (event.revision_number, event.actor) == (2, moderator)
    assert Roundtable.objects.get().version == version


def test_the_change_after_one_that_was_not_approved_has_a_number_of_its_own(roundtable, author, moderator):
    comment = proposed(roundtable, author).reject_edit(by=moderator, reason="other")

    comment.propose_edit(new_text("Third text."), by=author)

    assert stored(comment).proposed_revision == 3
    assert stored(comment).approve_edit(by=moderator).body == "Third text."


def test_a_decision_is_about_the_change_that_was_seen(roundtable, author, moderator):
    comment = proposed(roundtable, author)
    comment.propose_edit(new_text("Something else."), by=author)

    with pytest.raises(TextChanged):
        comment.approve_edit(by=moderator, seen_revision=2)
    with pytest.raises(TextChanged):
        comment.reject_edit(by=moderator, reason="other", seen_revision=2)

    assert (stored(comment).body, stored(comment).proposed_revision) == ("First text.", 3)


def test_of_two_decisions_about_a_change_the_first_counts(roundtable, author, moderator):
    comment = proposed(roundtable, author)
    comment.approve_edit(by=moderator, seen_revision=2)

    with pytest.raises(AlreadyDecided):
        comment.approve_edit(by=moderator, seen_revision=2)
    with pytest.raises(AlreadyDecided):
        comment.reject_edit(by=moderator, reason="other", seen_revision=2)

    assert [action for action, *_ in actions(stored(comment))] == ["approve", "edit", "approve_edit"]


def test_the_same_change_sent_twice_is_one_change(roundtable, author):
    comment = proposed(roundtable, author)

    comment.propose_edit(new_text(), by=author)

    assert comment.revisions.count() == 2
    assert [action for action, *_ in actions(comment)] == ["approve", "edit"]


def test_a_change_to_the_text_that_is_published_is_none(roundtable, author):
    comment = factories.comment(roundtable, author, body="First text.")

    comment.propose_edit(new_text("First text.", objective_numbers=()), by=author)

    assert (stored(comment).proposed_revision, comment.revisions.count()) == (None, 1)


def test_a_change_to_a_text_that_was_replaced_meanwhile_is_refused(roundtable, author, moderator):
    comment = proposed(roundtable, author).approve_edit(by=moderator)

    with pytest.raises(TextChanged):
        comment.propose_edit(new_text("From another tab.", seen_revision=1), by=author)

    assert stored(comment).body == CANARY


@pytest.mark.parametrize(
    ("rule", "is_known", "role", "body", "expected"),
    [
        (Moderation.BEFORE, True, "participant", "Plain.", "waits"),
        (Moderation.BEFORE, True, "moderator", "Plain.", "published"),
        (Moderation.BEFORE, True, "secretariat", "See https://example.org/.", "published"),
        (Moderation.AFTER, False, "participant", "Plain.", "published"),
        (Moderation.AFTER, False, "participant", "See https://example.org/.", "waits"),
        (Moderation.AFTER, True, "participant", "See https://example.org/.", "published"),
        (Moderation.TRUSTED, True, "participant", "Plain.", "published"),
    ],
)
def test_a_change_follows_the_rule_of_its_roundtable(roundtable, author, rule, is_known, role, body, expected):
    if not is_known:
        Roundtable.objects.update(moderation=Moderation.AFTER)
        roundtable.refresh_from_db()
    comment = factories.comment(roundtable, author, body="First text.")
    Roundtable.objects.update(moderation=rule)

    comment = stored(comment.propose_edit(new_text(body, role=role), by=author))

    is_published = comment.body == body
    assert ("published" if is_published else "waits") == expected
    assert is_published == (comment.edited_at is not None) == (comment.proposed_revision is None)
    assert comment.events.last().action == "edit"


def test_a_text_with_a_covered_passage_is_not_changed_past_a_moderator(roundtable, author):
    Roundtable.objects.update(moderation=Moderation.AFTER)
    roundtable.refresh_from_db()
    comment = factories.comment(roundtable, author, body="Call 123 now.")
    comment.revisions.get().redactions.create(start=5, end=8, reason="personal_data")

    comment.propose_edit(new_text("Call 1-2-3 now."), by=author)

    assert (stored(comment).body, stored(comment).proposed_revision) == ("Call 123 now.", 2)


def test_changes_count_as_contributions_against_the_limits(roundtable, author, settings):
    settings.POSTS_PER_MINUTE = 3
    comment = proposed(roundtable, author)
    waiting = factories.comment(roundtable, author, status=Status.PENDING)

    with pytest.raises(PostingLimitReached):
        comment.propose_edit(new_text("Again."), by=author)
    with pytest.raises(PostingLimitReached):
        waiting.revise(new_text("Again."), by=author)
    with pytest.raises(PostingLimitReached), transaction.atomic():
        factories.comment(roundtable, author)
    comment.propose_edit(new_text("Moderators are free.", role="moderator"), by=author)

    assert stored(comment).body == "Moderators are free."


@pytest.mark.parametrize("status", [Status.PENDING, Status.RETURNED, Status.REJECTED, Status.REMOVED])
def test_only_a_published_text_is_changed(roundtable, author, status):
    comment = factories.comment(roundtable, author, status=status)

    with pytest.raises(AlreadyDecided):
        comment.propose_edit(new_text(), by=author)

    assert comment.revisions.count() == 1


def test_a_removed_contribution_takes_its_change_with_it(roundtable, author, moderator):
    comment = proposed(roundtable, author)

    comment.remove(by=moderator, reason="offensive")

    assert (stored(comment).proposed_revision, stored(comment).waiting_since) == (None, None)
    with pytest.raises(AlreadyDecided):
        comment.approve_edit(by=moderator)


def test_a_report_still_waits_after_the_change_is_decided(roundtable, author, moderator):
    comment = proposed(roundtable, author)
    Comment.objects.filter(pk=comment.pk).update(open_flags=1)

    comment.reject_edit(by=moderator, reason="other")

    assert stored(comment).waiting_since is not None


def test_each_act_leaves_one_event(roundtable, author, moderator):
    comment = proposed(roundtable, author).approve_edit(by=moderator)
    comment.propose_edit(new_text("Third."), by=author).reject_edit(by=moderator, reason="other")

    assert list(ModerationEvent.objects.values_list("action", "revision_number")) == [
        ("approve", 1),
        ("edit", 2),
        ("approve_edit", 2),
        ("edit", 3),
        ("reject_edit", 3),
    ]


# --- Changing it on the page


def sign_in(person):
    client = Client()
    if person:
        client.force_login(person)
    return client


def change(client, comment, body=CANARY, **fields):
    data = {"body": body, "language": "en", "seen": comment.revision_number} | fields
    return client.post(reverse("comment_revise", args=[comment.pk]), data)


def test_an_author_edits_a_published_text_and_is_told_that_it_waits(roundtable, author):
    comment = factories.comment(roundtable, author, body="First text.")
    client = sign_in(author)
    discussion = page(client.get(roundtable.get_absolute_url()))
    links = discussion.one("article", id=f"comment-{comment.pk}").one("footer").all("a")
    form = client.get(links[-1].attrs["href"])

    response = change(client, comment)

    assert [link.words for link in links] == ["Reply to Amina Diallo", "Edit"]
    assert page(form).one("textarea").words == "First text."
    assert response["Location"] == f"/en/comments/{comment.pk}/#comment-{comment.pk}"
    own = page(client.get(response["Location"]))
    assert own.one("div", role="status").one("h2").words == "Your change awaits moderation"
    article = own.one("article", id=f"comment-{comment.pk}")
    assert article.one("div", class_="comment__body").words == "First text."
    assert article.one("p", class_="hint").words.startswith("Your change awaits moderation")
    assert page(client.get(links[-1].attrs["href"])).one("textarea").words == CANARY


def test_an_approved_change_is_dated_and_its_versions_can_be_compared(client, roundtable, author, moderator):
    comment = factories.comment(roundtable, author, body="We ask for three safe paths now.")
    comment.propose_edit(new_text("We ask for four safe paths now."), by=author).approve_edit(by=moderator)

    header = page(client.get(roundtable.get_absolute_url())).one("article", id=f"comment-{comment.pk}").one("header")
    edited = header.all("a")[1]
    versions = page(client.get(edited.attrs["href"]))
    first = page(client.get(f"{edited.attrs['href']}?version=1"))

    edited_at = timezone.localtime(Comment.objects.get(pk=comment.pk).edited_at, roundtable.tz)
    assert edited.words == f"edited on {date_format(edited_at, 'DATE_FORMAT')}"
    assert versions.one("div", class_="differences").words == (
        "We ask for [taken out: three end of what was taken out] [added: four end of what was added] safe paths now."
    )
    assert [item.one("a").words for item in versions.one("ol", class_="versions").all("li")] == [
        "Version 2",
        "Version 1",
    ]
    assert first.one("div", class_="differences").words == "We ask for three safe paths now."


def test_odd_versions_are_asked_for_in_vain(client, roundtable, author):
    comment = factories.comment(roundtable, author, body="First text.")
    address = reverse("comment_versions", args=[comment.pk])

    found = {odd: client.get(address, {"version": odd}) for odd in ("", "0", "-1", "²", "x", "9" * 50, "7", "\x00")}

    assert {response.status_code for response in found.values()} == {200}
    assert {page(response).one("div", class_="differences").words for response in found.values()} == {"First text."}


@pytest.mark.parametrize("status", [Status.PENDING, Status.RETURNED, Status.REJECTED, Status.REMOVED, Status.WITHDRAWN])
def test_there_are_no_versions_of_what_is_not_published(roundtable, author, moderator, status):
    comment = factories.comment(roundtable, author, status=status)
    address = reverse("comment_versions", args=[comment.pk])

    assert {sign_in(person).get(address).status_code for person in (None, author, moderator)} == {404}


def test_a_change_that_is_not_published_shows_nowhere_to_anybody_else(roundtable, author, moderator):
    comment = factories.comment(roundtable, author, body="First text.", asks="all")
    comment.propose_edit(new_text("Editcanary one."), by=author).reject_edit(by=moderator, reason="other")
    comment.propose_edit(new_text("Published two."), by=author).approve_edit(by=moderator)
    waiting = factories.comment(roundtable, author, status=Status.PENDING, body="Editcanary never public.")
    waiting.revise(new_text("Published three."), by=author).approve(by=moderator)
    comment.propose_edit(new_text("Editcanary four."), by=author)
    names = {
        "roundtable_detail": ["safe-paths"],
        "roundtable_all": ["safe-paths"],
        "question_detail": ["safe-paths", 999],
        "comment_detail": [comment.pk],
        "comment_versions": [comment.pk],
        "comment_reply": [comment.pk],
        "objective_detail": [3],
        "participant_question_list": ["safe-paths"],
        "feed_roundtable": ["safe-paths"],
        "feed_comment": [comment.pk],
        "search": None,
    }
    addresses = [reverse(name, args=args) for name, args in names.items()]
    addresses += [
        f"{reverse('comment_versions', args=[pk])}?version={n}" for pk in (comment.pk, waiting.pk) for n in (1, 2)
    ]
    exports = [reverse(name, args=["safe-paths"]) for name in ("roundtable_csv", "roundtable_json")]
    found = []

    for person in (None, factories.user(), factories.moderator(factories.roundtable())):
        found += [sign_in(person).get(address, {"q": "editcanary"}).content for address in addresses]
    found += [sign_in(moderator).get(address).getvalue() for address in exports]
    found += [sign_in(moderator).get(address).content for address in addresses[:-4]]

    assert [content for content in found if b"Editcanary" in content] == []
    assert b"Published two." in found[0]


def test_a_change_from_two_windows_is_not_lost(roundtable, author):
    Roundtable.objects.update(moderation=Moderation.AFTER)
    comment = factories.comment(roundtable, author, body="First text.", status=Status.APPROVED)
    client = sign_in(author)
    change(client, comment, "From the first window.")

    response = change(client, comment, "From the second window.")
    again = page(response)

    assert response.status_code == 409
    assert again.one("textarea").words == "From the second window."
    assert (
        again.one("div", class_="error-summary").one("li").words.startswith("Your contribution: This text was changed")
    )
    assert stored(comment).body == "From the first window."
    assert change(client, comment, "From the second window.", seen=again.one("input", name="seen").attrs["value"])
    assert stored(comment).body == "From the second window."


def test_a_refused_change_keeps_what_was_typed(roundtable, author, settings):
    settings.POSTS_PER_MINUTE = 1
    comment = factories.comment(roundtable, author, body="First text.")
    client = sign_in(author)

    empty, limited = change(client, comment, " "), change(client, comment, "Typed.")
    Roundtable.objects.update(closes_at=timezone.now())
    closed = change(client, comment, "Typed.")

    assert [empty.status_code, limited.status_code, closed.status_code] == [422, 429, 403]
    assert limited["Retry-After"] == "60"
    assert [page(limited).one("textarea").words, page(closed).one("textarea").words] == ["Typed."] * 2
    assert stored(comment).proposed_revision is None


# --- Withdrawing


@pytest.mark.parametrize("status", [Status.PENDING, Status.RETURNED, Status.APPROVED, Status.REJECTED])
@pytest.mark.parametrize("is_open", [True, False])
def test_an_author_withdraws_their_own_contribution_at_any_time(roundtable, author, status, is_open):
    comment = factories.comment(roundtable, author, status=status, body="Withdrawncanary.", asks="all")
    if not is_open:
        Roundtable.objects.update(closes_at=timezone.now())
    client = sign_in(author)
    address = reverse("comment_withdraw", args=[comment.pk])
    asked = page(client.get(address))

    response = client.post(address)

    assert asked.one("div", class_="comment__body").words == "Withdrawncanary."
    was_public = status == Status.APPROVED
    assert response["Location"] == (f"/en/comments/{comment.pk}/" if was_public else "/en/comments/mine/")
    comment = stored(comment)
    assert (comment.status, comment.body, comment.search_text, comment.asks) == (Status.WITHDRAWN, "", "", "")
    assert list(comment.revisions.values_list("body", flat=True)) == [""]
    assert comment.events.last().action == "withdraw"
    assert Roundtable.objects.get().visible_count == 0
    assert client.post(address).status_code == 302
    assert comment.events.filter(action="withdraw").count() == 1


def test_a_withdrawn_contribution_leaves_a_dated_tombstone_and_its_replies(client, roundtable, author, moderator):
    comment = proposed(roundtable, author, question=roundtable.questions.first(), body="Withdrawncanary.")
    reply = factories.comment(roundtable, answers=comment, body="A reply.")
    comment.flags.create(reporter=moderator, reason="other")
    comment.count_flags()
    etag = client.get(roundtable.get_absolute_url())["ETag"]

    comment.withdraw(by=author)

    response = client.get(roundtable.get_absolute_url(), headers={"if-none-match": etag})
    discussion = page(response)
    day = date_format(timezone.localtime(Comment.objects.get(pk=comment.pk).removed_at, roundtable.tz), "DATE_FORMAT")
    gone = discussion.one("article", id=f"comment-{comment.pk}")
    assert gone.words.endswith(f"Withdrawn by its author on {day}.")
    assert discussion.one("article", id=f"comment-{reply.pk}").one("div", class_="comment__body").words == "A reply."
    assert (Roundtable.objects.get().visible_count, roundtable.questions.first().visible_count) == (1, 1)
    assert (stored(comment).waiting_since, stored(comment).open_flags) == (None, 0)
    doors = [reverse("roundtable_json", args=["safe-paths"]), reverse("moderation_decide", args=[comment.pk])]
    doors += ["/en/search/?q=withdrawncanary", reverse("comment_detail", args=[comment.pk]), reverse("account_data")]
    for person in (author, moderator, factories.staff()):
        found = [sign_in(person).get(address) for address in doors]
        assert not any(b"Withdrawncanary" in (one.getvalue() if one.streaming else one.content) for one in found)
    with pytest.raises(AlreadyDecided):
        comment.withdraw(by=author)


def test_nobody_withdraws_what_another_person_wrote(roundtable, author, moderator):
    comment = factories.comment(roundtable, author)
    address = reverse("comment_withdraw", args=[comment.pk])

    assert [
        sign_in(person).post(address).status_code for person in (factories.user(), moderator, factories.staff())
    ] == [
        404,
        404,
        404,
    ]
    assert sign_in(None).post(address).status_code == 302
    assert stored(comment).status == Status.APPROVED


# --- Covered passages stay covered


def test_a_covered_passage_stays_covered_in_every_version_and_in_new_texts(client, roundtable, author, moderator):
    comment = factories.comment(roundtable, author, body="Call Covercanary now.")
    comment.propose_edit(new_text("Please call Covercanary now."), by=author).approve_edit(by=moderator)
    comment.cover(by=moderator, passages=[(12, 23)], reason="personal_data")
    comment.propose_edit(new_text("Call Covercanary or Jo."), by=author).approve_edit(by=moderator)
    address = reverse("comment_versions", args=[comment.pk])

    found = [client.get(f"{address}?version={number}").content for number in (1, 2, 3)]

    assert "Covercanary" not in stored(comment).body
    assert stored(comment).body.startswith("Call ▒▒▒")
    assert not any(b"Covercanary" in content for content in found)
    form = sign_in(author).get(reverse("comment_revise", args=[comment.pk]))
    assert b"Covercanary" not in form.content


# --- My contributions


def mine(client, query=""):
    """Return the items of the list."""
    return page(client.get(f"{reverse('comment_mine')}{query}")).one("ul", class_="cards").all("li")


def test_my_contributions_go_on_page_by_page(roundtable, author):
    comments = plant(roundtable, [None] * 45, author=author, body=lambda place: f"Text {place}.")
    plant(roundtable, [None] * 3, body="Of somebody else.")
    client, found, query = sign_in(author), [], ""
    while query is not None:
        found += [item.all("p")[1].words for item in mine(client, query)]
        following = page(client.get(f"{reverse('comment_mine')}{query}")).all("a", rel="next")
        query = following[0].attrs["href"] if following else None

    assert found == [comment.body for comment in reversed(comments)]
    assert [client.get(reverse("comment_mine"), {"after": odd}).status_code for odd in ("x", "²", "-1", "9" * 30)] == [
        200
    ] * 4


def test_each_of_my_contributions_offers_what_can_be_done_with_it(roundtable, author, moderator):
    factories.comment(roundtable, author, status=Status.PENDING)
    factories.comment(roundtable, author, status=Status.RETURNED)
    proposed(roundtable, author)
    factories.comment(roundtable, author).withdraw(by=author)

    found = [
        (
            [tag.words for tag in item.all("span", class_="tag")],
            [link.words.rpartition(" ")[0] for link in item.all("a")][1:],
        )
        for item in mine(sign_in(author))
    ]

    assert found == [
        (["Withdrawn by the author"], []),
        (
            ["Published", "Your change awaits moderation"],
            ["Edit your contribution", "Receipt", "Withdraw your change", "Withdraw"],
        ),
        (["Returned for revision"], ["Revise and submit again", "Receipt", "Withdraw"]),
        (["Awaiting moderation"], ["Revise your contribution", "Receipt", "Withdraw"]),
    ]


def test_my_contributions_say_of_decisions_what_still_holds(roundtable, author, moderator):
    def undo(comment):
        comment.undo(by=moderator, event=comment.events.order_by("pk").last())

    rejected, removed = (factories.comment(roundtable, author, status=status) for status in ("pending", "approved"))
    rejected.reject(by=moderator, reason="off_topic", message="Undonecanary")
    undo(rejected)
    returned = factories.comment(roundtable, author, status=Status.PENDING)
    returned.return_for_revision(by=moderator, message="Please say more.")
    removed.remove(by=moderator, reason="offensive", message="Past, as it is shown again.")
    removed.restore(by=moderator)
    edited = proposed(roundtable, author)
    edited.reject_edit(by=moderator, reason="other", message="Past, as the next one is published.")
    edited.propose_edit(new_text("Another change."), by=author).approve_edit(by=moderator)
    covered, shown = (factories.comment(roundtable, author, body="Call Jo now.") for _ in range(2))
    for comment in (covered, shown):
        comment.cover(by=moderator, passages=[(5, 7)], reason="personal_data")
    shown.uncover(by=moderator, passage="Jo", reason="personal_data")

    found = [[box.words for box in item.all("div", class_="notice")] for item in mine(sign_in(author))]

    assert found == [
        [],
        ["Part of the text covered – Names or exposes a private person"],
        [],
        ["Returned for revision Please say more."],
        [],
        [],
    ]


def test_an_undone_change_is_no_edit_and_an_earlier_one_still_is(roundtable, author, moderator):
    comment = proposed(roundtable, author).approve_edit(by=moderator)
    first = stored(comment).edited_at
    comment.propose_edit(new_text("Once more."), by=author).approve_edit(by=moderator)
    second = stored(comment).edited_at
    comment.undo(by=moderator, event=comment.events.order_by("pk").last())
    back_to_first = stored(comment).edited_at
    other = proposed(roundtable, author).approve_edit(by=moderator)
    other.undo(by=moderator, event=other.events.order_by("pk").last())
    article = page(sign_in(None).get(roundtable.get_absolute_url())).one("article", id=f"comment-{other.pk}")

    assert first < second
    assert (back_to_first, stored(other).edited_at) == (first, None)
    assert "edited on" not in article.words


def test_my_contributions_take_the_same_queries_at_3_and_at_60(roundtable, author):
    client = sign_in(author)
    plant(roundtable, [None] * 3, author=author)
    client.get(reverse("comment_mine"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("comment_mine"))
    plant(roundtable, [None] * 57, author=author)

    with CaptureQueriesContext(connection) as many:
        client.get(reverse("comment_mine"))

    assert len(many) == len(few)


# --- What it costs


@pytest.mark.parametrize("size", [1, 200])
def test_editing_approving_and_withdrawing_take_few_statements_at_any_size(roundtable, author, moderator, size):
    plant(roundtable, [None] * size)
    comment = factories.comment(roundtable, author)
    counts = {}
    for name, act in {
        "propose": lambda: comment.propose_edit(new_text(), by=author),
        "approve": lambda: stored(comment).approve_edit(by=moderator, seen_revision=2),
        "withdraw": lambda: stored(comment).withdraw(by=author),
    }.items():
        with CaptureQueriesContext(connection) as queries:
            act()
        counts[name] = len(queries)

    assert {name: count for name, count in counts.items() if count > 26} == {}
    assert counts["propose"] <= 15


def test_files_and_drafts_go_with_what_is_withdrawn(roundtable, author, moderator):
    comment = factories.comment(roundtable, author)
    file = factories.attachment(comment, title="Withdrawncanary")
    Draft.objects.create(author=author, roundtable=roundtable, revises=comment, place="/x/", body="Withdrawncanary")
    address = reverse("attachment_download", args=[file.pk])
    before = sign_in(None).get(address).status_code

    comment.withdraw(by=author)

    assert before == 200
    assert [sign_in(person).get(address).status_code for person in (None, author, moderator)] == [404] * 3
    assert (stored(comment).files, comment.attachments.count(), Draft.objects.count()) == ([], 0, 0)
