"""One's own data, and closing an account so that nothing of it stays behind."""

import io
import json
import re
import uuid
import zipfile
from datetime import timedelta
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AffiliationCheck, Mail, User
from consultation.models import (
    Attachment,
    AttachmentPage,
    Clearance,
    Comment,
    Concern,
    CoveredTitle,
    Draft,
    Flag,
    FollowUp,
    InternalNote,
    MailPreference,
    ModerationEvent,
    Notice,
    Redaction,
    Roundtable,
    Subscription,
    TextBlock,
    TextBlockVersion,
)
from consultation.models.counters import recount
from consultation.privacy import KEEP, WITHDRAW, close_account, write_archive
from consultation.privacy.closing import _forget_mail_about
from consultation.privacy.register import EXPORTED, LEFT_OUT
from tests import factories
from tests.discussions import plant

pytestmark = pytest.mark.django_db

NAME, EMAIL, SECOND = "Zubaydah Quillfeather", "zubaydah@example.org", "zq@example.net"
# Of the person: gone whatever becomes of the contributions.
OF_THE_PERSON = [
    "Zubaydah",
    "Quillfeather",
    EMAIL,
    SECOND,
    "Quill Society",
    "Draftcanary",
    "Aheadcanary",
    "Reportcanary",
    "Latecanary",
    "Tomecanary",
    "Clearcanary",
    "Notecanary",
    "Suspendcanary",
    "Checkcanary",
    "Mailcanary",
    "Browsercanary",
]
# Of the contributions: gone where they are withdrawn.
OF_THE_TEXTS = [
    "Bodycanary",
    "Firstcanary",
    "Titlecanary",
    "Mandatecanary",
    "Filecanary",
    "Pagecanary",
    "Concerncanary",
    "Todocanary",
    "Quotecanary",
]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Where files are stored."""
    own = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": own}
    return tmp_path


def dump():
    """Everything the database holds, as text."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += [str(row) for row in cursor.fetchall()]
    return "\n".join(rows)


def discussion():
    person = factories.user(NAME, email=EMAIL, organisation="Quill Society")
    roundtable = factories.roundtable()
    said = factories.comment(roundtable, person, body="What I have to say.", question=roundtable.questions.first())
    answer = factories.comment(roundtable, answers=said, body="An answer by somebody else.")
    return person, roundtable, said, answer


def upload(person, comment=None, name="Filecanary.pdf", content=b"%PDF- Filecanary"):
    """Store a file as an upload does."""
    attachment = Attachment(
        comment=comment, uploader=person, form_key=uuid.uuid4(), name=name, title=name, kind="pdf", size=len(content)
    )
    attachment.file.save(name, ContentFile(content), save=False)
    attachment.save()
    return attachment


