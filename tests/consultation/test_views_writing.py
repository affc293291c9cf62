"""Writing: the form, what it refuses and gives back, and that nothing typed is ever lost."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultation.models import Comment, Roundtable
from consultation.models.comment_manager import DEEPEST
from tests import factories
from tests.discussions import chain, plant
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status
TEXT = "  We ask for *safe* paths.\r\n\r\n- one\r\n- two\r\n"
STORED = "  We ask for *safe* paths.\n\n- one\n- two"


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths", title_en="Safe paths")


@pytest.fixture
def me(client):
    person = factories.user("Amina Diallo")
    client.force_login(person)
    return person


def answer(roundtable, number=1):
    return reverse("comment_answer", args=[roundtable.slug, number])


def contribute(roundtable):
    return reverse("comment_contribute", args=[roundtable.slug])


def reply(comment):
    return reverse("comment_reply", args=[comment.pk])


def revise(comment):
    return reverse("comment_revise", args=[comment.pk])


def typed(body=TEXT, **others):
    return {"body": body, "language": "fr", "objectives": ["3", "17"], "key": str(uuid.uuid4())} | others


def close(roundtable):
    Roundtable.objects.filter(pk=roundtable.pk).update(closes_at=timezone.now() - timedelta(seconds=1))


def text_in(response):
    """Return what stands in the text field, as the browser would send it again."""
    [area] = page(response).one("main").all("textarea", name="body")
    return area.text.removeprefix("\n")


def complaints(response):
    """Return the words of the summary of errors."""
    return page(response).one("div", class_="error-summary").words


def form(response):
    return page(response).one("main").one("form", class_="write-form")


# --- The form


def test_the_form_offers_text_language_objectives_and_is_good_for_one_posting(client, roundtable, me):
    Roundtable.objects.update(objective_numbers=",17,")

    first, second = (client.get(answer(roundtable)) for _ in range(2))

    found = form(first)
    assert first.status_code == 200
    assert found.one("textarea", name="body").attrs["data-limit"] == "20000"
    assert [each.attrs["value"] for each in found.one("select", name="language").all("option")] == ["en", "fr", "es"]
    numbers = [int(each.attrs["value"]) for each in found.all("input", name="objectives")]
    assert numbers == [17, *(number for number in range(1, 24) if number != 17)]
    keys = {form(response).one("input", name="key").attrs["value"] for response in (first, second)}
    assert len({uuid.UUID(key) for key in keys}) == 2
    assert page(first).all("div", class_="error-summary") == []


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_language_of_the_page_is_chosen_until_somebody_chooses_another(client, roundtable, me, language):
    response = client.get(f"/{language}/roundtables/safe-paths/contribute/")

    chosen = [
        each.attrs["value"]
        for each in form(response).one("select", name="language").all("option")
        if "selected" in each.attrs
    ]
    assert chosen == [language]


@pytest.mark.parametrize(
    ("mode", "person", "words"),
    [
        ("before", factories.user, "Send for moderation"),
        ("after", factories.user, "Post"),
        ("before", factories.staff, "Post"),
    ],
)
def test_the_button_says_whether_a_moderator_reads_it_first(client, mode, person, words):
    roundtable = factories.roundtable(moderation=mode)
    client.force_login(person())

    buttons = form(client.get(contribute(roundtable))).all("button", name="action")

    assert [each.words for each in buttons if each.attrs["value"] != "attach"] == [words, "Preview", "Save draft"]


def test_the_form_of_a_reply_shows_what_is_answered(client, roundtable, me):
    comment = factories.comment(roundtable, factories.user("Andy Shen"), body="Look **here**.", language="es")

    main = page(client.get(reply(comment))).one("main")

    assert main.one("h1").words == "Reply to Andy Shen"
    quoted = main.one("div", class_="quoted")
    assert (quoted.attrs["lang"], quoted.one("strong").words) == ("es", "here")


def test_a_reply_at_the_deepest_level_is_told_where_it_will_stand(client, roundtable, me):
    comments = plant(roundtable, chain(DEEPEST))

    said = ["very deep" in page(client.get(reply(comment))).one("main").words for comment in comments[-2:]]

    assert said == [False, True]


# --- Posting


@pytest.mark.parametrize("where", ["answer", "contribute", "reply"])
def test_a_contribution_is_stored_as_typed_in_its_place(client, roundtable, me, where):
    root = factories.comment(roundtable, question=roundtable.questions.get(number=2))
    address = {"answer": answer(roundtable, 3), "contribute": contribute(roundtable), "reply": reply(root)}[where]

    response = client.post(address, typed())

    made = Comment.objects.get(author=me)
    assert (response.status_code, response["Location"]) == (302, f"/en/comments/{made.pk}/#comment-{made.pk}")
    assert (made.body, made.language, made.objective_numbers) == (STORED, "fr", (3, 17))
    assert (made.question_number, made.in_reply_to) == {
        "answer": (3, None),
        "contribute": (999, None),
        "reply": (2, root),
    }[where]
    assert (made.status, made.author_role, made.roundtable) == (Status.PENDING, "participant", roundtable)
    told = page(client.get(response["Location"])).one("main").one("div", class_="notice").words
    assert told.startswith("Received: your contribution awaits moderation")


@pytest.mark.parametrize(
    ("person", "role"),
    [
        (lambda roundtable: factories.user(), "participant"),
        (factories.moderator, "moderator"),
        (lambda roundtable: factories.moderator(factories.roundtable()), "participant"),
        (lambda roundtable: factories.staff(), "secretariat"),
    ],
)
def test_everybody_writes_in_the_role_they_have_in_this_roundtable(client, roundtable, person, role):
    client.force_login(person(roundtable))

    client.post(contribute(roundtable), typed())

    made = Comment.objects.get()
    assert (made.author_role, made.status) == (role, Status.PENDING if role == "participant" else Status.APPROVED)


def test_the_role_author_status_and_place_cannot_be_typed(client, roundtable, me):
    other = factories.user()

    client.post(
        contribute(roundtable),
        typed(
            author=other.pk, author_role="secretariat", role="secretariat", status="approved", question="1", path="1"
        ),
    )

    made = Comment.objects.get()
    assert (made.author, made.author_role, made.status, made.question) == (me, "participant", Status.PENDING, None)


def test_the_same_form_sent_twice_leads_to_the_same_comment(client, roundtable, me):
    data = typed()

    first, second = (client.post(contribute(roundtable), data) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert Comment.objects.count() == 1


def test_a_form_sent_again_after_its_comment_was_closed_to_changes_still_leads_there(client, roundtable, me):
    data = typed()
    first = client.post(contribute(roundtable), data)
    Comment.objects.get().approve(by=factories.staff())

    second = client.post(contribute(roundtable), data)

    assert (second.status_code, second["Location"]) == (302, first["Location"])


def test_a_form_without_its_token_is_taken_all_the_same(client, roundtable, me):
    data = typed()
    del data["key"]

    assert client.post(contribute(roundtable), data).status_code == 302
    assert client.post(contribute(roundtable), data | {"key": ""}).status_code == 302
    assert Comment.objects.count() == 2


def test_a_form_as_the_browser_fills_it_can_be_sent(client, roundtable, me):
    response = client.get(contribute(roundtable))
    found = {
        each.attrs["name"]: each.attrs.get("value", "")
        for each in form(response).all("input")
        if each.attrs["type"] == "hidden"
    }

    assert set(found) == {"csrfmiddlewaretoken", "key", "draft_seen", "declined", "other"}
    sent = client.post(contribute(roundtable), found | {"body": "Yes.", "language": "en", "action": "send"})
    assert sent.status_code == 302


def test_a_form_without_the_sites_own_token_is_refused_with_the_text_given_back(roundtable):
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user())

    response = client.post(contribute(roundtable), typed("Do not lose me."))

    assert response.status_code == 403
    assert page(response).one("main").one("textarea").text.strip() == "Do not lose me."
    assert Comment.objects.count() == 0


# --- What is refused


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"body": ""}, "body", "Write your contribution before you send it."),
        ({"body": " \r\n\t\u00a0"}, "body", "Write your contribution before you send it."),
        ({"body": "a\0b"}, "body", "Null characters are not allowed."),
        ({"language": ""}, "language", "This field is required."),
        ({"language": "de"}, "language", "Select a valid choice."),
        ({"objectives": ["24"]}, "objectives", "Select a valid choice."),
        ({"objectives": ["²"]}, "objectives", "Select a valid choice."),
        ({"objectives": ["3", "x"]}, "objectives", "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_in_the_summary(client, roundtable, me, changes, field, words):
    sent = typed() | changes

    response = client.post(contribute(roundtable), sent)

    top = page(response)
    assert response.status_code == 422
    assert top.one("title").words.startswith("Error:")
    [link] = top.one("div", class_="error-summary").all("a")
    assert link.attrs["href"].startswith(f"#id_{field}")
    assert top.all(id=link.attrs["href"][1:]) != []
    beside = [each.words for each in top.one("main").all("p", class_="field-error")]
    assert len(beside) == 1
    assert beside[0].startswith(words)
    assert Comment.objects.count() == 0
    if "body" not in changes:
        assert text_in(response) == TEXT


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_text_that_is_too_long_is_refused_with_the_number_of_characters_and_given_back(
    client, roundtable, me, language
):
    Roundtable.objects.update(comment_limit=10)

    fits = client.post(f"/{language}/roundtables/safe-paths/contribute/", typed("x" * 10 + "\r\n"))
    response = client.post(f"/{language}/roundtables/safe-paths/contribute/", typed("é" * 11))

    assert (fits.status_code, response.status_code) == (302, 422)
    assert re.findall(r"\d+", complaints(response)) == ["1"]
    assert text_in(response) == "é" * 11


def test_whoever_posts_too_often_is_told_when_to_go_on_and_keeps_the_text(client, roundtable, me, settings):
    settings.POSTS_PER_MINUTE = 1
    client.post(contribute(roundtable), typed())

    response = client.post(contribute(roundtable), typed("The second one."))

    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "You have posted many contributions in a short time." in complaints(response)
    assert text_in(response) == "The second one."
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("where", ["answer", "contribute", "reply"])
def test_after_the_closing_time_nothing_is_taken_and_the_text_is_given_back(client, roundtable, me, where, method):
    root = factories.comment(roundtable)
    address = {"answer": answer(roundtable), "contribute": contribute(roundtable), "reply": reply(root)}[where]
    opened = client.get(address)
    close(roundtable)

    response = getattr(client, method)(address, typed() if method == "post" else {})

    assert (opened.status_code, response.status_code) == (200, 403)
    assert complaints(response) == "This roundtable is closed: contributions are no longer taken."
    assert [each.text.removeprefix("\n") for each in page(response).all("textarea")] == [TEXT] * (method == "post")
    assert Comment.objects.filter(author=me).count() == 0


def test_before_the_opening_nothing_is_taken(client, me):
    now = timezone.now()
    roundtable = factories.roundtable(opens_at=now + timedelta(hours=1), closes_at=now + timedelta(days=1))

    response = client.post(contribute(roundtable), typed())

    assert response.status_code == 403
    assert complaints(response) == "This roundtable has not opened yet."
    assert Comment.objects.count() == 0


def test_a_moderator_too_cannot_post_after_the_closing_time(client, roundtable):
    client.force_login(factories.moderator(roundtable))
    close(roundtable)

    assert client.post(contribute(roundtable), typed()).status_code == 403
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("status", [Status.REMOVED, Status.WITHDRAWN])
def test_what_is_gone_can_no_longer_be_answered_and_the_text_is_given_back(client, roundtable, me, status):
    root = factories.comment(roundtable, status=status)

    response = client.post(reply(root), typed())

    assert response.status_code == 409
    assert complaints(response) == "This contribution can no longer be answered."
    assert text_in(response) == TEXT
    assert Comment.objects.filter(author=me).count() == 0


@pytest.mark.parametrize("status", [Status.PENDING, Status.RETURNED, Status.REJECTED])
def test_what_is_not_published_cannot_be_answered_even_by_those_who_see_it(client, roundtable, status):
    comment = factories.comment(roundtable, status=status)
    found = []
    for person in (factories.user(), comment.author, factories.moderator(roundtable)):
        client.force_login(person)
        found.append(client.post(reply(comment), typed()).status_code)

    assert found == [404, 409, 409]
    assert Comment.objects.count() == 1


# --- Preview


def test_the_preview_shows_the_text_as_it_would_be_and_stores_nothing(client, roundtable, me):
    data = typed("Look **here** <b>not</b>", action="preview")

    response = client.post(contribute(roundtable), data)

    preview = page(response).one("section", class_="preview")
    assert response.status_code == 200
    assert preview.one("strong").words == "here"
    assert (preview.one("div").words, preview.one("div").attrs["lang"]) == ("Look here <b>not</b>", "fr")
    assert text_in(response) == data["body"]
    assert form(response).one("input", name="key").attrs["value"] == data["key"]
    chosen = [each.attrs["value"] for each in form(response).all("input", name="objectives") if "checked" in each.attrs]
    assert chosen == ["3", "17"]
    assert Comment.objects.count() == 0


def test_a_text_that_is_refused_has_no_preview(client, roundtable, me):
    response = client.post(contribute(roundtable), typed("", action="preview"))

    assert response.status_code == 422
    assert page(response).all("section", class_="preview") == []


def test_a_preview_is_sent_once_it_pleases(client, roundtable, me):
    data = typed(action="preview")
    response = client.post(contribute(roundtable), data)

    filled = {"key": form(response).one("input", name="key").attrs["value"], "body": text_in(response)}
    client.post(contribute(roundtable), typed() | filled | {"action": "send"})

    assert Comment.objects.get().body == STORED


# --- Signing in on the way


@pytest.mark.parametrize("where", ["answer", "contribute", "reply"])
def test_what_was_typed_is_there_after_signing_in(client, roundtable, where):
    root = factories.comment(roundtable)
    address = {"answer": answer(roundtable), "contribute": contribute(roundtable), "reply": reply(root)}[where]
    person = factories.user()

    sent = client.post(address, typed())
    client.get(sent["Location"])
    client.force_login(person)
    response = client.get(address)

    assert (sent.status_code, sent["Location"]) == (302, f"/en/accounts/login/?next={address}")
    assert text_in(response) == TEXT
    assert [
        each.attrs["value"]
        for each in form(response).one("select", name="language").all("option")
        if "selected" in each.attrs
    ] == ["fr"]
    chosen = [each.attrs["value"] for each in form(response).all("input", name="objectives") if "checked" in each.attrs]
    assert chosen == ["3", "17"]
    assert page(response).one("main").one("div", class_="notice").words == (
        "Your text is still here. Check it and send it."
    )
    assert Comment.objects.filter(author=person).count() == 0


@pytest.mark.parametrize(("body", "is_said"), [("Do not lose me.", True), ("", False)])
def test_where_to_sign_in_it_is_said_that_the_text_is_kept(client, roundtable, body, is_said):
    client.logout()

    response = client.post(contribute(roundtable), typed(body), follow=True)

    said = "You are no longer signed in. Your text is kept: sign in again and it is here."
    assert (response.resolver_match.url_name, said in page(response).words) == ("account_login", is_said)


def test_what_was_kept_is_let_go_once_it_is_posted(client, roundtable):
    client.post(contribute(roundtable), typed("Kept."))
    client.force_login(factories.user())

    client.post(contribute(roundtable), typed("Kept."))

    assert text_in(client.get(contribute(roundtable))) == ""


def test_what_was_kept_for_one_form_is_not_in_another(client, roundtable):
    client.post(answer(roundtable, 1), typed("For the first."))
    client.post(answer(roundtable, 2), typed("For the second."))
    client.force_login(factories.user())

    found = [text_in(client.get(answer(roundtable, number))) for number in (1, 2, 3)]

    assert found == ["For the first.", "For the second.", ""]


def test_what_was_kept_goes_with_the_session_and_never_to_the_next_person(client, roundtable):
    client.post(contribute(roundtable), typed("Of the first person."))
    client.force_login(factories.user())
    client.logout()
    client.force_login(factories.user())

    assert text_in(client.get(contribute(roundtable))) == ""


def test_what_was_kept_is_given_back_even_if_the_roundtable_closed_meanwhile(client, roundtable):
    client.post(contribute(roundtable), typed("Just too late."))
    close(roundtable)
    client.force_login(factories.user())

    response = client.get(contribute(roundtable))

    assert (response.status_code, text_in(response)) == (403, "Just too late.")


def test_asking_for_the_form_leads_a_visitor_through_signing_in(client, roundtable):
    response = client.get(contribute(roundtable))

    assert (response.status_code, response["Location"]) == (
        302,
        "/en/accounts/login/?next=/en/roundtables/safe-paths/contribute/",
    )


def test_somebody_whose_profile_is_not_complete_completes_it_first_and_keeps_the_text(client, roundtable):
    person = factories.user(group=None)
    client.force_login(person)

    sent = client.post(contribute(roundtable), typed("Do not lose me."))
    group = factories.user().group
    person.group = group
    person.save()
    response = client.get(contribute(roundtable))

    assert sent.status_code == 302
    assert sent["Location"].startswith("/en/accounts/profile/?next=")
    assert text_in(response) == "Do not lose me."
    assert Comment.objects.count() == 0


# --- In place


HTMX = {"HX-Request": "true"}


def test_a_form_put_in_place_is_a_form_and_no_page(client, roundtable, me):
    response = client.get(answer(roundtable), headers=HTMX)

    top = page(response)
    assert [child.tag for child in top.children if hasattr(child, "tag")] == ["form"]
    assert top.one("form").attrs["hx-post"] == answer(roundtable)
    assert "HX-Request" in response["Vary"]


def test_a_form_put_in_place_comes_back_with_its_complaints(client, roundtable, me):
    response = client.post(answer(roundtable), typed(""), headers=HTMX)

    top = page(response)
    assert response.status_code == 422
    assert len(top.all("div", class_="error-summary")) == 1
    assert top.all("main") == []


def test_a_form_put_in_place_leads_on_when_it_was_taken(client, roundtable, me):
    response = client.post(answer(roundtable), typed(), headers=HTMX)

    made = Comment.objects.get()
    assert (response.status_code, response.content) == (204, b"")
    assert response["HX-Redirect"] == f"/en/comments/{made.pk}/#comment-{made.pk}"


def test_a_form_put_in_place_leads_a_visitor_to_sign_in_with_the_text_kept(client, roundtable):
    response = client.post(answer(roundtable), typed("In place."), headers=HTMX)
    client.force_login(factories.user())

    assert (response.status_code, response["HX-Redirect"]) == (204, f"/en/accounts/login/?next={answer(roundtable)}")
    assert text_in(client.get(answer(roundtable))) == "In place."


def test_a_form_put_in_place_leads_whoever_has_no_complete_profile_there(client, roundtable):
    client.force_login(factories.user(group=None))

    response = client.get(answer(roundtable), headers=HTMX)

    assert (response.status_code, response.content) == (204, b"")
    assert response["HX-Redirect"].startswith("/en/accounts/profile/?next=")


# --- Revising


@pytest.mark.parametrize("status", [Status.PENDING, Status.RETURNED])
def test_ones_own_waiting_text_can_be_revised(client, roundtable, me, status):
    comment = factories.comment(
        roundtable, me, status=status, body="Old *text*.", language="es", objective_numbers=(5,)
    )

    shown = client.get(revise(comment))
    response = client.post(revise(comment), typed())

    comment.refresh_from_db()
    assert text_in(shown) == "Old *text*."
    assert [
        each.attrs["value"]
        for each in form(shown).one("select", name="language").all("option")
        if "selected" in each.attrs
    ] == ["es"]
    chosen = [each.attrs["value"] for each in form(shown).all("input", name="objectives") if "checked" in each.attrs]
    assert chosen == ["5"]
    assert ("Please say more." in page(shown).one("main").words) == (status == Status.RETURNED)
    assert response["Location"] == f"/en/comments/{comment.pk}/#comment-{comment.pk}"
    assert (comment.body, comment.status, comment.language, comment.objective_numbers) == (
        STORED,
        Status.PENDING,
        "fr",
        (3, 17),
    )
    assert comment.revisions.count() == 2


@pytest.mark.parametrize("status", [Status.REJECTED, Status.REMOVED])
def test_a_text_that_was_decided_about_cannot_be_revised_and_what_was_typed_is_given_back(
    client, roundtable, me, status
):
    comment = factories.comment(roundtable, me, status=status, body="Old.")

    response = client.post(revise(comment), typed())

    assert response.status_code == 403
    assert complaints(response) == "This text has been decided about and can no longer be changed."
    assert text_in(response) == TEXT
    assert Comment.objects.get().body == "Old."


def test_nobody_revises_the_text_of_somebody_else(client, roundtable):
    comment = factories.comment(roundtable, status=Status.PENDING, body="Old.")
    found = []
    for person in (factories.user(), factories.moderator(roundtable), factories.staff()):
        client.force_login(person)
        found += [client.get(revise(comment)).status_code, client.post(revise(comment), typed()).status_code]

    assert found == [404] * 6
    assert Comment.objects.get().body == "Old."


def test_after_the_closing_time_nothing_can_be_revised(client, roundtable, me):
    comment = factories.comment(roundtable, me, status=Status.RETURNED)
    close(roundtable)

    response = client.post(revise(comment), typed())

    assert response.status_code == 403
    assert complaints(response) == "This roundtable is closed: contributions are no longer taken."
    assert text_in(response) == TEXT


def test_a_revision_is_refused_like_a_contribution(client, roundtable, me):
    comment = factories.comment(roundtable, me, status=Status.RETURNED, body="Old.")

    response = client.post(revise(comment), typed("", language="de"))

    assert response.status_code == 422
    assert len(page(response).one("div", class_="error-summary").all("a")) == 2
    assert Comment.objects.get().body == "Old."


def test_a_revision_typed_while_the_session_ended_is_there_after_signing_in(client, roundtable):
    comment = factories.comment(roundtable, status=Status.PENDING, body="Old.")

    sent = client.post(revise(comment), typed("Revised."))
    client.force_login(comment.author)

    assert (sent.status_code, sent["Location"]) == (302, f"/en/accounts/login/?next={revise(comment)}")
    assert text_in(client.get(revise(comment))) == "Revised."


def test_a_preview_of_a_revision_stores_nothing(client, roundtable, me):
    comment = factories.comment(roundtable, me, status=Status.PENDING, body="Old.")

    response = client.post(revise(comment), typed("New **words**.", action="preview"))

    assert page(response).one("section", class_="preview").one("strong").words == "words"
    assert Comment.objects.get().body == "Old."


# --- Reading a form writes nothing


def test_asking_for_a_form_changes_nothing(client, roundtable, me):
    comment = factories.comment(roundtable, me, status=Status.PENDING)
    before = list(Comment.objects.values()), list(Roundtable.objects.values())

    for address in (answer(roundtable), contribute(roundtable), revise(comment)):
        client.get(address)

    assert (list(Comment.objects.values()), list(Roundtable.objects.values())) == before


def test_a_text_survives_being_shown_in_the_form_and_sent_back_untouched(client, roundtable, me):
    text = "One\n\ntwo  \n three & <b>four</b>"
    comment = factories.comment(roundtable, me, status=Status.PENDING, body=text)

    shown = text_in(client.get(revise(comment)))
    client.post(revise(comment), typed(shown.replace("\n", "\r\n")))

    assert Comment.objects.get().body == shown == text
