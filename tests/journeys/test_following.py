"""Following: from the button to the mail, and out of it again by one press."""

import re

from django.core import mail
from django.core.management import call_command
from playwright.sync_api import expect

from consultation.models import Comment, MailPreference, ModerationEvent, Subscription
from tests import factories
from tests.accounts.steps import person

from . import scene
from .browser import assert_accessible, until

# What is passed by is not read. The page watches and counts in the same way, and began before.
IN_VIEW_FOR_A_MOMENT = """(comment) => new Promise((done) => {
  new IntersectionObserver(([{isIntersecting}]) => isIntersecting && setTimeout(done, 1000)).observe(comment);
  comment.scrollIntoView();
})"""


def test_a_follower_hears_of_a_contribution_and_leaves_by_the_link_in_the_mail(visitors):
    discussion = scene.roundtable()
    moderator = factories.moderator(discussion, "Ingrid Solheim")
    amina = person(name="Amina Diallo")
    page = visitors.open(amina, f"/en/roundtables/{discussion.slug}/")
    page.get_by_role("button", name="Follow this roundtable").click()
    expect(page.get_by_role("status")).to_contain_text("You follow this now.")
    expect(page.get_by_role("button", name="Stop following")).to_be_visible()

    page.goto("/en/accounts/notifications/")
    assert_accessible(page)
    page.get_by_role("radio", name="Something new in what I follow At once").check()
    page.get_by_role("button", name="Save choices").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Your choices have been saved.")
    expect(page.get_by_role("radio", name="Something new in what I follow At once")).to_be_checked()

    ModerationEvent.objects.update(is_announced=True)
    held = factories.comment(discussion, factories.user("José Ñandú"), status=Comment.Status.PENDING)
    call_command("send_outbox", verbosity=0)
    to_amina = [message for message in mail.outbox if message.to == [amina.email]]
    held.approve(by=moderator)
    call_command("send_outbox", verbosity=0)
    [message] = [message for message in mail.outbox if message.to == [amina.email]]
    assert to_amina == []
    assert message.subject == "[Migration Network Hub] New contribution by José Ñandú"

    links = re.findall(r"https://hub\.example\.org(/\S+)", message.body)
    page.goto(next(link for link in links if "/comments/" in link))
    expect(page.locator(f"#comment-{held.pk}")).to_be_visible()
    stranger = visitors.open(address=next(link for link in links if "/leave/" in link))
    expect(stranger.get_by_role("heading", level=1)).to_have_text("No more of this mail?")
    assert_accessible(stranger)
    stranger.get_by_role("button", name="Send me no more of it").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Done: you get no more of this mail")
    assert_accessible(stranger)
    assert Subscription.objects.count() == 0
    assert MailPreference.objects.get(person=amina, kind="followed").pace == "at_once"


def test_a_comment_that_was_in_view_is_not_told_of_in_a_digest(visitors):
    discussion = scene.roundtable()
    amina = person(name="Amina Diallo")
    Subscription.objects.create(person=amina, roundtable=discussion)
    factories.comment(discussion, factories.moderator(discussion), role="moderator")
    call_command("send_outbox", verbosity=0)
    page = visitors.open(amina, f"/en/roundtables/{discussion.slug}/questions/999/")
    page.locator("article.comment").evaluate(IN_VIEW_FOR_A_MOMENT)

    page.goto("/en/contact/")

    until(page, lambda: [notice.read_at is None for notice in amina.notices.all()] == [False])
