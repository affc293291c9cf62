"""Files of a changed text: they come, go and change their titles with it, and nobody sees so before it is published."""

import json
import uuid
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from consultation.models import Attachment, AttachmentPage, Comment, Draft, Roundtable
from consultation.privacy import KEEP, close_account, write_archive
from tests import factories, files
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status


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
def me(client):
    person = factories.user("Amina Diallo")
    client.force_login(person)
    return person


@pytest.fixture
def comment(roundtable, me):
    """Return a published contribution with the files “Old.pdf” and “Kept.pdf”."""
    made = factories.comment(roundtable, me, body="First text.")
    factories.attachment(made, "Old.pdf", files.pdf("Old."))
    factories.attachment(made, "Kept.pdf", files.pdf("Kept."))
    return again(made)


def again(comment):
    return Comment.objects.select_related("roundtable", "question").get(pk=comment.pk)


def sign_in(person):
    client = Client()
    if person:
        client.force_login(person)
    return client


def revise(comment):
    return reverse("comment_revise", args=[comment.pk])


def opened(client, comment):
    """Open the form of a change, and return what it would send, and the page."""
    response = client.get(revise(comment))
    found = page(response)
    form = next(each for each in found.all("form") if "data-draft" in each.attrs)
    data = {field.attrs["name"]: field.attrs.get("value", "") for field in form.all("input", type="hidden")}
    data |= {field.attrs["name"]: field.attrs["value"] for field in form.all("input", type="text")}
    for select in form.all("select"):
        data[select.attrs["name"]] = next(
            (option.attrs["value"] for option in select.all("option") if "selected" in option.attrs), ""
        )
    data["removed_file"] = [
        box.attrs["value"] for box in form.all("input", name="removed_file") if "checked" in box.attrs
    ]
    del data["csrfmiddlewaretoken"]
    return data | {"body": form.one("textarea", name="body").text.lstrip("\n")}, found


def number(name):
    return Attachment.objects.get(name=name).pk


def change(client, comment, *, new="New.odt", body="Second text."):
    """Send a change that brings a file, leaves “Old.pdf” out and calls “Kept.pdf” otherwise."""
    data, _ = opened(client, comment)
    data |= {"body": body, "removed_file": [number("Old.pdf")], f"file_title_{number('Kept.pdf')}": "Canarytitle"}
    return client.post(revise(comment), data | {"attachments": [files.upload(new, files.odt())]})


def titles(comment):
    return [file["title"] for file in again(comment).files]


def statuses(name, *people):
    address = Attachment.objects.get(name=name).get_absolute_url()
    return [sign_in(person).get(address).status_code for person in people]


def my_data(person):
    made = BytesIO()
    write_archive(person, made)
    return made.getvalue()


def stored(folder):
    return len([path for path in folder.rglob("*") if path.is_file()])


def test_a_change_of_files_waits_with_its_text_and_only_author_and_moderators_see_it(client, me, roundtable, comment):
    moderator, other = factories.moderator(roundtable), factories.moderator(factories.roundtable())
    readers = [None, factories.user(), other]

    response = change(client, comment)

    assert response.status_code == 302
    assert titles(comment) == ["Old.pdf", "Kept.pdf"]
    assert statuses("New.odt", *readers, me, moderator) == [404, 404, 404, 200, 200]
    assert statuses("Old.pdf", *readers, me, moderator) == [200] * 5
    assert "no-store" in client.get(Attachment.objects.get(name="New.odt").get_absolute_url())["Cache-Control"]
    for person in readers[:2]:
        shown = sign_in(person).get(comment.get_absolute_url()).text
        assert ("Old.pdf" in shown, "New.odt" in shown, "Canarytitle" in shown) == (True, False, False)
    queue = page(sign_in(moderator).get(reverse("moderation_queue"))).one("li", "waiting")
    assert "This is what readers have now. Read what changes, in words and files, before you decide." in queue.words
    decide = page(sign_in(moderator).get(reverse("moderation_decide", args=[comment.pk])))
    panel = reverse("moderation_context", args=[comment.pk])
    beside = page(sign_in(moderator).get(panel, headers={"HX-Request": "true"}))
    for shown in (decide, beside):
        listed = [item for item in shown.all("li") if item.all("a", "attachment")]
        said = [(item.one("bdi").text, [tag.words for tag in item.all("span", "tag")]) for item in listed[:3]]
        assert said == [
            ("Old.pdf", ["Goes with the change"]),
            ("Kept.pdf", ["Stays"]),
            ("New", ["Comes with the change"]),
        ]
        assert "Called from then on: Canarytitle" in listed[1].words

    doors = [reverse(name, args=["safe-paths"]) for name in ("roundtable_csv", "roundtable_json", "feed_roundtable")]
    found = [sign_in(factories.staff()).get(door) for door in doors]
    found += [Client().get(reverse("search"), {"q": word}) for word in ("canarytitle", "new.odt")]
    for answer in found:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert (answer.status_code, b"New.odt" in content, b"Canarytitle" in content) == (200, False, False)
    with ZipFile(BytesIO(my_data(me))) as archive:
        data = json.loads(archive.read("my-data.json"))
    assert [(each["name"], each["comes_with"], each["goes_with"]) for each in data["attachments"]] == [
        ("Old.pdf", None, 2),
        ("Kept.pdf", None, None),
        ("New.odt", 2, None),
    ]

    again(comment).approve_edit(by=moderator, seen_revision=2)

    assert titles(comment) == ["Canarytitle", "New"]
    assert statuses("New.odt", *readers, me, moderator) == [200] * 5
    assert statuses("Old.pdf", *readers, me, moderator) == [404, 404, 404, 404, 200]
    assert "canarytitle" in again(comment).search_text


