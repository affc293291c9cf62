"""People in the secretariat's admin: profiles, rights, addresses."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import StakeholderGroup, User
from consultation.models import Comment, Roundtable
from tests import factories, markup
from tests.admin_forms import fields

pytestmark = pytest.mark.django_db

LIST, ADD = "admin:accounts_user_changelist", "admin:accounts_user_add"


@pytest.fixture
def staff_client(client):
    client.force_login(factories.staff())
    return client


@pytest.fixture
def superuser_client(client):
    client.force_login(factories.staff("Root", is_superuser=True))
    return client


def page(client, person):
    address = reverse("admin:accounts_user_change", args=[person.pk])
    return address, fields(client.get(address), "user_form")


def rights(person):
    return User.objects.values_list("is_staff", "is_superuser").get(pk=person.pk)


def test_an_untouched_save_writes_nothing(staff_client):
    person = factories.user("Ana")
    person.set_password("correct horse battery")
    person.save()
    before = User.objects.values().get(pk=person.pk)

    response = staff_client.post(*page(staff_client, person))

    assert response.status_code == 302
    assert User.objects.values().get(pk=person.pk) == before
    assert (LogEntry.objects.count(), EmailAddress.objects.count()) == (0, 0)


def test_a_person_is_added_without_a_password(staff_client):
    data = fields(staff_client.get(reverse(ADD)), "user_form")

    response = staff_client.post(reverse(ADD), data | {"email": "Ana@Example.org", "name": "Ana", "language": "es"})

    made = User.objects.get(email="ana@example.org")
    assert response.status_code == 302
    assert (made.name, made.language, made.has_usable_password(), made.is_staff) == ("Ana", "es", False, False)
    assert list(EmailAddress.objects.values_list("email", "user", "primary", "verified")) == [
        ("ana@example.org", made.pk, True, False)
    ]


@pytest.mark.parametrize("taken", ["ana@example.org", "ANA@example.org", "second@example.org"])
def test_an_address_belongs_to_one_person(staff_client, taken):
    ana = factories.user("Ana", email="ana@example.org")
    EmailAddress.objects.create(user=ana, email="second@example.org", verified=True)
    data = fields(staff_client.get(reverse(ADD)), "user_form")

    response = staff_client.post(reverse(ADD), data | {"email": taken, "name": "Bea"})

    assert response.context["adminform"].errors == {
        "email": ["Somebody with this e-mail address already has an account."]
    }


def test_a_new_address_takes_the_place_of_the_old_one_and_must_be_confirmed(staff_client):
    person = factories.user("Ana", email="old@example.org")
    EmailAddress.objects.create(user=person, email="old@example.org", primary=True, verified=True)
    address, data = page(staff_client, person)

    staff_client.post(address, data | {"email": "new@example.org"})

    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("new@example.org", False)]


def test_comments_take_over_a_changed_name_and_affiliation(staff_client):
    person = factories.user("Ana Old", organisation="Old org", country="KE")
    public, hidden, other = factories.roundtable(), factories.roundtable(), factories.roundtable()
    shown = factories.comment(public, person)
    waiting = factories.comment(hidden, person, status=Comment.Status.PENDING)
    factories.comment(other)
    before = dict(Roundtable.objects.values_list("pk", "version"))
    activity = dict(Roundtable.objects.values_list("pk", "activity"))
    group = StakeholderGroup.objects.get(code="academia")
    address, data = page(staff_client, person)

    staff_client.post(
        address,
        data
        | {"name": "Ana New", "organisation": "New org", "group": group.pk, "country": "CH", "capacity": "official"},
    )

    for comment in (shown, waiting):
        comment.refresh_from_db()
        assert (
            comment.author_name,
            comment.author_organisation,
            comment.author_group,
            comment.author_country,
            comment.author_capacity,
        ) == ("Ana New", "New org", group, "CH", "official")
        assert "ana new new org" in comment.search_text
    after = dict(Roundtable.objects.values_list("pk", "version"))
    assert {pk: after[pk] - before[pk] for pk in after} == {public.pk: 1, hidden.pk: 0, other.pk: 0}
    now = dict(Roundtable.objects.values_list("pk", "activity"))
    assert {pk: now[pk] - activity[pk] for pk in now} == {public.pk: 1, hidden.pk: 1, other.pk: 0}


def test_who_is_made_inactive_is_named_as_a_moderator_no_more(staff_client):
    visitor, roundtable = Client(), factories.roundtable()
    moderator = factories.moderator(roundtable, "Mara Diallo")
    address = reverse("admin:accounts_user_change", args=[moderator.pk])
    found = ["Mara Diallo" in visitor.get(roundtable.get_absolute_url()).text]

    form = fields(staff_client.get(address), "user_form")
    for is_active in ([], ["on"]):
        staff_client.post(address, form | {"is_active": is_active})
        found.append("Mara Diallo" in visitor.get(roundtable.get_absolute_url()).text)

    assert found == [True, False, True]


def test_what_is_not_shown_beside_comments_leaves_them_alone(staff_client):
    person = factories.user("Ana")
    factories.comment(factories.roundtable(), person)
    before = Roundtable.objects.get().version
    address, data = page(staff_client, person)

    staff_client.post(address, data | {"language": "fr"})

    assert Roundtable.objects.get().version == before


def test_staff_cannot_make_anybody_staff_or_superuser(staff_client):
    me, other = User.objects.get(name="Secretariat"), factories.user("Ana")

    for person in (me, other):
        address, data = page(staff_client, person)
        response = staff_client.post(address, data | {"is_staff": "on", "is_superuser": "on", "name": "Changed"})
        assert response.status_code == 302
    data = fields(staff_client.get(reverse(ADD)), "user_form")
    staff_client.post(
        reverse(ADD), data | {"email": "b@example.org", "name": "Bea", "is_staff": "on", "is_superuser": "on"}
    )

    assert [rights(person) for person in (me, other, User.objects.get(name="Bea"))] == [
        (True, False),
        (False, False),
        (False, False),
    ]


def test_staff_cannot_change_a_superuser_nor_the_password_of_one(staff_client):
    root = factories.staff("Root", is_superuser=True, email="root@example.org")
    address = reverse("admin:accounts_user_change", args=[root.pk])
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    shown = staff_client.get(address)

    answers = [
        staff_client.post(address, {"email": "mine@example.org", "name": "Root"}).status_code,
        staff_client.get(password).status_code,
        staff_client.post(
            password, {"password1": "x" * 12, "password2": "x" * 12, "usable_password": "true"}
        ).status_code,
    ]

    assert (shown.status_code, answers) == (200, [403, 403, 403])
    assert User.objects.get(pk=root.pk).email == "root@example.org"


def test_a_superuser_gives_and_takes_rights(superuser_client):
    person = factories.user("Ana")
    address, data = page(superuser_client, person)

    superuser_client.post(address, data | {"is_staff": "on"})

    assert rights(person) == (True, False)


def test_no_page_shows_a_hash_of_a_password(staff_client):
    people = [factories.user("Ana"), factories.staff("Root", is_superuser=True)]
    for person in people:
        person.set_password("correct horse battery")
        person.save()
    hashes = [person.password.split("$")[-1] for person in people]

    pages = [staff_client.get(reverse("admin:accounts_user_change", args=[person.pk])) for person in people]
    pages.append(staff_client.get(reverse(LIST)))

    assert [value in page.content.decode() for page in pages for value in hashes] == [False] * 6


@pytest.mark.parametrize(
    "query", ["password__startswith=a", "emailaddress__email__startswith=a", "authenticator__data=1"]
)
def test_the_list_cannot_be_asked_about_secrets(staff_client, query):
    assert staff_client.get(f"{reverse(LIST)}?{query}").status_code == 400


def test_how_a_password_is_kept_is_no_disabled_field(staff_client):
    response = staff_client.get(reverse("admin:accounts_user_change", args=[factories.user().pk]))

    [kept] = markup.page(response).all("div", id="id_password")
    assert "disabled" not in kept.attrs


def test_nobody_is_deleted_in_the_admin(superuser_client):
    person = factories.user("Ana")

    response = superuser_client.post(reverse("admin:accounts_user_delete", args=[person.pk]), {"post": "yes"})

    assert (response.status_code, User.objects.filter(pk=person.pk).exists()) == (403, True)


def test_markup_in_names_is_inert(staff_client):
    attack = "<script>alert(1)</script>"
    person = factories.user(attack, organisation=attack)

    pages = [staff_client.get(reverse(LIST)), staff_client.get(reverse("admin:accounts_user_change", args=[person.pk]))]

    assert [attack in page.content.decode() for page in pages] == [False, False]


def test_the_log_of_the_admin_names_nobody(staff_client):
    person = factories.user("Ana")
    address, data = page(staff_client, person)

    staff_client.post(address, data | {"language": "fr"})

    assert LogEntry.objects.get().object_repr == f"#{person.pk}"


def test_the_list_costs_the_same_whatever_its_length(staff_client, django_assert_max_num_queries):
    for size in (1, 3, 30):
        while User.objects.count() < size:
            factories.user()
        with django_assert_max_num_queries(7):
            assert len(staff_client.get(reverse(LIST)).context["cl"].result_list) == size


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_sign_in_of_the_admin_is_the_sites_own(client, method):
    root = factories.staff("Root", is_superuser=True)
    root.set_password("correct horse battery")
    root.save()

    answer = getattr(client, method)(
        reverse("admin:login"), {"username": root.email, "password": "correct horse battery", "next": "/admin/"}
    )

    assert (answer.status_code, "_auth_user_id" in client.session) == (302, False)
    assert answer["Location"].startswith(reverse("account_login"))


def test_nobody_else_is_signed_in_through_the_admin(staff_client):
    root = factories.staff("Root", is_superuser=True)
    root.set_password("correct horse battery")
    root.save()

    answer = staff_client.post(reverse("admin:login"), {"username": root.email, "password": "correct horse battery"})

    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))
    assert staff_client.session["_auth_user_id"] != str(root.pk)