def everywhere():
    """Make a person who stands in every table that points to people, and return (person, contribution, others')."""
    person, roundtable, _said, _answer = discussion()
    other, now = factories.user("Somebody Else"), timezone.now()
    said = factories.comment(roundtable, person, body="Firstcanary.", status="pending")
    said.revise(factories.new_text("Bodycanary text.", objective_numbers=(3,)), by=person)
    said = Comment.objects.get(pk=said.pk).approve(by=other)
    theirs = factories.comment(roundtable, other, body="I agree with @Zubaydah Quillfeather, and @others.")
    Comment.objects.filter(pk=said.pk).update(
        title="Titlecanary", mandate="Mandatecanary", late_reason="Latecanary", import_notes={"name": NAME}
    )
    said.events.create(action="return", message="Tomecanary", actor=other, status_after="approved")
    theirs.events.create(action="approve", actor=person, actor_name=NAME, status_after="approved")
    Redaction.objects.create(revision=said.revisions.last(), start=0, end=4, reason="other", redacted_by=person)
    attached, _ahead = upload(person, said), upload(person, name="Aheadcanary.pdf")
    CoveredTitle.objects.create(
        attachment=attached,
        title=NAME,
        name="Coveredcanary",
        shown="▒▒▒",
        reason="other",
        covered_by=person,
        covered_at=now,
    )
    AttachmentPage.objects.create(attachment=attached, number=1, text="Pagecanary", search_text="pagecanary")
    said.refresh_from_db()
    said.files = [attached.shown]
    said.save()
    Concern.objects.create(comment=said, roundtable=factories.roundtable(), why="Concerncanary")
    FollowUp.objects.create(comment=said, what="Todocanary", assigned_to=person, opened_by=person)
    Clearance.objects.create(
        paper=theirs,
        organisation="IOM",
        focal_point=person,
        focal_point_email=SECOND,
        focal_point_name=NAME,
        message="Clearcanary",
    )
    # Of a paper of the person's own, somebody else is asked; and the person is asked for another one, by address.
    Clearance.objects.create(paper=said, organisation="IOM", focal_point_email="focal@example.net")
    Clearance.objects.create(paper=theirs, organisation="ILO", focal_point_email=SECOND.upper())
    Draft.objects.create(author=person, place="/a/", roundtable=roundtable, body="Draftcanary")
    Draft.objects.create(author=other, place="/a/", roundtable=roundtable, body=f"As @{NAME} says")
    Flag.objects.create(comment=theirs, reporter=person, reason="other", message="Reportcanary", settled_by=person)
    InternalNote.objects.create(person=person, author=other, body="Notecanary")
    InternalNote.objects.create(comment=theirs, author=person, author_name=NAME, body=f"Ask {NAME} about this.")
    InternalNote.objects.create(comment=said, author=other, body="Quotecanary")
    MailPreference.objects.create(person=person, kind="reply", pace="daily")
    Subscription.objects.create(person=person, roundtable=roundtable)
    Notice.objects.create(person=person, kind="reply", pace="daily", comment=theirs, key="reply")
    roundtable.moderators.add(person)
    mails = [
        Mail(key="own", kind="reply", recipient=person, to=EMAIL, language="en", subject="Hello", text="Mailcanary"),
        Mail(key="waits", kind="reply", recipient=other, to=other.email, language="fr", subject=f"{NAME} a répondu"),
        Mail(key="sent", kind="reply", recipient=other, to=other.email, language="en", status="sent", html=NAME),
        Mail(key="clear", kind="clearance", to=SECOND, language="en", subject="Please clear", text="A paper"),
        Mail(
            key=f"clearance-{Clearance.objects.get(focal_point=person).pk}-1-cleared",
            kind="clearance",
            recipient=other,
            to=other.email,
            language="en",
            text="IOM has cleared it: Clearcanary",
            html="<p>Clearcanary</p>",
        ),
        Mail(
            key="asked",
            kind="clearance",
            to="focal@example.net",
            language="en",
            subject="Please clear Titlecanary",
            text=f"http://localhost{said.clearances.get().get_absolute_url()}",
        ),
    ]
    for mail in mails[1:3]:
        mail.text = f"{NAME} <{EMAIL}> wrote: Bodycanary http://localhost/en/comments/{said.pk}/"
    Mail.objects.bulk_create(mails)
    mail = Mail.objects.get(key="waits")
    waiting = Notice.objects.create(
        person=other, kind="reply", pace="at_once", comment=said, key="r", is_done=True, mail=mail
    )
    EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
    EmailAddress.objects.create(user=person, email=SECOND, verified=True)
    SocialAccount.objects.create(user=person, provider="un", uid=EMAIL, extra_data={"name": NAME})
    Authenticator.objects.create(user=person, type="totp", data={"secret": "Secretcanary"})
    UserSession.objects.create(user=person, session_key="Keycanary", ip="10.0.0.9", user_agent="Browsercanary")
    person.suspend(by=person, reason="Suspendcanary", ends_at=now + timedelta(days=1))
    person.lift_suspension(by=person)
    person.verify_affiliation(by=person, note="Checkcanary")
    AffiliationCheck.objects.create(person=other, is_verified=True, checked_by=person, checked_by_name=NAME)
    LogEntry.objects.create(user=person, action_flag=2, object_repr=NAME)
    TextBlockVersion.objects.create(block=TextBlock.objects.first(), texts={}, saved_by=person)
    return person, said, theirs, waiting


def columns():
    """Return (model, field) for every column of the database that points to a person."""
    found = {}
    for model in apps.get_models():
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            if field.related_model is User:
                found[f"{model._meta.app_label}.{model.__name__}.{field.name}"] = (model, field.name)
    return found


# --- What is held


def test_every_column_that_points_to_a_person_is_in_the_download_or_left_out_for_a_reason():
    assert set(columns()) == set(EXPORTED) | set(LEFT_OUT)
    assert set(EXPORTED) & set(LEFT_OUT) == set()


def test_these_tests_fill_every_column_that_points_to_a_person():
    person, *_ = everywhere()

    found = columns()

    assert [name for name, (model, field) in found.items() if not model._base_manager.filter(**{field: person})] == []


