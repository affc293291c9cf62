"""Covered copies of files: readers get the copy with a mark, the original is for its author and the moderators."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultation import uploads
from consultation.models import Attachment, AttachmentPage, Comment, CoveredTitle, Roundtable
from consultation.models.transitions import AlreadyDecided
from consultation.privacy.closing import close_account
from tests import factories, files
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status
REASON = "personal_data"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Keep files in a folder of the test's own."""
    place = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": place}}
    }
    return place


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths")


@pytest.fixture
def moderator(roundtable):
    return factories.moderator(roundtable, "Mara")


@pytest.fixture
def me():
    return factories.user("Amina Diallo")


@pytest.fixture
def comment(roundtable, me):
    """Return a published contribution with the files “Canary.pdf” and “Other.pdf”."""
    made = factories.comment(roundtable, me, body="The text of it.")
    factories.attachment(made, "Canary.pdf", files.pdf("Canaryname."), title="Our study", language="fr")
    factories.attachment(made, "Other.pdf", files.pdf("Other."))
    return again(made)


def again(comment):
    return Comment.objects.select_related("roundtable", "question").get(pk=comment.pk)


def browser(person=None):
    client = Client()
    if person:
        client.force_login(person)
    return client


def original():
    return Attachment.objects.get(name="Canary.pdf")


def address():
    return reverse("moderation_cover_file", args=[original().pk])


def cover(comment, moderator, content=None, name="Covered.pdf"):
    """Put a copy in the place of “Canary.pdf” as the form does, and return it."""
    sent = {"copy": files.upload(name, content or files.pdf("Nobody.")), "reason": REASON}
    assert browser(moderator).post(address(), sent).status_code == 302
    return Attachment.objects.get(name=name)


def read(attachment, word):
    """Let a file have been read."""
    AttachmentPage.objects.create(attachment=attachment, number=1, text=word, search_text=f" {word} ")


def found(word):
    return [page.text for page in Client().get(reverse("search"), {"q": word}).context["pages"]]


def statuses(attachment, people):
    return [browser(person).get(attachment.get_absolute_url()).status_code for person in people]


def shown(comment, person=None):
    return page(browser(person).get(comment.get_absolute_url())).one("article", id=f"comment-{comment.pk}")


def test_readers_get_the_copy_with_a_mark_and_the_original_is_for_its_author_and_moderators(
    roundtable, moderator, me, comment
):
    other = factories.moderator(factories.roundtable())
    people = [None, factories.user(), other, me, moderator, factories.staff()]
    read(original(), "canaryname")
    before = statuses(original(), people), found("canaryname")
    version = again(comment).roundtable.version

    copy = cover(comment, moderator)
    read(copy, "nobody")

    assert before == ([200] * 6, ["canaryname"])
    assert statuses(original(), people) == [404, 404, 404, 200, 200, 200]
    assert statuses(copy, people) == [200] * 6
    assert (found("canaryname"), found("nobody")) == ([], ["nobody"])
    link, *_others = shown(comment).one("ul", class_="files").all("li")
    assert link.one("a").attrs["href"] == copy.get_absolute_url()
    assert link.words.startswith("Our study (PDF, ")
    assert link.words.endswith(
        "▒▒▒ Passages of this file were covered by a moderator. Reason: Names or exposes a private person."
    )
    assert "A moderator covered a part of this contribution" in shown(comment).words
    assert [file["id"] for file in again(comment).files] == [copy.pk, Attachment.objects.get(name="Other.pdf").pk]
    assert again(comment).roundtable.version > version
    [event] = again(comment).events.filter(action="cover_file")
    assert (event.actor, event.reason) == (moderator, REASON)
    links = {
        person: original().get_absolute_url() in browser(person).get(where).text
        for person, where in (
            (me, comment.get_absolute_url()),
            (moderator, reverse("moderation_decide", args=[comment.pk])),
            (None, comment.get_absolute_url()),
            (other, comment.get_absolute_url()),
        )
    }
    assert links == {me: True, moderator: True, None: False, other: False}


@pytest.mark.parametrize(("title", "shown"), [("Canary", "Covered"), ("Canary.pdf", "Covered"), ("Ours", "Ours")])
def test_a_copy_of_what_was_called_by_its_file_name_does_not_take_that_over(moderator, comment, title, shown):
    Attachment.objects.filter(name="Canary.pdf").update(title=title)

    cover(comment, moderator)

    assert Attachment.objects.get(copy_of=original()).title == shown


