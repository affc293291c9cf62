"""Files of comments: kept until the form is sent, moderated with the text, handed out to those who may read it."""

import errno
import hashlib
import os
import socketserver
import threading
import uuid
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultation import uploads
from consultation.forms.attachment import clean_title
from consultation.models import Attachment, AttachmentPage, Comment, Roundtable
from tests import factories, files
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status
PAPER = files.pdf()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Keep files in a folder of the test's own."""
    place = tmp_path / "files"
    use(settings, "django.core.files.storage.FileSystemStorage", location=place, file_permissions_mode=0o600)
    return place


def use(settings, backend, **options):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": options}}


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths")


@pytest.fixture
def me(client):
    person = factories.user("Amina Diallo")
    client.force_login(person)
    return person


def contribute(roundtable):
    return reverse("comment_contribute", args=[roundtable.slug])


def typed(*chosen, body="We ask for safe paths.", **others):
    fields = {"body": body, "language": "fr", "key": str(uuid.uuid4()), "attachments": list(chosen)}
    return fields | others


def paper(name="Notre position.pdf", content=PAPER):
    return files.upload(name, content)


def stored(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


def download(client, attachment, **headers):
    response = client.get(attachment.get_absolute_url(), headers=headers)
    return response, b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Our\u202efdp\x07 study\n", "Our fdp  study"),
        ("\u200b\u2060", "Notre position"),
        *[(text, text) for text in ("دراسة\u200f 2030  می\u200cخواهم", "क्\u200dषि 👩🏽\u200d🌾 Cafe\u0301")],
    ],
)
def test_a_title_of_a_file_hides_nothing_and_is_kept_as_typed_otherwise(typed, stored):
    assert clean_title(typed, "Notre position.pdf") == stored


# --- Sending


def test_a_file_is_sent_with_its_text_and_kept_byte_for_byte_under_a_made_up_name(client, me, roundtable, folder):
    response = client.post(contribute(roundtable), typed(paper()))

    comment = Comment.objects.get()
    attachment = comment.attachments.get()
    assert response.status_code == 302
    assert comment.files == [
        {"id": attachment.pk, "title": "Notre position", "kind": "pdf", "size": len(PAPER), "language": "fr"}
    ]
    assert (attachment.name, attachment.uploader, attachment.sha256) == (
        "Notre position.pdf",
        me,
        hashlib.sha256(PAPER).hexdigest(),
    )
    [path] = stored(folder)
    assert path.read_bytes() == PAPER
    assert path.relative_to(folder).as_posix() == attachment.file.name
    assert "position" not in attachment.file.name
    assert path.stat().st_mode & 0o777 == 0o600


def test_several_files_wait_through_complaints_and_previews_and_keep_their_titles(client, me, roundtable):
    form = typed(paper(), files.upload("Tabla.xlsx", files.office("xlsx")), body="")
    refused = client.post(contribute(roundtable), form)
    first, second = Attachment.objects.order_by("pk")
    form |= {"attachments": [], f"file_title_{first.pk}": "Our position", f"file_language_{first.pk}": "en"}
    form |= {f"file_title_{second.pk}": "", f"file_language_{second.pk}": "xx"}
    preview = client.post(contribute(roundtable), form | {"body": "Words.", "action": "preview"})

    client.post(contribute(roundtable), form | {"body": "Words."})

    assert (refused.status_code, preview.status_code) == (422, 200)
    assert [link.one("bdi").text for link in page(refused).all("a", "attachment")] == [
        "Notre position.pdf",
        "Tabla.xlsx",
    ]
    titles = [page(preview).one("input", name=f"file_title_{attachment.pk}") for attachment in (first, second)]
    assert [field.attrs["value"] for field in titles] == ["Our position", "Tabla"]
    shown = [(file["title"], file["language"]) for file in Comment.objects.get().files]
    assert shown == [("Our position", "en"), ("Tabla", "")]


def test_uploading_alone_complains_of_files_only_and_keeps_what_is_typed(client, me, roundtable):
    form = typed(paper(), files.upload("run.exe", b"MZ"), body="", action="attach")

    response = client.post(contribute(roundtable), form)

    errors = [error.words for error in page(response).all("p", "field-error")]
    assert response.status_code == 422
    assert errors == [
        "“run.exe” is not of a type that is taken. Send PDF, Word (DOCX), Excel (XLSX), PowerPoint (PPTX), "
        "OpenDocument (ODT), plain text (TXT), PNG or JPEG."
    ]
    assert page(response).one("input", type="file").attrs["aria-invalid"] == "true"
    assert Attachment.objects.get().name == "Notre position.pdf"
    assert Comment.objects.count() == 0


