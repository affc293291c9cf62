"""New versions of published papers: cleared by their organisations, then moderated; until then the other stays."""

import uuid
from hashlib import sha256
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Mail
from consultation import papers, uploads
from consultation.models import Clearance, Comment, NewText, Roundtable
from consultation.models.clearance import NoLongerAsked
from consultation.models.transitions import AlreadyDecided, NotCleared
from tests import factories, files
from tests.markup import page

pytestmark = pytest.mark.django_db

Status, Moderation = Comment.Status, Roundtable.Moderation
NEW = {"title": "Newcanary title", "mandate": "Newcanary mandate.", "body": "Newcanary body."}
OLD = {"title": "Former title", "mandate": "Old mandate.", "body": "Old body."}


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths", title_en="Safe paths")


@pytest.fixture
def author():
    return factories.user("Amina Diallo")


@pytest.fixture
def moderator(roundtable):
    return factories.moderator(roundtable, "Mara")


@pytest.fixture
def jean():
    return factories.user("Jean", email="jean@towns.example.org")


@pytest.fixture
def ana():
    return factories.user("Ana", email="ana@cities.example.org")


@pytest.fixture
def paper(roundtable, author, moderator, jean, ana):
    """Make a published paper of two organisations, with a file."""
    made = factories.paper(roundtable, author, focal_points=[jean, ana], **OLD)
    factories.attachment(made, "Old.pdf", title="Old file")
    return cleared(made, jean, ana).approve(by=moderator)


def stored(paper):
    return Comment.objects.select_related("roundtable").get(pk=paper.pk)


def asked(paper, person):
    """Return the latest clearance that a person is asked for."""
    return Clearance.objects.filter(paper=paper, focal_point_email=person.email).order_by("pk").last()


def settle(paper, person, status="cleared", **message):
    clearance = asked(paper, person)
    return clearance.settle(by=person, status=status, seen_revision=clearance.revision_number, **message)


def cleared(paper, *people):
    for person in people:
        settle(paper, person)
    return stored(paper)


def changed(paper, **others):
    """Propose a new version of a paper."""
    return stored(papers.revise(stored(paper), NewText(**NEW | {"language": "en"} | others), by=paper.author))


def browser(person=None):
    client = Client()
    if person:
        client.force_login(person)
    return client


def typed(paper, *people, **others):
    """Return what the form of a new version sends, for the organisations of these people."""
    form = NEW | {"language": "en", "key": "", "seen": paper.latest_revision}
    for number, person in enumerate(people, 1):
        form |= {f"organisation_{number}": f"Organisation {person.pk}", f"focal_point_{number}": person.email}
    return form | others


def said(paper):
    """What readers have of a paper."""
    paper = stored(paper)
    return {"title": paper.title, "mandate": paper.mandate, "body": paper.body}


def listed(roundtable):
    """The only paper on the public list."""
    return page(browser().get(reverse("paper_list", args=[roundtable.slug]))).one("article", class_="comment")


# --- From the author to readers