def test_it_is_undone_with_all_that_followed_from_it(moderator, me, comment):
    read(original(), "canaryname")
    before = again(comment)
    copy = cover(comment, moderator)

    again(comment).undo(by=moderator, event=comment.events.last())

    after = again(comment)
    assert [getattr(after, name) for name in ("files", "covered_for", "search_text")] == [
        getattr(before, name) for name in ("files", "covered_for", "search_text")
    ]
    assert (statuses(original(), [None]), statuses(copy, [None, me, moderator])) == ([200], [404, 404, 200])
    assert found("canaryname") == ["canaryname"]


def test_nothing_is_lost_of_a_form_that_came_back_and_bad_files_are_refused(moderator, comment):
    client = browser(moderator)
    nothing = page(client.post(address(), {"reason": REASON}))
    bad = page(client.post(address(), {"reason": REASON, "copy": files.upload("run.exe", b"MZ")}))
    without_reason = client.post(address(), {"copy": files.upload("Covered.pdf", files.pdf("Nobody."))})
    key = page(without_reason).one("input", name="key").attrs["value"]

    done = client.post(address(), {"reason": REASON, "key": key})
    twice = client.post(address(), {"reason": REASON, "key": key})

    assert [each.words for each in nothing.all("p", "field-error")] == [
        "Choose the copy in which the passages are covered."
    ]
    assert "is not of a type that is taken" in bad.one("p", "field-error").words
    assert [each.words for each in page(without_reason).all("p", "field-error")] == [
        "Choose the reason why it is covered."
    ]
    assert "Covered" in page(without_reason).one("main").words
    assert (without_reason.status_code, done.status_code, twice.status_code) == (422, 302, 302)
    assert comment.events.filter(action="cover_file").count() == 1


def test_a_file_of_somebody_else_is_no_copy(roundtable, moderator, comment):
    theirs = uploads.store(files.upload("a.txt", b"a"), uploader=factories.user(), key=uuid.uuid4())

    with pytest.raises(AlreadyDecided):
        again(comment).cover_file(original(), by=moderator, copy=theirs, reason=REASON)

    assert Attachment.objects.get(pk=theirs.pk).comment is None


def test_a_changed_text_waits_and_brings_the_original_to_nobody(moderator, me, comment):
    Roundtable.objects.update(moderation=Roundtable.Moderation.AFTER)
    copy = cover(comment, moderator)

    again(comment).propose_edit(factories.new_text("Other text."), by=me)
    again(comment).propose_edit(factories.new_text("Still another."), by=me)
    again(comment).approve_edit(by=moderator)

    assert (statuses(original(), [None, me]), statuses(copy, [None])) == ([404, 200], [200])
    assert again(comment).files[0]["id"] == copy.pk
    assert again(comment).covered_for == REASON


@pytest.mark.parametrize("act", ["left out", "removed"])
def test_what_becomes_of_a_copy_is_never_that_readers_get_the_original(
    moderator, me, comment, folder, settings, django_capture_on_commit_callbacks, act
):
    copy = cover(comment, moderator)
    if act == "left out":
        again(comment).propose_edit(factories.new_text("Other text.", removed=[copy]), by=me)
        again(comment).approve_edit(by=moderator)
    else:
        again(comment).remove_file(copy, by=moderator, reason="other")
    gone = statuses(original(), [None, me]), statuses(copy, [None, me])

    again(comment).undo(by=moderator, event=comment.events.last())
    back = statuses(original(), [None, me]), statuses(copy, [None])
    if act == "left out":
        again(comment).approve_edit(by=moderator)
    else:
        again(comment).remove_file(copy, by=moderator, reason="other")
    long_ago = timezone.now() - timedelta(days=settings.UNSENT_FILES_DAYS, hours=1)
    Attachment.objects.hidden().update(hidden_since=long_ago)
    left = []
    for _day in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            call_command("clean_files", stdout=StringIO())
        left.append(sorted(Attachment.objects.values_list("name", flat=True)))

    assert gone == ([404, 404], [404, 404])
    assert back == ([404, 200], [200])
    assert left == [["Canary.pdf", "Other.pdf"], ["Other.pdf"]]
    assert len([each for each in folder.rglob("*") if each.is_file()]) == 1


def test_the_original_is_kept_while_readers_get_its_copy(moderator, comment, settings):
    cover(comment, moderator)
    Attachment.objects.hidden().update(hidden_since=timezone.now() - timedelta(days=settings.UNSENT_FILES_DAYS + 1))

    call_command("clean_files", stdout=StringIO())

    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["Canary.pdf", "Covered.pdf", "Other.pdf"]


