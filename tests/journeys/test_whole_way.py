"""The whole way of one contribution: a draft, an ended session, a return, a revision, a reply, and mail about each."""

import re

from django.core import mail
from django.core.management import call_command
from playwright.sync_api import expect

from consultation.models import Comment, MailPreference
from tests import factories
from tests.accounts.steps import PASSWORD, person

from . import scene
from .browser import assert_accessible, end_session, until
from .test_moderator import decide


def mail_to(somebody):
    """Send what waits in the outbox, and return what somebody got since the last time."""
    mail.outbox.clear()
    call_command("send_outbox", verbosity=0)
    return [message for message in mail.outbox if message.to == [somebody.email]]


def test_a_contribution_goes_from_a_draft_to_a_reply_and_its_mail_ends_where_it_is_not_wanted(visitors):
    discussion = scene.roundtable()
    amina = person(name="Amina Diallo", language="fr")
    ingrid = factories.moderator(discussion, "Ingrid Solheim")

    # Written in two sittings, with the session ended in between.
    address = f"/fr/roundtables/{discussion.slug}/questions/1/answer/"
    page = visitors.open(amina, address)
    field = page.locator("textarea[name=body]")
    field.fill("Nous tenons des permanences juridiques")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.locator("[data-draft-status]")).not_to_be_empty()
    end_session(page)
    field.fill("Nous tenons des permanences juridiques dans trois villes.")
    page.get_by_role("button", name="Soumettre à la modération").click()
    expect(page).to_have_url(re.compile("/fr/accounts/login/"))
    sign_in_in_french(page, amina)
    expect(field).to_have_value("Nous tenons des permanences juridiques dans trois villes.")
    assert_accessible(page)
    page.get_by_role("button", name="Soumettre à la modération").click()
    expect(page.get_by_role("status").filter(has_text="en attente de modération")).to_be_visible()
    comment = Comment.objects.get()

    # Returned, revised from the link in the mail, approved with a reply.
    moderator = visitors.open(ingrid, "/en/moderation/")
    decide(moderator, "Amina Diallo", "Return for revision", message="Dans quelles villes ?")
    expect(moderator.get_by_role("status")).to_contain_text("Returned: Amina Diallo is asked to revise")
    [message] = mail_to(amina)
    assert "Dans quelles villes ?" in message.body
    assert message.extra_headers["Content-Language"] == "fr"
    page.goto(path_in(message, f"/comments/{comment.pk}/revise/"))
    field.fill("Nous tenons des permanences juridiques à Thiès, Kolda et Dakar.")
    page.get_by_role("button", name="Soumettre à la modération").click()
    expect(page.get_by_role("status").filter(has_text="en attente de modération")).to_be_visible()
    moderator.goto("/en/moderation/")
    decide(moderator, "Amina Diallo", "Approve and reply")
    moderator.get_by_label("Your contribution").fill("Thank you. We shall come and see.")
    moderator.get_by_role("button", name="Post").click()
    expect(moderator.get_by_text("We shall come and see.")).to_be_visible()

    # Everybody reads both; she is told of both, and of no more replies once she says so.
    reader = visitors.open(address=f"/en/comments/{comment.pk}/")
    expect(reader.get_by_text("à Thiès, Kolda et Dakar")).to_be_visible()
    expect(reader.get_by_role("link", name="Amina Diallo", exact=True)).to_be_visible()
    approval, reply = sorted(mail_to(amina), key=lambda message: "We shall come" in message.body)
    assert "We shall come and see." in reply.body
    assert approval.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    way_out = visitors.open(address=path_in(reply, "/leave/"))
    assert_accessible(way_out)
    way_out.locator("main").get_by_role("button").click()
    until(way_out, lambda: MailPreference.objects.filter(person=amina, kind="reply", pace="never").exists())
    factories.comment(discussion, ingrid, answers=comment, role="moderator")
    assert mail_to(amina) == []


def sign_in_in_french(page, somebody):
    """Fill in the sign-in form as it stands in French."""
    page.locator("input[name=login]").fill(somebody.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form").get_by_role("button").first.click()
    page.wait_for_url(lambda address: "/accounts/" not in address)


def path_in(message, part):
    """Return the path of the first link of a mail that holds `part`."""
    links = re.findall(r"https://hub\.example\.org(/[^\s>]+)", message.body)
    return next(link for link in links if part in link)
