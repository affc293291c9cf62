"""The demonstration: what it loads, and that a second loading keeps what was typed in between."""

import datetime
import json
from collections import Counter

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.models import User
from consultation.management.commands import load_demo
from consultation.models import Comment, Draft, Event, Flag, ModerationEvent, Organiser, Question, Revision, Roundtable
from tests import factories

pytestmark = pytest.mark.django_db

DOCUMENTS = [json.loads(path.read_text("utf-8")) for path in sorted(load_demo.FOLDER.glob("roundtable-*.json"))]
ROWS = {row["id"]: row for document in DOCUMENTS for row in document["comments"]}
# In Zurich it is already the 11th.
FIRST_LOADING = datetime.datetime(2026, 3, 10, 23, 30, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 3, 11)
SIGN_INS = [email for _, _, email, *_ in load_demo.SIGN_INS]


@pytest.fixture
def demo(settings):
    """Return a function that loads the demonstration."""
    settings.DEMO = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the strong one takes its time

    def load(at=FIRST_LOADING, **options):
        with time_machine.travel(at, tick=False):
            call_command("load_demo", **options)

    return load


def snapshot():
    """Return every row that the demonstration consists of, with every language."""
    models = (Roundtable, Question, Organiser, Event, User, EmailAddress, Comment, Revision, ModerationEvent)
    columns = {model: [field.attname for field in model._meta.concrete_fields] for model in models}
    moderators = Roundtable.moderators.through.objects.order_by("pk").values("roundtable", "user")
    return [list(model.objects.order_by("pk").values(*columns[model])) for model in models] + [list(moderators)]


def test_only_a_demonstration_server_loads_sign_ins_with_a_known_password():
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo")

    assert User.objects.count() == 0


def test_everything_of_the_files_is_there_in_the_order_in_which_it_was_posted(demo):
    demo()

    comments = Comment.objects.select_related("question", "in_reply_to", "author")
    assert {row.external_id: row.status for row in comments} == {own: row["status"] for own, row in ROWS.items()}
    for row in comments:
        told = ROWS[row.external_id]
        assert (row.question and row.question.number) == told["question"]
        assert (row.in_reply_to and row.in_reply_to.external_id) == told["parent"]
        assert (row.body, row.language) == (told["body"], told["language"])
        assert row.objective_numbers == tuple(sorted(told["objectives"]))
        assert (row.author_name, row.author_organisation, row.author_group_id, row.author_country) == (
            row.author.name,
            row.author.organisation,
            row.author.group_id,
            row.author.country,
        )
    roots = [row.posted_at for row in comments if row.depth == 1 and row.roundtable.slug == "roundtable-1"]
    assert roots == sorted(roots)
    assert Comment.objects.find_problems() == ([], [], [], [], [])
    assert list(Revision.objects.values_list("comment__external_id", "number", "body").order_by("comment__path")) == [
        (row.external_id, 1, row.body) for row in comments
    ]


def test_roundtables_carry_their_head_in_three_languages(demo):
    demo()

    assert [(row.slug, row.position, row.is_published) for row in Roundtable.objects.all()] == [
        (f"roundtable-{number}", number, True) for number in (1, 2, 3, 4)
    ]
    for document in DOCUMENTS:
        row = Roundtable.objects.get(slug=document["slug"])
        for code in ("en", "fr", "es"):
            assert [getattr(row, f"{field}_{code}") for field in ("title", "purpose", "how_to")] == [
                document[field][code] for field in ("title", "purpose", "how_to")
            ]
            assert [getattr(question, f"text_{code}") for question in row.questions.all()] == [
                question["text"][code] for question in document["questions"]
            ]
        assert [(part.organisation.name_en, part.role) for part in row.organisers.all()] == [
            (part["organisation"]["en"], role) for part in document["organisers"] for role in part["roles"]
        ]
        assert {country.code for country in row.co_chairs} == set(document["co_chairs"])
        assert row.objective_numbers == tuple(sorted(document["objectives"]))