def test_a_file_is_removed_before_sending(client, me, roundtable, folder, django_capture_on_commit_callbacks):
    form = typed(paper(), action="attach")
    client.post(contribute(roundtable), form)
    attachment = Attachment.objects.get()
    form |= {"attachments": [], "remove_file": str(attachment.pk)}
    del form["action"]

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(contribute(roundtable), form)

    assert (response.status_code, Comment.objects.count(), Attachment.objects.count()) == (200, 0, 0)
    assert page(response).one("textarea", name="body").text.strip() == "We ask for safe paths."
    assert stored(folder) == []


@pytest.mark.parametrize("odd", ["x", "-1", "9" * 30, "0", "²"])
def test_odd_numbers_of_files_remove_nothing(client, me, roundtable, odd):
    form = typed(paper(), action="attach")
    client.post(contribute(roundtable), form)

    response = client.post(contribute(roundtable), form | {"attachments": [], "remove_file": odd, "action": ""})

    assert response.status_code == 200
    assert Attachment.objects.count() == 1


def test_the_same_form_sent_twice_makes_one_comment_with_one_file(client, me, roundtable, folder):
    key = str(uuid.uuid4())

    first = client.post(contribute(roundtable), typed(paper(), key=key))
    second = client.post(contribute(roundtable), typed(paper(), key=key))

    assert first.url == second.url
    assert (Comment.objects.count(), Attachment.objects.count(), len(stored(folder))) == (1, 1, 1)
    assert len(Comment.objects.get().files) == 1


def test_nobody_sends_the_waiting_files_of_somebody_else(client, me, roundtable):
    key = str(uuid.uuid4())
    other = Client()
    other.force_login(factories.user())
    other.post(contribute(roundtable), typed(paper(), key=key, action="attach"))

    seen = client.post(contribute(roundtable), typed(key=key, action="attach"))
    client.post(contribute(roundtable), typed(key=key))

    assert page(seen).all("a", "attachment") == []
    assert Comment.objects.get().files == []
    assert download(client, Attachment.objects.get())[0].status_code == 404
    assert download(other, Attachment.objects.get())[0].status_code == 200


def test_files_that_wait_are_there_again_after_signing_in(client, me, roundtable):
    key = str(uuid.uuid4())
    client.post(contribute(roundtable), typed(paper(), key=key, action="attach"))
    client.logout()
    client.post(contribute(roundtable), typed(key=key))
    session = client.session
    client.force_login(me)
    for name, value in session.items():
        if name == "kept_texts":
            kept = client.session
            kept[name] = value
            kept.save()

    response = client.get(contribute(roundtable))

    assert page(response).one("a", "attachment").one("bdi").text == "Notre position.pdf"


def test_who_sent_files_without_being_signed_in_is_told_to_choose_them_again(client, roundtable):
    client.post(contribute(roundtable), typed(paper()))
    session = client.session["kept_texts"]
    client.force_login(factories.user())
    kept = client.session
    kept["kept_texts"] = session
    kept.save()

    shown = page(client.get(contribute(roundtable)))

    assert "Please choose your files again" in shown.one("div", "files-form").words
    assert shown.one("textarea", name="body").text.strip() == "We ask for safe paths."


def test_too_many_and_too_large_files_are_refused_beside_the_field(client, me, roundtable, settings):
    settings.ATTACHMENTS_PER_COMMENT, settings.ATTACHMENT_MB, settings.ATTACHMENTS_TOTAL_MB = 2, 1, 1
    large = files.png() + b"\0" * 1_100_000
    sent = [
        files.upload("large.png", large),
        files.upload("one.txt", b"a" * 600_000),
        files.upload("two.txt", b"b" * 600_000),
        files.upload("three.txt", b"c"),
        files.upload("four.txt", b"d"),
    ]

    response = client.post(contribute(roundtable), typed(*sent))

    assert response.status_code == 422
    assert [error.words for error in page(response).all("p", "field-error")] == [
        "With “two.txt” the files would be too large together: up to 1 MB are taken.",
        "“four.txt” is one too many: a contribution takes up to 2 files.",
        "“large.png” is too large: a file may have up to 1 MB.",
    ]
    assert page(response).one("textarea", name="body").text.strip() == "We ask for safe paths."
    assert list(Attachment.objects.values_list("name", flat=True)) == ["one.txt", "three.txt"]


