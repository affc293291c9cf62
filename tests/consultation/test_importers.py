"""Discussions of an old site, taken over for the first time."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Organisation
from consultation import search
from consultation.models import Comment, Event, ModerationEvent, Organiser, Revision, Roundtable
from consultation.models.comment_manager import DEEPEST
from tests import factories

from .old_site import comment, document, forest, one, question, removed, taken_over, write

pytestmark = pytest.mark.django_db

DECEMBER = datetime.datetime(2021, 12, 22, 9, tzinfo=datetime.UTC)


# --- The head of a discussion


def test_the_head_of_the_page_goes_to_the_language_of_the_roundtable():
    roundtable = taken_over(
        language="fr",
        title="Ancienne table ronde",
        intro=["Pourquoi. ", "Répondez aux questions."],
        instructions=["Répondez aux questions.", "Soyez brefs."],
        objectives=[8, 4],
        opens="2021-12-01",
        closes="2022-01-31",
    )

    titles = Roundtable.objects.values_list("title_en", "title_fr", "title_es").get()
    assert titles == (None, "Ancienne table ronde", None)
    assert (roundtable.purpose_fr, roundtable.how_to_fr) == ("Pourquoi.\n\nRépondez aux questions.", "Soyez brefs.")
    assert (roundtable.slug, roundtable.is_published) == ("old-roundtable", True)
    assert (roundtable.moderation, roundtable.objective_numbers) == (Roundtable.Moderation.BEFORE, (4, 8))
    zurich = datetime.timezone(datetime.timedelta(hours=1))
    assert roundtable.opens_at == datetime.datetime(2021, 12, 1, tzinfo=zurich)
    assert roundtable.closes_at == datetime.datetime(2022, 1, 31, 23, 59, 59, 999999, tzinfo=zurich)


def test_an_address_that_is_taken_gets_a_number():
    factories.roundtable(slug="old-roundtable")

    assert taken_over().slug == "old-roundtable-2"


def test_organisations_are_known_by_acronym_or_name_and_co_chairs_are_none():
    iom = factories.organisation()
    roundtable = taken_over(
        organisers=[
            {"name": "IOM", "roles": ["moderator", "background-note"]},
            {"name": "international organization for migration", "roles": ["on-behalf-of"]},
            {"name": "UNODC", "roles": ["moderator"]},
            {"name": "Member States", "roles": ["co-chair"]},
        ]
    )

    unodc = Organisation.objects.get(name_en="UNODC", acronym_en="UNODC")
    assert Organisation.objects.count() == 2
    assert list(roundtable.organisers.values_list("organisation", "role")) == [
        (iom.pk, Organiser.Role.MODERATOR),
        (iom.pk, Organiser.Role.BACKGROUND_NOTE),
        (iom.pk, Organiser.Role.ON_BEHALF_OF),
        (unodc.pk, Organiser.Role.MODERATOR),
    ]


def test_an_event_of_the_same_name_and_month_is_the_same_event():
    Event.objects.create(name_en="Review Forum", starts_on=datetime.date(2018, 5, 5))
    here = Event.objects.create(name_en="Review Forum", starts_on=datetime.date(2022, 5, 17))

    assert taken_over(event={"name": "Review forum", "when": "2022-05"}).event == here


def test_an_event_nobody_knows_begins_on_the_first_of_its_month():
    event = taken_over(event={"name": "Review Forum", "when": "2022-05"}).event

    assert (event.name_en, event.starts_on) == ("Review Forum", datetime.date(2022, 5, 1))


def test_questions_stand_in_the_order_of_their_numbers_without_the_number_in_front():
    roundtable = taken_over(
        questions=[
            question(3, "3. What is missing?"),
            question(1, "1) What works?", translations={"es": "1. ¿Qué funciona?", "ar": "ما الذي ينجح؟"}),
            question(2, "2030 goal 2. Which part?", body=["Name two. ", "Be brief."]),
        ]
    )

    fields = ("number", "text_en", "text_es", "body_en")
    assert list(roundtable.questions.order_by("pk").values_list(*fields)) == [
        (1, "What works?", "¿Qué funciona?", ""),
        (2, "2030 goal 2. Which part?", None, "Name two.\n\nBe brief."),
        (3, "What is missing?", None, ""),
    ]


# --- Comments


def test_the_tree_follows_the_file_and_a_reply_may_come_before_what_it_answers():
    taken_over(
        comment("reply-2", parent="first"),
        comment("first"),
        comment("reply-1", parent="reply-2"),
        comment("second"),
        comment("reply-3", parent="first"),
    )

    assert forest() == [("first", 1), ("reply-2", 2), ("reply-1", 3), ("reply-3", 2), ("second", 1)]
    assert Comment.objects.find_problems() == ([], [], [], [], [])


def test_comments_come_after_those_that_are_here_already():
    here = factories.comment(factories.roundtable())
    taken_over(comment("first"), comment("second"))

    assert [row.pk for row in Comment.objects.all()] == [here.pk, one("first").pk, one("second").pk]


def test_a_reply_below_the_deepest_level_stands_beside_what_it_answers():
    chain = [comment("c0")] + [comment(f"c{n}", parent=f"c{n - 1}") for n in range(1, DEEPEST + 2)]
    taken_over(*chain)

    assert forest() == [(f"c{n}", min(n + 1, DEEPEST)) for n in range(DEEPEST + 2)]
    assert one(f"c{DEEPEST + 1}").in_reply_to == one(f"c{DEEPEST}")
    assert Comment.objects.find_problems() == ([], [], [], [], [])


def test_a_status_becomes_ours_with_the_dates_that_go_with_it():
    before = timezone.now()
    taken_over(
        comment("published"),
        comment("undated", created_at=None),
        comment("pending", status="pending"),
        comment("rejected", status="rejected"),
        removed("removed"),
    )

    def dates(external_id):
        row = one(external_id)
        return row.status, row.posted_at, row.published_at, row.removed_at

    now = one("removed").removed_at
    assert before <= now <= timezone.now()
    assert dates("published") == ("approved", DECEMBER, DECEMBER, None)
    assert dates("undated") == ("approved", None, now, None)
    assert dates("pending") == ("pending", DECEMBER, None, None)
    assert dates("rejected") == ("rejected", DECEMBER, None, None)
    assert dates("removed") == ("removed", None, now, now)
    assert one("pending").submitted_at == DECEMBER


def test_paragraphs_are_trimmed_and_lists_keep_together_while_the_original_stays_as_it_was():
    lines = ["Some\xa0Body\xa0", "We ask for:", "\xa0 • paths\xa0", "- papers", "-pay", "And soon."]
    taken_over(comment("edges", *lines), comment("clean", "One.", "Two."))

    assert one("edges").body == "Some\xa0Body\n\nWe ask for:\n\n• paths\n- papers\n-pay\n\nAnd soon."
    assert one("edges").import_notes == {"original_body": lines}
    assert one("clean").body == "One.\n\nTwo."
    assert one("clean").import_notes == {}


def test_what_is_only_inferred_is_noted_and_never_shown():
    inferred = {"author": "Ada Inferred", "organisation": "Inferred Inc", "author_confidence": "low"}
    more = {
        "author_id": "77",
        "author_role": "official",
        "truncated": True,
        "truncation_marker": "read more",
        "mentions": ["Some Body"],
        "attachments": [{"title": "A paper", "url": None}],
        "extra": {"votes_up": 3},
        "reconstruction": inferred,
    }
    taken_over(comment("c1", author=None, **more))

    row = one("c1")
    assert (row.author_name, row.author_organisation, row.author_role) == ("", "", Comment.Role.PARTICIPANT)
    assert row.is_truncated
    assert row.import_notes == {key: value for key, value in more.items() if key != "truncated"}
    assert "inferred" not in row.lead_html.lower() + row.search_text


def test_a_writer_is_shown_as_named_and_never_taken_for_somebody_with_an_account():
    factories.user("Ada Lovelace")
    taken_over(comment("c1", "Words.", author="Ada Lovelace", organisation="Engines", author_role="moderator"))

    row = one("c1")
    assert (row.author, row.author_name, row.author_organisation) == (None, "Ada Lovelace", "Engines")
    assert row.author_role == Comment.Role.MODERATOR
    assert row.search_text == search.normalise("Ada Lovelace Engines Words.")
    assert row.lead_html == "<p>Words.</p>\n"


def test_a_language_the_site_does_not_have_stays_on_the_comment():
    taken_over(comment("c1", language="ar"), removed("c2"))

    assert (one("c1").language, one("c2").language) == ("ar", "")


def test_every_comment_gets_its_first_revision_and_one_line_in_the_register():
    taken_over(comment("c1", "Words."), comment("c2", status="pending", created_at=None))

    now = one("c2").last_activity_at
    assert list(Revision.objects.values_list("comment__external_id", "number", "body", "language", "created_at")) == [
        ("c1", 1, "Words.", "en", DECEMBER),
        ("c2", 1, "Text of c2.", "en", now),
    ]
    fields = ("comment__external_id", "action", "status_before", "status_after", "actor", "revision_number")
    assert list(ModerationEvent.objects.values_list(*fields)) == [
        ("c1", "import", "", "approved", None, 1),
        ("c2", "import", "", "pending", None, 1),
    ]


def test_counters_are_right_afterwards():
    later = "2022-01-05T10:00:00+00:00"
    roundtable = taken_over(
        removed("gone"),
        comment("r1", parent="gone"),
        comment("r2", parent="r1", created_at=later),
        comment("r3", parent="r1", status="pending", created_at="2023-01-01T00:00:00+00:00"),
        comment("general", question=None),
    )

    assert (roundtable.visible_count, roundtable.version, roundtable.activity) == (3, 1, 1)
    assert roundtable.questions.get().visible_count == 2
    assert [(row.thread_count, row.last_activity_at) for row in (one("gone"), one("general"))] == [
        (2, datetime.datetime(2022, 1, 5, 10, tzinfo=datetime.UTC)),
        (0, DECEMBER),
    ]


# --- The command


def test_the_command_reads_plain_and_compressed_files_and_says_what_was_odd(tmp_path, capsys):
    plain = write(
        tmp_path / "plain.json",
        document(
            comment("c1", "The same, twice!", parent="c2", author=None),
            removed("c2"),
            comment("c3", "The same – twice.", author="Kim", author_id="1", truncated=True, truncation_marker="..."),
            comment("c4", author="Kim", author_id="2", language="ar"),
            questions=[question(2), question(1, translations={"ar": "؟"})],
            event={"name": "Forum", "when": "some day"},
            organisers=[{"name": "States", "roles": ["co-chair"]}, {"name": "IOM", "roles": ["cook"]}],
            contacts=[{"email": "desk@example.org", "note": None}],
        ),
    )
    compressed = write(tmp_path / "small.json.gz", document(comment("c1"), key="small", intro=[]))
    call_command("import_consultation", plain, compressed)

    output, errors = capsys.readouterr()
    assert output.splitlines() == [
        plain,
        "    new roundtable at /roundtables/old-roundtable/",
        "    2 questions added",
        "    4 comments added",
        "    to look at: authors unknown: 1 (c1)",
        "    to look at: texts cut off by the old site: 1 (c3)",
        "    to look at: likely duplicates: 1 (c1 = c3)",
        "    to look at: replies listed before what they answer: 1 (c1)",
        "    to look at: removed ones with living replies: 1 (c2)",
        "    to look at: languages unknown to the site, kept as they are: 1 (ar in c4)",
        "    to look at: persons sharing a name: 1 (Kim (1, 2))",
        "    to look at: questions out of number order: 2 (q2 is number 2, q1 is number 1)",
        "    to look at: questions in languages unknown to the site: 1 (q1: ar)",
        "    to look at: the event's date is not known to the month, left out: 1 (some day)",
        "    to look at: organisers that are no organisation, left out: 1 (States)",
        "    to look at: unknown roles of organisers, left out: 1 (IOM: cook)",
        "    to look at: contacts, for which roundtables have no place, left out: 1 (desk@example.org)",
        compressed,
        "    new roundtable at /roundtables/small/",
        "    1 question added",
        "    1 comment added",
    ]
    assert errors == ""


@pytest.mark.parametrize(("size", "has_bar"), [(199, False), (200, True)])
def test_a_bar_shows_the_progress_of_a_long_file(tmp_path, capsys, size, has_bar):
    path = write(tmp_path / "long.json", document(*(comment(f"c{n}", parent="c0" if n else None) for n in range(size))))
    call_command("import_consultation", path)

    assert (f"{size}/{size}" in capsys.readouterr().err) is has_bar
    assert one("c0").thread_count == size - 1


def test_many_oddities_of_one_kind_are_counted_and_the_first_named(tmp_path, capsys):
    path = write(tmp_path / "many.json", document(*(comment(f"c{n}", author=None) for n in range(23))))
    call_command("import_consultation", path)

    named = ", ".join(f"c{n}" for n in range(20))
    assert f"    to look at: authors unknown: 23 ({named} and 3 more)" in capsys.readouterr().out.splitlines()