def test_dates_count_from_the_day_of_loading_in_the_time_zone_of_the_roundtable(demo):
    demo()

    zurich = Roundtable().tz
    for document in DOCUMENTS:
        row = Roundtable.objects.get(slug=document["slug"])
        opens_on, closes_on, due_on = (
            DAY + datetime.timedelta(days=document[f"{what}_in_days"]) for what in ("opens", "closes", "note_due")
        )
        assert row.opens_at == datetime.datetime.combine(opens_on, datetime.time.min, zurich)
        assert row.closes_at == datetime.datetime.combine(closes_on, datetime.time.max, zurich)
        assert row.note_due_on == due_on
    posted_at = Comment.objects.get(external_id="rt1-001").posted_at.astimezone(zurich)
    assert posted_at.date() == DAY - datetime.timedelta(days=ROWS["rt1-001"]["days_ago"])
    assert posted_at.strftime("%H:%M") == ROWS["rt1-001"]["time"]
    event = Event.objects.get()
    assert event.starts_on == DAY + datetime.timedelta(days=DOCUMENTS[0]["event_in_days"])
    assert (event.abbreviation_en, event.abbreviation_fr, event.abbreviation_es) == ("IMRF", "FEMI", "FEMI")
    assert Roundtable.objects.filter(event=event).count() == 4


def test_decisions_stand_in_the_register_with_the_moderator_and_the_reason(demo):
    demo()

    for row in Comment.objects.select_related("author", "roundtable"):
        told, events = ROWS[row.external_id], list(row.events.all())
        reason = told.get("reason") or {}
        if row.author_role == Comment.Role.MODERATOR:
            assert events == []
            assert row.published_at == row.posted_at
            continue
        expected = {
            "pending": [],
            "approved": [("approve", "", "")],
            "returned": [("return", reason.get("code"), reason.get("message"))],
            "rejected": [("reject", reason.get("code"), reason.get("message"))],
            "removed": [("approve", "", ""), ("remove", reason.get("code"), reason.get("message"))],
            "withdrawn": [("approve", "", ""), ("withdraw", "", "")],
        }
        assert [(event.action, event.reason, event.message) for event in events] == expected[row.status]
        for event in events:
            is_moderator = event.actor in row.roundtable.moderators.all()
            assert is_moderator != (event.action == "withdraw")
            assert (event.actor == row.author) == (event.action == "withdraw")
        for event in events[:1]:
            assert event.created_at == min(row.posted_at + load_demo.TIME_TO_DECIDE, FIRST_LOADING)
            spoken = {person.language for person in row.roundtable.moderators.exclude(email__in=SIGN_INS)}
            assert event.actor.language == row.language or row.language not in spoken
        steps = [row.posted_at, *(event.created_at for event in events)]
        assert steps == sorted(steps)
        assert steps[-1] <= FIRST_LOADING
        assert [event.status_before for event in events] == ["pending", "approved"][: len(events)]
        assert [event.status_after for event in events][-1:] == ([row.status] if events else [])
        assert row.is_public == (row.status in Comment.PUBLIC_STATUSES)
        assert row.removal_reason == (reason["code"] if row.status == "removed" else "")
        for answer in row.replies.all():
            assert row.published_at < answer.posted_at
            assert row.removed_at is None or answer.posted_at < row.removed_at


def test_counters_agree_with_what_is_there(demo):
    demo()

    for document in DOCUMENTS:
        row = Roundtable.objects.get(slug=document["slug"])
        approved = [told for told in document["comments"] if told["status"] == "approved"]
        assert row.visible_count == len(approved)
        counts = Counter(told["question"] for told in approved)
        assert [(question.number, question.visible_count) for question in row.questions.all()] == [
            (number, counts[number]) for number in (1, 2, 3)
        ]


def test_each_kind_of_person_can_sign_in(demo, client, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "another-password")
    demo()

    people = {email: User.objects.get(email=email) for email in SIGN_INS}
    assert [client.login(email=email, password="another-password") for email in people] == [True] * 5
    moderates = {
        email: list(person.moderated_roundtables.values_list("slug", flat=True)) for email, person in people.items()
    }
    assert moderates == {
        "participant@example.org": [],
        "participante@example.org": [],
        "moderator@example.org": ["roundtable-1", "roundtable-2"],
        "other.moderator@example.org": ["roundtable-3"],
        "secretariat@example.org": [],
    }
    assert [person.email for person in people.values() if person.is_staff and person.is_superuser] == [
        "secretariat@example.org"
    ]
    assert people["participante@example.org"].language == "fr"
    assert all(person.is_profile_complete for person in User.objects.all())
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == User.objects.count()
    assert User.objects.exclude(email__in=people).filter(password__startswith="!").count() == User.objects.count() - 5


