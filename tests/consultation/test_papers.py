"""Papers of organisations: submitted for several, cleared by each, then moderated; public only after all of that."""

import uuid
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail
from consultation.models import Clearance, Comment, Roundtable
from consultation.models.clearance import NoLongerAsked
from consultation.models.transitions import NotCleared
from consultation.privacy import WITHDRAW, close_account
from tests import factories, files
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths", title_en="Safe paths", title_fr="Voies sûres")


@pytest.fixture
def me(client):
    person = verified("Amina Diallo", email="amina@bridge.example.org", language="es")
    client.force_login(person)
    return person


def verified(name=None, **fields):
    """Make somebody whose e-mail address is confirmed."""
    person = factories.user(name, **fields)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def submit_to(roundtable):
    return reverse("paper_submit", args=[roundtable.slug])


def typed(*organisations, **others):
    organisations = organisations or (
        ("Bridge of Hope", "amina@bridge.example.org"),
        ("Réseau des villes", "jean@reseau.example.org"),
        ("Cities, and Towns", "Ana@Cities.example.org"),
    )
    form = {
        "title": "Canarytitle on cities",
        "body": "Canarybody of the paper.",
        "mandate": "Decided by the boards in May.",
        "language": "en",
        "key": str(uuid.uuid4()),
        "attachments": [files.upload("Paper.pdf", files.pdf("Canaryfile"))],
    }
    for number, (name, address) in enumerate(organisations, 1):
        form |= {f"organisation_{number}": name, f"focal_point_{number}": address}
    return form | others


def revised(paper, *organisations, **others):
    """Return what the form of a revision sends: the paper as it is, for these organisations or those it has."""
    rows = organisations or paper.clearances.values_list("organisation", "focal_point_email")
    form = {"title": paper.title, "body": paper.body, "mandate": paper.mandate, "language": "en", "key": ""}
    for number, (name, address) in enumerate(rows, 1):
        form |= {f"organisation_{number}": name, f"focal_point_{number}": address}
    return form | {"seen": paper.revision_number} | others


def submitted(client, roundtable, *organisations, **others):
    """Submit a paper and return it."""
    response = client.post(submit_to(roundtable), typed(*organisations, **others))
    assert response.status_code == 302, [error.words for error in page(response).all("p", "field-error")]
    return Comment.objects.get(is_paper=True)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def decide(client, clearance, decision="cleared", **others):
    paper = Comment.objects.get(pk=clearance.paper_id)
    form = {"decision": decision, "message": "", "revision": paper.revision_number} | others
    return client.post(clearance.get_absolute_url(), form)


def clear_all(paper):
    for clearance in paper.clearances.filter(status="waiting"):
        clearance.settle(by=factories.user(), status="cleared", seen_revision=paper.revision_number)
    return Comment.objects.get(pk=paper.pk)


# --- Submitting


@pytest.mark.parametrize("field", ["title", "organisation_1"])
@pytest.mark.parametrize("odd", ["A paper\u202efdp", "\u2067A paper", "A paper\x07", "\u200b\u2060"])
def test_a_title_or_an_organisation_with_hidden_characters_is_refused_beside_the_field(
    client, me, roundtable, field, odd
):
    response = client.post(submit_to(roundtable), typed(**{field: odd}))

    form = response.context["form"]
    assert (response.status_code, list(form.errors), form["body"].value()) == (422, [field], "Canarybody of the paper.")
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "title", ["سياسات المدن\u200f 2030", "می\u200cخواهم", "क्\u200dषि", "ערים 👩🏽\u200d🌾", "Cafe\u0301"]
)
def test_a_title_of_every_script_is_kept_as_typed(client, me, roundtable, title):
    assert submitted(client, roundtable, title=title).title == title