def test_what_could_hold_no_form_is_refused_before_it_is_read(client, me, roundtable):
    length = 2 * 1024**3

    response = client.post(contribute(roundtable), typed(), CONTENT_LENGTH=str(length))

    assert response.status_code == 413
    assert page(response).one("h1").words == "Too large"


def test_a_visitor_uploads_nothing(client, roundtable, folder):
    response = client.post(contribute(roundtable), typed(paper()))

    assert response.status_code == 302
    assert (Attachment.objects.count(), stored(folder)) == (0, [])


def test_nobody_fills_the_disk_with_forms_that_are_never_sent(client, me, roundtable, settings):
    settings.UPLOADS_PER_HOUR = 2
    for number in range(2):
        client.post(contribute(roundtable), typed(files.upload(f"{number}.txt", b"%d" % number), action="attach"))

    response = client.post(contribute(roundtable), typed(files.upload("3.txt", b"3"), action="attach"))

    assert [error.words for error in page(response).all("p", "field-error")] == [
        "“3.txt” was not taken: you have sent many files in a short time. Try again in an hour."
    ]


# --- The store


class FullStorage(FileSystemStorage):
    """A disk that is full after some bytes."""

    def _save(self, name, content):
        place = Path(self.path(name))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.read(10))
        raise OSError(errno.ENOSPC, "No space left on device")


class AwayStorage(FileSystemStorage):
    """A store elsewhere that does not answer."""

    def _save(self, name, content):
        raise RuntimeError("Could not connect to the endpoint URL")

    def delete(self, name):
        raise RuntimeError("Could not connect to the endpoint URL")


@pytest.mark.parametrize("trouble", ["full", "away", "a file in its place"])
def test_where_no_file_can_be_stored_the_text_is_kept_and_can_be_sent_without(
    client, me, roundtable, settings, folder, trouble
):
    if trouble == "a file in its place":
        folder.write_text("not a folder")
    else:
        storage = FullStorage if trouble == "full" else AwayStorage
        use(settings, f"{__name__}.{storage.__name__}", location=folder)
    form = typed(paper())
    before = stored(folder)

    response = client.post(contribute(roundtable), form)

    assert response.status_code == 422
    assert [error.words for error in page(response).all("p", "field-error")] == [
        "“Notre position.pdf” cannot be stored at the moment. Your text is kept here: send it without the file, "
        "or try again later."
    ]
    assert page(response).one("textarea", name="body").text.strip() == "We ask for safe paths."
    assert (Attachment.objects.count(), stored(folder)) == (0, before)
    assert client.post(contribute(roundtable), form | {"attachments": []}).status_code == 302
    assert Comment.objects.get().files == []


def test_where_the_disk_is_full_while_a_file_arrives_the_rest_of_the_form_is_read(client, me, roundtable, settings):
    settings.FILE_UPLOAD_TEMP_DIR = "/nowhere"

    response = client.post(contribute(roundtable), typed(paper()))

    assert response.status_code == 422
    assert [error.words for error in page(response).all("p", "field-error")] == [
        "“Notre position.pdf” cannot be stored at the moment. Your text is kept here: send it without the file, "
        "or try again later."
    ]
    assert page(response).one("textarea", name="body").text.strip() == "We ask for safe paths."


def test_a_file_whose_row_cannot_be_written_is_deleted(me, folder):
    with pytest.raises(Exception, match=r"(?i)null"):
        uploads.store(paper(), uploader=me, key=uuid.uuid4(), language=None)

    assert stored(folder) == []


def test_files_of_forms_that_were_never_sent_go_after_some_days(
    me, folder, roundtable, settings, django_capture_on_commit_callbacks
):
    old, new = (uploads.store(files.upload(f"{day}.txt", day), uploader=me, key=uuid.uuid4()) for day in (b"1", b"2"))
    sent = factories.attachment(factories.comment(roundtable))
    long_ago = timezone.now() - timedelta(days=settings.UNSENT_FILES_DAYS, hours=1)
    Attachment.objects.filter(pk__in=[old.pk, sent.pk]).update(created_at=long_ago)
    out = StringIO()

    with django_capture_on_commit_callbacks(execute=True):
        call_command("clean_files", stdout=out)

    assert out.getvalue() == "1 unsent files, 0 files that were taken out and 0 files without a row deleted.\n"
    assert set(Attachment.objects.all()) == {new, sent}
    assert {path.relative_to(folder).as_posix() for path in stored(folder)} == {new.file.name, sent.file.name}


