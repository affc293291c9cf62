"""Objectives, groups, terms, events, organisations and texts of the site in the secretariat's admin."""

import pytest
from django.contrib.admin.sites import site
from django.urls import reverse
from django.utils import translation

from accounts.models import StakeholderGroup
from consultation.models import Event, Objective, Organiser, Question, ReferenceStamp, Term, TextBlock
from tests import factories
from tests.admin_forms import page, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff_client(client):
    client.force_login(factories.staff())
    yield client
    translation.activate("en")  # a request leaves its language in the thread


# --- Reference data


@pytest.mark.parametrize("model", [Objective, StakeholderGroup, Term, TextBlock])
def test_a_change_of_reference_data_is_told_to_every_worker(staff_client, model):
    made = model.objects.first()
    before = ReferenceStamp.objects.get().value
    address, data = page(staff_client, made)
    name = f"{site.get_model_admin(model).required_in_english[0]}_fr"

    save(staff_client, address, data | {name: "Autre"})

    assert ReferenceStamp.objects.get().value == before + 1


def test_deleting_a_term_is_told_to_every_worker(staff_client):
    one, two = (Term.objects.create(code=f"t{number}", word_en="Word") for number in (1, 2))
    before = ReferenceStamp.objects.get().value

    staff_client.post(reverse("admin:consultation_term_delete", args=[one.pk]), {"post": "yes"})
    staff_client.post(
        reverse("admin:consultation_term_changelist"),
        {"action": "delete_selected", "_selected_action": two.pk, "post": "yes"},
    )

    assert list(Term.objects.values_list("code", flat=True)) == ["kosovo"]
    assert ReferenceStamp.objects.get().value == before + 2


def test_a_group_somebody_belongs_to_cannot_be_deleted(staff_client):
    unused = StakeholderGroup.objects.create(code="unused", label_en="Unused")
    addresses = [
        reverse("admin:accounts_stakeholdergroup_delete", args=[group.pk])
        for group in (StakeholderGroup.objects.get(code="civil-society"), unused)
    ]

    assert [staff_client.post(address, {"post": "yes"}).status_code for address in addresses] == [403, 302]


def test_a_change_of_an_event_or_organisation_makes_copies_of_its_roundtables_old(staff_client):
    event, organisation = Event.objects.create(name_en="IMRF"), factories.organisation()
    made, other = factories.roundtable(event=event), factories.roundtable()
    made.organisers.create(organisation=organisation, role=Organiser.Role.MODERATOR)

    for obj in (event, organisation):
        address, data = page(staff_client, obj)
        save(staff_client, address, data | {"name_fr": "Autre"})

    made.refresh_from_db()
    other.refresh_from_db()
    assert (made.version, other.version) == (2, 0)


def test_the_history_of_a_site_text_keeps_what_it_said_before_and_after(staff_client):
    block = TextBlock.objects.get(key="disclaimer")
    address, data = page(staff_client, block)

    for text in ("First", "Second"):
        save(staff_client, address, data | {"title_en": text})
    save(staff_client, address, data | {"title_en": "Second", "is_page": []})

    versions = block.versions.order_by("pk")
    assert [version.texts["title_en"] for version in versions] == [block.title_en, "First", "Second"]
    assert [version.texts["body_fr"] for version in versions] == [block.body_fr] * 3
    assert [version.saved_by and version.saved_by.name for version in versions] == [None, "Secretariat", "Secretariat"]
    assert "First" in staff_client.get(address).content.decode()


@pytest.mark.parametrize("name", ["consultation_objective", "consultation_textblock", "consultation_question"])
def test_what_others_name_by_its_key_cannot_be_deleted(staff_client, name):
    model = {"objective": Objective, "textblock": TextBlock, "question": Question}[name.split("_")[1]]
    made = factories.roundtable().questions.first() if model is Question else model.objects.first()

    one = staff_client.post(reverse(f"admin:{name}_delete", args=[made.pk]), {"post": "yes"})
    several = {"action": "delete_selected", "_selected_action": made.pk, "post": "yes"}
    staff_client.post(reverse(f"admin:{name}_changelist"), several)

    assert one.status_code == 403
    assert model.objects.filter(pk=made.pk).exists()
