"""Drafts: kept while somebody writes, found again, gone once sent, never the older text for the newer, never read."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from consultation.models import Attachment, Comment, Draft, Roundtable
from consultation.models.draft import MOST_DRAFTS, Seen
from tests import factories, files
from tests.discussions import plant
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status
JSON = {"Accept": "application/json"}


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths", title_en="Safe paths")


@pytest.fixture
def me(client):
    person = factories.user("Amina Diallo")
    client.force_login(person)
    return person


def contribute(roundtable):
    return reverse("comment_contribute", args=[roundtable.slug])


def form(response):
    return page(response).one("main").one("form", class_="write-form")


def opened(client, address):
    """Return what a form sends as a browser would fill it, and the page."""
    response = client.get(address)
    found = form(response)
    hidden = {
        one.attrs["name"]: one.attrs.get("value", "") for one in found.all("input") if one.attrs["type"] == "hidden"
    }
    hidden.pop("csrfmiddlewaretoken")
    return hidden | {"body": text_in(response), "language": "en"}, response


def text_in(response):
    [area] = page(response).one("main").all("textarea", name="body")
    return area.text.removeprefix("\n")


def save(client, address, data, **changes):
    """Save as the script does; return what it is told, and what its form holds from then on."""
    sent = data | changes | {"action": "draft"}
    told = client.post(address, sent, headers=JSON).json()
    return told, sent | {name: told[name] for name in ("seen", "key") if name in told and name != "seen"} | (
        {"draft_seen": told["seen"]} if "seen" in told else {}
    )


def send(client, address, data, **changes):
    return client.post(address, data | changes | {"action": "send"})


def close(roundtable):
    Roundtable.objects.filter(pk=roundtable.pk).update(closes_at=timezone.now() - timedelta(seconds=1))


def other(response):
    """Return the other version that a form offers, None where it offers none."""
    [box] = page(response).all("section", class_="draft-other")
    return None if "hidden" in box.attrs else box.one("div", class_="draft-other__text").text


# --- Saving and finding again


@pytest.mark.parametrize("where", ["answer", "contribute", "reply", "revise"])
def test_a_draft_is_found_again_in_its_form_in_every_language_and_after_signing_out(client, roundtable, me, where):
    root = factories.comment(roundtable, question=roundtable.questions.get(number=2))
    mine = factories.comment(roundtable, me, status=Status.RETURNED, body="Sent before.")
    address = {
        "answer": reverse("comment_answer", args=[roundtable.slug, 3]),
        "contribute": contribute(roundtable),
        "reply": reverse("comment_reply", args=[root.pk]),
        "revise": reverse("comment_revise", args=[mine.pk]),
    }[where]
    data, _ = opened(client, address)

    told, _ = save(client, address, data, body="Half a thou", language="fr", objectives=["3", "17"])
    client.logout()
    client.force_login(me)
    again, response = opened(client, address.replace("/en/", "/es/"))

    draft = Draft.objects.get()
    assert told["state"] == "saved"
    assert (text_in(response), again["key"], str(draft.key)) == ("Half a thou", told["key"], again["key"])
    assert [
        each.attrs["value"]
        for each in form(response).one("select", name="language").all("option")
        if "selected" in each.attrs
    ] == ["fr"]
    chosen = [each.attrs["value"] for each in form(response).all("input", name="objectives") if "checked" in each.attrs]
    assert chosen == ["3", "17"]
    assert (draft.roundtable, draft.question and draft.question.number, draft.answers, draft.revises) == {
        "answer": (roundtable, 3, None, None),
        "contribute": (roundtable, None, None, None),
        "reply": (roundtable, 2, root, None),
        "revise": (roundtable, None, None, mine),
    }[where]
    assert Comment.objects.count() == 2


def test_without_javascript_a_button_saves_the_draft_and_the_form_says_since_when(client, roundtable, me):
    data, first = opened(client, contribute(roundtable))

    saved = client.post(contribute(roundtable), data | {"body": "Half a thou", "action": "draft"})
    response = client.get(saved["Location"])

    draft = Draft.objects.get()
    notice = page(response).one("main").one("div", class_="notice")
    assert (saved.status_code, saved["Location"]) == (302, contribute(roundtable))
    assert page(first).one("main").all("div", class_="notice") == []
    assert notice.words.startswith("This is your draft. You began it on")
    assert notice.one("a").attrs["href"] == reverse("draft_detail", args=[draft.pk])
    assert text_in(response) == "Half a thou"


def test_one_place_has_one_draft_and_every_place_its_own(client, roundtable, me):
    places = [contribute(roundtable), reverse("comment_answer", args=[roundtable.slug, 1])]
    for place in places:
        data, _ = opened(client, place)
        _, data = save(client, place, data, body="First.")
        save(client, place, data, body=f"Second for {place}.")

    assert [text_in(client.get(place)) for place in places] == [f"Second for {place}." for place in places]
    assert Draft.objects.count() == 2


def test_an_unfinished_form_is_saved_and_what_makes_no_sense_is_left_out(client, roundtable, me):
    data, _ = opened(client, contribute(roundtable))

    told, _ = save(client, contribute(roundtable), data, body="x", language="zz", objectives=["99"], key="no key")

    draft = Draft.objects.get()
    assert (told["state"], draft.language, draft.objective_numbers) == ("saved", "", ())
    assert told["key"] == str(draft.key)


@pytest.mark.parametrize("blank", ["", " \n\t "])
def test_an_emptied_draft_is_deleted(client, roundtable, me, blank):
    data, _ = opened(client, contribute(roundtable))
    nothing, data = save(client, contribute(roundtable), data, body=blank)
    _, data = save(client, contribute(roundtable), data, body="x")

    told, data = save(client, contribute(roundtable), data, body=blank)
    again, _ = save(client, contribute(roundtable), data, body="y")

    assert (nothing["state"], told["state"], again["state"]) == ("empty", "empty", "saved")
    assert [draft.body for draft in Draft.objects.all()] == ["y"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("é" * 51, "1 character too long"),
        ("a\0b", "Null characters"),
        ("x" * 1_000_000, "999,950 characters too long"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_message_and_the_text_kept(client, roundtable, me, body, words):
    Roundtable.objects.update(comment_limit=50)
    data, _ = opened(client, contribute(roundtable))

    told, _ = save(client, contribute(roundtable), data, body=body)
    plain = client.post(contribute(roundtable), data | {"body": body, "action": "draft"})

    assert told["state"] == "refused"
    assert words in told["said"]
    assert plain.status_code == 422
    assert words in page(plain).one("div", class_="error-summary").words
    assert len(text_in(plain)) == len(body)
    assert Draft.objects.count() == 0


def test_a_person_has_so_many_drafts_and_no_more_and_can_save_those_they_have(client, roundtable, me):
    for number in range(MOST_DRAFTS):
        Draft.objects.create(author=me, roundtable=roundtable, place=f"/{number}/", body="x")
    Draft.objects.create(author=factories.user(), roundtable=roundtable, place="/1/", body="x")
    data, _ = opened(client, contribute(roundtable))

    told, _ = save(client, contribute(roundtable), data, body="One more.")
    plain = client.post(contribute(roundtable), data | {"body": "One more.", "action": "draft"})

    assert told["said"].startswith(f"You have {MOST_DRAFTS} drafts already")
    assert (plain.status_code, text_in(plain)) == (409, "One more.")
    assert Draft.objects.filter(author=me).count() == MOST_DRAFTS


def test_asking_for_a_form_writes_nothing(client, roundtable, me):
    data, _ = opened(client, contribute(roundtable))
    save(client, contribute(roundtable), data, body="x")
    before = list(Draft.objects.values())

    client.get(contribute(roundtable))
    client.get(reverse("draft_detail", args=[before[0]["id"]]))

    assert list(Draft.objects.values()) == before


# --- Two windows


def test_an_older_window_is_told_and_offered_both_texts(client, roundtable, me):
    address = contribute(roundtable)
    (one, _), (two, _) = opened(client, address), opened(client, address)
    save(client, address, one, body="From the first window.")

    told, two = save(client, address, two, body="From the second.")

    assert told["state"] == "newer"
    assert told["body"] == "From the first window."
    assert Draft.objects.get().body == "From the first window."
    kept, _ = save(client, address, two, body="From the second, chosen.")
    assert kept["state"] == "saved"
    assert Draft.objects.get().body == "From the second, chosen."


def test_without_javascript_an_older_window_is_shown_both_texts(client, roundtable, me):
    address = contribute(roundtable)
    (one, _), (two, _) = opened(client, address), opened(client, address)
    save(client, address, one, body="From the first window.")

    response = client.post(address, two | {"body": "From the second.", "action": "draft"})
    filled = {one.attrs["name"]: one.attrs.get("value", "") for one in form(response).all("input", type="hidden")}
    second = client.post(address, filled | {"body": "From the second.", "action": "draft"})

    assert (response.status_code, text_in(response), other(response)) == (
        409,
        "From the second.",
        "From the first window.",
    )
    assert second.status_code == 302
    assert Draft.objects.get().body == "From the second."


def test_the_other_version_stays_in_view_until_one_is_chosen(client, roundtable, me):
    address = contribute(roundtable)
    (one, _), (two, _) = opened(client, address), opened(client, address)
    save(client, address, one, body="From the first window.\n\n“Quoted” & <b>.")
    response = client.post(address, two | {"body": "From the second.", "action": "draft"})
    filled = {one.attrs["name"]: one.attrs.get("value", "") for one in form(response).all("input", type="hidden")}

    previewed = client.post(address, filled | {"body": "From the second.", "action": "preview"})
    complained = client.post(address, filled | {"body": "", "action": "send"})
    the_same = client.post(address, filled | {"body": filled["other"], "action": "preview"})

    shown = [other(response) for response in (previewed, complained, the_same)]
    assert shown == ["From the first window.\n\n“Quoted” & <b>."] * 2 + [None]


def test_a_window_that_saved_and_never_heard_so_goes_on(client, roundtable, me):
    address = contribute(roundtable)
    data, _ = opened(client, address)
    save(client, address, data, body="Saved, but the answer was lost.")

    told, _ = save(client, address, data, body="Saved, and a word more.")

    assert told["state"] == "saved"
    assert Draft.objects.get().body == "Saved, and a word more."


def test_an_older_window_does_not_empty_a_newer_draft(client, roundtable, me):
    address = contribute(roundtable)
    (one, _), (two, _) = opened(client, address), opened(client, address)
    save(client, address, one, body="Newer.")

    told, _ = save(client, address, two, body="")

    assert told["state"] == "newer"
    assert Draft.objects.get().body == "Newer."


# --- Sending


@pytest.mark.parametrize("where", ["contribute", "revise"])
def test_sending_lets_go_of_the_draft(client, roundtable, me, where):
    mine = factories.comment(roundtable, me, status=Status.RETURNED, body="Sent before.")
    address = contribute(roundtable) if where == "contribute" else reverse("comment_revise", args=[mine.pk])
    data, _ = opened(client, address)
    _, data = save(client, address, data, body="A draft.")

    response = send(client, address, data, body="A draft, and the end of it.")

    assert response.status_code == 302
    assert Draft.objects.count() == 0
    assert Comment.objects.order_by("-posted_at").filter(body="A draft, and the end of it.").count() == 1


def test_sending_lets_go_of_a_draft_that_was_saved_without_the_form_hearing_so(client, roundtable, me):
    address = contribute(roundtable)
    data, _ = opened(client, address)
    save(client, address, data, body="Half a thou")

    send(client, address, data, body="Half a thought.", draft_seen=f"{data['draft_seen']}tried")

    assert Draft.objects.count() == 0


def test_a_draft_sent_from_two_windows_is_one_comment(client, roundtable, me):
    address = contribute(roundtable)
    data, _ = opened(client, address)
    save(client, address, data, body="Once.")
    one, two = opened(client, address)[0], opened(client, address)[0]

    first, second = send(client, address, one), send(client, address, two)

    assert first["Location"] == second["Location"]
    assert (Comment.objects.count(), Draft.objects.count()) == (1, 0)


def test_what_another_window_saved_meanwhile_outlives_the_sending(client, roundtable, me):
    address = contribute(roundtable)
    data, _ = opened(client, address)
    save(client, address, data, body="Begun.")
    one, two = opened(client, address)[0], opened(client, address)[0]
    save(client, address, two, body="Begun, and much more.")

    send(client, address, one)
    left, _ = opened(client, address)
    send(client, address, left)

    assert list(Comment.objects.values_list("body", flat=True)) == ["Begun.", "Begun, and much more."]
    assert Draft.objects.count() == 0


def test_a_late_saving_of_what_was_sent_leaves_no_draft_and_another_text_gets_a_key_of_its_own(client, roundtable, me):
    address = contribute(roundtable)
    data, _ = opened(client, address)
    _, data = save(client, address, data, body="Sent.")
    send(client, address, data)

    late, _ = save(client, address, data, body="Sent.")
    more, data = save(client, address, data, body="Gone back to, and changed.")
    send(client, address, data)

    assert late["state"] == "empty"
    assert more["state"] == "saved"
    assert sorted(Comment.objects.values_list("body", flat=True)) == ["Gone back to, and changed.", "Sent."]
    assert Draft.objects.count() == 0


def test_a_refused_sending_keeps_the_draft(client, roundtable, me, settings):
    settings.POSTS_PER_MINUTE = 0
    data, _ = opened(client, contribute(roundtable))
    _, data = save(client, contribute(roundtable), data, body="A draft.")

    assert send(client, contribute(roundtable), data).status_code == 429
    assert Draft.objects.get().body == "A draft."


def test_the_key_of_somebody_elses_draft_is_of_no_use(client, roundtable, me):
    theirs = Draft.objects.create(author=factories.user(), roundtable=roundtable, place="/x/", body="Theirs.")
    data, _ = opened(client, contribute(roundtable))

    told, _ = save(client, contribute(roundtable), data, body="Mine.", key=str(theirs.key))

    assert told["state"] == "saved"
    assert told["key"] != str(theirs.key)
    assert Draft.objects.get(pk=theirs.pk).body == "Theirs."


# --- Signing out, closing time


def test_what_was_typed_after_the_session_ended_comes_before_the_draft_with_the_draft_beside_it(client, roundtable, me):
    address = contribute(roundtable)
    data, _ = opened(client, address)
    _, data = save(client, address, data, body="Saved.")
    client.logout()

    told = client.post(address, data | {"body": "Saved, and more.", "action": "draft"}, headers=JSON)
    client.force_login(me)
    again, response = opened(client, address)
    _, again = save(client, address, again)

    assert (told.status_code, told.json()["state"]) == (401, "refused")
    assert (text_in(response), other(response), again["key"]) == ("Saved, and more.", "Saved.", data["key"])
    assert [draft.body for draft in Draft.objects.all()] == ["Saved, and more."]
    assert other(client.get(address)) is None


def test_a_draft_that_was_saved_after_a_text_was_kept_comes_first(client, roundtable, me):
    address = contribute(roundtable)
    visitor = Client()
    visitor.post(address, {"body": "Kept in another browser.", "language": "en"})
    data, _ = opened(client, address)
    save(client, address, data, body="Saved later.")
    visitor.force_login(me)

    response = visitor.get(address)

    assert (text_in(response), other(response)) == ("Saved later.", "Kept in another browser.")


def test_after_the_deadline_a_draft_can_be_read_and_no_longer_changed(client, roundtable, me):
    address = contribute(roundtable)
    data, _ = opened(client, address)
    _, data = save(client, address, data, body="Too late.")
    close(roundtable)

    told = client.post(address, data | {"body": "Too late, changed.", "action": "draft"}, headers=JSON)
    response = client.get(address)
    alone = client.get(reverse("draft_detail", args=[Draft.objects.get().pk]))
    listed = page(client.get(reverse("comment_mine"))).one("main").words

    assert (told.status_code, told.json()["said"]) == (
        403,
        "This roundtable is closed: contributions are no longer taken.",
    )
    assert (response.status_code, text_in(response)) == (403, "Too late.")
    assert "This draft can no longer be sent from here." in page(alone).one("main").words
    assert "mailto:" in alone.content.decode()
    assert "Go on writing" not in page(alone).one("main").words + listed
    assert Draft.objects.get().body == "Too late."


def test_a_text_that_was_sent_too_late_is_kept_as_a_draft(client, roundtable, me):
    data, _ = opened(client, contribute(roundtable))
    close(roundtable)

    response = send(client, contribute(roundtable), data, body="A second too late.")

    assert (response.status_code, text_in(response)) == (403, "A second too late.")
    assert Draft.objects.get().body == "A second too late."


def test_a_reply_to_what_was_taken_down_meanwhile_is_found_again_without_the_name_of_its_author(client, roundtable, me):
    root = factories.comment(roundtable, factories.user("Gone Person"))
    address = reverse("comment_reply", args=[root.pk])
    data, _ = opened(client, address)
    save(client, address, data, body="My reply.")
    root.remove(by=factories.staff(), reason="personal_data")

    found = [client.get(where) for where in (address, reverse("comment_mine"))]
    found.append(client.get(reverse("draft_detail", args=[Draft.objects.get().pk])))

    assert [response.status_code for response in found] == [409, 200, 200]
    assert ["My reply." in response.content.decode() for response in found] == [True] * 3
    assert ["Gone Person" in response.content.decode() for response in found] == [False] * 3


def test_a_draft_that_holds_only_files_is_brought_back_and_discarded_with_them(client, roundtable, me):
    address = contribute(roundtable)
    data, _ = opened(client, address)
    client.post(address, data | {"action": "attach", "attachments": [files.upload("Study.txt", b"Study.")]})
    study = Attachment.objects.get()

    told, data = save(client, address, data, **{f"file_title_{study.pk}": "Our study"})
    listed = page(client.get(reverse("comment_mine"))).one("main").words
    fresh = Client()
    fresh.force_login(me)
    again = form(fresh.get(address))
    alone = page(fresh.get(reverse("draft_detail", args=[Draft.objects.get().pk])))

    assert told["state"] == "saved"
    assert "With 1 file" in listed
    assert again.one("input", name=f"file_title_{study.pk}").attrs["value"] == "Our study"
    assert again.one("input", name="key").attrs["value"] == str(study.form_key)
    assert alone.one("a", "attachment").one("bdi").text == "Our study"
    fresh.post(reverse("draft_detail", args=[Draft.objects.get().pk]))
    assert (Draft.objects.count(), Attachment.objects.count()) == (0, 0)


def test_a_paper_that_was_sent_too_late_is_kept_whole(client, roundtable, me):
    address = reverse("paper_submit", args=[roundtable.slug])
    data, _ = opened(client, address)
    close(roundtable)
    typed = {
        "title": "Cities that welcome",
        "mandate": "Decided in May.",
        "organisation_1": "Bridge of Hope",
        "focal_point_1": "amina@bridge.example.org",
        "organisation_4": "Réseau des villes",
    }
    sent = typed | {"attachments": [files.upload("Study.txt", b"Study.")]}

    response = send(client, address, data, body="A second too late.", **sent)
    shown = page(client.get(reverse("draft_detail", args=[Draft.objects.get().pk]))).one("main")
    Roundtable.objects.filter(pk=roundtable.pk).update(closes_at=timezone.now() + timedelta(days=1))
    again = form(client.get(address))

    assert (response.status_code, text_in(response)) == (403, "A second too late.")
    assert "Read or discard it" in page(response).one("main").words
    assert [each.words for each in shown.one("dl").all("dd")] == [
        "Cities that welcome",
        "Decided in May.",
        "Bridge of Hope (amina@bridge.example.org)",
        "Réseau des villes",
    ]
    assert shown.one("a", "attachment").one("bdi").text == "Study"
    assert "This draft can no longer be sent from here." in shown.words
    for name in ("title", "organisation_1", "focal_point_1", "organisation_4"):
        assert again.one("input", name=name).attrs["value"] == typed[name]
    assert again.one("textarea", name="mandate").text.strip() == "Decided in May."
    assert again.one("a", "attachment").one("bdi").text == "Study.txt"


# --- My drafts


def test_my_drafts_are_listed_with_what_they_are_for_and_can_be_discarded(client, roundtable, me):
    root = factories.comment(roundtable, factories.user("Andy Shen"))
    places = [
        reverse("comment_answer", args=[roundtable.slug, 2]),
        reverse("comment_reply", args=[root.pk]),
        contribute(roundtable),
    ]
    for place in places:
        data, _ = opened(client, place)
        save(client, place, data, body=f"Text for {place}")

    listed = page(client.get(reverse("comment_mine"))).one("main").one("section")

    links = [(title.words, title.one("a").attrs["href"]) for title in listed.all("h3")]
    assert links == [
        ("General contribution", places[2]),
        ("Reply to Andy Shen", places[1]),
        ("Answer question 2", places[0]),
    ]
    where = reverse("draft_detail", args=[Draft.objects.get(question__number=2).pk])
    asked = client.get(where)
    gone = [client.post(where) for _ in range(2)]
    assert page(asked).one("main").one("textarea").text.strip() == f"Text for {places[0]}"
    assert [response["Location"] for response in gone] == ["/en/comments/mine/"] * 2
    assert Draft.objects.count() == 2


@pytest.mark.parametrize("zone", ["Africa/Nairobi", "Asia/Kathmandu"])
def test_the_time_of_a_saving_is_told_in_the_zone_of_the_roundtable(client, roundtable, me, zone):
    Roundtable.objects.filter(pk=roundtable.pk).update(time_zone=zone)
    data, _ = opened(client, contribute(roundtable))

    told, _ = save(client, contribute(roundtable), data, body="A thought.")

    saved_at = Draft.objects.get().saved_at.astimezone(ZoneInfo(zone))
    assert told["at"] == f"{saved_at:%H:%M} ({zone})"
    notice = form(client.get(contribute(roundtable))).one("div", class_="notice").words
    assert f"saved it last on {saved_at.day} {saved_at:%B %Y, %H:%M} ({zone})" in notice


# --- Nobody else


def test_nobody_else_reads_a_draft_by_any_door(client, roundtable, me):
    root = factories.comment(roundtable, question=roundtable.questions.get(number=1))
    places = [contribute(roundtable), reverse("comment_reply", args=[root.pk])]
    for place in places:
        data, _ = opened(client, place)
        save(client, place, data, body="Draftcanary text.")
    pk = Draft.objects.first().pk
    others = [None, root.author, factories.user(), factories.moderator(roundtable), factories.staff(is_superuser=True)]
    slug = roundtable.slug
    arguments = {"slug": slug, "number": 1, "pk": root.pk}
    found = {}

    for person in others:
        visitor = Client()
        if person:
            visitor.force_login(person)
        addresses = [
            *_addresses(get_resolver("consultation.urls").url_patterns, arguments),
            *places,
            reverse("draft_detail", args=[pk]),
            "/en/search/?q=Draftcanary",
            "/admin/consultation/comment/?q=Draftcanary",
            "/en/accounts/data/",
        ]
        for address in addresses:
            response = visitor.get(address)
            content = b"".join(response) if response.streaming else response.content
            found[person and person.pk, address] = b"Draftcanary text" in content
        visitor.post(reverse("draft_detail", args=[pk]))

    assert [where for where, is_seen in found.items() if is_seen] == []
    assert len(found) > 100
    assert Draft.objects.count() == 2


def _addresses(patterns, arguments):
    for pattern in patterns:
        names = list(pattern.pattern.converters)
        if set(names) <= set(arguments):
            yield reverse(pattern.name, kwargs={name: arguments[name] for name in names})


# --- What it costs


def test_saving_takes_the_same_few_queries_at_any_size(client, roundtable, me):
    place = reverse("comment_reply", args=[factories.comment(roundtable).pk])
    found = []

    for size in (20, 200):
        plant(roundtable, [None] * size)
        Draft.objects.all().delete()
        for number in range(size // 10):
            Draft.objects.create(author=me, roundtable=roundtable, place=f"/{size}/{number}/", body="x")
        data, _ = opened(client, place)
        with CaptureQueriesContext(connection) as first:
            _, data = save(client, place, data, body="One.")
        with CaptureQueriesContext(connection) as second:
            save(client, place, data, body="Two.")
        found.append((len(first), len(second)))

    assert found[0] == found[1]
    assert max(found[0]) <= 15


def test_a_form_reads_back_what_it_knows_of_a_draft_whatever_is_sent():
    moment = timezone.now()
    seen = Seen(uuid.uuid4().hex, moment)

    assert Seen.read(str(seen)) == seen
    assert [Seen.read(f"x/{value}").has_tried for value in ("", "tried", moment.isoformat())] == [False, True, False]
    assert [Seen.read(value).saved_at for value in ("", "/", "x/y", "x/2026-99-99T00:00", "\ud800")] == [None] * 5


def test_a_draft_for_the_late_box_goes_on_after_the_deadline_and_the_others_lead_there(client, me):
    roundtable = factories.roundtable(takes_late=True)
    data, _ = opened(client, contribute(roundtable))
    save(client, contribute(roundtable), data, body="Not in time.")
    close(roundtable)
    late = reverse("comment_late", args=[roundtable.slug])
    data, _ = opened(client, late)
    told, _ = save(client, late, data, body="Late.", late_reason="The network was down.")

    again = form(client.get(late)).one("textarea", name="late_reason").text.strip()
    pages = {
        draft.is_late: page(client.get(reverse("draft_detail", args=[draft.pk]))).one("main")
        for draft in Draft.objects.all()
    }

    assert (told["state"], again) == ("saved", "The network was down.")
    assert [link.attrs["href"] for link in pages[True].all("a", class_="button")] == [late]
    too_late = Draft.objects.get(place__contains="contribute")
    assert pages[False].one("div", class_="notice").all("a")[0].attrs["href"] == f"{late}?draft={too_late.pk}"
    listed = page(client.get(reverse("comment_mine"))).words
    assert (listed.count("Go on writing"), listed.count("takes no contributions now")) == (1, 1)