def test_a_new_version_is_cleared_then_moderated_and_then_takes_the_place_of_the_published_one(
    roundtable, author, moderator, jean, ana, paper
):
    Mail.objects.all().delete()
    new = factories.verified(factories.user("New", email="new@ports.example.org"))
    address = reverse("comment_revise", args=[paper.pk])
    client = browser(author)
    form = page(client.get(address))
    public = [said(paper)]

    sent = client.post(address, typed(paper, jean, new, attachments=[files.upload("New.pdf", files.pdf("New"))]))
    queue = [Comment.objects.awaiting(moderator).count()]
    told = {mail.to: mail for mail in Mail.objects.all()}
    for person in (jean, new):
        public.append(said(paper))
        clearance = asked(paper, person)
        decided = {"decision": "cleared", "message": "", "revision": clearance.revision_number}
        assert browser(person).post(clearance.get_absolute_url(), decided).status_code == 302
        queue.append(Comment.objects.awaiting(moderator).count())
    public.append(said(paper))
    waiting = stored(paper)
    decide = reverse("moderation_decide", args=[paper.pk])
    decision = {"decision": "approve_edit", "revision": 1, "status": "approved", "proposed": waiting.proposed_revision}
    assert browser(moderator).post(decide, decision).status_code == 302

    assert form.one("input", name="title").attrs["value"] == "Former title"
    assert form.one("input", name="focal_point_2").attrs["value"] == ana.email
    assert sent.status_code == 302
    assert set(told) == {jean.email, new.email}
    assert "new version of the published paper “Newcanary title”" in told[jean.email].text
    assert (queue, public) == ([0, 0, 1], [OLD] * 4)
    assert said(paper) == NEW
    published = stored(paper)
    assert (published.is_cleared, published.proposed_revision, published.waiting_since) == (True, None, None)
    assert published.author_organisation == f"Organisation {jean.pk}; Organisation {new.pk}"
    assert [file["title"] for file in published.files] == ["Old file", "New"]
    article = listed(roundtable)
    assert article.one("h2").words == "Newcanary title"
    assert [each.words for each in article.one("ul", "organisations").all("li")] == [
        f"Organisation {jean.pk}",
        f"Organisation {new.pk}",
    ]
    assert article.one("a", href=reverse("comment_versions", args=[paper.pk])).words.startswith("edited on ")
    found = [browser().get(reverse("search"), {"q": query}) for query in ("newcanary title", "former title")]
    assert [len(page(response).all("article", "comment")) for response in found] == [1, 0]


def test_the_clearances_of_the_published_version_stay_on_record(author, moderator, jean, ana, paper):
    before = list(paper.clearances.values("pk", "status", "decided_at", "focal_point", "revision_number"))

    changed(paper)
    cleared(paper, jean, ana).approve_edit(by=moderator)

    assert list(paper.clearances.values("pk", "status", "decided_at", "focal_point", "revision_number")[:2]) == before
    assert [(each.revision_number, each.status) for each in paper.clearances.all()[2:]] == [(2, "cleared")] * 2


def test_a_focal_point_declines_and_the_author_reads_why_while_the_published_version_stays(
    author, moderator, jean, ana, paper
):
    changed(paper)
    settle(paper, ana)
    Mail.objects.all().delete()
    clearance = asked(paper, jean)

    decided = {"decision": "declined", "message": "Name our towns.", "revision": clearance.revision_number}
    browser(jean).post(clearance.get_absolute_url(), decided)

    assert said(paper) == OLD
    assert Comment.objects.awaiting(moderator).count() == 0
    mail = Mail.objects.get(recipient=author)
    assert "has declined the new version of your paper “Newcanary title”" in mail.text
    assert "Name our towns." in mail.text
    client = browser(author)
    for address in (reverse("comment_mine"), paper.get_absolute_url()):
        states = [each.words for each in page(client.get(address)).one("ul", "clearances").all("li")]
        assert states[0].endswith("Name our towns.")
    # The next version asks both again, at the addresses they know, and those who are left out are told.
    Mail.objects.all().delete()
    again = changed(paper, body="Another try.", organisations=[(f"Organisation {jean.pk}", jean.email)])
    assert asked(paper, jean).key == clearance.key
    assert [(each.organisation, each.status, each.message) for each in again.clearances_asked] == [
        (f"Organisation {jean.pk}", "waiting", "")
    ]
    assert sorted(Mail.objects.values_list("to", "kind")) == [
        (ana.email, "clearance_over"),
        (jean.email, "clearance"),
    ]
    assert paper.clearances.filter(revision_number=1, status="cleared").count() == 2


def test_the_same_version_sent_twice_is_one_and_asks_once(author, jean, ana, paper):
    Mail.objects.all().delete()
    client, address = browser(author), reverse("comment_revise", args=[paper.pk])
    form = typed(paper, jean, ana)

    answers = [client.post(address, form).status_code for _twice in range(2)]
    same = client.post(address, typed(paper, jean, ana, **OLD))

    assert answers == [302, 302]
    assert (paper.revisions.count(), same.status_code) == (3, 302)
    assert paper.clearances.filter(revision_number=2).count() == 0
    assert Mail.objects.filter(key__endswith="-2").count() == 2


def test_what_is_sent_without_a_change_is_no_version(author, jean, ana, paper):
    client, address = browser(author), reverse("comment_revise", args=[paper.pk])

    client.post(address, typed(paper, jean, ana, **OLD))

    assert (paper.revisions.count(), stored(paper).proposed_revision, stored(paper).is_cleared) == (1, None, True)