def test_words_in_a_file_are_found_while_readers_have_it(client, me, roundtable, comment):
    moderator = factories.moderator(roundtable)
    change(client, comment)
    for name in ("Old.pdf", "New.odt"):
        AttachmentPage.objects.create(attachment_id=number(name), number=1, text=name, search_text=" canary ")

    def found():
        return [page.text for page in Client().get(reverse("search"), {"q": "canary"}).context["pages"]]

    seen = [found()]
    again(comment).approve_edit(by=moderator)
    seen.append(found())
    again(comment).undo(by=moderator, event=comment.events.last())
    seen.append(found())

    assert seen == [["Old.pdf"], ["New.odt"], ["Old.pdf"]]


def test_an_undone_approval_brings_the_old_files_back_and_a_refusal_can_be_undone_too(client, me, roundtable, comment):
    moderator = factories.moderator(roundtable)
    change(client, comment)
    again(comment).approve_edit(by=moderator)

    again(comment).undo(by=moderator, event=comment.events.last())

    assert titles(comment) == ["Old.pdf", "Kept.pdf"]
    assert [*statuses("Old.pdf", None, me), *statuses("New.odt", None, me, moderator)] == [200, 200, 404, 200, 200]

    again(comment).reject_edit(by=moderator, reason="off_topic")
    assert (titles(comment), statuses("New.odt", None, me)) == (["Old.pdf", "Kept.pdf"], [404, 404])

    again(comment).undo(by=moderator, event=comment.events.last())
    again(comment).approve_edit(by=moderator, seen_revision=2)
    assert titles(comment) == ["Canarytitle", "New"]


def test_what_an_earlier_change_left_behind_goes_with_the_next_one(
    client, me, roundtable, comment, folder, django_capture_on_commit_callbacks
):
    moderator = factories.moderator(roundtable)
    change(client, comment)
    again(comment).reject_edit(by=moderator, reason="off_topic")

    data, form = opened(client, comment)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(revise(comment), data | {"body": "Third text."})
    again(comment).approve_edit(by=moderator, seen_revision=3)

    assert [label.words for label in form.all("label") if "Leave out" in label.words] == [
        "Leave out “Old.pdf”",
        "Leave out “Kept.pdf”",
    ]
    assert (titles(comment), stored(folder)) == (["Old.pdf", "Kept.pdf"], 2)


def test_where_changes_are_published_at_once_their_files_are_too(
    client, me, comment, folder, django_capture_on_commit_callbacks
):
    Roundtable.objects.update(moderation=Roundtable.Moderation.AFTER)

    with django_capture_on_commit_callbacks(execute=True):
        change(client, comment)

    assert (titles(comment), stored(folder)) == (["Canarytitle", "New"], 2)
    assert [(each.name, each.hidden_since) for each in Attachment.objects.order_by("pk")] == [
        ("Kept.pdf", None),
        ("New.odt", None),
    ]


def test_a_change_that_waits_is_changed_further_and_sent_twice_it_is_one(
    client, me, roundtable, comment, folder, django_capture_on_commit_callbacks
):
    change(client, comment)
    data, form = opened(client, comment)
    as_it_is = client.post(revise(comment), data)

    boxes = [(box.attrs["value"], "checked" in box.attrs) for box in form.all("input", name="removed_file")]
    assert boxes == [(str(number("Old.pdf")), True), (str(number("Kept.pdf")), False), (str(number("New.odt")), False)]
    assert data[f"file_title_{number('Kept.pdf')}"] == "Canarytitle"
    assert (as_it_is.status_code, again(comment).proposed_revision) == (302, 2)

    another = {"removed_file": [number("New.odt")], "attachments": [files.upload("Newer.txt", b"Newer.")]}
    for _twice in range(2):
        another["attachments"][0].seek(0)
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(revise(comment), data | another).status_code == 302
    assert (again(comment).proposed_revision, stored(folder)) == (3, 3)
    again(comment).approve_edit(by=factories.moderator(roundtable), seen_revision=3)

    assert titles(comment) == ["Old.pdf", "Canarytitle", "Newer"]