def test_a_paper_is_submitted_for_several_organisations_and_asks_each_focal_point(client, me, roundtable):
    jean = verified("Jean", email="jean@reseau.example.org", language="fr")

    paper = submitted(client, roundtable)

    assert (paper.title, paper.mandate, paper.body) == (
        "Canarytitle on cities",
        "Decided by the boards in May.",
        "Canarybody of the paper.",
    )
    assert paper.author_organisation == "Bridge of Hope; Réseau des villes; Cities, and Towns"
    assert (paper.status, paper.is_cleared, paper.waiting_since) == (Status.PENDING, False, None)
    assert [file["title"] for file in paper.files] == ["Paper"]
    assert list(paper.clearances.values_list("organisation", "focal_point_email", "status", "is_asked")) == [
        ("Bridge of Hope", "amina@bridge.example.org", "cleared", False),
        ("Réseau des villes", "jean@reseau.example.org", "waiting", True),
        ("Cities, and Towns", "ana@cities.example.org", "waiting", True),
    ]
    # In the language of whoever is known, else of who submits.
    mails = {mail.to: mail for mail in Mail.objects.all()}
    assert {to: mail.language for to, mail in mails.items()} == {jean.email: "fr", "ana@cities.example.org": "es"}
    clearance = paper.clearances.get(organisation="Réseau des villes")
    assert f"https://hub.example.org/fr/clearances/{clearance.key}/" in mails[jean.email].text
    assert "Voies sûres" in mails[jean.email].text
    assert "Canarybody" not in mails[jean.email].text + mails[jean.email].html


def test_a_paper_of_ones_own_organisation_alone_waits_for_moderators_at_once(client, me, roundtable):
    moderator = factories.moderator(roundtable)

    paper = submitted(client, roundtable, ("Bridge of Hope", "AMINA@bridge.example.org"))

    assert (paper.is_cleared, Mail.objects.count()) == (True, 0)
    assert list(Comment.objects.awaiting(moderator)) == [paper]


def test_an_address_that_is_not_confirmed_clears_nothing(client, me, roundtable):
    EmailAddress.objects.update(verified=False)

    paper = submitted(client, roundtable, ("Bridge of Hope", "amina@bridge.example.org"))

    assert (paper.is_cleared, Mail.objects.get().to) == (False, "amina@bridge.example.org")


def test_the_same_form_sent_twice_makes_one_paper_and_asks_once(client, me, roundtable):
    form = typed(attachments=[])

    addresses = [client.post(submit_to(roundtable), form).url for _time in range(2)]

    assert addresses[0] == addresses[1]
    assert (Comment.objects.count(), Clearance.objects.count(), Mail.objects.count()) == (1, 3, 2)


