"""Who may reach what: every address of the site × kind of person × method. An address missing here fails."""

import uuid

import pytest
from django.apps import apps
from django.core.cache import caches
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import Mail
from consultation import way_out
from consultation.models import Comment, Draft, Event
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = ("visitor", "participant", "author", "moderator", "other_moderator", "secretariat", "inactive")


def everybody(status):
    """The same answer for all kinds."""
    return dict.fromkeys(KINDS, status)


# What is answered. A redirect (302) leads to sign-in, or away from a page that a person has no use for.
READ = everybody(200)
NEVER = everybody(405)
LEADS_ON = everybody(302)
SIGNED_IN = everybody(200) | {"visitor": 302, "inactive": 302}
OWN = everybody(404) | {"visitor": 302, "inactive": 302, "author": 200}
# Of a public question that the author asked.
ASKED = everybody(403) | {"visitor": 302, "inactive": 302, "author": 200, "moderator": 200, "secretariat": 200}
HELD = everybody(404) | {"author": 200, "moderator": 200, "secretariat": 200}
MODERATORS = everybody(404) | {"visitor": 302, "inactive": 302, "moderator": 200, "secretariat": 200}
ANY_MODERATOR = MODERATORS | {"other_moderator": 200}
RUNS_IT = everybody(404) | {"moderator": 200, "secretariat": 200}
# Signing in and up: those who are signed in have no use for it.
GUESTS = everybody(302) | {"visitor": 200, "inactive": 200}
# What does not concern somebody without a password, a device or codes of their own.
NOT_THEIRS = everybody(403) | {"visitor": 302, "inactive": 302}
HAS_NONE = everybody(404) | {"visitor": 302, "inactive": 302}
NOWHERE = everybody(404)
# Whoever is not the person that was asked is told to sign in as that one.
FOCAL_POINT = everybody(403) | {"visitor": 302, "inactive": 302, "participant": 200}


def answered(policy, status):
    """Return a policy where those who are let in get this status."""
    return {kind: status if own == 200 else own for kind, own in policy.items()}


def refused(policy):
    """An empty form comes back with its complaints to those who may send it."""
    return answered(policy, 422)