def test_files_that_no_row_knows_go_after_an_hour(folder):
    (folder / "attachments").mkdir(parents=True)
    fresh, lost = (folder / "attachments" / name for name in ("fresh", "lost"))
    for path in (fresh, lost):
        path.write_text("x")
    before = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(lost, (before, before))

    call_command("clean_files", stdout=StringIO())

    assert stored(folder) == [fresh]
    assert not default_storage.exists("attachments/lost")


# --- Who may have them

PUBLIC = {"visitor", "participant", "author", "moderator", "other_moderator", "secretariat", "inactive"}
RUNS_IT = {"moderator", "secretariat"}
MAY_HAVE = {
    Status.PENDING: RUNS_IT | {"author"},
    Status.RETURNED: RUNS_IT | {"author"},
    Status.APPROVED: PUBLIC,
    Status.REJECTED: RUNS_IT,
    Status.WITHDRAWN: RUNS_IT,
    Status.REMOVED: RUNS_IT,
}


def everybody(roundtable, author):
    people = {
        "visitor": None,
        "participant": factories.user(),
        "author": author,
        "moderator": factories.moderator(roundtable),
        "other_moderator": factories.moderator(factories.roundtable()),
        "secretariat": factories.staff(),
        "inactive": factories.user(is_active=False),
    }
    clients = {kind: Client() for kind in people}
    for kind, person in people.items():
        if person is not None:
            clients[kind].force_login(person)
    return clients


@pytest.mark.parametrize("status", Status)
def test_a_file_goes_to_those_who_may_read_its_comment_and_to_nobody_else(roundtable, status):
    author = factories.user()
    attachment = factories.attachment(factories.comment(roundtable, author, status=status))
    clients = everybody(roundtable, author)

    found = {kind: download(client, attachment)[0].status_code for kind, client in clients.items()}

    assert found == {kind: 200 if kind in MAY_HAVE[status] else 404 for kind in clients}


def test_a_decision_about_a_comment_is_one_about_its_file_at_once(roundtable):
    author = factories.user()
    comment = factories.comment(roundtable, author, status=Status.PENDING)
    attachment = factories.attachment(comment)
    clients = everybody(roundtable, author)
    moderator = roundtable.moderators.get()

    def reached():
        return {kind for kind, client in clients.items() if download(client, attachment)[0].status_code == 200}

    seen = [reached()]
    comment.approve(by=moderator)
    seen.append(reached())
    comment.remove(by=moderator, reason="other")
    seen.append(reached())

    assert seen == [RUNS_IT | {"author"}, PUBLIC, RUNS_IT]


def test_a_file_of_an_unpublished_roundtable_goes_to_those_who_run_it(roundtable):
    author = factories.user()
    attachment = factories.attachment(factories.comment(roundtable, author))
    Roundtable.objects.filter(pk=roundtable.pk).update(is_published=False)
    clients = everybody(roundtable, author)

    assert {kind for kind, client in clients.items() if download(client, attachment)[0].status_code == 200} == RUNS_IT


def test_a_file_is_handed_out_to_be_saved_byte_for_byte(client, roundtable):
    attachment = factories.attachment(factories.comment(roundtable), name="ورقة موقف.pdf")

    response, content = download(client, attachment, accept_encoding="gzip")

    assert content == PAPER
    assert {name: response.headers[name] for name in ("Content-Type", "Content-Length", "Content-Disposition")} == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(PAPER)),
        "Content-Disposition": "attachment; filename*=utf-8''%D9%88%D8%B1%D9%82%D8%A9%20%D9%85%D9%88%D9%82%D9%81.pdf",
    }
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "Content-Encoding" not in response.headers


def test_a_file_that_is_not_public_is_kept_by_no_cache(client, roundtable):
    moderator = factories.moderator(roundtable)
    client.force_login(moderator)
    attachment = factories.attachment(factories.comment(roundtable, status=Status.PENDING))

    response, _content = download(client, attachment)

    assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))


def test_a_file_that_is_gone_from_the_store_is_not_found(client, roundtable, folder):
    attachment = factories.attachment(factories.comment(roundtable))
    default_storage.delete(attachment.file.name)

    assert client.get(attachment.get_absolute_url()).status_code == 404


def test_no_address_of_the_site_serves_the_folder(client, roundtable):
    attachment = factories.attachment(factories.comment(roundtable))

    places = [f"/{attachment.file.name}", f"/static/{attachment.file.name}", f"/files/{attachment.file.name}"]

    assert {client.get(place).status_code for place in places} == {404}