@pytest.mark.parametrize("others", [{"title": "T"}, {"mandate": "M"}, {"organisations": [("Ports", "p@example.org")]}])
def test_what_changes_beside_the_text_alone_is_a_version_too(author, paper, others):
    before = {"organisations": None} | OLD

    assert changed(paper, **before | others).proposed_revision == 2


def test_a_version_for_ones_own_organisation_alone_waits_for_moderators_at_once(roundtable, author, moderator):
    paper = factories.paper(roundtable, author, focal_points=[author], **OLD).approve(by=moderator)

    waiting = changed(paper)

    assert (waiting.is_cleared, list(Comment.objects.awaiting(moderator))) == (True, [paper])
    assert said(paper) == OLD


@pytest.mark.parametrize(("rule", "is_published"), [("before", False), ("after", True), ("trusted", True)])
def test_what_is_cleared_is_moderated_by_the_rule_of_the_roundtable(
    author, moderator, jean, ana, paper, rule, is_published
):
    Roundtable.objects.update(moderation=rule)

    changed(paper)
    settle(paper, jean)
    half_way = said(paper)
    settle(paper, ana)

    assert half_way == OLD
    assert said(paper) == (NEW if is_published else OLD)
    assert Comment.objects.awaiting(moderator).count() == int(not is_published)
    assert stored(paper).is_cleared


@pytest.mark.parametrize("fate", ["moderates no more", "is suspended", "is deactivated"])
def test_what_is_cleared_goes_public_by_what_its_author_may_do_then(roundtable, author, moderator, jean, ana, fate):
    Roundtable.objects.update(moderation="before" if fate == "moderates no more" else "trusted")
    roundtable.moderators.add(author)
    made = factories.paper(roundtable, author, focal_points=[jean, ana], **OLD)
    Comment.objects.filter(pk=made.pk).update(author_role="moderator")
    paper = cleared(made, jean, ana).approve(by=moderator)
    changed(paper)

    roundtable.moderators.remove(author)
    if fate == "is suspended":
        author.suspend(by=moderator, reason="Abuse.")
    elif fate == "is deactivated":
        author.is_active = False
        author.save()
    cleared(paper, jean, ana)

    assert said(paper) == OLD
    assert list(Comment.objects.awaiting(moderator)) == [paper]


def test_nobody_publishes_a_version_that_is_not_cleared(author, moderator, jean, paper):
    waiting = changed(paper)
    settle(paper, jean)
    address = reverse("moderation_decide", args=[paper.pk])
    decision = {"decision": "approve_edit", "revision": 1, "status": "approved", "proposed": 2}
    ticked = {"decision": "approve", "chosen": f"{paper.pk}:1:approved:2"}

    shown = page(browser(moderator).get(address))
    answers = [
        browser(moderator).post(address, decision).status_code,
        browser(moderator).post(reverse("moderation_bulk"), ticked).status_code,
    ]
    with pytest.raises(NotCleared):
        waiting.approve_edit(by=moderator)

    offered = [each.attrs["value"] for each in shown.all("input", name="decision")]
    assert offered == ["remove"]
    assert "it cannot be published before" in shown.words
    assert answers == [409, 409]
    assert said(paper) == OLD


def test_moderators_see_what_a_version_changes_beside_the_text(author, moderator, jean, ana, paper):
    changed(paper, organisations=[(f"Organisation {jean.pk}", jean.email)])
    waiting = cleared(paper, jean)

    for name, htmx in (("moderation_decide", {}), ("moderation_context", {"HX-Request": "true"})):
        shown = page(browser(moderator).get(reverse(name, args=[waiting.pk]), headers=htmx))
        parts = [each.words for each in shown.all("div", class_="differences")]
        assert len(parts) == 4
        assert "Newcanary" in parts[0]
        assert f"Organisation {ana.pk}" in parts[1]
        assert "Newcanary" in parts[2]
        assert "Newcanary" in parts[3]


# --- Who sees it


