"""Who may reach what: every address of the site × kind of person × method. An address missing here fails."""

import uuid

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from consultation.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = ("visitor", "participant", "author", "moderator", "other_moderator", "secretariat", "inactive")


def everybody(status):
    """The same answer for all kinds."""
    return dict.fromkeys(KINDS, status)


# What a GET answers. A redirect (302) leads to sign-in, or away from a page that a person has no use for.
READ = everybody(200)
SIGNED_IN = everybody(200) | {"visitor": 302, "inactive": 302}
OWN = everybody(404) | {"visitor": 302, "inactive": 302, "author": 200}
HELD = everybody(404) | {"author": 200, "moderator": 200, "secretariat": 200}
MODERATORS = everybody(404) | {"visitor": 302, "inactive": 302, "moderator": 200, "secretariat": 200}
ANY_MODERATOR = MODERATORS | {"other_moderator": 200}
RUNS_IT = everybody(404) | {"moderator": 200, "secretariat": 200}
LEADS_ON = everybody(302)

# name: (policy of GET and HEAD, whether a POST is taken at all)
PAGES = {
    "root": (LEADS_ON, False),
    "home": (READ, False),
    "healthz": (READ, False),
    "security_txt": (READ, False),
    "robots_txt": (READ, False),
    "roundtable_list": (READ, False),
    "roundtable_detail": (READ, False),
    "roundtable_all": (READ, False),
    "roundtable_note": (READ, False),
    "roundtable_csv": (RUNS_IT, False),
    "roundtable_json": (RUNS_IT, False),
    "question_detail": (READ, False),
    "comment_answer": (SIGNED_IN, True),
    "comment_contribute": (SIGNED_IN, True),
    "comment_reply": (SIGNED_IN, True),
    "comment_detail": (READ, False),
    "comment_mine": (SIGNED_IN, False),
    "comment_revise": (OWN, True),
    "moderation_queue": (ANY_MODERATOR, False),
    "moderation_decide": (MODERATORS, True),
    "moderation_refile": (MODERATORS, True),
    "moderation_links": (RUNS_IT, False),
    "objective_list": (READ, False),
    "objective_detail": (READ, False),
    "search": (READ, False),
    "contact": (READ, False),
    "page_detail": (READ, False),
    "account_profile": (SIGNED_IN, True),
    # Both ask for the password again first, where the person has one.
    "account_data": (SIGNED_IN, False),
    "account_close": (SIGNED_IN, True),
}
# allauth's own pages: those for people who are signed in, and those for everybody else.
ACCOUNT_PAGES = {
    "signed in": [
        "account_email",
        "account_change_password",
        "account_set_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate_webauthn",
        "mfa_remove_webauthn",
        "mfa_edit_webauthn",
        "socialaccount_connections",
        "usersessions_list",
    ],
    "open": [
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_email_verification_sent",
        "account_reset_password",
        "account_confirm_login_code",
        "account_confirm_password_reset_code",
        "account_complete_password_reset",
        "account_password_reset_completed",
        "account_request_login_code",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "socialaccount_signup",
        "openid_connect_login",
        "openid_connect_callback",
    ],
}
ARGUMENTS = {
    "mfa_remove_webauthn": [1],
    "mfa_edit_webauthn": [1],
    "openid_connect_login": ["nobody"],
    "openid_connect_callback": ["nobody"],
}


@pytest.fixture
def scene():
    """A roundtable with a published and a held comment, and one person of each kind."""
    roundtable = factories.roundtable(slug="talks", objective_numbers=(7,))
    author = factories.user("Author")
    published = factories.comment(roundtable, question=roundtable.questions.first())
    held = factories.comment(roundtable, author, status=Comment.Status.PENDING, body="Heldcanary text.")
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
        "comment_contribute": ["talks"],
        "question_detail": ["talks", 1],
        "comment_answer": ["talks", 1],
        "comment_detail": [published.pk],
        "comment_reply": [published.pk],
        "comment_revise": [held.pk],
        "moderation_decide": [held.pk],
        "moderation_refile": [held.pk],
        "objective_detail": [7],
        "page_detail": ["terms"],
    }
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


def test_every_address_has_a_policy():
    names = {name for name in names_of(get_resolver().url_patterns) if not name.startswith("admin:")}
    # allauth's redirects from addresses of former releases.
    names = {name for name in names if not name.startswith("unnamed")}

    assert names == set(PAGES) | set(ACCOUNT_PAGES["signed in"]) | set(ACCOUNT_PAGES["open"])


@pytest.mark.parametrize("name", PAGES)
def test_each_kind_of_person_reaches_what_they_may(scene, name):
    policy, takes_post = PAGES[name]
    address = reverse(name, args=scene["arguments"].get(name))

    got = {kind: signed_in(person).get(address).status_code for kind, person in scene["people"].items()}
    headed = {kind: signed_in(person).head(address).status_code for kind, person in scene["people"].items()}
    posted = {kind: signed_in(person).post(address).status_code for kind, person in scene["people"].items()}

    assert got == policy
    assert headed == policy
    if takes_post:
        # An empty form is refused beside its fields (422); whoever may not is turned away as by a GET.
        expected = {kind: {422, 200, 302} if status == 200 else {status} for kind, status in policy.items()}
        assert {kind: status for kind, status in posted.items() if status not in expected[kind]} == {}
    else:
        assert set(posted.values()) == {405}


@pytest.mark.parametrize("name", ACCOUNT_PAGES["signed in"])
def test_account_pages_lead_a_visitor_to_sign_in(name):
    address = reverse(name, args=ARGUMENTS.get(name))

    response = signed_in(None).get(address)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/en/accounts/login/")


@pytest.mark.parametrize("name", ACCOUNT_PAGES["open"])
def test_open_account_pages_answer_a_visitor_without_a_fault(name):
    response = signed_in(None).get(reverse(name, args=ARGUMENTS.get(name)))

    assert response.status_code in (200, 302, 401, 404)


def admin_addresses(scene):
    """Return an address for every pattern of the admin."""
    found = []
    for name in sorted(names_of(get_resolver().url_patterns)):
        if not name.startswith("admin:") or name.startswith("admin:unnamed"):
            continue
        for arguments in ([], [scene["held"].pk], ["approve"], [1, 1], ["consultation"]):
            try:
                found.append(reverse(name, args=arguments))
                break
            except Exception:
                continue
        else:
            raise AssertionError(f"no arguments fit {name}")
    return found


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "secretariat"])
def test_the_admin_is_closed_to_all_but_the_secretariat(scene, kind):
    client = signed_in(scene["people"][kind])

    opened = [address for address in admin_addresses(scene) if client.get(address).status_code == 200]
    changed = [address for address in admin_addresses(scene) if client.post(address).status_code == 200]

    assert (opened, changed) == ([], [])


def test_the_secretariat_reaches_every_list_of_the_admin(scene):
    client = signed_in(scene["people"]["secretariat"])
    lists = [address for address in admin_addresses(scene) if address.count("/") == 4 and "user" not in address]

    refused = {address: client.get(address).status_code for address in lists if "password" not in address}

    assert {address: status for address, status in refused.items() if status not in (200, 302)} == {}


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


@pytest.mark.parametrize("name", [name for name, (_, takes_post) in PAGES.items() if takes_post])
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