# --- Where they are shown


def test_a_link_says_title_kind_size_and_language(client, roundtable):
    attachment = factories.attachment(factories.comment(roundtable), title='Notre <b>"position"</b>', language="fr")

    link = page(client.get(roundtable.get_absolute_url())).one("a", "attachment")

    assert link.text == f'Notre <b>"position"</b> (PDF, {filesizeformat(len(PAPER))}, French)'
    assert (link.attrs["href"], link.attrs["hreflang"]) == (attachment.get_absolute_url(), "fr")
    assert link.one("bdi").attrs["lang"] == "fr"


@pytest.mark.parametrize("status", [status for status in Status if status != Status.APPROVED])
def test_titles_of_files_that_are_not_public_are_read_by_nobody_else(client, roundtable, status):
    comment = factories.comment(roundtable, status=status, body="Words.")
    factories.attachment(comment, title="Canarytitle")
    where = [roundtable.get_absolute_url(), comment.get_absolute_url(), f"{reverse('search')}?q=canarytitle"]

    assert [address for address in where if b"Canarytitle" in client.get(address).content] == []


def test_a_file_is_found_by_its_title(client, roundtable):
    comment = factories.comment(roundtable, body="Words.")
    factories.attachment(comment, title="Cities without borders")

    response = client.get(reverse("search"), {"q": "cities borders"})

    assert [article.attrs["id"] for article in page(response).all("article", "comment")] == [f"comment-{comment.pk}"]


def test_a_moderator_sees_the_files_before_deciding(client, roundtable):
    client.force_login(factories.moderator(roundtable))
    comment = factories.comment(roundtable, status=Status.PENDING)
    attachment = factories.attachment(comment)

    response = client.get(reverse("moderation_decide", args=[comment.pk]))

    assert page(response).one("a", "attachment").attrs["href"] == attachment.get_absolute_url()


# --- Revising


def test_revising_adds_and_leaves_out_files(client, me, roundtable, folder, django_capture_on_commit_callbacks):
    comment = factories.comment(roundtable, me, status=Status.PENDING)
    first = factories.attachment(comment)
    address = reverse("comment_revise", args=[comment.pk])
    offered = client.get(address)
    new = files.upload("Second.odt", files.odt())

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address, typed(new, removed_file=[str(first.pk)]))

    comment.refresh_from_db()
    assert page(offered).one("input", name="removed_file").attrs["value"] == str(first.pk)
    assert response.status_code == 302
    assert [file["title"] for file in comment.files] == ["Second"]
    assert [attachment.name for attachment in comment.attachments.all()] == ["Second.odt"]
    assert (comment.revision_number, len(stored(folder))) == (2, 1)


def test_a_complaint_about_the_revised_text_leaves_all_files_where_they_are(client, me, roundtable):
    comment = factories.comment(roundtable, me, status=Status.PENDING)
    first = factories.attachment(comment)

    response = client.post(reverse("comment_revise", args=[comment.pk]), typed(body="", removed_file=[str(first.pk)]))

    assert response.status_code == 422
    assert "checked" in page(response).one("input", name="removed_file").attrs
    assert list(comment.attachments.all()) == [first]


# --- Moderators


def stored_version(roundtable):
    return Roundtable.objects.get(pk=roundtable.pk).version


def test_a_moderator_removes_a_file_with_a_reason_and_nobody_else_gets_it_any_more(client, me, roundtable):
    moderator, other = factories.moderator(roundtable), factories.moderator(factories.roundtable())
    people = [None, factories.user(), me, other, moderator, factories.staff()]
    comment = factories.comment(roundtable, me)
    attachment = factories.attachment(comment, title="Names a child")
    stays = factories.attachment(comment, "a.txt", b"a")
    AttachmentPage.objects.create(attachment=attachment, number=1, text="Child", search_text=" child ")
    address, version = reverse("moderation_remove_file", args=[attachment.pk]), stored_version(roundtable)

    def gets():
        clients = [Client() for _person in people]
        for each, person in zip(clients, people, strict=True):
            each.force_login(person) if person else None
        found = [each.get(attachment.get_absolute_url()).status_code for each in clients]
        pages = [b"Names a child" in each.get(comment.get_absolute_url()).content for each in clients]
        return found, pages, len(Client().get(reverse("search"), {"q": "child"}).context["pages"])

    before = gets()
    client.force_login(moderator)
    refused = client.post(address)
    response, twice = (client.post(address, {"reason": reason}) for reason in ("personal_data", "other"))

    comment.refresh_from_db()
    event = comment.events.get(action="remove_file")
    assert [error.words for error in page(refused).all("p", "field-error")] == [
        "Choose the reason why this file is removed."
    ]
    assert (response.status_code, twice.status_code, client.get(address).status_code) == (302, 302, 302)
    assert [file["id"] for file in comment.files] == [stays.pk]
    assert (event.actor, event.reason, comment.status) == (moderator, "personal_data", Status.APPROVED)
    assert stored_version(roundtable) > version
    assert "names" not in comment.search_text
    assert before == ([200] * 6, [True] * 6, 1)
    assert gets() == ([404, 404, 404, 404, 200, 200], [False] * 6, 0)

    comment.undo(by=moderator, event=event)

    assert gets() == before
    assert [file["title"] for file in Comment.objects.get(pk=comment.pk).files] == ["Names a child", "a.txt"]
    assert "names a child" in Comment.objects.get(pk=comment.pk).search_text