# Every address of ours: name → (GET and HEAD, POST of an empty form).
PAGES = {
    "root": (LEADS_ON, NEVER),
    "home": (READ, NEVER),
    "healthz": (READ, NEVER),
    "session_state": (READ, READ),  # a visitor has no time left, and gets none
    "security_txt": (READ, NEVER),
    "robots_txt": (READ, NEVER),
    "roundtable_list": (READ, NEVER),
    "roundtable_detail": (READ, NEVER),
    "roundtable_all": (READ, NEVER),
    "roundtable_note": (READ, NEVER),
    "roundtable_csv": (RUNS_IT, NEVER),
    "roundtable_json": (RUNS_IT, NEVER),
    "question_detail": (READ, NEVER),
    "mention_names": (everybody(200) | {"visitor": 403, "inactive": 403}, NEVER),
    "comment_answer": (SIGNED_IN, refused(SIGNED_IN)),
    "comment_contribute": (SIGNED_IN, refused(SIGNED_IN)),
    "comment_reply": (SIGNED_IN, refused(SIGNED_IN)),
    "comment_detail": (READ, NEVER),
    "comment_mine": (SIGNED_IN, NEVER),
    "draft_detail": (OWN, answered(SIGNED_IN, 302)),  # discarding leads on, also where there is nothing to discard
    "comment_revise": (OWN, refused(OWN)),
    "paper_list": (READ, NEVER),
    "paper_submit": (SIGNED_IN, refused(SIGNED_IN)),
    # The focal point is asked by mail; this one's address is that of the participant.
    "clearance_detail": (FOCAL_POINT, refused(FOCAL_POINT)),
    "attachment_download": (HELD, NEVER),  # of a held comment
    "comment_versions": (READ, NEVER),
    "receipt_detail": (OWN, NEVER),
    "receipt_download": (OWN, NEVER),
    "receipt_check": (READ, refused(READ)),
    "comment_late": (LEADS_ON, LEADS_ON),  # as it is open
    "comment_answered": (ASKED, answered(ASKED, 302)),
    "participant_question_list": (READ, NEVER),
    "comment_withdraw": (OWN, answered(OWN, 302)),
    "comment_withdraw_edit": (answered(OWN, 302), answered(OWN, 302)),  # no change waits
    "moderation_queue": (ANY_MODERATOR, NEVER),
    "moderation_decide": (MODERATORS, refused(MODERATORS)),
    "moderation_context": (answered(MODERATORS, 302), NEVER),  # to its own page, where no script asks
    "comment_report": (SIGNED_IN, refused(SIGNED_IN)),
    "comment_reports": (SIGNED_IN, NEVER),
    "moderation_bulk": (NEVER, refused(ANY_MODERATOR)),
    "moderation_undo": (NEVER, answered(ANY_MODERATOR, 409)),  # nothing
    "moderation_settle": (NEVER, refused(MODERATORS)),
    "moderation_cover": (MODERATORS, refused(MODERATORS)),
    "moderation_uncover": (NEVER, refused(MODERATORS)),
    "moderation_cover_title": (MODERATORS, refused(MODERATORS)),
    "moderation_show_title": (NEVER, refused(MODERATORS)),
    "moderation_note": (NEVER, refused(MODERATORS)),
    "moderation_follow_up": (NEVER, answered(MODERATORS, 302)),
    "moderation_follow_ups": (ANY_MODERATOR, NEVER),
    "moderation_refile": (MODERATORS, answered(MODERATORS, 302)),  # under no question
    "moderation_move": (MODERATORS, refused(MODERATORS)),
    "moderation_attach": (MODERATORS, refused(MODERATORS)),
    "moderation_duplicate": (MODERATORS, refused(MODERATORS)),
    "moderation_join": (MODERATORS, refused(MODERATORS)),
    "moderation_split": (MODERATORS, refused(MODERATORS)),
    "moderation_register": (READ, NEVER),
    "moderation_csv": (RUNS_IT, NEVER),
    "moderation_remove_file": (MODERATORS, refused(MODERATORS)),
    "moderation_cover_file": (MODERATORS, refused(MODERATORS)),
    "moderation_links": (RUNS_IT, NEVER),
    "moderation_documents": (RUNS_IT, NEVER),
    "moderation_concerns": (RUNS_IT, NEVER),
    "moderation_concern": (NEVER, refused(MODERATORS)),
    "roundtable_shared": (READ, NEVER),
    "objective_list": (READ, NEVER),
    "objective_detail": (READ, NEVER),
    "search": (READ, NEVER),
    "contact": (READ, NEVER),
    "page_detail": (READ, NEVER),
    "account_profile": (SIGNED_IN, refused(SIGNED_IN)),
    "participant_list": (READ, NEVER),
    # Both ask for the password again first, where the person has one.
    "account_notifications": (SIGNED_IN, refused(SIGNED_IN)),
    "notices_seen": (NEVER, refused(everybody(200) | {"visitor": 204, "inactive": 204})),
    # The link in a mail is its own key.
    "account_way_out": (READ, READ),
    "feed_roundtable": (READ, NEVER),
    "feed_question": (READ, NEVER),
    "feed_comment": (READ, NEVER),
    "follow_roundtable": (NEVER, LEADS_ON),
    "follow_question": (NEVER, LEADS_ON),
    "follow_thread": (NEVER, LEADS_ON),
    "account_data": (SIGNED_IN, NEVER),
    "account_close": (SIGNED_IN, refused(SIGNED_IN)),
}
# allauth's addresses, for people without a password or a second factor.
ACCOUNT_PAGES = {
    "account_login": (GUESTS, GUESTS),
    "account_logout": (SIGNED_IN, LEADS_ON),
    "account_inactive": (READ, NEVER),
    "account_signup": (GUESTS, GUESTS),
    "account_reauthenticate": (NOT_THEIRS, NOT_THEIRS),
    "account_email": (SIGNED_IN, LEADS_ON),
    "account_email_verification_sent": (LEADS_ON, LEADS_ON),
    "account_change_password": (LEADS_ON, LEADS_ON),
    "account_set_password": (SIGNED_IN, SIGNED_IN),
    "account_reset_password": (READ, READ),
    "account_confirm_login_code": (LEADS_ON, LEADS_ON),
    "account_confirm_password_reset_code": (LEADS_ON, LEADS_ON),
    "account_complete_password_reset": (LEADS_ON, LEADS_ON),
    "account_password_reset_completed": (READ, NEVER),
    "account_request_login_code": (GUESTS, GUESTS),
    "mfa_index": (SIGNED_IN, answered(SIGNED_IN, 405)),
    "mfa_authenticate": (LEADS_ON, LEADS_ON),
    "mfa_reauthenticate": (NOT_THEIRS, NOT_THEIRS),
    "mfa_activate_totp": (SIGNED_IN, SIGNED_IN),
    "mfa_deactivate_totp": (HAS_NONE, HAS_NONE),
    "mfa_view_recovery_codes": (HAS_NONE, answered(SIGNED_IN, 405)),
    "mfa_generate_recovery_codes": (SIGNED_IN, SIGNED_IN),
    "mfa_download_recovery_codes": (HAS_NONE, HAS_NONE),
    "mfa_list_webauthn": (SIGNED_IN, answered(SIGNED_IN, 405)),
    "mfa_add_webauthn": (SIGNED_IN, SIGNED_IN),
    "mfa_reauthenticate_webauthn": (NOT_THEIRS, NOT_THEIRS),
    "mfa_remove_webauthn": (HAS_NONE, HAS_NONE),
    "mfa_edit_webauthn": (HAS_NONE, HAS_NONE),
    "mfa_login_webauthn": (LEADS_ON, LEADS_ON),
    "socialaccount_login_cancelled": (READ, NEVER),
    "socialaccount_login_error": (everybody(401), NEVER),
    "socialaccount_signup": (LEADS_ON, LEADS_ON),
    "socialaccount_connections": (SIGNED_IN, SIGNED_IN),
    "openid_connect_login": (NOWHERE, NOWHERE),  # the test names a server that nobody set up
    "openid_connect_callback": (NOWHERE, NOWHERE),
    "usersessions_list": (SIGNED_IN, LEADS_ON),
    # Addresses of former releases of allauth.
    "unnamed social/login/cancelled/": (None, None),
    "unnamed social/login/error/": (None, None),
    "unnamed social/signup/": (None, None),
    "unnamed social/connections/": (None, None),
}
# The admin: what the secretariat gets (GET, POST of an empty form). Everybody else is led to sign in, or turned away.
ADMIN_PAGES = {
    "admin:index": (200, 200),
    "admin:app_list": (200, 200),
    "admin:jsi18n": (200, 405),
    "admin:login": (302, 302),
    "admin:logout": (405, 200),
    "admin:password_change": (302, 302),
    "admin:password_change_done": (200, 405),
    "admin:autocomplete": (403, 405),
    "admin:view_on_site": (404, 404),
    "admin:consultation_comment_decide": (302, 302),  # about no comment
    "admin:accounts_user_standing": (302, 302),  # of nobody
    "admin:auth_user_password_change": (200, 200),
}
# Of each kind of row: the list, adding, changing, deleting and the history of one; a pair is (GET, POST).
ADMIN_MODELS = {
    "accounts_mail": {"add": 403, "change": (200, 403), "delete": 403},
    "accounts_organisation": {"add": 200, "change": 200, "delete": 200},
    "accounts_stakeholdergroup": {"add": 200, "change": 200, "delete": 403},
    "accounts_user": {"add": 200, "change": 200, "delete": 403},
    "consultation_comment": {"add": 403, "change": 200, "delete": 403},
    "consultation_event": {"add": 200, "change": 200, "delete": 200},
    "consultation_moderationevent": {"add": 403, "change": (200, 403), "delete": 403},
    "consultation_objective": {"add": 403, "change": 200, "delete": 403},
    "consultation_question": {"add": 403, "change": 200, "delete": 403},
    "consultation_roundtable": {"add": 200, "change": 200, "delete": 200},
    "consultation_term": {"add": 200, "change": 200, "delete": 200},
    "consultation_textblock": {"add": 200, "change": 200, "delete": 403},
}
for model, pages in ADMIN_MODELS.items():
    for page, status in {"changelist": 200, "history": 200, **pages}.items():
        ADMIN_PAGES[f"admin:{model}_{page}"] = status if isinstance(status, tuple) else (status, status)