def test_of_two_windows_the_second_is_told_and_loses_neither_text_nor_files(client, me, comment):
    first, _ = opened(client, comment)
    second, _ = opened(client, comment)
    client.post(revise(comment), first | {"body": "From the first.", "removed_file": [number("Old.pdf")]})

    mine = second | {"body": "From the second.", "attachments": [files.upload("Mine.txt", b"Mine.")]}
    told = client.post(revise(comment), mine)
    form = page(told).one("form", "write-form")
    seen = form.one("input", name="seen").attrs["value"]

    assert told.status_code == 409
    assert "changed in another window" in page(told).one("div", "error-summary").words
    assert form.one("textarea", name="body").words == "From the second."
    assert [each.one("bdi").text for each in form.all("a", "attachment")] == ["Old.pdf", "Kept.pdf", "Mine.txt"]
    assert again(comment).proposed.body == "From the first."

    client.post(revise(comment), second | {"body": "From the second.", "seen": seen})
    assert again(comment).proposed.body == "From the second."
    assert [each.name for each in again(comment).files_as_left] == ["Old.pdf", "Kept.pdf", "Mine.txt"]


def test_what_was_said_of_files_is_there_again_after_signing_in_and_in_a_draft(client, me, comment):
    data, _ = opened(client, comment)
    client.post(revise(comment), data | {"action": "attach", "attachments": [files.upload("New.txt", b"New.")]})
    data |= {
        "body": "Typed.",
        "removed_file": [number("Old.pdf")],
        f"file_title_{number('Kept.pdf')}": "Our study",
        f"file_language_{number('Kept.pdf')}": "fr",
        f"file_title_{number('New.txt')}": "Newly called",
    }
    expected = {
        "removed_file": [str(number("Old.pdf"))],
        f"file_title_{number('Kept.pdf')}": "Our study",
        f"file_language_{number('Kept.pdf')}": "fr",
        f"file_title_{number('New.txt')}": "Newly called",
        "body": "Typed.",
    }
    client.logout()
    client.post(revise(comment), data)
    client.force_login(me)

    after_sign_in, _ = opened(client, comment)
    client.post(revise(comment), data | {"action": "draft"})
    from_draft, _ = opened(sign_in(me), comment)

    for found in (after_sign_in, from_draft):
        assert {name: found[name] for name in expected} == expected
    assert Draft.objects.get().rest["removed_file"] == [str(number("Old.pdf"))]


def test_titles_of_files_are_changed_with_a_text_that_waits(client, me, roundtable):
    comment = factories.comment(roundtable, me, status=Status.PENDING)
    factories.attachment(comment, "Kept.pdf")
    data, _ = opened(client, comment)
    named = {f"file_title_{number('Kept.pdf')}": "Our\0 study" + "y" * 300, f"file_language_{number('Kept.pdf')}": "xx"}

    client.post(revise(comment), data | named)

    assert again(comment).revision_number == 2
    assert [(file["title"], file["language"]) for file in again(comment).files] == [("Our study" + "y" * 191, "")]


def test_whoever_withdraws_or_leaves_takes_all_files_along(
    client, me, comment, folder, django_capture_on_commit_callbacks
):
    change(client, comment)
    Attachment.objects.filter(name="Kept.pdf").update(other_title="By Amina Diallo")
    comment.revisions.filter(number=1).update(files=[{"title": "By Amina Diallo", "language": "en"}])

    with django_capture_on_commit_callbacks(execute=True):
        close_account(User.objects.get(pk=me.pk), contributions=KEEP)
    assert Attachment.objects.get(name="Kept.pdf").other_title == "By Former participant"
    assert comment.revisions.get(number=1).files[0]["title"] == "By Former participant"

    with django_capture_on_commit_callbacks(execute=True):
        again(comment).withdraw(by=factories.staff())
    assert (Attachment.objects.count(), stored(folder)) == (0, 0)
    assert not comment.revisions.exclude(files=None).exists()


