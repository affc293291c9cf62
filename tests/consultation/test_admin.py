"""The secretariat's admin: the site as a whole, and its texts in three languages."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.sites import site
from django.db import connection
from django.urls import reverse
from django.utils import translation

from accounts.models import Organisation, StakeholderGroup
from consultation.models import (
    Comment,
    Event,
    Objective,
    Organiser,
    Question,
    ReferenceStamp,
    Roundtable,
    Term,
    TextBlock,
)
from tests import factories
from tests.admin_forms import add_page, page, save

pytestmark = pytest.mark.django_db

TEXT = "First line\nsecond line\n\n  Last, with a blank at the end. "


@pytest.fixture
def staff_client(client):
    client.force_login(factories.staff())
    yield client
    translation.activate("en")  # a request leaves its language in the thread


def everything():
    """Return all rows that a form of the admin could write, as they are stored."""
    models = (Roundtable, Organiser, Question, Comment, Objective, Event, Organisation, StakeholderGroup, Term)
    models += (TextBlock, ReferenceStamp, LogEntry)
    rows = {}
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY 1")
            rows[model] = cursor.fetchall()
    return rows


def translated(model):
    """Make a row of a translated model whose texts are untidy and not there in every language."""
    if model is Roundtable:
        made = factories.roundtable(
            title_fr="Un\u00a0titre ", purpose_en=TEXT, how_to_fr=TEXT, co_chairs="KE,CH", objective_numbers=(3, 17)
        )
        Roundtable.objects.filter(pk=made.pk).update(
            closes_at=datetime.datetime(2031, 10, 26, 0, 30, 59, 999999, datetime.UTC)  # 02:30:59 comes twice
        )
        return made
    if model is Question:
        made = factories.roundtable().questions.get(number=2)
    elif model in (Objective, TextBlock, Term, StakeholderGroup):
        made = model.objects.first()
    else:
        made = model.objects.create(name_en="IMRF ", name_fr="FEMI")
    for field in site.get_model_admin(model).required_in_english:
        model.objects.filter(pk=made.pk).update(**{f"{field}_fr": "Un\nmot ", f"{field}_es": None})
    return made


TRANSLATED = [Event, Objective, Organisation, Question, Roundtable, StakeholderGroup, Term, TextBlock]


# --- Languages


@pytest.mark.parametrize("model", TRANSLATED)
@pytest.mark.parametrize("language", ["en", "es"])
def test_an_untouched_save_writes_nothing(staff_client, model, language):
    made = translated(model)
    before = everything()

    save(staff_client, *page(staff_client, made, language), language)

    assert everything() == before


@pytest.mark.parametrize("model", TRANSLATED)
def test_saving_one_language_leaves_the_others_byte_identical(staff_client, model):
    made = translated(model)
    name = f"{site.get_model_admin(model).required_in_english[0]}_es"
    translations = {field.name for field in model._meta.concrete_fields if hasattr(field, "translated_field")} - {name}
    before = model.objects.filter(pk=made.pk).values(*translations).get()
    address, data = page(staff_client, made, "es")

    save(staff_client, address, data | {name: "Más claro"}, "es")

    assert model.objects.filter(pk=made.pk).values(*translations).get() == before
    assert model.objects.filter(pk=made.pk).values_list(name, flat=True).get() == "Más claro"


def test_a_translation_can_be_emptied_in_its_own_language(staff_client):
    made = factories.roundtable(title_es="Mesa redonda")
    title = made.title_en
    address, data = page(staff_client, made, "es")

    save(staff_client, address, data | {"title_es": ""}, "es")

    made.refresh_from_db()
    assert (made.title_en, made.title_es) == (title, None)


def test_every_language_has_a_fieldset_headed_by_its_own_name(staff_client):
    response = staff_client.get(reverse("admin:consultation_roundtable_add"))

    for code, name in (("en", "English"), ("fr", "Français"), ("es", "Español")):
        heading = f'<span lang="{code}" data-language-tab data-error-label="contains an error">{name}</span>'
        assert heading in response.content.decode()
    assert "js/admin_language_tabs.js" in response.content.decode()


def test_only_the_english_title_is_required(staff_client):
    address, data = add_page(staff_client, Roundtable)

    response = staff_client.post(address, data | {"slug": "second", "title_fr": "Titre"})

    assert {name: [str(e) for e in errors] for name, errors in response.context["adminform"].errors.items()} == {
        "title_en": ["This field is required."]
    }


# --- The site


def test_every_page_of_the_admin_opens_in_every_language(staff_client):
    made = factories.roundtable()
    comment = factories.comment(made, question=made.questions.first())
    rows = [made, comment, made.questions.first(), comment.events.first(), comment.author]
    rows += [model.objects.first() for model in (Objective, StakeholderGroup, Term, TextBlock)]
    rows += [Event.objects.create(name_en="IMRF"), factories.organisation()]

    for language in ("en", "fr", "es"):
        addresses = [reverse("admin:index")]
        for row in rows:
            name = f"admin:{row._meta.label_lower.replace('.', '_')}"
            addresses += [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])]
        for address in addresses:
            response = staff_client.get(address, headers={"accept-language": language})
            assert (address, response.status_code) == (address, 200)
            assert f'<html lang="{language}"' in response.content.decode()


def test_the_index_says_how_many_comments_wait(staff_client):
    made = factories.roundtable()
    factories.comment(made, status=Comment.Status.PENDING)
    factories.comment(made)

    response = staff_client.get(reverse("admin:index"))

    assert "1 comment waits for a decision" in response.content.decode()


def test_keys_and_secrets_of_libraries_are_not_in_the_admin():
    registered = {model._meta.label for model in site._registry}

    assert registered == {
        "accounts.Mail",
        "accounts.Organisation",
        "accounts.StakeholderGroup",
        "accounts.User",
        "consultation.Comment",
        "consultation.Event",
        "consultation.ModerationEvent",
        "consultation.Objective",
        "consultation.Question",
        "consultation.Roundtable",
        "consultation.Term",
        "consultation.TextBlock",
    }


def test_moderators_are_found_by_name_or_address(staff_client):
    person = factories.user("Ana Núñez")
    query = {"app_label": "consultation", "model_name": "roundtable", "field_name": "moderators", "term": "núñez"}

    response = staff_client.get(reverse("admin:autocomplete"), query)

    assert response.json()["results"] == [{"id": str(person.pk), "text": "Ana Núñez"}]
