"""Files: attached, seen by a moderator, downloaded by a visitor. Papers: submitted, cleared, published."""

import re

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import expect

from accounts.models import Mail
from consultation.models import Comment
from tests import factories, files
from tests.accounts.steps import person

from . import scene
from .browser import assert_accessible, loaded, scrolls_sideways

PAPER = files.pdf("Cities of refuge.")


@pytest.fixture
def discussion(site):
    """Return an open roundtable."""
    return scene.roundtable()


def chosen(name, content, kind="application/pdf"):
    return {"name": name, "mimeType": kind, "buffer": content}


def test_a_file_goes_from_its_author_past_a_moderator_to_a_visitor(visitors, discussion):
    moderator = factories.moderator(discussion, "Ingrid Solheim")
    page = visitors.open(person(name="Amina Diallo"), f"/en/roundtables/{discussion.slug}/questions/1/answer/")
    page.get_by_label("Your contribution").fill("See what we found.")
    expect(page.get_by_role("button", name="Upload the chosen files")).to_be_hidden()

    # What is chosen is uploaded at once, and the text stays.
    page.get_by_label("Files").set_input_files([chosen("Étude.pdf", PAPER), chosen("a.png", files.png(), "image/png")])
    expect(page.get_by_role("status").filter(has_text="Uploaded.")).to_be_visible()
    page.get_by_label("Files").set_input_files(chosen("run.exe", b"MZ"))
    expect(page.locator(".field-error")).to_contain_text("“run.exe” is not of a type that is taken.")
    expect(page.get_by_label("Your contribution")).to_have_value("See what we found.")
    page.get_by_label("Title of the file").first.fill("Our study")
    page.get_by_label("Language of the file").first.select_option("French")
    page.get_by_role("button", name="Remove “a”").click()
    expect(page.get_by_label("Title of the file")).to_have_count(1)
    expect(page.get_by_label("Title of the file")).to_have_value("Our study")
    assert_accessible(page)
    page.set_viewport_size({"width": 320, "height": 800})
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="Send for moderation").click()

    expect(page.locator("article.is-focus a.attachment")).to_have_text(re.compile(r"^Our study \(PDF, .*, French\)$"))
    decider = visitors.open(moderator, "/en/moderation/")
    decider.get_by_role("link", name="Read and decide about the contribution of Amina Diallo").click()
    expect(decider.locator("a.attachment")).to_have_count(1)
    assert_accessible(decider)
    reader = visitors.open(address=f"/en/roundtables/{discussion.slug}/questions/1/")
    expect(reader.locator("a.attachment")).to_have_count(0)
    decider.get_by_label("Approve", exact=True).check()
    decider.get_by_role("button", name="Record the decision").click()
    decider.wait_for_url("**/moderation/*")

    reader.reload()
    with reader.expect_download() as download:
        reader.get_by_role("link", name="Our study").click()
    assert download.value.suggested_filename == "Étude.pdf"
    with open(download.value.path(), "rb") as saved:
        assert saved.read() == PAPER
    assert_accessible(reader)

    # Files of what is published change with it.
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/en/roundtables/{discussion.slug}/questions/1/")
    page.get_by_role("link", name="Edit").click()
    expect(page.locator("input[type=file]")).to_be_visible()
    loaded(page)
    page.locator("input[type=file]").set_input_files(chosen("New.odt", files.odt(), "application/odt"))
    expect(page.get_by_role("status").filter(has_text="Uploaded.")).to_be_visible()
    page.get_by_label("Leave out “Our study”").check()
    assert_accessible(page)
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.get_by_role("status").filter(has_text="Your change awaits moderation")).to_be_visible()
    expect(page.locator("article.is-focus a.attachment")).to_have_text(re.compile("^Our study"))
    page.go_back()
    expect(page.get_by_label("Leave out “Our study”")).to_be_checked()

    decider.goto("/en/moderation/")
    decider.get_by_role("link", name="Read and decide about the contribution of Amina Diallo").click()
    expect(decider.locator("ul.files .tag")).to_have_text(["Goes with the change", "Comes with the change"])
    assert_accessible(decider)
    decider.get_by_label("Publish the changed text").check()
    decider.get_by_role("button", name="Record the decision").click()
    decider.wait_for_url("**/moderation/*")
    reader.reload()
    expect(reader.locator("a.attachment")).to_have_text(re.compile(r"^New \("))