ADMIN_PAGES["admin:unnamed <path:object_id>/"] = (302, 302)  # an old address of a row, for each kind of row
ADMIN_PAGES["admin:unnamed (?P<url>.*)$"] = (404, 404)


@pytest.fixture
def scene():
    """A roundtable with a published and a held comment, and one person of each kind."""
    roundtable = factories.roundtable(slug="talks", objective_numbers=(7,))
    author = factories.user("Author")
    published = factories.comment(roundtable, question=roundtable.questions.first())
    held = factories.comment(roundtable, author, status=Comment.Status.PENDING, body="Heldcanary text.")
    draft = Draft.objects.create(author=author, roundtable=roundtable, place="/x/", body="Draftcanary text.")
    asked = factories.comment(roundtable, author, asks="all", body="Who pays?")
    attachment = factories.attachment(held, title="Heldcanary title")
    people = {
        "visitor": None,
        "participant": factories.user("Participant"),
        "author": author,
        "moderator": factories.moderator(roundtable, "Moderator"),
        "other_moderator": factories.moderator(factories.roundtable(), "Elsewhere"),
        "secretariat": factories.staff(),
        "inactive": factories.user("Inactive", is_active=False),
    }
    arguments = {
        "roundtable_detail": ["talks"],
        "roundtable_all": ["talks"],
        "roundtable_note": ["talks"],
        "roundtable_csv": ["talks"],
        "roundtable_json": ["talks"],
        "moderation_links": ["talks"],
        "moderation_documents": ["talks"],
        "moderation_concerns": ["talks"],
        "moderation_concern": [held.pk],
        "roundtable_shared": ["talks"],
        "mention_names": ["talks"],
        "comment_contribute": ["talks"],
        "question_detail": ["talks", 1],
        "comment_answer": ["talks", 1],
        "comment_detail": [published.pk],
        "attachment_download": [attachment.pk],
        "moderation_remove_file": [attachment.pk],
        "moderation_cover_file": [attachment.pk],
        "comment_reply": [published.pk],
        "comment_revise": [held.pk],
        "comment_versions": [published.pk],
        "receipt_detail": [held.pk],
        "receipt_download": [held.pk],
        "comment_late": ["talks"],
        "comment_answered": [asked.pk],
        "participant_question_list": ["talks"],
        "comment_withdraw": [held.pk],
        "comment_withdraw_edit": [held.pk],
        "draft_detail": [draft.pk],
        "moderation_decide": [held.pk],
        "comment_report": [published.pk],
        **{
            f"moderation_{act}": [held.pk]
            for act in ("attach", "context", "cover", "duplicate", "follow_up", "join", "move", "note", "refile")
        },
        **{f"moderation_{act}": [held.pk] for act in ("cover_title", "settle", "show_title", "split", "uncover")},
        "moderation_register": ["talks"],
        "moderation_csv": ["talks"],
        "objective_detail": [7],
        "account_way_out": [way_out.path_for(author, kinds=["reply"]).split("/")[-2]],
        "feed_roundtable": ["talks"],
        "feed_question": ["talks", 1],
        "feed_comment": [published.pk],
        "follow_roundtable": ["talks"],
        "follow_question": ["talks", 1],
        "follow_thread": [published.pk],
        "page_detail": ["terms"],
    }
    paper = factories.paper(roundtable, author, focal_points=[people["participant"]])
    arguments |= {"paper_list": ["talks"], "paper_submit": ["talks"]}
    arguments |= {"clearance_detail": [paper.clearances.get().key]}
    arguments |= {"mfa_remove_webauthn": [1], "mfa_edit_webauthn": [1]}
    arguments |= {"openid_connect_login": ["nobody"], "openid_connect_callback": ["nobody"]}
    return {"people": people, "arguments": arguments, "held": held, "roundtable": roundtable}


