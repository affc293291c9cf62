"""The step between sending and storing: it asks about objectives and repetitions, once, and reveals nothing."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultation.models import Comment, Draft, Event
from tests import factories
from tests.discussions import plant
from tests.markup import page, parse

pytestmark = pytest.mark.django_db

NAMING = "This is what objectives 3 and 7 ask for."
LONG = (
    "Our members met four hundred persons last spring, and most of them had waited longer than two years for an answer "
    "that nobody had explained to them."
)


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths", title_en="Safe paths")


@pytest.fixture
def me(client):
    person = factories.user("Amina Diallo")
    client.force_login(person)
    return person


@pytest.fixture
def where(roundtable):
    return reverse("comment_answer", args=[roundtable.slug, 1])


def typed(body, **others):
    return {"body": body, "language": "en", "key": str(uuid.uuid4()), "action": "send"} | others


def asked(response):
    """Return the step that an answer holds, or None."""
    found = page(response).all("section", class_="check")
    return found[0] if found else None


def meanwhile(client, where, data):
    """Save a draft as the script does, and return what is shown below the text: its lines, and its buttons by key."""
    answer = client.post(where, data | {"action": "draft"}, headers={"Accept": "application/json"}).json()
    found = parse(answer["noticed"])
    keys = {button.attrs["data-key"]: button.words for button in found.all("button")}
    return [line.words for line in found.all("p") if "data-line" in line.attrs], keys


def token(response):
    return asked(response).one("input", name="checked").attrs["value"]


# --- Objectives


def test_objectives_that_a_text_names_are_offered_and_nothing_is_stored_yet(client, me, where):
    response = client.post(where, typed(NAMING, objectives=["7"]))

    step = asked(response)
    assert response.status_code == 200
    assert not Comment.objects.exists()
    boxes = step.all("input", type="checkbox")
    assert [(box.attrs["name"], box.attrs["value"], "checked" in box.attrs) for box in boxes] == [("found", "3", True)]
    assert step.one("legend").words == "Your text names objective 3. Add the tag?"
    assert [button.words for button in step.all("button")] == ["Tag it and send it", "Send it as it is"]
    assert page(response).all(class_="error-summary") == []
    assert page(response).one("textarea", name="body").text.strip() == NAMING


def test_the_objectives_that_stay_ticked_become_tags(client, me, where):
    form = typed(NAMING, objectives=["17"])
    checked = token(client.post(where, form))

    response = client.post(where, form | {"checked": checked, "found": ["7"]})

    assert response.status_code == 302
    assert Comment.objects.get().objective_numbers == (7, 17)


def test_a_text_is_sent_as_it_is_by_one_press(client, me, where):
    form = typed(NAMING)
    checked = token(client.post(where, form))

    client.post(where, form | {"checked": checked, "found": ["3", "7"], "action": "as_it_is"})

    assert Comment.objects.get().objective_numbers == ()


def test_another_text_is_asked_about_again_and_the_same_is_not(client, me, where):
    form = typed(NAMING)
    checked = token(client.post(where, form))
    other = client.post(where, form | {"checked": checked, "body": f"{NAMING} And objective 9."})
    same = client.post(where, form | {"checked": checked})

    assert "objectives 3, 7 and 9" in asked(other).one("legend").words
    assert same.status_code == 302


@pytest.mark.parametrize(
    ("body", "ticked"), [("We ask for safe paths.", []), (NAMING, ["3", "7"]), ("SDG 8, in 2018, for 7 people.", [])]
)
def test_nothing_is_asked_where_there_is_nothing_to_say(client, me, where, body, ticked):
    response = client.post(where, typed(body, objectives=ticked))

    assert response.status_code == 302


@pytest.mark.parametrize("odd", [{"checked": "x" * 100}, {"checked": "\0"}, {"found": ["99"]}, {"found": ["²"]}])
def test_odd_answers_are_no_answer(client, me, where, odd):
    response = client.post(where, typed(NAMING) | odd)

    assert response.status_code == 200
    assert asked(response) is not None
    assert not Comment.objects.exists()


def test_a_preview_and_a_form_with_faults_ask_nothing(client, me, where):
    preview = client.post(where, typed(NAMING, action="preview"))
    faulty = client.post(where, typed(NAMING, language="xx"))

    assert [asked(preview), asked(faulty)] == [None, None]
    assert faulty.status_code == 422


def test_a_revised_text_is_asked_about_its_objectives_too(client, me, roundtable):
    comment = factories.comment(roundtable, me, status="pending", body=LONG)
    where = reverse("comment_revise", args=[comment.pk])
    form = typed(f"{LONG} Objective 7!")

    step = client.post(where, form)
    done = client.post(where, form | {"checked": token(step), "found": ["7"]})

    assert asked(step).all("li") == []  # the text is like itself
    assert done.status_code == 302
    comment.refresh_from_db()
    assert comment.objective_numbers == (7,)


# --- Repetitions


def test_somebody_is_told_of_what_they_contributed_already(client, me, roundtable, where):
    mine = factories.comment(factories.roundtable(title_en="Elsewhere"), me, status="pending", body=LONG)

    response = client.post(where, typed(LONG.replace("four", "five")))

    [told] = asked(response).all("li")
    assert told.one("a").attrs["href"] == mine.get_absolute_url()
    assert told.words.startswith("You contributed it on ")
    assert told.words.endswith("Elsewhere")
    assert [button.words for button in asked(response).all("button")] == ["Send it as it is"]


def test_somebody_is_told_of_what_others_published(client, me, roundtable, where):
    other = factories.comment(roundtable, factories.user("Andy Shen"), body=LONG)
    form = typed(LONG)

    step = client.post(where, form)
    done = client.post(where, form | {"checked": token(step), "action": "as_it_is"})

    [told] = asked(step).all("li")
    assert told.one("a").attrs["href"] == other.get_absolute_url()
    assert told.words.startswith("Andy Shen contributed it on ")
    assert done.status_code == 302
    assert Comment.objects.get(author=me).similar_to == other


@pytest.mark.parametrize("status", ["pending", "returned", "rejected", "removed", "withdrawn"])
def test_what_others_wrote_and_is_not_published_is_never_revealed(client, me, roundtable, where, status):
    held = factories.comment(roundtable, status=status, body=LONG)

    told = meanwhile(client, where, typed(LONG))
    response = client.post(where, typed(LONG))

    assert told == ([], {})
    assert response.status_code == 302
    mine = Comment.objects.get(author=me)
    # Only the moderator learns of it.
    assert (mine.similar_to, mine.similarity) == ((None, 0) if status == "withdrawn" else (held, 100))


def test_what_is_published_where_nobody_reads_yet_is_not_revealed(client, me, where):
    hidden = factories.roundtable(is_published=False)
    factories.comment(hidden, body=LONG)

    assert client.post(where, typed(LONG)).status_code == 302


def test_a_form_sent_twice_is_one_contribution_and_no_repetition(client, me, where):
    form = typed(LONG)

    first, second = client.post(where, form), client.post(where, form)

    assert first.headers["Location"] == second.headers["Location"]
    assert Comment.objects.count() == 1


def test_load_runs_are_not_asked(client, me, where, settings):
    settings.POSTING_LIMITS_OFF = True

    statuses = [client.post(where, typed(f"{LONG} Objective 3.")).status_code for _ in range(3)]

    assert statuses == [302] * 3


def test_asking_takes_the_same_queries_among_20_and_among_200(me, roundtable, where):
    client = Client()
    client.force_login(me)
    client.get(where)
    counts = []

    for size in (20, 200):
        plant(roundtable, [None] * size, body=LONG)
        with CaptureQueriesContext(connection) as queries:
            response = client.post(where, typed(f"{LONG} Objective 3."))
        assert len(asked(response).all("li")) == 3
        counts.append(len(queries))

    assert counts == [counts[0]] * 2


def test_noticing_takes_three_statements_of_a_long_text_that_cites_and_none_of_a_short_one(me, roundtable):
    answered = factories.comment(roundtable)
    factories.comment(roundtable, answers=answered)
    where = reverse("comment_reply", args=[answered.pk])
    client = Client()
    client.force_login(me)
    client.get(where)
    counts = []

    for body in ("We agree.", LONG, f"See A/HRC/44/42. {' '.join(reversed(LONG.split()))}"):
        with CaptureQueriesContext(connection) as queries:
            client.post(where, typed(body))
        counts.append(len(queries))

    assert Comment.objects.filter(author=me).count() == 3
    assert [count - counts[0] for count in counts] == [0, 2, 3]


# --- While somebody writes


FRENCH = (
    "Nous avons rencontré quatre cents personnes au printemps, et la plupart d’entre elles attendaient depuis plus de "
    "deux ans une réponse que personne ne leur avait expliquée."
)


@pytest.fixture
def others(roundtable):
    """Return the other roundtables of the same event; nobody reads the second one yet."""
    event = Event.objects.create(name_en="International Migration Review Forum")
    roundtable.event, roundtable.objective_numbers = event, (3,)
    roundtable.save()
    titles = {"Roundtable 4: Trust": True, "Roundtable 9: Hidden": False}
    return [
        factories.roundtable(title_en=title, event=event, objective_numbers=(7,), is_published=is_published)
        for title, is_published in titles.items()
    ]


def test_what_a_text_names_is_shown_while_it_is_written_and_nothing_is_ticked(client, me, where, others):
    mine = factories.comment(others[0], me, body=LONG)
    text = f"{LONG} {NAMING} See A/HRC/44/42, para. 3; GCM, para. 16."

    lines, keys = meanwhile(client, where, typed(text))

    assert lines == [
        "Your text names objectives 3 and 7. Add these tags?",
        "Documents that will be linked: A/HRC/44/42, § 3; A/RES/73/195, § 16.",
        "This may also concern: Roundtable 4: Trust",
        "Nearly the same text is here already:",
    ]
    tags = [keys.pop(key) for key in ("o3", "o7")]
    assert [tag[:11] for tag in tags] == ["Tag with 3.", "Tag with 7."]
    assert keys == {
        "all": "Tag with all of them",
        "none": "Do not tag",
        "alike": "This is another contribution",
    }
    assert (Draft.objects.get().objective_numbers, mine.objective_numbers) == ((), ())


def test_what_was_ticked_or_declined_is_not_asked_again_neither_meanwhile_nor_on_sending(client, me, where, roundtable):
    alike = factories.comment(roundtable, body=LONG)
    text = typed(f"{LONG} {NAMING}", objectives=["3"], language="fr", declined=f"o7 c{alike.pk} len")

    told = meanwhile(client, where, text)
    kept = Draft.objects.get()
    form = page(client.get(where))
    sent = client.post(where, text)

    assert told == ([], {})
    assert (kept.rest["declined"], form.one("input", name="declined").attrs["value"]) == (text["declined"],) * 2
    assert sent.status_code == 302
    mine = Comment.objects.get(author=me)
    assert (mine.objective_numbers, mine.language, mine.similar_to) == ((3,), "fr", alike)


def test_what_was_left_open_meanwhile_is_asked_on_sending(client, me, where):
    form = typed(NAMING, declined="o3")

    assert meanwhile(client, where, form)[0] == ["Your text names objective 7. Add the tag?"]
    assert asked(client.post(where, form)).one("legend").words == "Your text names objective 7. Add the tag?"


@pytest.mark.parametrize("address", ["reply", "revise", "paper"])
def test_every_form_tells_meanwhile(client, me, roundtable, address):
    mine = factories.comment(roundtable, me, body=LONG)
    where = {
        "reply": reverse("comment_reply", args=[mine.pk]),
        "revise": reverse("comment_revise", args=[mine.pk]),
        "paper": reverse("paper_submit", args=[roundtable.slug]),
    }[address]
    client.get(where)

    assert meanwhile(client, where, typed(NAMING))[0] == ["Your text names objectives 3 and 7. Add these tags?"]
    assert page(client.get(where)).one("input", name="declined").attrs["type"] == "hidden"


def test_a_draft_that_is_opened_again_shows_at_once_what_was_noticed_in_it(client, me, where):
    fresh = client.get(where)
    told = meanwhile(client, where, typed(f"{NAMING} A/RES/73/195", objectives=["7"], declined="lfr"))

    again = page(client.get(where)).one("div", class_="noticed")

    assert page(fresh).one("div", class_="noticed").words == ""
    assert told[0] == ["Your text names objective 3. Add the tag?", "Documents that will be linked: A/RES/73/195."]
    assert [line.words for line in again.all("p") if "data-line" in line.attrs] == told[0]
    assert "hidden" in again.attrs  # its buttons are a script's, which shows it


def test_what_was_declined_is_not_asked_again_when_a_draft_is_opened_again(client, me, where):
    meanwhile(client, where, typed(NAMING, declined="o3 o7"))

    assert page(client.get(where)).one("div", class_="noticed").words == ""


def test_opening_a_draft_again_takes_the_same_few_queries_at_any_size(client, roundtable, me, where):
    meanwhile(client, where, typed(f"{LONG} Objective 3."))
    found = []

    for size in (1, 3, 30):
        plant(roundtable, [None] * size)
        with CaptureQueriesContext(connection) as queries:
            assert "objective 3" in page(client.get(where)).one("div", class_="noticed").words
        found.append(len(queries))

    assert found == found[:1] * 3
    assert found[0] <= 15


@pytest.mark.parametrize("odd", ["o", "c99999999999999999999999999", "l", "o7 " * 5000, "<b>"])
def test_odd_answers_meanwhile_are_no_answer(client, me, where, odd):
    told = meanwhile(client, where, typed(f"{LONG} Objective 3.", declined=odd))

    assert told[0] == ["Your text names objective 3. Add the tag?"]


def test_a_text_that_is_refused_or_empty_tells_nothing(client, me, where):
    empty = client.post(where, typed(" ") | {"action": "draft"}, headers={"Accept": "application/json"})
    nul = client.post(where, typed(f"{NAMING}\0") | {"action": "draft"}, headers={"Accept": "application/json"})

    assert (empty.json()["noticed"], "noticed" in nul.json()) == ("", False)


def test_telling_meanwhile_takes_two_queries_more_at_any_size(me, roundtable, where, others):
    client = Client()
    client.force_login(me)
    client.get(where)
    headers = {"Accept": "application/json"}
    counts = []

    plain = typed("A text that names nothing.", action="draft")
    client.post(where, plain, headers=headers)
    named = f"{LONG} {NAMING}"
    for size, body in ((0, "A short text."), (0, named), (20, f"{named}!"), (200, f"{named}?")):
        plant(roundtable, [None] * size, body=LONG)
        seen = str(Draft.objects.get().saved_at.isoformat())
        with CaptureQueriesContext(connection) as queries:
            client.post(where, plain | {"body": body, "draft_seen": f"x/{seen}"}, headers=headers)
        counts.append(len(queries))

    assert Draft.objects.get().body.endswith("?")
    assert [count - counts[0] for count in counts] == [0, 2, 2, 2]


# --- The language of a text


def test_a_text_in_another_language_than_chosen_is_asked_about_meanwhile_and_on_sending(client, me, where):
    form = typed(FRENCH)

    told = meanwhile(client, where, form)
    step = client.post(where, form)

    assert told == (["Your text reads as French."], {"lfr": "Write it down as French", "kept": "It is in English"})
    assert asked(step).one("legend").words == "Your text reads as French."
    assert [button.words for button in asked(step).all("button")] == ["Send it with what is ticked", "Send it as it is"]
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"as_read": "en-fr"}, "fr"),
        ({}, "en"),
        ({"as_read": "en-fr", "action": "as_it_is"}, "en"),
        ({"as_read": "en-fr", "language": "es"}, "es"),
    ],
)
def test_the_author_says_in_which_language_it_is(client, me, where, answer, expected):
    form = typed(FRENCH)
    checked = token(client.post(where, form))

    client.post(where, form | {"checked": checked} | answer)

    assert Comment.objects.get().language == expected
