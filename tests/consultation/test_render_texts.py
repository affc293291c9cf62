"""`manage.py render_texts`: what an older version made of texts is made again."""

from io import StringIO

import pytest
from django.core.management import call_command

from consultation import text
from consultation.models import Comment, DocumentCitation, Roundtable, TextPrint
from tests import factories

pytestmark = pytest.mark.django_db

BODY = "We read A/HRC/44/42 again, and it says what our members say of the crossings and of those who help them."


def run(**options):
    out = StringIO()
    call_command("render_texts", stdout=out, **options)
    return out.getvalue().strip()


@pytest.fixture
def old():
    """A published comment as an older version left it."""
    comment = factories.comment(factories.roundtable(), body=BODY)
    Comment.objects.filter(pk=comment.pk).update(renderer_version=1, lead_html="<p>old</p>", search_text="old")
    TextPrint.objects.all().delete()
    DocumentCitation.objects.all().delete()
    return comment


def test_an_old_text_is_made_again_as_if_it_were_posted_now(old):
    version = Roundtable.objects.get().version

    said = run()

    comment = Comment.objects.get()
    assert said == "1 texts made again"
    assert comment.lead_html == text.render(BODY).lead
    assert comment.search_text == old.search_text
    assert comment.renderer_version == text.RENDERER_VERSION
    assert [cited.symbol for cited in comment.documents.all()] == ["A/HRC/44/42"]
    assert comment.prints.count() == 8
    assert Roundtable.objects.get().version == version + 1


def test_what_is_up_to_date_is_touched_on_demand_only(old):
    run()
    version = Roundtable.objects.get().version

    said = [run(), run(all=True)]

    assert said == ["0 texts made again", "1 texts made again"]
    assert Roundtable.objects.get().version == version + 1


def test_old_texts_are_compared_with_each_other(old):
    again = factories.comment(old.roundtable, body=f"{BODY} Thank you.")
    Comment.objects.update(renderer_version=1, similar_to=None, similarity=0)

    run()

    assert list(Comment.objects.order_by("pk").values_list("similar_to", flat=True)) == [None, old.pk]
    assert again.pk > old.pk


def test_what_is_covered_stays_covered():
    comment = factories.comment(factories.roundtable(), body=BODY)
    comment.cover(by=factories.staff(), passages=[(0, 20)], reason="personal_data")
    covered = Comment.objects.get().lead_html

    run(all=True)

    assert Comment.objects.get().lead_html == covered
    assert "A/HRC/44/42" not in covered