@pytest.mark.parametrize(
    ("wrong", "complaints"),
    [
        ({"title": ""}, {"title": "Give the paper a title."}),
        ({"mandate": ""}, {"mandate": "Say by what decision the paper speaks for its organisations."}),
        ({"body": ""}, {"body": "Write a summary of the paper, or its text."}),
        ({"focal_point_2": "nobody"}, {"focal_point_2": "Enter a valid email address."}),
        ({"focal_point_2": ""}, {"focal_point_2": "Give the address of the person who clears the paper."}),
        ({"organisation_2": ""}, {"organisation_2": "Name the organisation."}),
        ({"organisation_2": "bridge of  HOPE"}, {"organisation_2": "This organisation is named twice."}),
        (
            {f"{field}_{number}": "" for number in (1, 2, 3) for field in ("organisation", "focal_point")},
            {"organisation_1": "Name at least one organisation."},
        ),
        (
            {"organisation_1": "A" * 150, "organisation_2": "B" * 150},
            {"organisation_1": "The names are too long together: use shorter ones, up to 300 characters for all."},
        ),
        ({"title": "T" * 301}, {"title": "Ensure this value has at most 300 characters (it has 301)."}),
        ({"title": "nul\0"}, {"title": "Null characters are not allowed."}),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_all_else_stays(client, me, roundtable, wrong, complaints):
    form = typed() | wrong

    response = client.post(submit_to(roundtable), form)

    shown = page(response)
    assert response.status_code == 422
    assert {
        error.parent.attrs["id"].removeprefix("id_").removesuffix("_error"): error.words
        for error in shown.all("p", "field-error")
    } == complaints
    assert shown.one("textarea", name="body").text.strip() == form["body"]
    assert shown.one("input", name="organisation_3").attrs.get("value", "") == form["organisation_3"]
    assert shown.one("a", "attachment").one("bdi").text == "Paper.pdf"
    assert (Comment.objects.count(), Mail.objects.count()) == (0, 0)


def test_complaints_are_listed_in_the_order_of_the_page(client, me, roundtable):
    response = client.post(submit_to(roundtable), typed() | {"body": "", "title": "", "organisation_2": ""})

    links = page(response).one("div", "error-summary").all("a")
    assert [link.attrs["href"] for link in links] == ["#id_title", "#id_organisation_2", "#id_body"]


def test_more_papers_than_a_day_takes_are_refused_with_the_text_kept(client, me, roundtable, settings):
    settings.PAPERS_PER_DAY = 1
    submitted(client, roundtable)

    response = client.post(submit_to(roundtable), typed())

    assert (response.status_code, response.headers["Retry-After"]) == (429, "3600")
    assert page(response).one("textarea", name="body").text.strip() == "Canarybody of the paper."
    Comment.objects.update(posted_at=timezone.now() - timedelta(days=2))
    assert client.post(submit_to(roundtable), typed()).status_code == 302


def test_a_closed_roundtable_takes_no_paper(client, me, roundtable):
    Roundtable.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    response = client.post(submit_to(roundtable), typed())

    assert (response.status_code, Comment.objects.count(), Mail.objects.count()) == (403, 0, 0)
    assert b"Canarybody" in response.content


# --- Clearing


def test_each_focal_point_clears_once_and_then_moderators_see_the_paper(client, me, roundtable):
    jean, ana = verified(email="jean@reseau.example.org"), verified(email="ana@cities.example.org")
    moderator = factories.moderator(roundtable)
    paper = submitted(client, roundtable)
    first, second = paper.clearances.filter(status="waiting")

    shown = page(signed_in(jean).get(first.get_absolute_url()))
    queue, answers = [], []
    for person, clearance in ((jean, first), (ana, second), (ana, second)):
        queue.append(Comment.objects.awaiting(moderator).count())
        answers.append(decide(signed_in(person), clearance).status_code)

    paper.refresh_from_db()
    assert "Canarybody of the paper." in shown.words
    assert shown.one("a", "attachment").one("bdi").text == "Paper"
    assert (queue, answers) == ([0, 0, 1], [302, 302, 409])
    assert (paper.is_cleared, list(Comment.objects.awaiting(moderator))) == (True, [paper])
    assert [each.focal_point for each in paper.clearances.all()] == [me, jean, ana]
    # Who submitted it is told of each.
    assert Mail.objects.filter(recipient=me, key__startswith="clearance-").count() == 2


def test_a_focal_point_declines_with_a_message_that_the_author_reads(client, me, roundtable):
    jean = verified(email="jean@reseau.example.org")
    paper = submitted(client, roundtable)
    clearance = paper.clearances.get(focal_point_email=jean.email)

    silent = decide(signed_in(jean), clearance, "declined")
    spoken = decide(signed_in(jean), clearance, "declined", message="Name <b>our</b> towns.")

    assert [error.words for error in page(silent).all("p", "field-error")] == ["Say what should be changed."]
    assert spoken.status_code == 302
    mine = page(client.get(reverse("comment_mine")))
    states = [item.words for item in mine.one("ul", "clearances").all("li")]
    assert states[1].startswith("Réseau des villes Declined")
    assert states[1].endswith("Name <b>our</b> towns.")
    assert "Name <b>our</b> towns." in Mail.objects.get(recipient=me).text
    paper.refresh_from_db()
    assert (paper.is_cleared, paper.status) == (False, Status.PENDING)


def test_a_focal_point_changes_their_decision_until_the_last_one_has_cleared_the_paper(client, me, roundtable):
    jean, ana = verified(email="jean@reseau.example.org"), verified(email="ana@cities.example.org")
    moderator = factories.moderator(roundtable)
    paper = submitted(client, roundtable)
    first, second = paper.clearances.filter(status="waiting")
    of_jean = signed_in(jean)

    decide(of_jean, first)
    again = page(of_jean.get(first.get_absolute_url()))
    answers = [
        decide(of_jean, first, *decision, message=message).status_code
        for decision, message in ((("declined",), "Wait."), (("declined",), "Wait."), ((), ""))
    ]
    told = Mail.objects.filter(recipient=me, kind="clearance_decided").count()
    while_it_waits = Comment.objects.awaiting(moderator).count()
    decide(signed_in(ana), second)
    late = decide(of_jean, first, "declined", message="Too late.")

    chosen = [field.attrs["value"] for field in again.all("input", name="decision") if "checked" in field.attrs]
    assert ([each.words for each in again.all("h2")].count("Change your decision"), chosen) == (1, ["cleared"])
    assert (answers, told, while_it_waits) == ([302, 302, 302], 3, 0)
    assert Comment.objects.awaiting(moderator).count() == 1
    assert late.status_code == 409
    said = page(late)
    assert said.all("form", novalidate="") == []
    assert "Your decision can no longer be changed here" in [heading.words for heading in said.all("h2")]
    assert "ask Amina Diallo, who submitted the paper, to withdraw it, or write to:" in said.words
    first.refresh_from_db()
    assert (first.status, first.message) == ("cleared", "")
    with pytest.raises(NoLongerAsked):
        first.settle(by=jean, status="declined", message="No.", seen_revision=1)


def test_a_paper_that_is_not_cleared_is_approved_by_nobody(client, me, roundtable):
    moderator = factories.moderator(roundtable)
    paper = submitted(client, roundtable)

    with pytest.raises(NotCleared):
        paper.approve(by=moderator)
    response = signed_in(moderator).post(
        reverse("moderation_decide", args=[paper.pk]), {"decision": "approve", "revision": 1, "status": "pending"}
    )

    paper.refresh_from_db()
    assert (response.status_code, paper.status) == (409, Status.PENDING)
    assert "cannot be approved before" in page(response).words


def test_a_revised_paper_is_cleared_anew(client, me, roundtable):
    moderator = factories.moderator(roundtable)
    paper = clear_all(submitted(client, roundtable))
    old = paper.clearances.last()
    Mail.objects.all().delete()

    form = revised(paper, title="Another title", body="Another text.", mandate="As before.")
    response = client.post(reverse("comment_revise", args=[paper.pk]), form)

    paper.refresh_from_db()
    assert response.status_code == 302
    assert (paper.title, paper.body, paper.revision_number) == ("Another title", "Another text.", 2)
    assert (paper.is_cleared, paper.waiting_since, Comment.objects.awaiting(moderator).count()) == (False, None, 0)
    assert list(paper.clearances.values_list("status", flat=True)) == ["cleared", "waiting", "waiting"]
    assert Mail.objects.filter(key__contains="-2").count() == 2
    with pytest.raises(NoLongerAsked):
        old.settle(by=me, status="cleared", seen_revision=1)


def test_another_title_alone_is_cleared_anew_by_those_who_are_asked_again(client, me, roundtable):
    paper = clear_all(submitted(client, roundtable))
    old = paper.clearances.last()
    form = revised(paper, title="Another title")

    for _twice in range(2):
        client.post(reverse("comment_revise", args=[paper.pk]), form)

    paper.refresh_from_db()
    assert (paper.title, paper.revision_number, paper.is_cleared) == ("Another title", 2, False)
    assert Mail.objects.filter(subject__contains="Another title").count() == 2
    with pytest.raises(NoLongerAsked):
        old.settle(by=me, status="cleared", seen_revision=1)


def test_organisations_are_changed_with_a_paper_those_who_go_are_told_and_all_others_clear_anew(
    client, me, roundtable, mailoutbox
):
    jean, ana = verified(email="jean@reseau.example.org", language="fr"), verified(email="ana@cities.example.org")
    paper = submitted(client, roundtable)
    first, second = paper.clearances.filter(status="waiting")
    decide(signed_in(jean), first)
    call_command("send_outbox", verbosity=0)
    Mail.objects.all().delete()
    mailoutbox.clear()

    form = page(client.get(reverse("comment_revise", args=[paper.pk])))
    rows = [form.one("input", name=f"{name}_2").attrs["value"] for name in ("organisation", "focal_point")]
    organisations = (
        ("Bridge of Hope", "amina@bridge.example.org"),
        ("Cities, and Towns", "Ana@cities.example.org"),
        ("Port Cities", "port@ports.example.org"),
    )
    response = client.post(reverse("comment_revise", args=[paper.pk]), revised(paper, *organisations))
    call_command("send_outbox", verbosity=0)

    paper.refresh_from_db()
    assert rows == ["Réseau des villes", "jean@reseau.example.org"]
    assert response.status_code == 302
    assert [(each.organisation, each.status) for each in paper.clearances.all()] == [
        ("Bridge of Hope", "cleared"),
        ("Cities, and Towns", "waiting"),
        ("Port Cities", "waiting"),
    ]
    assert paper.author_organisation == "Bridge of Hope; Cities, and Towns; Port Cities"
    assert ("port cities" in paper.search_text, "reseau des" in paper.search_text) == (True, False)
    assert [mail.to for mail in sorted(mailoutbox, key=lambda mail: mail.to)] == [
        [ana.email],
        [jean.email],
        ["port@ports.example.org"],
    ]
    gone = next(mail for mail in mailoutbox if mail.to == [jean.email])
    assert "Canarytitle on cities" in gone.body
    assert signed_in(jean).get(first.get_absolute_url()).status_code == 404
    assert decide(signed_in(ana), second).status_code == 302

    close_account(me, contributions=WITHDRAW)
    assert not Mail.objects.filter(text__contains="Canarytitle").exists()


def test_another_focal_point_of_the_same_organisation_is_asked_with_an_address_of_their_own(client, me, roundtable):
    paper = submitted(client, roundtable)
    before = paper.clearances.get(organisation="Réseau des villes")
    rows = list(paper.clearances.values_list("organisation", "focal_point_email"))
    rows[1] = ("Réseau des villes", "new@reseau.example.org")

    wrong = client.post(reverse("comment_revise", args=[paper.pk]), revised(paper, ("", "new@reseau.example.org")))
    client.post(reverse("comment_revise", args=[paper.pk]), revised(paper, *rows))

    after = paper.clearances.get(organisation="Réseau des villes")
    assert [error.words for error in page(wrong).all("p", "field-error")] == ["Name the organisation."]
    assert (after.key == before.key, after.focal_point_email) == (False, "new@reseau.example.org")
    over = Mail.objects.get(kind="clearance_over")
    assert (over.to, Mail.objects.filter(to="new@reseau.example.org").count()) == ("jean@reseau.example.org", 1)


def test_a_paper_of_one_organisation_goes_back_to_moderators_when_it_is_revised(client, me, roundtable):
    moderator = factories.moderator(roundtable)
    paper = submitted(client, roundtable, ("Bridge of Hope", me.email))

    form = revised(paper, title="Another title", mandate="As before.")
    client.post(reverse("comment_revise", args=[paper.pk]), form)

    [waiting] = Comment.objects.awaiting(moderator)
    assert (waiting.title, waiting.is_cleared) == ("Another title", True)


def test_a_paper_speaks_in_no_capacity_of_the_person_who_submits_it(client, me, roundtable):
    me.capacity, me.affiliation_verified_at = "personal", timezone.now()
    me.save()
    paper = clear_all(submitted(client, roundtable)).approve(by=factories.moderator(roundtable))
    Comment.objects.update_author(me)

    header = page(client.get(paper.get_absolute_url())).one("article", id=f"comment-{paper.pk}").one("header")

    assert [each.words for each in header.all("span")] == [
        "Bridge of Hope; Réseau des villes; Cities, and Towns · Civil society · Kenya",
        "English",
    ]


def test_a_published_paper_is_changed_while_the_roundtable_is_open(client, me, roundtable):
    paper = clear_all(submitted(client, roundtable))
    paper.approve(by=factories.moderator(roundtable))
    address = reverse("comment_revise", args=[paper.pk])

    open_now = client.get(address).status_code, address in client.get(paper.get_absolute_url()).text
    Roundtable.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    assert open_now == (200, True)
    assert client.get(address).status_code == 403
    assert address not in client.get(paper.get_absolute_url()).text


def test_a_paper_that_was_withdrawn_is_cleared_by_nobody(client, me, roundtable):
    jean = verified(email="jean@reseau.example.org")
    paper = submitted(client, roundtable)
    paper.reject(by=factories.moderator(roundtable), reason="other")
    clearance = paper.clearances.get(focal_point_email=jean.email)

    shown = signed_in(jean).get(clearance.get_absolute_url())

    assert decide(signed_in(jean), clearance).status_code == 409
    assert b"Canarybody" not in shown.content
    assert b"does not wait for clearance" in shown.content


def test_a_clearance_is_for_the_person_with_that_address_only(client, me, roundtable):
    paper = submitted(client, roundtable)
    clearance = paper.clearances.get(organisation="Réseau des villes")
    unconfirmed = factories.user(email="jean@reseau.example.org")
    EmailAddress.objects.create(user=unconfirmed, email=unconfirmed.email, verified=False)
    people = [me, unconfirmed, verified(), factories.moderator(roundtable), factories.staff()]

    answers = [[ask(clearance.get_absolute_url()) for ask in (each.get, each.post)] for each in map(signed_in, people)]

    assert {answer.status_code for pair in answers for answer in pair} == {403}
    assert [answer for pair in answers for answer in pair if b"Canary" in answer.content] == []
    assert Client().get(clearance.get_absolute_url()).status_code == 302
    assert client.get(reverse("clearance_detail", args=[uuid.uuid4()])).status_code == 404


def test_a_focal_point_has_the_files_while_the_paper_waits(client, me, roundtable):
    jean = verified(email="jean@reseau.example.org")
    paper = submitted(client, roundtable)
    address = paper.attachments.get().get_absolute_url()
    before = [signed_in(person).get(address).status_code for person in (jean, verified())]

    paper.reject(by=factories.moderator(roundtable), reason="other")

    assert before == [200, 404]
    assert signed_in(jean).get(address).status_code == 404


# --- Reading


def test_nothing_of_a_paper_is_read_before_it_is_cleared_and_approved(client, me, roundtable):
    moderator = factories.moderator(roundtable)
    paper = submitted(client, roundtable)
    where = [
        reverse("paper_list", args=[roundtable.slug]),
        roundtable.get_absolute_url(),
        reverse("roundtable_all", args=[roundtable.slug]),
        reverse("question_detail", args=[roundtable.slug, 999]),
        f"{reverse('search')}?q=canarytitle",
        f"{reverse('search')}?q=canarybody",
        paper.get_absolute_url(),
        paper.attachments.get().get_absolute_url(),
        reverse("home"),
    ]

    def leaks():
        found = []
        for kind, visitor in (("visitor", Client()), ("participant", signed_in(verified()))):
            for address in where:
                response = visitor.get(address)
                content = b"".join(response.streaming_content) if response.streaming else response.content
                shown = content.replace(b"?q=canary", b"").replace(b"canarytitle", b"").replace(b"canarybody", b"")
                if b"Canary" in shown:
                    found.append((kind, address))
        return found

    seen = [leaks()]
    paper = clear_all(paper)
    seen.append(leaks())
    paper.approve(by=moderator)

    assert seen == [[], []]
    assert {kind for kind, _address in leaks()} == {"visitor", "participant"}


def test_the_list_shows_each_paper_with_all_its_organisations_and_files(client, me, roundtable):
    paper = clear_all(submitted(client, roundtable))
    paper.approve(by=factories.moderator(roundtable))
    factories.comment(roundtable, body="No paper.")

    shown = page(Client().get(reverse("paper_list", args=[roundtable.slug])))

    article = shown.one("article", "comment")
    assert article.one("h2").words == "Canarytitle on cities"
    assert [item.words for item in article.one("ul", "organisations").all("li")] == [
        "Bridge of Hope",
        "Réseau des villes",
        "Cities, and Towns",
    ]
    assert article.one("a", "attachment").one("bdi").text == "Paper"
    assert "1 paper published · 3 organisations" in shown.words
    assert "ana@cities" not in shown.words


def test_a_paper_is_found_by_its_title_and_its_organisations(client, me, roundtable):
    paper = clear_all(submitted(client, roundtable))
    paper.approve(by=factories.moderator(roundtable))

    for query in ("canarytitle", "reseau villes", "bridge cities"):
        found = page(Client().get(reverse("search"), {"q": query})).all("article", "comment")
        assert [article.attrs["id"] for article in found] == [f"comment-{paper.pk}"]


def test_a_changed_profile_leaves_the_organisations_of_a_paper(client, me, roundtable):
    paper = submitted(client, roundtable)
    me.name, me.organisation = "Amina B.", "Elsewhere"
    me.save()

    Comment.objects.update_author(me)

    paper.refresh_from_db()
    assert (paper.author_name, paper.author_organisation.partition(";")[0]) == ("Amina B.", "Bridge of Hope")


def test_the_list_takes_the_same_queries_at_any_length(client, me, roundtable, settings):
    settings.PAPERS_PER_DAY = settings.POSTS_PER_MINUTE = settings.POSTS_PER_HOUR = 100
    settings.UPLOADS_PER_HOUR = 100
    moderator, counts = factories.moderator(roundtable), []
    Client().get(reverse("paper_list", args=[roundtable.slug]))

    for size in (1, 5):
        for _time in range(size):
            client.post(submit_to(roundtable), typed(attachments=[]))
        for paper in Comment.objects.filter(is_paper=True, status=Status.PENDING):
            clear_all(paper).approve(by=moderator)
        with CaptureQueriesContext(connection) as queries:
            Client().get(reverse("paper_list", args=[roundtable.slug]))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 5