def signed_in(person):
    """Return a browser of a person."""
    client = Client(raise_request_exception=True)
    if person is not None:
        client.force_login(person)
    return client


def names_of(patterns, namespace=""):
    """Return the names of all addresses below some patterns; unnamed ones by their pattern."""
    found = set()
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            found |= names_of(pattern.url_patterns, namespace + inner)
        else:
            found.add(namespace + (pattern.name or f"unnamed {pattern.pattern}"))
    return found


def test_every_address_of_the_site_is_in_one_table():
    names = names_of(get_resolver().url_patterns)

    assert names == {*PAGES, *ACCOUNT_PAGES, *ADMIN_PAGES}
    assert len(names) == len(PAGES) + len(ACCOUNT_PAGES) + len(ADMIN_PAGES)


@pytest.mark.parametrize("name", [*PAGES, *(name for name in ACCOUNT_PAGES if not name.startswith("unnamed"))])
def test_each_kind_of_person_reaches_what_they_may(scene, name):
    to_get, to_post = (PAGES | ACCOUNT_PAGES)[name]
    address = reverse(name, args=scene["arguments"].get(name))
    got, headed, posted = {}, {}, {}

    for kind, person in scene["people"].items():
        client = signed_in(person)
        got[kind] = client.get(address).status_code
        head = client.head(address)
        headed[kind] = head.status_code
        assert head.getvalue() == b""
        posted[kind] = client.post(address).status_code
        caches["default"].clear()  # it counts tries

    assert got == to_get
    assert headed == to_get
    assert posted == to_post