def read_archive(person):
    file = io.BytesIO()
    write_archive(person, file)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_download_holds_all_that_is_mine_and_no_secret():
    person, said, _theirs, _ = everywhere()

    files = read_archive(person)

    data = json.loads(files["my-data.json"])
    text = files["my-data.json"].decode()
    assert {part: len(data[part]) for part in EXPORTED.values()} == {
        "email_addresses": 2,
        "affiliation_checks": 1,
        "mails": 1,
        "suspensions": 1,
        "attachments": 2,
        "clearances": 2,
        "contributions": 2,
        "drafts": 1,
        "reports": 1,
        "mail_preferences": 1,
        "decisions_taken": len(ModerationEvent.objects.filter(actor=person)),
        "notices": 1,
        "moderated_roundtables": 1,
        "subscriptions": 1,
        "second_factors": 1,
        "single_sign_on": 1,
        "sessions": 1,
    }
    mine = {one["id"]: one for one in data["contributions"]}
    assert [one["text"] for one in mine[said.pk]["texts"]] == ["Firstcanary.", "Bodycanary text."]
    assert {one["decision"] for one in mine[said.pk]["decisions"]} == {"submit", "approve", "return"}
    assert (data["person"]["email"], data["person"]["name"]) == (EMAIL, NAME)
    assert (
        sorted(content for name, content in files.items() if name.startswith("attachments/"))
        == [b"%PDF- Filecanary"] * 2
    )
    assert {one["file"] for one in data["attachments"]} == {name for name in files if name.startswith("attachments/")}
    hidden = ["Secretcanary", "Keycanary", "Notecanary", "Quotecanary", "Somebody Else", "@others", person.password]
    assert [word for word in hidden if word and word in text] == []
    own = [word for word in (*OF_THE_PERSON, *OF_THE_TEXTS) if word not in ("Notecanary", "Quotecanary")]
    others = ("Pagecanary", "Concerncanary", "Todocanary")
    assert [word for word in own if word not in text and word not in others] == []


def test_the_download_explains_itself_in_the_language_of_the_person():
    person = factories.user(language="fr")

    readme = read_archive(person)["README.txt"].decode()

    assert "my-data.json" in readme
    assert "consultations@example.org" in readme


def test_no_file_leaves_the_folder_it_is_unpacked_to():
    person = factories.user()
    for name in ("../../evil.sh", "C:\\x\\y.pdf", "..", "a/b", "\u202efdp.exe", "x\ty"):
        upload(person, name=name)

    names = [name for name in read_archive(person) if name.startswith("attachments/")]

    assert len(set(names)) == 6
    assert [name for name in names if not re.fullmatch(r"attachments/\d+-[\w.() -]+", name)] == []


def test_a_file_that_is_missing_keeps_nobody_from_their_data():
    person, said, _, _ = everywhere()
    attachment = said.attachments.get()
    attachment.file.storage.delete(attachment.file.name)

    assert len(json.loads(read_archive(person)["my-data.json"])["attachments"]) == 2


def test_the_download_takes_the_same_queries_for_20_and_for_200_of_everything():
    person, found = factories.user(), []
    roundtable = factories.roundtable()

    for size in (20, 200):
        for number in range(person.comments.count(), size):
            Comment.objects.filter(pk=factories.comment(roundtable, person, body=f"{number}").pk).update(posted_at=None)
        with CaptureQueriesContext(connection) as queries:
            write_archive(person, io.BytesIO())
        found.append(len(queries))

    assert found[0] == found[1]


