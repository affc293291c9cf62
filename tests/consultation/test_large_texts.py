"""What a text of a million characters costs: it is refused and given back before anything looks into it."""

import sys
import uuid
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from consultation.models import Comment, Draft
from tests import factories
from tests.markup import page

pytestmark = pytest.mark.django_db

LOOKS_INTO = {"recognition", "documents", "likeness", "tongues", "mentions", "rendering"}
TEXT = "See objective 7, A/RES/73/195 § 12: l’enfance migrante, @Person 3. “Fort” & <b>.\n\n"
# Prose, what is far from ASCII, and what means something to the renderer.
LARGE = TEXT * (500_000 // len(TEXT)) + "漢" * 300_000 + "[*_`'@" * 40_000
MULTIPART, ENCODED = "multipart/form-data", "application/x-www-form-urlencoded"
ACTS = {
    "send": ({"action": "send"}, {}),
    "send it as it is": ({"action": "as_it_is"}, {}),
    "save a draft": ({"action": "draft"}, {}),
    "save a draft while writing": ({"action": "draft"}, {"Accept": "application/json"}),
    "preview": ({"action": "preview"}, {}),
    "preview while writing": ({"action": "live"}, {"HX-Request": "true"}),
}


FEW_CALLS = 3000  # a million characters that were gone through one by one would take a million


class Watched:
    """Counts the calls that Python makes, and remembers which of our modules were at work."""

    def __enter__(self):
        self.calls, self.modules = 0, set()
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_trouble):
        sys.setprofile(None)

    def _note(self, frame, event, _what):
        if event not in ("call", "c_call"):
            return
        self.calls += 1
        folder, _slash, name = frame.f_code.co_filename.removesuffix(".py").rpartition("/")
        if "/consultation" in folder:
            self.modules.add("rendering" if (name, frame.f_code.co_name) == ("text", "render") else name)


def address_of(kind, person):
    """Return where somebody writes a text of this kind; texts may have a hundred characters there."""
    roundtable = factories.roundtable(comment_limit=100)
    published = factories.comment(roundtable)
    mine = factories.comment(roundtable, person)
    return {
        "new": reverse("comment_contribute", args=[roundtable.slug]),
        "reply": reverse("comment_reply", args=[published.pk]),
        "changed": reverse("comment_revise", args=[mine.pk]),
        "paper": reverse("paper_submit", args=[roundtable.slug]),
    }[kind]


def post(client, address, body, act, encoding):
    """Send a form with this text and return the answer, and what it took."""
    further, headers = ACTS[act]
    form = {"body": body, "language": "en", "key": str(uuid.uuid4())} | further
    sent = {"data": form} if encoding == MULTIPART else {"data": urlencode(form), "content_type": encoding}
    with Watched() as watched:
        answer = client.post(address, headers=headers, **sent)
    return answer, watched


@pytest.fixture
def me(client):
    person = factories.user()
    client.force_login(person)
    return person


@pytest.mark.parametrize("encoding", [MULTIPART, ENCODED])
@pytest.mark.parametrize(
    ("kind", "act"), [*(("new", act) for act in ACTS), *((kind, "send") for kind in ["reply", "changed", "paper"])]
)
def test_a_text_beyond_the_limit_is_refused_before_anything_looks_into_it(client, me, kind, act, encoding):
    address = address_of(kind, me)
    stored = Comment.objects.count()
    post(client, address, "x" * 101, act, encoding)  # what is made once in a process
    _, small = post(client, address, "x" * 101, act, encoding)

    answer, large = post(client, address, LARGE, act, encoding)

    assert large.modules & LOOKS_INTO == set()
    assert large.calls < small.calls + FEW_CALLS
    if act == "preview while writing":
        shown = [each.words for each in page(answer).all("div") if "data-preview-text" in each.attrs]
        assert (answer.status_code, shown) == (200, [""])
    elif act == "save a draft while writing":
        assert (answer.status_code, answer.json()["state"]) == (422, "refused")
        assert "characters too long" in answer.json()["said"]
    else:
        assert answer.status_code == 422
        assert "characters too long" in page(answer).one("div", class_="error-summary").words
        assert page(answer).one("textarea", name="body").text == f"\n{LARGE}"
    assert (Comment.objects.count(), Draft.objects.count()) == (stored, 0)


def test_a_text_within_the_limit_is_looked_into(client, me):
    address = address_of("new", me)
    body = "See objective 7 and @Person 3."
    client.get(address)  # renders the texts of the site, once in a process

    found = {act: post(client, address, body, act, MULTIPART)[1].modules & LOOKS_INTO for act in ACTS}

    looked, shown = {"recognition", "documents", "likeness", "tongues"}, {"mentions", "documents", "rendering"}
    assert found == {
        "send": looked,
        "send it as it is": looked,
        "save a draft": set(),
        "save a draft while writing": looked,
        "preview": shown,
        "preview while writing": shown,
    }