def test_a_copy_that_covered_too_little_gives_way_to_another(moderator, me, comment):
    first = cover(comment, moderator)
    client = browser(moderator)
    where = reverse("moderation_cover_file", args=[first.pk])
    sent = client.post(where, {"copy": files.upload("Second.pdf", files.pdf("X.")), "reason": "other"})

    second = Attachment.objects.get(name="Second.pdf")
    now = statuses(first, [None, me]), statuses(second, [None]), statuses(original(), [None, me])
    again(comment).undo(by=moderator, event=comment.events.last())

    assert (sent.status_code, now) == (302, ([404, 404], [200], [404, 200]))
    assert (statuses(first, [None]), statuses(second, [None]), statuses(original(), [None, me])) == (
        [200],
        [404],
        [404, 200],
    )


def test_a_file_that_only_comes_is_covered_before_anybody_gets_it(moderator, me, comment):
    waiting = uploads.store(files.upload("New.pdf", files.pdf("Canaryname.")), uploader=me, key=uuid.uuid4())
    again(comment).propose_edit(factories.new_text("Other text.", attachments=[waiting]), by=me)
    copy = uploads.store(files.upload("Copy.pdf", files.pdf("Nobody.")), uploader=moderator, key=uuid.uuid4())

    again(comment).cover_file(waiting, by=moderator, copy=copy, reason=REASON)
    held = statuses(waiting, [None, me]), statuses(copy, [None, me]), again(comment).covered_for
    again(comment).approve_edit(by=moderator)

    assert held == ([404, 200], [404, 200], "")
    assert (statuses(waiting, [None, me]), statuses(copy, [None]), again(comment).covered_for) == (
        [404, 200],
        [200],
        REASON,
    )


def test_original_and_copy_go_with_the_text_they_were_sent_with(
    roundtable, moderator, me, comment, folder, django_capture_on_commit_callbacks
):
    copy = cover(comment, moderator)
    whole = factories.comment(roundtable, me, body="Part one.")

    again(whole).join(by=moderator, parts=[again(comment)])
    joined = statuses(original(), [None, me, moderator]), statuses(copy, [None]), again(whole).covered_for
    again(whole).undo(by=moderator, event=whole.events.last())
    parted = statuses(original(), [None, me]), again(comment).covered_for, again(whole).covered_for
    with django_capture_on_commit_callbacks(execute=True):
        again(comment).withdraw(by=me)

    assert joined == ([404, 200, 200], [200], REASON)
    assert parted == ([404, 200], REASON, "")
    assert (Attachment.objects.count(), [each for each in folder.rglob("*") if each.is_file()]) == (0, [])


@pytest.mark.parametrize("act", ["title covered", "removed"])
def test_what_is_done_to_a_copy_later_hides_the_title_that_its_original_had_in_earlier_versions(
    moderator, me, comment, act
):
    again(comment).propose_edit(factories.new_text("Other text.", role=Comment.Role.MODERATOR), by=me)
    copy = cover(comment, moderator)
    where = f"{reverse('comment_versions', args=[comment.pk])}?version=1"
    before = "Our study" in browser().get(where).text

    if act == "removed":
        again(comment).remove_file(copy, by=moderator, reason=REASON)
    else:
        again(comment).cover_title(by=moderator, attachment=copy, reason=REASON)

    assert (before, "Our study" in browser().get(where).text) == (True, False)


def test_a_covered_copy_is_no_file_that_was_added_and_its_original_none_that_was_left_out(moderator, me, comment):
    again(comment).propose_edit(factories.new_text("Other text.", role=Comment.Role.MODERATOR), by=me)
    cover(comment, moderator)

    listed = page(browser().get(reverse("comment_versions", args=[comment.pk]))).one("main").one("ul", class_="files")

    assert (len(listed.all("li")), listed.all("span", class_="tag")) == (2, [])