@pytest.mark.any_database
@pytest.mark.parametrize(
    "name", [name for name, (to_get, _) in ACCOUNT_PAGES.items() if to_get in (SIGNED_IN, HAS_NONE)]
)
def test_account_pages_lead_a_visitor_to_sign_in(scene, name):
    response = signed_in(None).get(reverse(name, args=scene["arguments"].get(name)))

    # From signing out there is no way back.
    expected = "/en/" if name == "account_logout" else "/en/accounts/login/?next="
    assert response.headers["Location"].startswith(expected)


@pytest.mark.any_database
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_our_own_pages_take_no_other_method(scene, method):
    client = signed_in(scene["people"]["secretariat"])
    addresses = [reverse(name, args=scene["arguments"].get(name)) for name in PAGES]

    found = {address: getattr(client, method)(address).status_code for address in addresses}

    assert found == dict.fromkeys(addresses, 405)


# --- The admin


def admin_addresses(scene):
    """Return name → address of every page of the admin, of a row that exists."""
    Event.objects.create(name_en="Review Forum")
    factories.organisation()
    Mail.objects.create(key="a", kind="reply", to="a@example.org", language="en", subject="Hello", text="Text")
    scene["held"].reject(by=scene["people"]["moderator"], reason="other")
    draft = factories.roundtable(is_published=False)
    participant = scene["people"]["participant"]
    rows = {"roundtable": draft.pk, "user": participant.pk, "stakeholdergroup": participant.group_id}
    others = {
        "admin:app_list": ["consultation"],
        "admin:view_on_site": [10**6, 1],
        "admin:consultation_comment_decide": ["approve"],
        "admin:accounts_user_standing": ["suspend"],
        "admin:auth_user_password_change": [rows["user"]],
    }
    found = {}
    for name in ADMIN_PAGES:
        model, _, page = name.removeprefix("admin:").rpartition("_")
        if page in ("change", "delete", "history") and model in ADMIN_MODELS:
            row = rows.get(model.partition("_")[2]) or apps.get_model(*model.split("_")).objects.first().pk
            found[name] = reverse(name, args=[row])
        elif not name.startswith("admin:unnamed"):
            found[name] = reverse(name, args=others.get(name))
    found["admin:unnamed <path:object_id>/"] = f"/admin/consultation/comment/{scene['held'].pk}/"
    found["admin:unnamed (?P<url>.*)$"] = "/admin/nowhere/"
    return found


@pytest.mark.any_database
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "secretariat"])
def test_the_admin_is_closed_to_all_but_the_secretariat(scene, kind):
    addresses = admin_addresses(scene)
    client = signed_in(scene["people"][kind])

    found = {
        name: [ask(address).status_code for ask in (client.get, client.head, client.post)]
        for name, address in addresses.items()
    }

    is_signed_in = kind not in ("visitor", "inactive")
    expected = dict.fromkeys(addresses, [302] * 3) | {"admin:login": [403 if is_signed_in else 302] * 3}
    assert {name: statuses for name, statuses in found.items() if statuses != expected[name]} == {}
    assert {client.get(address).get("Location", "").partition("?")[0] for address in addresses.values()} <= {
        "",
        "/admin/",
        "/admin/login/",
        "/admin/accounts/user/",
        "/en/accounts/login/",
    }


@pytest.mark.any_database
def test_the_secretariat_reaches_in_the_admin_what_it_may(scene):
    addresses = admin_addresses(scene)
    secretariat = scene["people"]["secretariat"]
    client = signed_in(secretariat)
    got, headed, posted = {}, {}, {}

    for name, address in addresses.items():
        if name in ("admin:login", "admin:logout"):
            continue  # below
        got[name], headed[name] = client.get(address).status_code, client.head(address).status_code
        posted[name] = client.post(address).status_code

    assert got == {name: ADMIN_PAGES[name][0] for name in got}
    assert headed == got
    assert posted == {name: ADMIN_PAGES[name][1] for name in got}