def test_a_moderator_removes_a_file_that_only_comes_and_publishes_the_rest_without_words_changed(
    client, me, roundtable, comment
):
    moderator = factories.moderator(roundtable)
    change(client, comment, body="First text.")
    coming = Attachment.objects.get(name="New.odt")

    removed = sign_in(moderator).post(reverse("moderation_remove_file", args=[coming.pk]), {"reason": "personal_data"})
    decide = page(sign_in(moderator).get(reverse("moderation_decide", args=[comment.pk])))
    again(comment).approve_edit(by=moderator, seen_revision=2)
    versions = page(client.get(reverse("comment_versions", args=[comment.pk])))

    assert removed.status_code == 302
    assert titles(comment) == ["Canarytitle"]
    for shown in (decide, versions):
        assert "The text is the same." in [each.words for each in shown.all("p", "hint")]


def listed(person, comment, version=""):
    """Return what the page of versions lists of files: (words, whether it is a link), by who reads it."""
    query = {"version": version} if version else {}
    answer = sign_in(person).get(reverse("comment_versions", args=[comment.pk]), query)
    found = page(answer).one("main").all("ul", class_="files")
    return [(item.words, bool(item.all("a"))) for each in found for item in each.all("li")]


def test_each_version_names_the_files_it_had_with_links_for_those_who_may_open_them(client, me, roundtable, comment):
    moderator = factories.moderator(roundtable)
    change(client, comment)
    again(comment).approve_edit(by=moderator, seen_revision=2)
    sizes = {each.name: " ".join(filesizeformat(each.size).split()) for each in Attachment.objects.all()}

    first, second = ({person: listed(person, comment, n) for person in (None, me, moderator)} for n in "12")

    old, kept = (f"{name} (PDF, {sizes[name]})" for name in ("Old.pdf", "Kept.pdf"))
    assert first[moderator] == [(old, True), (kept, True)]
    assert first[None] == first[me] == [(f"{old} No longer available", False), (kept, True)]
    renamed, new = (
        kept.replace("Kept.pdf", "Canarytitle"),
        f"New (OpenDocument, {sizes['New.odt']}, English) Added with this version",
    )
    gone = f"{old} No longer available Left out with this version"
    assert second[None] == second[me] == [(renamed, True), (new, True), (gone, False)]
    assert second[moderator][2] == (f"{old} Left out with this version", True)
    # Its number is known still, its file deleted.
    Attachment.objects.filter(name="Old.pdf").discard()
    assert listed(moderator, comment, "1")[0] == (f"{old} No longer available", False)


def test_a_version_says_that_a_file_was_removed_and_tells_its_title_to_moderators_only(client, me, roundtable, comment):
    moderator = factories.moderator(roundtable)
    change(client, comment)
    coming = Attachment.objects.get(name="New.odt")
    again(comment).remove_file(coming, by=moderator, reason="offensive")
    again(comment).remove_file(Attachment.objects.get(name="Kept.pdf"), by=moderator, reason="personal_data")
    again(comment).approve_edit(by=moderator, seen_revision=2)

    found = {n: {person: listed(person, comment, n) for person in (None, me, moderator)} for n in "12"}

    said = "File removed by a moderator. Reason: Names or exposes a private person."
    for n in "12":
        removed = [words for words, is_link in found[n][None] if words.endswith(said) and not is_link]
        titled = [words for words, _is_link in found[n][None] if "Kept" in words or "Canarytitle" in words]
        assert (len(removed), titled) == (int(n == "1"), [])
        assert found[n][me] == found[n][None]
    # What readers never had is no version's; the title is the moderators'.
    assert not any("offends" in words.lower() or "New.odt" in words for n in "12" for words, _ in found[n][moderator])
    assert [is_link for words, is_link in found["1"][moderator] if "Kept.pdf" in words and words.endswith(said)] == [
        True
    ]


def test_a_covered_title_is_covered_in_every_version_also_when_the_file_is_gone(client, me, roundtable, comment):
    moderator = factories.moderator(roundtable)
    change(client, comment)
    again(comment).approve_edit(by=moderator, seen_revision=2)
    kept = Attachment.objects.get(name="Kept.pdf")
    original = listed(None, comment, "1")
    again(comment).cover_title(by=moderator, attachment=kept, reason="personal_data")
    covered = [listed(None, comment, n) for n in "12"]
    event = comment.events.last()

    again(comment).undo(by=moderator, event=event)
    undone = listed(None, comment, "1")
    again(comment).cover_title(by=moderator, attachment=kept, reason="personal_data")
    kept.delete()

    for found in (*covered, listed(None, comment, "1")):
        assert not any("Kept.pdf" in words or "Canarytitle" in words for words, _is_link in found)
    assert undone == original