def test_a_table_at_the_end_says_who_signs_in_where_and_with_which_password(demo, capsys, settings):
    settings.SITE_URL = "http://localhost:8001"
    demo()
    User.objects.get(email="moderator@example.org").delete()
    changed = User.objects.get(email="secretariat@example.org")
    changed.set_password("one of my own")
    changed.save()
    capsys.readouterr()
    demo()

    cells = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    assert [[cell.strip() for cell in line if cell.strip()] for line in cells] == [
        ["who", "begins at", "signs in as", "with the password"],
        ["reader", "http://localhost:8001/", "–", "–"],
        ["participant", "http://localhost:8001/en/roundtables/", "participant@example.org", "consultation-demo"],
        ["participant (fr)", "http://localhost:8001/fr/roundtables/", "participante@example.org", "consultation-demo"],
        ["moderator (1, 2)", "http://localhost:8001/en/moderation/", "moderator@example.org", "consultation-demo"],
        ["moderator (3)", "http://localhost:8001/en/moderation/", "other.moderator@example.org", "consultation-demo"],
        ["secretariat", "http://localhost:8001/admin/", "secretariat@example.org", "(another one by now)"],
    ]
    assert User.objects.get(email="moderator@example.org").moderated_roundtables.count() == 2


def test_a_second_loading_changes_nothing(demo):
    demo()
    before = snapshot()
    demo(FIRST_LOADING + datetime.timedelta(days=3))

    assert snapshot() == before


def test_a_second_loading_keeps_what_was_typed_and_adds_what_is_missing(demo):
    demo()
    typed = factories.comment(Roundtable.objects.get(slug="roundtable-1"), body="Typed by a visitor.")
    Roundtable.objects.filter(slug="roundtable-1").update(title_en="Typed title", closes_at=None)
    Question.objects.filter(roundtable__slug="roundtable-1", number=1).update(text_en="Typed question?")
    User.objects.filter(email="participant@example.org").update(name="Typed Name")
    one = Comment.objects.get(external_id="rt1-003")
    Comment.objects.filter(pk=one.pk).update(status="rejected")
    leaf = Comment.objects.filter(numchild=0, depth__gt=1, roundtable__slug="roundtable-2").last()
    missing, answered = leaf.external_id, leaf.in_reply_to
    leaf.delete()
    demo(FIRST_LOADING + datetime.timedelta(days=3))

    roundtable = Roundtable.objects.get(slug="roundtable-1")
    assert (roundtable.title_en, roundtable.closes_at) == ("Typed title", None)
    assert roundtable.questions.get(number=1).text_en == "Typed question?"
    assert User.objects.get(email="participant@example.org").name == "Typed Name"
    assert Comment.objects.get(pk=typed.pk).body == "Typed by a visitor."
    assert Comment.objects.get(pk=one.pk).status == "rejected"
    again = Comment.objects.get(external_id=missing)
    assert (again.in_reply_to, again.posted_at, again.path[:-4]) == (answered, leaf.posted_at, answered.path)
    assert Comment.objects.count() == len(ROWS) + 1
    assert Comment.objects.find_problems() == ([], [], [], [], [])


def test_an_address_that_is_taken_is_left_alone(demo):
    mine = factories.roundtable(slug="roundtable-3", title_en="Mine")
    demo()

    assert Roundtable.objects.get(slug="roundtable-3") == mine
    assert Roundtable.objects.get(import_key="demo:roundtable-3").slug == "roundtable-3-2"


def test_a_lively_demonstration_has_something_of_everything_once(demo):
    demo(lively=True)
    demo(FIRST_LOADING + datetime.timedelta(days=1), lively=True)

    mine = Comment.objects.filter(author__email="participant@example.org")
    papers = mine.filter(is_paper=True)
    assert sorted(mine.values_list("status", flat=True)) == ["approved", "approved", "pending", "returned"]
    assert list(papers.values_list("is_cleared", flat=True)) == [True, False]
    assert {tuple(file["title"] for file in paper.files) for paper in papers} == {("Model regulation",)}
    assert Comment.objects.exclude(asks="").count() == 3
    assert Comment.objects.filter(proposed_revision__isnull=False).count() == 1
    assert (Draft.objects.count(), Flag.objects.count()) == (1, 1)
    assert Comment.objects.find_problems() == ([], [], [], [], [])