@pytest.mark.parametrize("name", ["admin:login", "admin:logout"])
def test_the_secretariat_signs_in_and_out_of_the_admin(scene, name):
    client = signed_in(scene["people"]["secretariat"])

    assert (client.get(reverse(name)).status_code, client.post(reverse(name)).status_code) == ADMIN_PAGES[name]


def test_nobody_of_the_secretariat_deletes_what_others_rest_on_even_as_superuser(scene):
    addresses = admin_addresses(scene)
    client = signed_in(factories.staff(is_superuser=True))
    kept = ("stakeholdergroup", "user", "comment", "moderationevent", "objective", "textblock")

    statuses = {
        model: client.post(addresses[f"admin:{model}_delete"], {"post": "yes"}).status_code
        for model in ADMIN_MODELS
        if model.endswith(kept)
    }

    assert statuses == dict.fromkeys(statuses, 403)


# --- One object and another


@pytest.mark.parametrize("name", ["comment_detail", "comment_reply"])
def test_a_held_comment_is_seen_by_its_author_and_its_moderators_only(scene, name):
    address = reverse(name, args=[scene["held"].pk])

    got = {kind: signed_in(person).get(address).status_code for kind, person in scene["people"].items()}

    # Nobody can answer what is not published; those who may see it are told so.
    assert got == {kind: 409 if status == 200 and name == "comment_reply" else status for kind, status in HELD.items()}


def test_a_held_text_is_read_by_nobody_else_on_any_page(scene):
    leaks = []
    for kind in ("visitor", "participant", "other_moderator", "inactive"):
        client = signed_in(scene["people"][kind])
        for name in PAGES:
            response = client.get(reverse(name, args=scene["arguments"].get(name)), {"q": "heldcanary"})
            content = b"".join(response.streaming_content) if response.streaming else response.content
            if b"Heldcanary" in content:
                leaks.append((kind, name))

    assert leaks == []


@pytest.mark.parametrize("name", sorted({"roundtable_detail", "roundtable_all", "question_detail", "comment_detail"}))
def test_an_unpublished_roundtable_exists_for_those_who_run_it_only(scene, name):
    scene["roundtable"].is_published = False
    scene["roundtable"].save()
    address = reverse(name, args=scene["arguments"].get(name))

    got = {kind: signed_in(person).get(address).status_code for kind, person in scene["people"].items()}

    assert got == RUNS_IT


def test_a_right_taken_away_is_gone_with_the_next_request(scene):
    moderator = scene["people"]["moderator"]
    client = signed_in(moderator)
    address = reverse("moderation_decide", args=[scene["held"].pk])
    before = client.get(address).status_code

    scene["roundtable"].moderators.remove(moderator)

    assert (before, client.get(address).status_code) == (200, 404)
    assert client.post(address, {"decision": "approve", "revision": 1}).status_code == 404
    assert Comment.objects.get(pk=scene["held"].pk).status == "pending"


def test_another_persons_text_cannot_be_revised(scene):
    address = reverse("comment_revise", args=[scene["held"].pk])
    form = {"body": "Mine now.", "language": "en", "key": uuid.uuid4()}

    got = {
        kind: signed_in(scene["people"][kind]).post(address, form).status_code
        for kind in ("participant", "moderator", "other_moderator", "secretariat")
    }

    assert set(got.values()) == {404}
    assert Comment.objects.get(pk=scene["held"].pk).body == "Heldcanary text."


# Mail programmes post to it (RFC 8058), and have no token.
WITHOUT_TOKEN = {"account_way_out"}


@pytest.mark.any_database
@pytest.mark.parametrize(
    "name", [name for name, (_, to_post) in PAGES.items() if to_post is not NEVER and name not in WITHOUT_TOKEN]
)
def test_a_form_without_its_token_is_refused_with_a_page_of_ours(scene, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene["people"]["author"])

    response = client.post(reverse(name, args=scene["arguments"].get(name)), {"body": "Kept words."})

    assert response.status_code == 403
    assert response.content.count(b"Kept words.") == 1


@pytest.mark.parametrize("name", ["account_data", "account_close"])
def test_a_person_with_a_password_types_it_again_before_their_data(name):
    person = factories.user(password="a long and good password")
    client = signed_in(person)

    response = client.get(reverse(name))

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/en/accounts/reauthenticate/")