def test_a_version_that_is_not_published_is_seen_by_its_author_its_focal_points_and_moderators_only(
    roundtable, author, moderator, jean, ana, paper
):
    new = factories.verified(factories.user("New", email="new@ports.example.org"))
    other = factories.moderator(factories.roundtable(slug="other"))
    organisations = [("Newcanary towns", jean.email), ("Newcanary ports", new.email)]
    names = {
        "roundtable_detail": ["safe-paths"],
        "roundtable_all": ["safe-paths"],
        "question_detail": ["safe-paths", 999],
        "paper_list": ["safe-paths"],
        "comment_detail": [paper.pk],
        "comment_versions": [paper.pk],
        "comment_reply": [paper.pk],
        "moderation_register": ["safe-paths"],
        "feed_roundtable": ["safe-paths"],
        "feed_comment": [paper.pk],
        "search": None,
        "home": None,
        "comment_mine": None,
        "comment_revise": [paper.pk],
        "comment_withdraw_edit": [paper.pk],
        "moderation_decide": [paper.pk],
        "moderation_context": [paper.pk],
        "moderation_queue": None,
        "receipt_detail": [paper.pk],
    }
    outsiders = {"visitor": None, "participant": factories.user(), "other moderator": other, "left out": ana}

    def told(people, words=(b"Newcanary",)):
        """Who reads words of the new version, where; by pages and by the file."""
        paper_now = stored(paper)
        links = [reverse(name, args=args) for name, args in names.items()]
        links += [each.get_absolute_url() for each in paper_now.clearances.all()]
        links += [f"{reverse('comment_versions', args=[paper.pk])}?version={number}" for number in (1, 2)]
        links += [each.get_absolute_url() for each in paper_now.attachments.filter(title="New file")]
        found = []
        for kind, person in people.items():
            for link in links:
                response = browser(person).get(link, {"q": "newcanary", "version": "2"})
                content = response.getvalue()
                if any(word in content for word in words) or "attachment" in response.get("Content-Disposition", ""):
                    found.append((kind, link))
        return found

    key = uuid.uuid4()
    file = files.upload("Newcanary.pdf", files.pdf("Newcanary"))
    attachment = uploads.store(file, uploader=author, key=key, title="New file", language="en")
    changed(paper, organisations=organisations, attachments=[attachment])
    insiders = {"author": author, "focal point": jean, "new focal point": new, "moderator": moderator}
    while_asked = told(outsiders), {kind for kind, _link in told(insiders)}
    files_of = {kind for kind, link in told(insiders) if "/attachments/" in link}
    cleared(paper, jean, new)
    while_moderated = told(outsiders)
    stored(paper).reject_edit(by=moderator, reason="other")
    after_it = told(outsiders)
    # Of theirs, the page of their clearance still names the organisation.
    after_it += told({"focal point": jean, "new focal point": new}, [value.encode() for value in NEW.values()])

    assert while_asked == ([], set(insiders))
    assert files_of == set(insiders)
    assert while_moderated == []
    assert after_it == []
    exports = [reverse(name, args=["safe-paths"]) for name in ("roundtable_csv", "roundtable_json")]
    assert [each for each in exports if b"Newcanary" in browser(moderator).get(each).getvalue()] == []
    # It is not for want of anything to see.
    stored(paper).undo(by=moderator, event=paper.events.last())
    stored(paper).approve_edit(by=moderator)
    assert {kind for kind, _link in told(outsiders)} == set(outsiders)


def test_a_focal_point_has_the_files_of_the_version_and_none_that_was_removed(author, moderator, jean, paper):
    upload = files.upload("New.pdf", files.pdf("New"))
    changed(paper, attachments=[uploads.store(upload, uploader=author, key=uuid.uuid4(), title="New file")])
    attachment = paper.attachments.get(title="New file")

    before = browser(jean).get(attachment.get_absolute_url()).status_code
    stored(paper).remove_file(attachment, by=moderator, reason="other")
    after = browser(jean).get(attachment.get_absolute_url()).status_code

    assert (before, after) == (200, 404)
    assert "New file" not in browser(jean).get(asked(paper, jean).get_absolute_url()).content.decode()


def test_focal_points_are_led_to_no_paper_of_a_roundtable_that_is_hidden_again(author, jean, ana, paper, mailoutbox):
    changed(paper)
    Roundtable.objects.update(is_published=False)

    answers = [browser(jean).get(each.get_absolute_url()).status_code for each in paper.clearances.all()]
    call_command("send_outbox", verbosity=0)

    assert set(answers) == {404}
    assert [mail.to for mail in mailoutbox if "Newcanary" in mail.subject + mail.body] == []


