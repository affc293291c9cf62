"""Odd input: nothing that stands in an address, a method or a form makes an error of ours, or runs in a page."""

import csv
import html
import io
import uuid
from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from consultation.models import Comment
from tests import factories
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status


@pytest.fixture
def roundtable():
    made = factories.roundtable(slug="safe-paths", title_en="Safe paths")
    factories.comment(made, question=made.questions.get(number=1), objective_numbers=(3,))
    return made


@pytest.fixture
def me(client):
    person = factories.user("Amina Diallo")
    client.force_login(person)
    return person


def contribute(roundtable):
    return reverse("comment_contribute", args=[roundtable.slug])


def typed(body):
    return {"body": body, "language": "en", "key": str(uuid.uuid4())}


def text_in(response):
    [area] = page(response).one("main").all("textarea", name="body")
    return area.text.removeprefix("\n")


def posted(client, roundtable, body):
    response = client.post(contribute(roundtable), typed(body))
    assert response.status_code == 302, page(response).one("main").words[:300]
    return Comment.objects.latest("pk")


# --- Addresses

PARAMETERS = ("after", "sort", "objective", "group", "since", "language", "organisers", "q", "roundtable")
VALUES = [
    "",
    "²",
    "٣",
    "-1",
    "0",
    "9" * 30,
    "NaN",
    "%00",
    "\0",
    "' OR 1=1",
    '"; DROP TABLE x; --',
    "\u202e",
    "x" * 5000,
    "1" * 5000,
    "(",
    "[",
    "1-" + "Z" * 400,
    "9999999999999999-0001",
    "0001.00010001",
    "true",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01",
    "2026-03-29T02:30",
    "2026-02-30",
]
NO_TEXT = ("%ED%A0%80", "%FF", "%")  # bytes that are no UTF-8
READ = [
    "/en/roundtables/safe-paths/",
    "/en/roundtables/safe-paths/questions/1/",
    "/en/search/?q=safe",
    "/en/objectives/3/",
]


@pytest.mark.parametrize("where", READ)
def test_what_makes_no_sense_in_an_address_is_passed_over(roundtable, where):
    visitor = Client(raise_request_exception=False)
    joint = "&" if "?" in where else "?"
    queries = [f"{name}={value}" for name in PARAMETERS for value in (*map(quote, VALUES), *NO_TEXT)]

    answers = {query[:80]: visitor.get(f"{where}{joint}{query}").status_code for query in queries}

    assert {query: status for query, status in answers.items() if status != 200} == {}


@pytest.mark.parametrize("sort", ["oldest", "newest", "activity"])
@pytest.mark.parametrize("more", ["", "&objective=3", "&since=2020-01-01", "&language=en"])
def test_a_cursor_that_makes_no_sense_is_passed_over_in_every_order(roundtable, sort, more):
    visitor = Client(raise_request_exception=False)

    answers = {
        value[:80]: visitor.get(f"{READ[0]}?sort={sort}{more}&after={value}").status_code
        for value in (*map(quote, VALUES), *NO_TEXT)
    }

    assert {value: status for value, status in answers.items() if status != 200} == {}