def test_versions_cost_the_same_with_any_number_of_files(client, me, roundtable):
    moderator, costs = factories.moderator(roundtable), []
    for count in (1, 3, 30):
        made = factories.comment(roundtable, me)
        for n in range(count):
            factories.attachment(made, f"{n}.txt", f"{n} of {count}".encode())
        again(made).propose_edit(factories.new_text("Other text.", role=Comment.Role.MODERATOR), by=me)
        for each in made.attachments.all()[: count // 2]:
            again(made).remove_file(each, by=moderator, reason="other")
        listed(None, made)  # what is kept for all pages is read once
        with CaptureQueriesContext(connection) as queries:
            listed(None, made)
        costs.append(len(queries))

    assert costs[0] == costs[1] == costs[2]


@pytest.mark.parametrize("name", ["New.odt", "Old.pdf", "Kept.pdf"])
def test_a_removal_is_undone_while_a_change_waits_and_the_change_brings_and_takes_the_same(
    client, me, roundtable, comment, name
):
    moderator = factories.moderator(roundtable)
    change(client, comment)
    again(comment).remove_file(Attachment.objects.get(name=name), by=moderator, reason="other")
    while_removed = (titles(comment), [each.name for each in again(comment).files_as_left])

    again(comment).undo(by=moderator, event=comment.events.last())
    after_undoing = titles(comment)
    again(comment).approve_edit(by=moderator, seen_revision=2)

    names = ["Old.pdf", "Kept.pdf", "New.odt"]
    assert while_removed == ([each for each in names[:2] if each != name], [each for each in names if each != name])
    assert (after_undoing, titles(comment)) == (["Old.pdf", "Kept.pdf"], ["Canarytitle", "New"])


def test_files_that_a_change_left_behind_go_after_some_days(
    client, me, roundtable, comment, settings, django_capture_on_commit_callbacks
):
    other = factories.comment(roundtable, me)
    factories.attachment(other, "Waits.pdf", files.pdf("Waits."))
    change(client, comment)
    again(comment).approve_edit(by=factories.moderator(roundtable))
    data, _ = opened(client, other)
    client.post(revise(other), data | {"attachments": [files.upload("Still.txt", b"Still.")]})
    long_ago = timezone.now() - timedelta(days=settings.UNSENT_FILES_DAYS, hours=1)
    Attachment.objects.hidden().update(hidden_since=long_ago)
    opened(client, other)
    drafted = {"key": str(uuid.uuid4()), "action": "draft", "attachments": [files.upload("Draft.txt", b"Draft.")]}
    client.post(reverse("comment_contribute", args=["safe-paths"]), drafted)
    Attachment.objects.filter(comment=None).update(created_at=long_ago)
    out = StringIO()

    with django_capture_on_commit_callbacks(execute=True):
        call_command("clean_files", stdout=out)

    assert out.getvalue() == "0 unsent files, 1 files that were taken out and 0 files without a row deleted.\n"
    names = Attachment.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["Kept.pdf", "Waits.pdf", "New.odt", "Still.txt", "Draft.txt"]


def test_a_joined_contribution_brings_along_what_readers_see_and_nothing_else(client, me, roundtable, comment):
    moderator = factories.moderator(roundtable)
    whole = factories.comment(roundtable, me, body="The whole.")
    change(client, comment)
    again(comment).reject_edit(by=moderator, reason="off_topic")

    again(whole).join(by=moderator, parts=[again(comment)])
    assert titles(whole) == ["Old.pdf", "Kept.pdf"]
    assert [each.name for each in comment.attachments.all()] == ["New.odt"]

    again(whole).undo(by=moderator, event=whole.events.last())
    assert (titles(whole), titles(comment)) == ([], ["Old.pdf", "Kept.pdf"])


def test_changing_deciding_and_showing_take_the_same_queries_at_any_number_of_files(client, me, roundtable):
    moderator, counts = factories.moderator(roundtable), []
    for size in (1, 2, 8):
        made = factories.comment(roundtable, me, body=f"Text {size}.")
        for each in range(size):
            factories.attachment(made, f"{size}-{each}.pdf", files.pdf(f"{size} {each}"))
        with CaptureQueriesContext(connection) as queries:
            data, _ = opened(client, made)
            known = {f"file_title_{each.pk}": f"Called {each.pk}" for each in made.attachments.all()}
            assert client.post(revise(made), data | known).status_code == 302
            assert sign_in(moderator).get(reverse("moderation_decide", args=[made.pk])).status_code == 200
            again(made).approve_edit(by=moderator)
        counts.append(len(queries))
        assert [title[:6] for title in titles(made)] == ["Called"] * size

    assert counts[1] == counts[2]