def test_focal_points_read_nothing_of_a_paper_that_was_taken_down(author, moderator, jean, paper):
    changed(paper)
    stored(paper).remove(by=moderator, reason="personal_data")

    links = [each.get_absolute_url() for each in paper.clearances.filter(focal_point_email=jean.email)]
    contents = [browser(jean).get(link).content.decode() for link in links]

    assert len(contents) == 2
    assert [words for words in (*OLD.values(), *NEW.values()) for content in contents if words in content] == []


def test_a_focal_point_reads_the_new_version_and_what_it_changes(author, jean, paper):
    changed(paper)

    shown = page(browser(jean).get(asked(paper, jean).get_absolute_url()))

    article = shown.one("article", class_="comment")
    assert article.one("h2").words == "Newcanary title"
    assert article.one("div", class_="comment__body").words == "Newcanary body."
    assert next(each.words for each in shown.one("details").all("del")).startswith("[taken out: Former")
    assert shown.one("h1").words == "A new version of a paper to clear"


def test_what_is_past_is_cleared_by_nobody_and_says_so(author, moderator, jean, ana, paper):
    first = asked(paper, jean)
    changed(paper)
    second = asked(paper, jean)
    with pytest.raises(NoLongerAsked):  # the published version keeps what was decided about it
        first.settle(by=jean, status="declined", message="No.", seen_revision=first.revision_number)
    cleared(paper, jean, ana)
    late = browser(jean).post(
        second.get_absolute_url(), {"decision": "declined", "message": "Wait.", "revision": second.revision_number}
    )
    stored(paper).reject_edit(by=moderator, reason="other")
    gone = page(browser(jean).get(second.get_absolute_url()))

    assert late.status_code == 409
    assert "Every organisation has cleared this version, and the moderators read it now." in page(late).words
    assert "This version of the paper does not wait for clearance any more." in gone.words
    for clearance in (first, second):
        with pytest.raises(NoLongerAsked):
            clearance.settle(by=jean, status="declined", seen_revision=clearance.revision_number)
    kept = "Every organisation had cleared this paper, and it is published."
    assert kept in page(browser(jean).get(first.get_absolute_url())).words


# --- Taking it back, and undoing


def test_an_author_withdraws_a_version_that_waits(author, moderator, jean, paper, mailoutbox):
    attachment = uploads.store(files.upload("New.pdf", files.pdf("New")), uploader=author, key=uuid.uuid4())
    changed(paper, attachments=[attachment])
    settle(paper, jean)
    address = reverse("comment_withdraw_edit", args=[paper.pk])
    client = browser(author)

    asked_first = page(client.get(address))
    done, again = client.post(address, {"seen": 2}), client.post(address, {"seen": 2})
    call_command("send_outbox", verbosity=0)

    assert "Newcanary body." in asked_first.words
    assert [done.status_code, again.status_code] == [302, 302]
    assert said(paper) == OLD
    kept = stored(paper)
    assert (kept.proposed_revision, kept.is_cleared, kept.waiting_since) == (None, True, None)
    assert not paper.revisions.filter(body__contains="Newcanary").exists()
    assert [file.title for file in paper.attachments.all()] == ["Old file"]
    assert [event.action for event in paper.events.all()][-2:] == ["edit", "drop_edit"]
    assert [mail for mail in mailoutbox if "Newcanary" in mail.body and mail.to != [author.email]] == []
    assert [browser(person).get(address).status_code for person in (moderator, None)] == [404, 302]
    # Another one can be sent.
    assert changed(paper, body="Once more.").proposed_revision == 3


def test_any_change_that_waits_is_withdrawn_by_its_author(roundtable, author, moderator):
    comment = factories.comment(roundtable, author, body="Published.")
    comment.propose_edit(factories.new_text("Newcanary."), by=author)

    browser(author).post(reverse("comment_withdraw_edit", args=[comment.pk]), {"seen": 2})

    assert (stored(comment).body, stored(comment).proposed_revision) == ("Published.", None)
    assert Comment.objects.awaiting(moderator).count() == 0
    with pytest.raises(AlreadyDecided):
        stored(comment).approve_edit(by=moderator)