def test_the_moments_at_both_ends_of_the_calendar_are_passed_over_in_every_time_zone(client):
    for zone in ("Pacific/Kiritimati", "Pacific/Midway", "UTC"):
        roundtable = factories.roundtable(time_zone=zone)
        factories.comment(roundtable)
        for since in ("0001-01-01", "9999-12-31", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"):
            response = client.get(roundtable.get_absolute_url(), {"since": since})
            assert response.status_code == 200, (zone, since)


HUGE = "9" * 20
NOWHERE = [
    f"/en/comments/{HUGE}/",
    "/en/comments/0/",
    "/en/comments/-1/",
    "/en/comments/²/",
    "/en/objectives/0/",
    f"/en/objectives/{HUGE}/",
    "/en/objectives/24/",
    f"/en/roundtables/x/questions/{HUGE}/",
    f"/en/roundtables/safe-paths/questions/{HUGE}/",
    "/en/roundtables/safe-paths/questions/0/",
    "/en/roundtables/x/",
    f"/en/roundtables/{'x' * 2000}/",
    "/en/roundtables/%00/",
    "/en/roundtables/%E2%80%AE/",
    "/en/pages/x/",
]
NOWHERE_TO_WRITE = [
    f"/en/comments/{HUGE}/reply/",
    f"/en/comments/{HUGE}/revise/",
    f"/en/roundtables/safe-paths/questions/{HUGE}/answer/",
    "/en/roundtables/safe-paths/questions/0/answer/",
    f"/en/moderation/comments/{HUGE}/",
    f"/en/moderation/comments/{HUGE}/refile/",
]


@pytest.mark.parametrize("where", NOWHERE)
def test_a_page_that_cannot_be_is_not_found(client, roundtable, where):
    assert client.get(where).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("where", NOWHERE_TO_WRITE)
def test_nothing_is_written_where_nothing_can_be(client, roundtable, where, method):
    client.force_login(factories.staff())

    response = client.generic(method.upper(), where, b"body=x", "application/x-www-form-urlencoded")

    assert response.status_code == 404
    assert Comment.objects.count() == 1


READING = {
    "home": [],
    "roundtable_list": [],
    "roundtable_detail": ["safe-paths"],
    "roundtable_all": ["safe-paths"],
    "roundtable_note": ["safe-paths"],
    "roundtable_csv": ["safe-paths"],
    "roundtable_json": ["safe-paths"],
    "question_detail": ["safe-paths", 1],
    "comment_detail": ["pk"],
    "comment_mine": [],
    "moderation_queue": [],
    "moderation_links": ["safe-paths"],
    "objective_list": [],
    "objective_detail": [3],
    "search": [],
    "page_detail": ["about"],
    "root": [],
    "robots_txt": [],
    "security_txt": [],
}


@pytest.mark.any_database
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
@pytest.mark.parametrize("name", READING)
def test_a_reading_page_takes_no_other_method(client, roundtable, name, method):
    client.force_login(factories.staff())
    args = [Comment.objects.get().pk if arg == "pk" else arg for arg in READING[name]]

    response = client.generic(method, reverse(name, args=args))

    assert response.status_code == 405
    assert {"GET", "HEAD"} <= set(response["Allow"].split(", "))


@pytest.mark.any_database
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("name", ["comment_reply", "comment_revise", "moderation_decide", "moderation_refile"])
def test_a_form_is_sent_in_one_way_only(client, roundtable, name, method):
    client.force_login(factories.staff())

    response = client.generic(method, reverse(name, args=[Comment.objects.get().pk]))

    assert response.status_code == 405


@pytest.mark.parametrize("address", ["/admin/consultation/comment/?status=%00", "/admin/accounts/user/?language=%00"])
def test_a_filter_of_the_admin_that_no_database_takes_is_refused(client, address):
    client.force_login(factories.staff(is_superuser=True))

    assert client.get(address).status_code == 400


# --- Texts and names in every script

ODD_WORDS = {
    "Arabic": "نطلب طرقًا آمنة للجميع",
    "Arabic beside Latin": "السلام pact عليكم 2026",
    "combining marks": "Cafe\u0301 z\u0351\u0323\u0307algo e\u0302\u0301",
    "precomposed": "Café",
    "emoji joined by ZWJ": "👩‍👩‍👧‍👦 and 🏳️‍🌈",
    "emoji of two code points": "👍🏽 🇰🇪",
    "right to left override": "safe\u202edesrever\u202cpaths",
    "zero width": "sa\u200bfe\u2060pa\ufeffths",
    "zero width non-joiner": "می‌خواهم",
    "no-break blanks": "300\u202f000\xa0people",
    "beyond the first plane": "𠮷野家 𝔣𝔬𝔯𝔲𝔪",
    "not normalised": "ﬁn Å \u212b",
}


@pytest.mark.parametrize("kind", ODD_WORDS)
def test_words_of_every_script_are_kept_as_typed_and_shown_once(client, roundtable, kind):
    words = ODD_WORDS[kind]
    author = factories.user(words, organisation=words)
    client.force_login(author)

    comment = posted(client, roundtable, words)
    shown = page(client.get(comment.get_absolute_url())).one("article", class_="comment")

    assert (comment.body, comment.author_name, comment.author_organisation) == (words, words, words)
    assert shown.one("div", class_="comment__body").text.strip() == words
    assert shown.one("h3").text == words
    assert comment.revisions.get().body == words


def test_what_was_typed_in_html_is_shown_once_and_not_twice_escaped(client, roundtable, me):
    words = "Fish & <b>chips</b> &amp; \"peas\" 'n' &lt;more&gt;"

    comment = posted(client, roundtable, words)
    response = client.get(comment.get_absolute_url())
    body = page(response).one("div", class_="comment__body")

    assert comment.body == words
    # As everywhere in Markdown, a reference to a character stands for that character.
    assert html.unescape(body.text.strip()) == html.unescape(words)
    assert [each.tag for each in body] == ["p"]


# --- What cannot be stored


def test_a_text_with_a_nul_is_refused_and_the_rest_of_it_given_back(client, roundtable, me):
    response = client.post(contribute(roundtable), typed("Before\0after"))

    assert response.status_code == 422
    assert page(response).all("div", class_="error-summary")
    assert text_in(response).replace("\0", "").replace("\ufffd", "") == "Beforeafter"
    assert Comment.objects.count() == 1


def test_a_text_of_a_megabyte_is_refused_and_given_back(client, roundtable, me):
    body = "Word and word. " * 70_000

    response = client.post(contribute(roundtable), typed(body))

    assert response.status_code == 422
    assert page(response).all("div", class_="error-summary")
    assert text_in(response) == body
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("letter", ["x", "é", "م", "👍", "<", "*", "[", ">", "`", "&"])
def test_20000_characters_are_taken_and_one_more_is_not(client, roundtable, me, letter):
    body = letter * 20_000

    comment = posted(client, roundtable, body)
    response = client.post(contribute(roundtable), typed(body + letter))

    assert comment.body == body
    assert client.get(comment.get_absolute_url()).status_code == 200
    assert response.status_code == 422
    assert "1 character too long" in page(response).one("div", class_="error-summary").words
    assert text_in(response) == body + letter


@pytest.mark.parametrize("field", ["language", "objectives", "key", "action"])
@pytest.mark.parametrize("value", ["\0", "²", "9" * 30, "' OR 1=1", "\u202e", "x" * 5000])
def test_odd_values_of_the_other_fields_lose_nothing_and_break_nothing(client, roundtable, me, field, value):
    response = client.post(contribute(roundtable), typed("My words") | {field: value})

    assert response.status_code in (302, 422)
    if response.status_code == 422:
        assert text_in(response) == "My words"


# --- Scripts

SCRIPTS = [
    "<script>alert(1)</script>",
    "</p></div><script src=//x.example/a.js></script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "</title><script>alert(2)</script>",
    "</textarea><script>alert(3)</script>",
    '<a href="javascript:alert(1)">x</a> [y](javascript:alert(1))',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "{{ 7|add:7 }}{% now 'Y' %}<!--><script>alert(4)</script>-->",
]
FORBIDDEN = ("iframe", "object", "embed", "math", "style", "base")
ADDRESSES = ("href", "src", "action", "formaction", "data", "srcdoc")


def dangers(response):
    """Return the elements of a page that could run something, but for the site's own script files."""
    return [
        (each.tag, each.attrs)
        for each in page(response)
        if each.tag in FORBIDDEN
        or (each.tag == "script" and not each.attrs.get("src", "").startswith("/static/"))
        or any(name.startswith("on") for name in each.attrs)
        or any(
            (each.attrs.get(name) or "").strip().lower().startswith(("javascript:", "data:", "//"))
            for name in ADDRESSES
        )
    ]


@pytest.mark.any_database
@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_that_somebody_wrote_runs_anywhere(client, script):
    roundtable = factories.roundtable(slug="safe-paths", title_en=script)
    roundtable.questions.filter(number=1).update(text_en=script)
    question = roundtable.questions.get(number=1)
    author = factories.user(script, organisation=script)
    moderator = factories.moderator(roundtable, script, organisation=script)
    shown = factories.comment(roundtable, author, question=question, body=script)
    reply = factories.comment(roundtable, author, answers=shown, body=script)
    waiting = factories.comment(roundtable, author, answers=shown, body=script, status=Status.PENDING)
    returned = factories.comment(roundtable, author, question=question, body=script, status=Status.PENDING)
    returned.return_for_revision(by=moderator, message=script)
    rejected = factories.comment(roundtable, author, question=question, body=script, status=Status.PENDING)
    rejected.reject(by=moderator, reason="other", message=script)
    everybody = [
        roundtable.get_absolute_url(),
        reverse("question_detail", args=[roundtable.slug, 1]),
        reverse("roundtable_all", args=[roundtable.slug]),
        reverse("roundtable_note", args=[roundtable.slug]),
        reverse("roundtable_list"),
        reverse("home"),
        shown.get_absolute_url(),
        reply.get_absolute_url(),
        f"{reverse('search')}?q={quote(script)}",
        f"{reverse('search')}?q=alert&roundtable={quote(script)}",
    ]
    of_author = [
        reverse("comment_mine"),
        rejected.get_absolute_url(),
        reverse("comment_revise", args=[returned.pk]),
        reverse("comment_reply", args=[shown.pk]),
        reverse("account_profile"),
    ]
    of_moderator = [
        reverse("moderation_queue"),
        reverse("moderation_links", args=[roundtable.slug]),
        *(reverse("moderation_decide", args=[each.pk]) for each in (waiting, returned, rejected)),
        reverse("moderation_refile", args=[shown.pk]),
    ]
    found = {}

    for person, addresses in ((None, []), (author, of_author), (moderator, of_moderator)):
        visitor = Client()
        if person:
            visitor.force_login(person)
        for where in everybody + addresses:
            response = visitor.get(where)
            assert response.status_code == 200, where
            content = response.content.decode()
            own = content.count('<script src="/static/')
            found[where, str(person)] = (dangers(response), content.count("<script") - own)

    assert {where: what for where, what in found.items() if what != ([], 0)} == {}


@pytest.mark.any_database
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_in_a_form_that_is_refused_or_previewed_does_not_run(client, roundtable, me, script):
    too_long = client.post(contribute(roundtable), typed(script + "x" * 20_000))
    preview = client.post(contribute(roundtable), typed(script) | {"action": "preview"})

    assert (too_long.status_code, preview.status_code) == (422, 200)
    assert [dangers(too_long), dangers(preview)] == [[], []]
    assert text_in(too_long) == script + "x" * 20_000
    assert text_in(preview) == script


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_file_holds_the_text_as_it_was_typed(client, script):
    roundtable = factories.roundtable()
    comment = factories.comment(roundtable, factories.user(script), body=script)
    client.force_login(factories.moderator(roundtable))

    response = client.get(reverse("roundtable_csv", args=[roundtable.slug]))
    rows = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    row = next(rows)

    assert (row["id"], row["text"], row["author"]) == (str(comment.pk), script, script)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"


# --- The last second

SECOND = timedelta(seconds=1)
CLOSINGS = {
    "the hour that is skipped": datetime(2026, 3, 29, 3, 0, 0, tzinfo=ZoneInfo("Europe/Zurich")),
    "the first of two hours": datetime(2026, 11, 1, 1, 30, 0, tzinfo=ZoneInfo("America/New_York"), fold=0),
    "the second of two hours": datetime(2026, 11, 1, 1, 30, 0, tzinfo=ZoneInfo("America/New_York"), fold=1),
    "the end of summer in the south": datetime(2026, 4, 5, 2, 59, 59, tzinfo=ZoneInfo("Pacific/Auckland"), fold=1),
}


@pytest.mark.parametrize("closes_at", CLOSINGS.values(), ids=CLOSINGS)
def test_a_text_is_taken_to_the_very_second_and_given_back_after_it(client, me, closes_at, time_machine):
    moment = closes_at.astimezone(ZoneInfo("UTC"))
    time_machine.move_to(moment - 60 * SECOND, tick=False)
    client.force_login(me)
    roundtable = factories.roundtable(opens_at=None, closes_at=closes_at, time_zone=closes_at.tzinfo.key)
    before = client.get(contribute(roundtable))

    time_machine.move_to(moment, tick=False)
    at_closing = client.post(contribute(roundtable), typed("In time"))
    time_machine.move_to(moment + SECOND, tick=False)
    after = client.post(contribute(roundtable), typed("Too late"))

    assert (before.status_code, at_closing.status_code, after.status_code) == (200, 302, 403)
    assert text_in(after) == "Too late"
    assert [comment.body for comment in Comment.objects.all()] == ["In time"]


@pytest.mark.parametrize("closes_at", CLOSINGS.values(), ids=CLOSINGS)
def test_a_text_is_revised_to_the_very_second_and_given_back_after_it(client, me, closes_at, time_machine):
    moment = closes_at.astimezone(ZoneInfo("UTC"))
    time_machine.move_to(moment - 60 * SECOND, tick=False)
    client.force_login(me)
    roundtable = factories.roundtable(opens_at=None, closes_at=closes_at, time_zone=closes_at.tzinfo.key)
    comment = factories.comment(roundtable, me, status=Status.PENDING)
    where = reverse("comment_revise", args=[comment.pk])

    time_machine.move_to(moment, tick=False)
    at_closing = client.post(where, typed("In time"))
    time_machine.move_to(moment + SECOND, tick=False)
    after = client.post(where, typed("Too late"))

    assert (at_closing.status_code, after.status_code) == (302, 403)
    assert text_in(after) == "Too late"
    assert Comment.objects.get().body == "In time"