def test_a_page_costs_the_same_with_any_number_of_covered_copies(roundtable, moderator, me):
    costs = []
    for count in (1, 3, 10):
        made = factories.comment(roundtable, me)
        for n in range(count):
            one = factories.attachment(made, f"{n}.txt", f"{n} of {count}".encode())
            sent = files.upload(f"c{n}.txt", f"{n} covered of {count}".encode())
            copy = uploads.store(sent, uploader=moderator, key=uuid.uuid4())
            again(made).cover_file(one, by=moderator, copy=copy, reason=REASON)
        costs.append([])
        for person, where in (
            (None, made.get_absolute_url()),
            (me, made.get_absolute_url()),
            (moderator, reverse("moderation_decide", args=[made.pk])),
        ):
            client = browser(person)
            client.get(where)
            with CaptureQueriesContext(connection) as queries:
                client.get(where)
            costs[-1].append(len(queries))

    assert costs[0] == costs[1] == costs[2]


def test_a_title_that_was_covered_stays_so_with_a_copy_and_can_be_shown_again(moderator, comment):
    again(comment).cover_title(by=moderator, reason="offensive", attachment=original())
    covered = Attachment.objects.get(title=again(comment).files[0]["title"])

    for_it = reverse("moderation_cover_file", args=[covered.pk])
    browser(moderator).post(for_it, {"copy": files.upload("Canary1.pdf", files.pdf("Nobody.")), "reason": REASON})
    copy = covered.copies.get()
    handed_out = browser().get(copy.get_absolute_url())["Content-Disposition"]
    reasons = again(comment).covered_for
    again(comment).undo(by=moderator, event=comment.events.last())
    back = [one.attachment for one in again(comment).covered_titles]
    browser(moderator).post(for_it, {"copy": files.upload("Canary2.pdf", files.pdf("Nobody.")), "reason": REASON})
    latest = covered.copies.last()
    again(comment).show_title(by=moderator, attachment=latest)
    latest.refresh_from_db()

    assert (handed_out, reasons) == (f'attachment; filename="{copy.pk}.pdf"', f"offensive,{REASON}")
    assert back == [covered]
    assert (latest.title, again(comment).covered_for) == ("Our study", REASON)


@pytest.mark.parametrize("act", ["cover_title", "remove_file"])
@pytest.mark.parametrize("is_cleaned", [False, True])
def test_what_is_done_to_a_second_copy_hides_the_title_that_the_first_had_in_earlier_versions(
    moderator, me, comment, act, is_cleaned
):
    first = cover(comment, moderator, name="First.pdf")
    again(comment).propose_edit(factories.new_text("Second."), by=me)
    again(comment).approve_edit(by=moderator)
    sent = {"copy": files.upload("Second.pdf", files.pdf("Less.")), "reason": REASON}
    browser(moderator).post(reverse("moderation_cover_file", args=[first.pk]), sent)
    second = Attachment.objects.get(name="Second.pdf")
    if is_cleaned:
        Attachment.objects.filter(pk=first.pk).discard()

    if act == "cover_title":
        again(comment).cover_title(by=moderator, reason=REASON, attachment=second)
    else:
        again(comment).remove_file(second, by=moderator, reason=REASON)

    versions = reverse("comment_versions", args=[comment.pk])
    contents = [browser().get(versions, {"version": number}).content.decode() for number in (1, 2)]
    assert [content for content in contents if "Our study" in content] == []


def test_a_change_that_is_withdrawn_takes_original_and_copy_along(
    moderator, me, comment, folder, django_capture_on_commit_callbacks
):
    sent = uploads.store(files.upload("New.pdf", files.pdf("New.")), uploader=me, key=uuid.uuid4())
    again(comment).propose_edit(factories.new_text("Second.", attachments=[sent]), by=me)
    copy = {"copy": files.upload("Covered.pdf", files.pdf("Less.")), "reason": REASON}
    browser(moderator).post(reverse("moderation_cover_file", args=[sent.pk]), copy)

    with django_capture_on_commit_callbacks(execute=True):
        again(comment).withdraw_edit(by=me)

    assert [each.name for each in comment.attachments.all()] == ["Canary.pdf", "Other.pdf"]
    assert len([place for place in folder.rglob("*") if place.is_file()]) == 2


def test_no_name_is_left_in_a_covered_title_of_a_copy(moderator, me, comment):
    Attachment.objects.filter(pk=original().pk).update(title="Study of Amina Diallo")
    again(comment).cover_title(by=moderator, reason=REASON, attachment=original())
    covered = CoveredTitle.objects.get().attachment
    copy = {"copy": files.upload("Covered.pdf", files.pdf("Less.")), "reason": REASON}
    browser(moderator).post(reverse("moderation_cover_file", args=[covered.pk]), copy)

    close_account(me, contributions="keep")

    assert "Amina" not in CoveredTitle.objects.get().title