def test_no_change_is_withdrawn_that_was_not_on_the_page(roundtable, author):
    comment = factories.comment(roundtable, author, body="Published.")
    comment.propose_edit(factories.new_text("Second."), by=author)
    client, address = browser(author), reverse("comment_withdraw_edit", args=[comment.pk])
    form = {each.attrs["name"]: each.attrs["value"] for each in page(client.get(address)).all("input", name="seen")}
    stored(comment).propose_edit(factories.new_text("Third."), by=author)

    refused = client.post(address, form)
    odd = [client.post(address, {"seen": seen}).status_code for seen in ("", "x", "9" * 5000)]

    assert (refused.status_code, odd) == (409, [409, 409, 409])
    assert "Third." in page(refused).words
    assert stored(comment).proposed.body == "Third."


def test_undoing_brings_back_what_the_paper_said_and_for_whom(roundtable, author, moderator, jean, ana, paper):
    changed(paper, organisations=[(f"Organisation {jean.pk}", jean.email)])
    cleared(paper, jean).approve_edit(by=moderator)
    between = said(paper)

    stored(paper).undo(by=moderator, event=paper.events.last())

    kept = stored(paper)
    assert (between, said(paper)) == (NEW, OLD)
    assert kept.author_organisation == f"Organisation {jean.pk}; Organisation {ana.pk}"
    assert (kept.proposed_revision, kept.is_cleared, kept.edited_at) == (2, True, None)
    assert "former title" in kept.search_text
    assert [each.words for each in listed(roundtable).one("ul", "organisations").all("li")] == [
        f"Organisation {jean.pk}",
        f"Organisation {ana.pk}",
    ]
    assert list(Comment.objects.awaiting(moderator)) == [paper]
    kept.approve_edit(by=moderator)
    assert said(paper) == NEW


@pytest.mark.parametrize("is_cleared", [True, False])
def test_a_refusal_that_is_undone_leaves_it_as_cleared_as_it_was(author, moderator, jean, ana, paper, is_cleared):
    changed(paper)
    waiting = cleared(paper, jean, ana) if is_cleared else cleared(paper, jean)

    waiting.reject_edit(by=moderator, reason="other", message="No.")
    refused = stored(paper)
    refused.undo(by=moderator, event=paper.events.last())

    assert (refused.proposed_revision, refused.is_cleared) == (None, True)
    assert (stored(paper).proposed_revision, stored(paper).is_cleared) == (2, is_cleared)
    assert Comment.objects.awaiting(moderator).count() == int(is_cleared)
    assert asked(paper, ana).is_open != is_cleared


def test_a_paper_that_is_taken_down_meanwhile_can_be_shown_again(author, moderator, jean, paper):
    changed(paper)

    stored(paper).remove(by=moderator, reason="other")
    is_open = asked(paper, jean).is_open
    stored(paper).restore(by=moderator)

    assert not is_open
    kept = stored(paper)
    assert (kept.status, kept.proposed_revision, kept.is_cleared) == (Status.APPROVED, None, True)


# --- Covered titles


def test_a_covered_title_stays_covered_in_every_version(author, moderator, jean, ana, paper):
    original = paper.title
    stored(paper).cover_title(by=moderator, reason="personal_data", shown="Covered")
    shown = stored(paper).title
    found = []

    # The author writes the original again, and then another one.
    changed(paper, title=original)
    cleared(paper, jean, ana).approve_edit(by=moderator)
    found.append(stored(paper).title)
    changed(paper, title="Third title", body="Third.")
    cleared(paper, jean, ana).approve_edit(by=moderator)
    found.append(stored(paper).title)
    pages = [
        browser().get(reverse("comment_versions", args=[paper.pk]), {"version": number}).content.decode()
        for number in (1, 2, 3)
    ]
    stored(paper).undo(by=moderator, event=paper.events.last())
    found.append(stored(paper).title)

    assert found == [shown, "Third title", shown]
    assert [number for number, content in enumerate(pages, 1) if original in content] == []