def test_the_download_is_for_oneself_right_after_signing_in(client):
    person, _, _, _ = discussion()
    person.set_password("four hedges and a gate")
    person.save()
    client.force_login(person)
    asked = client.get("/en/accounts/data/")
    client.post(asked["Location"], {"password": "four hedges and a gate"})

    response = client.get("/en/accounts/data/")

    assert (asked.status_code, asked["Location"].partition("?")[0]) == (302, "/en/accounts/reauthenticate/")
    assert response["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as archive:
        data = json.loads(archive.read("my-data.json"))
    assert data["person"]["email"] == EMAIL
    assert [one["texts"][0]["text"] for one in data["contributions"]] == ["What I have to say."]


@pytest.mark.parametrize("address", ["/en/accounts/data/", "/en/accounts/close/"])
def test_a_visitor_is_asked_to_sign_in_first(client, address):
    assert client.get(address).headers["Location"].startswith("/en/accounts/login/")


# --- Closing the account


@pytest.mark.parametrize(("choice", "gone"), [(KEEP, OF_THE_PERSON), (WITHDRAW, [*OF_THE_PERSON, *OF_THE_TEXTS])])
def test_closing_an_account_leaves_no_trace_in_the_database_or_among_the_files(
    choice, gone, folder, django_capture_on_commit_callbacks
):
    person, said, theirs, _ = everywhere()
    Client().post("/en/accounts/login/", {"login": EMAIL, "password": "a wrong one"})
    storage, kept_file = said.attachments.get().file.storage, said.attachments.get().file.name
    before = dump()
    assert [word for word in gone if word not in before] == []

    with django_capture_on_commit_callbacks(execute=True):
        close_account(person, contributions=choice)

    after = dump()
    assert [word for word in gone if word.lower() in after.lower()] == []
    assert "former participant" in Comment.objects.get(pk=theirs.pk).body.lower()
    assert Comment.objects.get(pk=theirs.pk).body.endswith(", and @others.")
    assert storage.exists(kept_file) == (choice == KEEP)
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert files == ([b"%PDF- Filecanary"] if choice == KEEP else [])
    assert [one for one in ([], [], [], [], []) if one] == [each for each in Comment.objects.find_problems() if each]


def test_contributions_that_are_kept_stand_under_former_participant(client):
    person, roundtable, said, _ = discussion()

    close_account(person, contributions=KEEP)

    page = client.get(roundtable.get_absolute_url()).content.decode()
    kept = Comment.objects.get(pk=said.pk)
    assert (kept.status, kept.body, str(kept.shown_name)) == ("approved", "What I have to say.", "Former participant")
    assert page.count("What I have to say.") == 1
    assert "In reply to <a" in page and "Former participant</a>" in page


def test_contributions_that_are_kept_keep_their_files():
    person, said, _, _ = everywhere()

    close_account(person, contributions=KEEP)

    kept = Comment.objects.get(pk=said.pk)
    assert ([each["title"] for each in kept.files], kept.attachments.get().uploader) == (["Filecanary.pdf"], None)
    assert (kept.body, kept.title, kept.is_author_verified) == ("Bodycanary text.", "Titlecanary", False)


def test_contributions_that_are_withdrawn_lose_their_text_and_replies_stay():
    person, roundtable, said, answer = discussion()

    close_account(person, contributions=WITHDRAW)

    gone = Comment.objects.get(pk=said.pk)
    roundtable.refresh_from_db()
    assert (gone.status, gone.body, gone.lead_html) == ("withdrawn", "", "")
    assert "What I have to say." not in dump()
    assert Comment.objects.get(pk=answer.pk).body == "An answer by somebody else."
    assert roundtable.visible_count == 1
    assert roundtable.questions.first().visible_count == 1
    assert Comment.objects.find_problems() == ([], [], [], [], [])


def test_reports_of_a_withdrawn_contribution_wait_for_nobody_any_more():
    person, roundtable, said, _answer = discussion()
    Flag.objects.report(comment=said, reporter=factories.user(), reason="other", message="Look")

    close_account(person, contributions=WITHDRAW)

    gone = Comment.objects.get(pk=said.pk)
    assert (gone.open_flags, gone.waiting_since, Flag.objects.get().status) == (0, None, "upheld")
    assert not Comment.objects.awaiting(factories.moderator(roundtable)).exists()


def test_what_others_are_still_to_be_told_is_written_anew():
    person, _said, _theirs, waiting = everywhere()

    close_account(person, contributions=WITHDRAW)

    waiting.refresh_from_db()
    assert (waiting.mail, waiting.is_done) == (None, False)
    assert not Mail.objects.filter(to=SECOND).exists()
    assert Mail.objects.get(key="asked").status == Mail.Status.DROPPED
    assert not Mail.objects.filter(key="waits").exists()
    assert Mail.objects.get(key="sent").text == ""


def test_what_others_were_told_no_longer_names_the_person():
    person, _said, _theirs, _ = everywhere()

    close_account(person, contributions=KEEP)

    assert Mail.objects.get(key="waits").subject == "Personne ayant fermé son compte a répondu"
    assert Mail.objects.get(key="sent").html == "Former participant"


def test_a_mention_is_taken_out_of_every_version_and_covers_stay_where_they_were(client):
    person, roundtable, _said, _answer = discussion()
    moderator = factories.moderator(roundtable)
    text = "As @zubaydah  Quillfeather and @Zubaydah Quillfeatherstone say: call 555-1234."
    theirs = factories.comment(roundtable, body=text, language="fr")
    start = text.index("555-1234")
    theirs.cover(by=moderator, passages=[(start, start + 8)], reason="personal_data", seen_revision=1)
    before = roundtable.__class__.objects.get(pk=roundtable.pk).version

    close_account(person, contributions=KEEP)

    theirs = Comment.objects.get(pk=theirs.pk)
    redaction = Redaction.objects.get()
    written = theirs.revisions.get().body
    assert written == "As @Personne ayant fermé son compte and @Zubaydah Quillfeatherstone say: call 555-1234."
    assert written[redaction.start : redaction.end] == "555-1234"
    assert "555-1234" not in theirs.body + theirs.lead_html + theirs.search_text
    assert "@Personne ayant fermé son compte and @Zubaydah Quillfeatherstone" in theirs.body
    assert Roundtable.objects.get(pk=roundtable.pk).version > before
    assert "Personne ayant fermé son compte" in client.get(roundtable.get_absolute_url()).content.decode()


def test_a_name_that_somebody_else_has_too_stays_in_texts():
    person, roundtable, _said, _answer = discussion()
    factories.user(NAME)
    theirs = factories.comment(roundtable, body=f"As @{NAME} says.")

    close_account(person, contributions=KEEP)

    assert Comment.objects.get(pk=theirs.pk).body == f"As @{NAME} says."


def test_closing_takes_the_same_queries_around_a_contribution_whatever_others_wrote():
    found = []
    for size in (2, 20):
        person, roundtable, _said, _answer = discussion()
        for number in range(size):
            factories.comment(roundtable, body=f"Number {number}")
        with CaptureQueriesContext(connection) as queries:
            close_account(person, contributions=KEEP)
        found.append(len(queries))

    assert found[0] == found[1]


def test_closing_ends_every_session_and_asks_what_becomes_of_contributions(client):
    person, _, _, _ = discussion()
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(person)
        assert browser.get("/en/comments/mine/").status_code == 200

    refused = client.post("/en/accounts/close/", {})
    done = client.post("/en/accounts/close/", {"contributions": "keep", "is_sure": "on"})

    assert refused.status_code == 422
    assert refused.content.decode().count("error-summary") == 1
    assert (done.status_code, User.objects.filter(email=EMAIL).count()) == (302, 0)
    assert [browser.get("/en/comments/mine/").status_code for browser in (client, elsewhere)] == [302, 302]
    assert UserSession.objects.count() == 0


# --- What the privacy notice says


def test_a_privacy_notice_that_nobody_edited_tells_more_after_an_update():
    tell_more = import_module("consultation.migrations.0009_privacy_tells_more")
    new, block = TextBlock.objects.filter(key="privacy"), TextBlock.objects.get(key="privacy")
    now = new.values("body_en", "body_fr", "body_es").get()
    for code, last in tell_more.BEFORE.items():
        kept = now[f"body_{code}"].partition("**")[0]
        setattr(block, f"body_{code}", kept + last)
    block.body_es = "Edited by the secretariat."
    block.save()

    tell_more.tell_more(apps, None)

    after = new.values("body_en", "body_fr", "body_es").get()
    assert after == now | {"body_es": "Edited by the secretariat."}


def test_a_paper_that_is_kept_is_still_found_by_its_titles():
    person, said, _, _ = everywhere()

    close_account(person, contributions=KEEP)

    kept = Comment.objects.get(pk=said.pk)
    assert kept.search_text == " titlecanary bodycanary text filecanary pdf "


def test_threads_are_counted_soundly_after_closing_whatever_was_put_where(client):
    person, roundtable, said, _ = discussion()
    root = factories.comment(roundtable, person)
    said.place_below(by=factories.moderator(roundtable), answered=root)

    close_account(person, contributions=WITHDRAW)

    kept = Comment.objects.get(pk=root.pk).thread_count
    recount(roundtable)
    assert kept == Comment.objects.get(pk=root.pk).thread_count == 1


def test_an_account_with_a_thousand_contributions_is_closed():
    person, roundtable, said, _ = discussion()
    plant(roundtable, [None] * 1001)
    comments = Comment.objects.exclude(pk=said.pk)
    told = Mail.objects.create(key="told", kind="reply", to="a@example.org", text=f"/comments/{comments.last().pk}/")

    _forget_mail_about(person, list(comments))

    told.refresh_from_db()
    assert (told.text, told.status) == ("", Mail.Status.DROPPED)