def test_a_removed_file_is_deleted_after_some_days_and_undoing_says_so(
    client, roundtable, folder, settings, django_capture_on_commit_callbacks
):
    moderator = factories.moderator(roundtable)
    client.force_login(moderator)
    comment = factories.comment(roundtable)
    attachment = factories.attachment(comment)
    comment.remove_file(attachment, by=moderator, reason="personal_data")
    event = comment.events.last()
    kept = timezone.now() - timedelta(days=settings.UNSENT_FILES_DAYS)
    left = []
    for moment in (kept + timedelta(hours=1), kept - timedelta(hours=1)):
        Attachment.objects.update(hidden_since=moment)
        with django_capture_on_commit_callbacks(execute=True):
            call_command("clean_files", stdout=StringIO())
        left.append((Attachment.objects.count(), len(stored(folder))))

    response = client.post(reverse("moderation_undo"), {"event": event.pk})

    assert left == [(1, 1), (0, 0)]
    assert response.status_code == 409
    told = page(response).one("div", "error-summary").words
    assert told.endswith("the file is deleted for good by now and cannot be brought back.")


def test_files_are_seen_in_the_queue_before_approving_from_it(client, roundtable):
    client.force_login(factories.moderator(roundtable))
    attachment = factories.attachment(factories.comment(roundtable, status=Status.PENDING))

    shown = page(client.get(reverse("moderation_queue")))

    assert shown.one("a", "attachment").attrs["href"] == attachment.get_absolute_url()


# --- The virus scanner


class Scanner(socketserver.StreamRequestHandler):
    """Speaks as clamd does: takes what is streamed, and finds what holds the word virus."""

    def handle(self):
        assert self.rfile.readline() == b"nINSTREAM\n"
        content = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(length)
        self.wfile.write(b"stream: Test-Signature FOUND\n" if b"virus" in content else b"stream: OK\n")


@pytest.fixture
def scanner(settings):
    """Run a scanner on a port of its own."""
    with socketserver.TCPServer(("127.0.0.1", 0), Scanner) as server:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_what_the_scanner_finds_is_not_taken(client, me, roundtable, scanner):
    sent = [files.upload("good.txt", b"harmless"), files.upload("bad.txt", b"a virus")]

    response = client.post(contribute(roundtable), typed(*sent))

    assert [error.words for error in page(response).all("p", "field-error")] == [
        "A virus was found in “bad.txt”. It was not taken."
    ]
    assert Attachment.objects.get().name == "good.txt"


def test_without_an_answer_of_the_scanner_no_file_is_taken_and_no_text_lost(client, me, roundtable, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"

    response = client.post(contribute(roundtable), typed(paper()))

    assert [error.words for error in page(response).all("p", "field-error")] == [
        "“Notre position.pdf” cannot be checked for viruses at the moment. Your text is kept here: send it without "
        "the file, or try again later."
    ]
    assert page(response).one("textarea", name="body").text.strip() == "We ask for safe paths."
    assert Attachment.objects.count() == 0


# --- What it costs


def test_files_cost_a_fixed_number_of_statements(me, roundtable):
    counts = {}
    for number in (0, 1, 8):
        key = uuid.uuid4()
        waiting = [
            uploads.store(files.upload(f"{each}.txt", b"%d %d" % (number, each)), uploader=me, key=key)
            for each in range(number)
        ]
        with CaptureQueriesContext(connection) as queries:
            factories.comment(roundtable, me, status=Status.PENDING, key=key, attachments=waiting)
        counts[number] = len(queries)

    assert counts[1] == counts[8] <= counts[0] + 2