def test_covering_the_title_of_a_later_version_leaves_no_earlier_one_open(author, moderator, jean, ana, paper):
    changed(paper, title=paper.title)
    cleared(paper, jean, ana).approve_edit(by=moderator)

    stored(paper).cover_title(by=moderator, reason="personal_data")

    address = reverse("comment_versions", args=[paper.pk])
    pages = [browser().get(address, {"version": number}).content.decode() for number in (1, 2)]
    assert [content for content in pages if "Former title" in content] == []


def test_a_covered_title_is_in_no_mail_that_asks_for_a_later_version(author, moderator, jean, paper):
    new = factories.verified(factories.user("New", email="new@ports.example.org"))
    stored(paper).cover_title(by=moderator, reason="personal_data", shown="Covered")

    # The author writes the original again.
    changed(paper, title=OLD["title"], organisations=[("Towns", jean.email), ("Ports", new.email)])

    mail = Mail.objects.get(to=new.email)
    assert OLD["title"] not in f"{mail.subject} {mail.text} {mail.html}"
    assert "Covered" in mail.subject


# --- What is shown of versions


def test_versions_show_what_changed_beside_the_text(author, moderator, jean, ana, paper):
    changed(paper, organisations=[(f"Organisation {jean.pk}", jean.email)])
    cleared(paper, jean).approve_edit(by=moderator)
    address = reverse("comment_versions", args=[paper.pk])

    first, second = (page(browser().get(address, {"version": number})) for number in (1, 2))

    facts = first.one("dl", class_="facts")
    assert [each.words for each in facts.all("dd")] == [
        "Former title",
        f"Organisation {jean.pk}; Organisation {ana.pk}",
        "Old mandate.",
    ]
    assert [each.words for each in second.one("dl", class_="facts").all("dt")] == [
        "Title of the paper",
        "Organisations",
        "Mandate",
    ]


def test_the_receipt_of_a_version_is_that_of_its_text(author, jean, ana, paper):
    changed(paper)

    receipt = browser(author).get(reverse("receipt_download", args=[paper.pk])).getvalue().decode()

    assert sha256(NEW["body"].encode()).hexdigest() in receipt


def test_an_author_who_withdraws_the_paper_leaves_nothing_of_any_version(author, moderator, jean, ana, paper):
    changed(paper)
    cleared(paper, jean, ana).approve_edit(by=moderator)
    changed(paper, body="Newcanary once more.")

    stored(paper).withdraw(by=author)

    left = paper.revisions.exclude(body="", title="", mandate="")
    assert (left.count(), stored(paper).title, stored(paper).is_public) == (0, "", True)
    assert not asked(paper, jean).is_open


def test_pages_of_a_paper_take_the_same_queries_at_any_number_of_versions(author, moderator, jean, ana, paper):
    addresses = [
        reverse("paper_list", args=["safe-paths"]),
        reverse("comment_versions", args=[paper.pk]),
        paper.get_absolute_url(),
        reverse("comment_mine"),
    ]
    client, counts = browser(author), []
    changed(paper)
    cleared(paper, jean, ana).approve_edit(by=moderator)

    for size in (0, 5):
        for number in range(size):
            changed(paper, body=f"Version {number}.", title=f"Title {number}")
            cleared(paper, jean, ana).approve_edit(by=moderator)
        changed(paper, body=f"Waiting beside {size}.")
        counts.append([])
        for address in [*addresses, asked(paper, jean).get_absolute_url()]:
            visitor = browser(jean) if "/clearances/" in address else client
            visitor.get(address)
            with CaptureQueriesContext(connection) as queries:
                visitor.get(address)
            counts[-1].append(len(queries))

    assert counts[0] == counts[1]
    assert Clearance.objects.filter(paper=paper).count() == 2 * 8


def test_papers_from_before_keep_what_they_say_beside_their_text(roundtable, author, moderator, jean, ana, paper):
    paper.revisions.update(title="", mandate="")
    other = factories.comment(roundtable, title="No paper")

    import_module("consultation.migrations.0017_versions_of_papers").keep_titles(apps, connection.schema_editor())
    changed(paper)
    cleared(paper, jean, ana).approve_edit(by=moderator)
    stored(paper).undo(by=moderator, event=paper.events.last())

    assert said(paper) == OLD
    assert other.revisions.get().title == ""
