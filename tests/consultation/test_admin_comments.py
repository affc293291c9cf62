"""Comments in the secretariat's admin: reading, correcting labels, and no way to delete one."""

from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.sites import site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultation.models import Comment, ModerationEvent, Roundtable
from tests import factories
from tests.admin_forms import fields

pytestmark = pytest.mark.django_db

Status = Comment.Status
LIST = "admin:consultation_comment_changelist"
ATTACK = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'{{7*7}}"


@pytest.fixture
def secretariat():
    return factories.staff("Ines")


@pytest.fixture
def staff_client(client, secretariat):
    client.force_login(secretariat)
    return client


def detail(comment):
    return reverse("admin:consultation_comment_change", args=[comment.pk])


def decision(name):
    return reverse("admin:consultation_comment_decide", args=[name])


def seen(*comments):
    return {"seen": " ".join(f"{comment.pk}:{comment.revision_number}" for comment in comments)}


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def statuses(*comments):
    found = dict(Comment.objects.values_list("pk", "status"))
    return [found[comment.pk] for comment in comments]


class _Active(HTMLParser):
    """Finds scripts without an address, handlers, styles and the picture of the attack."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        is_script = tag == "script" and not attrs.get("src") and not attrs.get("type", "").startswith("application/")
        if is_script or (tag in ("img", "iframe", "style") and attrs.get("src", "x") == "x"):
            self.found.append(tag)
        self.found += [name for name in attrs if name.startswith("on") or name == "style"]


# --- Reading


@pytest.mark.parametrize("where", ["list", "search", "one", "decide", "register"])
def test_markup_in_names_titles_and_texts_is_inert(staff_client, where):
    roundtable = factories.roundtable(title_en=ATTACK)
    author = factories.user(ATTACK, organisation=ATTACK)
    comment = factories.comment(roundtable, author, body=ATTACK, status=Status.PENDING, import_notes={ATTACK: ATTACK})
    comment.events.create(actor=author, actor_name=ATTACK, action="submit", message=ATTACK, status_after="pending")
    address = {
        "list": reverse(LIST),
        "search": f"{reverse(LIST)}?q=%3Cscript%3Ealert",
        "one": detail(comment),
        "decide": f"{decision('approve')}?comment={comment.pk}",
        "register": reverse("admin:consultation_moderationevent_changelist"),
    }[where]
    html = staff_client.get(address).content.decode()

    reader = _Active()
    reader.feed(html)

    assert "alert(1)" in html
    assert reader.found == []


def test_the_list_costs_the_same_whatever_its_length(staff_client):
    roundtable = factories.roundtable()
    costs = []
    for size in (1, 3, 30):
        while Comment.objects.count() < size:
            factories.comment(roundtable, role=Comment.Role.MODERATOR, question=roundtable.questions.first())
        with CaptureQueriesContext(connection) as queries:
            response = staff_client.get(reverse(LIST))
        assert len(response.context["cl"].result_list) == size
        costs.append(len(queries))

    assert costs[0] == costs[1] == costs[2] <= 12


def test_the_list_is_searched_by_words_of_the_text_and_of_the_author(staff_client):
    roundtable = factories.roundtable()
    author = factories.user("José Núñez", organisation="Bridge of Hope")
    found = factories.comment(roundtable, author, body="Safe migration")
    factories.comment(roundtable, body="Safe paths")

    for words in ("migration", "safe MIGRATIONS", "nunez safe", "bridge migration"):
        response = staff_client.get(reverse(LIST), {"q": words})
        assert (words, list(response.context["cl"].result_list)) == (words, [found])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status__exact": "pending"}, 1),
        ({"language": "fr"}, 1),
        ({"language": "other"}, 1),
        ({"author_role__exact": "participant"}, 3),
        ({"status__exact": "removed"}, 0),
    ],
)
def test_the_list_is_filtered(staff_client, query, expected):
    roundtable = factories.roundtable()
    factories.comment(roundtable, status=Status.PENDING)
    factories.comment(roundtable, language="fr")
    factories.comment(roundtable, language="pt")

    assert len(staff_client.get(reverse(LIST), query).context["cl"].result_list) == expected


def test_one_comment_is_shown_with_its_text_author_texts_and_decisions(staff_client, secretariat):
    roundtable = factories.roundtable()
    author = factories.user("Andy", email="andy@example.org", organisation="UNODC")
    parent = factories.comment(roundtable, factories.user("Bea"))
    comment = factories.comment(
        roundtable, author, answers=parent, status=Status.PENDING, import_notes={"parent": "guess"}
    )
    comment.revise(factories.new_text("Now *better*."), by=author)
    comment.return_for_revision(by=secretariat, message="Please say more.")

    html = staff_client.get(detail(comment)).content.decode()

    for part in (
        "<p>Now <em>better</em>.</p>",
        "andy@example.org",
        "UNODC",
        f'<a href="{detail(parent)}">{parent.pk} · Bea</a>',
        "Inferred, for staff only",
        "<dt>parent</dt><dd>guess</dd>",
        "We ask for **safe** paths.",
        "Please say more.",
        "Returned for revision",
        f'href="{decision("approve")}?comment={comment.pk}"',
    ):
        assert part in html
    assert f'href="{decision("return")}?comment={comment.pk}"' not in html


# --- No way to delete


def test_no_door_of_the_admin_adds_or_deletes_a_comment(staff_client):
    roundtable = factories.roundtable()
    parent = factories.comment(roundtable, question=roundtable.questions.first())
    factories.comment(roundtable, answers=parent)
    several = {"action": "delete_selected", "_selected_action": parent.pk, "post": "yes"}

    answers = [
        staff_client.post(reverse("admin:consultation_comment_delete", args=[parent.pk]), {"post": "yes"}).status_code,
        staff_client.post(reverse("admin:consultation_comment_add"), {"body": "New"}).status_code,
        staff_client.post(detail(parent), {"_saveasnew": "1"}).status_code,
        staff_client.post(
            reverse("admin:consultation_roundtable_delete", args=[roundtable.pk]), {"post": "yes"}
        ).status_code,
        staff_client.post(reverse("admin:accounts_user_delete", args=[parent.author.pk]), {"post": "yes"}).status_code,
        staff_client.post(
            reverse("admin:consultation_moderationevent_delete", args=[parent.events.first().pk])
        ).status_code
        if parent.events.exists()
        else 403,
    ]
    staff_client.post(reverse(LIST), several)
    staff_client.post(
        reverse("admin:consultation_roundtable_changelist"), several | {"_selected_action": roundtable.pk}
    )
    staff_client.post(reverse("admin:accounts_user_changelist"), several | {"_selected_action": parent.author.pk})

    assert answers == [403] * 6
    assert Comment.objects.count() == 2
    assert "deletelink" not in staff_client.get(detail(parent)).content.decode()
    assert "delete_selected" not in staff_client.get(reverse(LIST)).content.decode()
    assert Comment.objects.find_problems() == ([], [], [], [], [])


def test_a_superuser_cannot_delete_a_comment_either(client):
    comment = factories.comment(factories.roundtable())
    client.force_login(factories.staff(is_superuser=True))

    response = client.post(reverse("admin:consultation_comment_delete", args=[comment.pk]), {"post": "yes"})

    assert (response.status_code, Comment.objects.count()) == (403, 1)


def test_the_register_is_read_only(staff_client):
    factories.comment(factories.roundtable(), status=Status.REJECTED)
    event = ModerationEvent.objects.get()
    name = "admin:consultation_moderationevent"

    answers = [
        staff_client.get(reverse(f"{name}_changelist")).status_code,
        staff_client.get(reverse(f"{name}_change", args=[event.pk])).status_code,
        staff_client.post(reverse(f"{name}_change", args=[event.pk]), {"message": "x"}).status_code,
        staff_client.post(reverse(f"{name}_delete", args=[event.pk]), {"post": "yes"}).status_code,
        staff_client.get(reverse(f"{name}_add")).status_code,
    ]

    assert answers == [200, 200, 403, 403, 403]


# --- Correcting labels


def test_an_untouched_save_writes_nothing(staff_client):
    comment = factories.comment(factories.roundtable(), language="pt", objective_numbers=(3, 7))
    before = (Comment.objects.values().get(), Roundtable.objects.values().get())
    data = fields(staff_client.get(detail(comment)), "comment_form")

    response = staff_client.post(detail(comment), data)

    assert response.status_code == 302
    assert (Comment.objects.values().get(), Roundtable.objects.values().get()) == before
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize(("status", "raised"), [(Status.APPROVED, 1), (Status.PENDING, 0)])
def test_language_and_objectives_are_corrected(staff_client, status, raised):
    comment = factories.comment(factories.roundtable(), status=status, role=Comment.Role.PARTICIPANT)
    before = Roundtable.objects.get().version
    data = fields(staff_client.get(detail(comment)), "comment_form")

    staff_client.post(
        detail(comment), data | {"language": "es", "objective_numbers": ["23", "2"], "body": "x", "status": "removed"}
    )

    now = Comment.objects.get()
    assert (now.language, now.objective_numbers, now.body, now.status) == ("es", (2, 23), comment.body, status)
    assert Roundtable.objects.get().version == before + raised
    assert (now.last_activity_at, now.path) == (comment.last_activity_at, comment.path)


def test_the_log_of_the_admin_names_no_author(staff_client):
    comment = factories.comment(factories.roundtable(), factories.user("Andy Shen"))
    data = fields(staff_client.get(detail(comment)), "comment_form")

    staff_client.post(detail(comment), data | {"language": "fr"})

    assert LogEntry.objects.get().object_repr == f"#{comment.pk}"


def test_a_label_that_is_saved_late_undoes_no_decision():
    roundtable = factories.roundtable()
    comment = factories.comment(roundtable, status=Comment.Status.PENDING)
    opened = Comment.objects.get(pk=comment.pk)
    comment.approve(by=factories.moderator(roundtable))
    opened.language = "es"

    site.get_model_admin(Comment).save_model(None, opened, SimpleNamespace(changed_data=["language"]), True)

    now = Comment.objects.get(pk=comment.pk)
    assert (now.language, now.status) == ("es", Comment.Status.APPROVED)