def test_moderators_remove_a_file_and_cover_passages_of_one_and_the_versions_say_which_files_there_were(
    visitors, discussion
):
    moderator, author = factories.moderator(discussion, "Ingrid Solheim"), person(name="Amina Diallo")
    made = factories.comment(discussion, author, body="See what we found.", role=Comment.Role.MODERATOR)
    for name in ("Study.pdf", "Annex.pdf"):
        factories.attachment(made, name, files.pdf(name))
    made = Comment.objects.get(pk=made.pk)
    made.propose_edit(factories.new_text("See more.", role=Comment.Role.MODERATOR), by=author)
    reader = visitors.open(address=made.get_absolute_url())
    decider = visitors.open(moderator, f"/en/moderation/comments/{made.pk}/", java_script_enabled=False)

    # A file is removed, and that is undone.
    decider.get_by_role("link", name="Remove the file “Annex.pdf”").click()
    decider.get_by_label("Reason").select_option("Names or exposes a private person")
    decider.get_by_role("button", name="Remove the file").click()
    expect(decider.get_by_role("status").filter(has_text="The file is removed.")).to_be_visible()
    reader.goto(f"/en/comments/{made.pk}/versions/")
    removed = reader.locator("ul.files li").filter(has_text="File removed by a moderator.")
    expect(removed).to_have_count(1)
    expect(reader.get_by_text("Annex.pdf")).to_have_count(0)
    assert_accessible(reader)
    decider.get_by_role("button", name="Undo the last decision: File removed").click()
    expect(decider.get_by_role("button", name="Undo the last decision")).to_have_count(0)
    reader.reload()
    expect(reader.get_by_role("link", name="Annex.pdf")).to_be_visible()

    # Passages of the other one are covered; what was uploaded is kept while the reason is missing.
    decider.get_by_role("link", name="Cover passages of the file “Study.pdf”").click()
    decider.get_by_label("Copy with the passages covered").set_input_files(chosen("Covered.pdf", files.pdf("Nobody.")))
    decider.get_by_role("button", name="Put the copy in its place").click()
    expect(decider.locator(".error-summary")).to_contain_text("Choose the reason why it is covered.")
    expect(decider.get_by_role("link", name="Covered (")).to_be_visible()
    decider.get_by_label("Reason").select_option("Names or exposes a private person")
    decider.get_by_role("button", name="Put the copy in its place").click()
    expect(decider.get_by_role("status").filter(has_text="Readers get the covered copy now.")).to_be_visible()
    expect(decider.get_by_role("link", name="Original")).to_be_visible()
    reader.goto(made.get_absolute_url())
    expect(reader.locator("ul.files")).to_contain_text("Passages of this file were covered by a moderator.")
    with reader.expect_download() as download:
        reader.locator("ul.files").get_by_role("link", name="Covered").click()
    assert download.value.suggested_filename == "Covered.pdf"
    assert_accessible(reader)
    reader.set_viewport_size({"width": 320, "height": 800})
    assert not scrolls_sideways(reader)

    # With scripts, as axe needs them.
    watcher = visitors.open(moderator, f"/en/moderation/attachments/{made.attachments.get(name='Annex.pdf').pk}/cover/")
    assert_accessible(watcher)
    watcher.set_viewport_size({"width": 320, "height": 800})
    assert not scrolls_sideways(watcher)
    watcher.goto(f"/en/moderation/comments/{made.pk}/")
    assert_accessible(watcher)
    own = visitors.open(author, made.get_absolute_url())
    expect(own.get_by_role("heading", name="Your files as you sent them")).to_be_visible()
    assert_accessible(own)


def test_a_paper_is_submitted_cleared_and_published_without_javascript(visitors, discussion):
    author, jean = person(name="Amina Diallo"), person(name="Jean Petit", language="fr")
    for each in (author, jean):
        EmailAddress.objects.get_or_create(user=each, email=each.email, defaults={"verified": True})
    moderator = factories.moderator(discussion, "Ingrid Solheim")
    page = visitors.open(author, f"/en/roundtables/{discussion.slug}/", java_script_enabled=False)
    page.get_by_role("link", name="Submit a paper for organisations").click()
    page.get_by_label("Title of the paper").fill("Cities that welcome")
    page.get_by_label("Mandate").fill("Decided by the boards in May.")
    page.get_by_label("Summary or text").fill("What cities need.")
    page.get_by_label("Organisation 1", exact=True).fill("Bridge of Hope")
    page.get_by_label("E-mail address of focal point 1", exact=True).fill(author.email)
    page.get_by_label("Organisation 2", exact=True).fill("Réseau des villes")
    page.get_by_label("Files").set_input_files(chosen("Paper.pdf", PAPER))
    page.get_by_role("button", name="Upload the chosen files").click()
    expect(page.get_by_label("Summary or text")).to_have_value("What cities need.")
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.locator(".error-summary")).to_contain_text("Give the address of the person who clears the paper.")
    page.get_by_label("E-mail address of focal point 2", exact=True).fill(jean.email)
    page.get_by_role("button", name="Send for moderation").click()
    expect(page.get_by_text("Received: your paper awaits clearance")).to_be_visible()

    address = re.search(r"/fr/clearances/\S+|/en/clearances/\S+", Mail.objects.get(to=jean.email).text)[0]
    focal = visitors.open(jean, address)
    expect(focal.locator(".comment__body")).to_have_text("What cities need.")
    assert_accessible(focal)
    focal.locator("input[name=decision][value=cleared]").check()
    focal.locator("main form button").click()
    expect(focal.locator("main .notice--success").first).to_be_visible()
    # It was the last one: what cannot be taken back any more is said, with whom to ask.
    expect(focal.locator("main .notice--warning a")).to_have_count(2)
    assert_accessible(focal, colours=False)

    paper = Comment.objects.get(is_paper=True)
    page.goto(f"/en/comments/{paper.pk}/revise/")
    expect(page.get_by_label("Organisation 2", exact=True)).to_have_value("Réseau des villes")
    changed = visitors.open(author, f"/en/comments/{paper.pk}/revise/")
    assert_accessible(changed)
    paper.approve(by=moderator)
    reader = visitors.open(address=f"/en/roundtables/{discussion.slug}/papers/")
    expect(reader.locator(".organisations li")).to_have_text(["Bridge of Hope", "Réseau des villes"])
    expect(reader.get_by_role("link", name="Paper (PDF")).to_be_visible()
    assert_accessible(reader)
    maker = visitors.open(author, f"/en/roundtables/{discussion.slug}/papers/submit/")
    assert_accessible(maker)
