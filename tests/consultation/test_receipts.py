"""Receipts: what they state, that only genuine ones pass, and that checking one gives nothing away."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from consultation import receipts
from consultation.models import Comment
from tests import factories
from tests.markup import page

pytestmark = pytest.mark.django_db

Status = Comment.Status
CHECK = "/en/receipts/check/"
BODY = "Receiptcanary: we ask for « safe » paths."


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths", title_en="Safe paths", time_zone="Africa/Nairobi")


@pytest.fixture
def author():
    return factories.user("Amina Diallo")


def sign_in(person):
    client = Client()
    if person:
        client.force_login(person)
    return client


def plain(author, comment, language="en"):
    with translation.override(language):
        address = reverse("receipt_download", args=[comment.pk])
    return sign_in(author).get(address).content.decode()


def told(receipt, person=None):
    """Return what somebody is told who checks a receipt: heading, sentence, warning."""
    answer = page(sign_in(person).post(CHECK, {"receipt": receipt}))
    [notice, *warnings] = answer.all("div", class_="notice")
    return notice.one("h2").words, notice.one("p").words, [warning.words for warning in warnings]


GENUINE = "This receipt is genuine"
UNCHANGED = "The text has not changed since. See the contribution"
WITHHELD = "This text is not published, so nothing is said about it here."


def test_a_receipt_states_what_was_received_and_when(roundtable, author):
    moment = datetime(2026, 5, 3, 21, 30, 15, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        roundtable.closes_at = moment + timedelta(hours=1)
        roundtable.opens_at = moment - timedelta(days=1)
        roundtable.save()
        comment = factories.comment(roundtable, author, body=BODY, status=Status.PENDING)

    lines = plain(author, comment).splitlines()

    assert lines[2:9] == [
        f"Reference number: RT-safe-paths-{comment.pk:06d}",
        "Roundtable: Safe paths",
        "Received: 2026-05-03 21:30:15 UTC",
        "In the time zone of the roundtable: 2026-05-04 00:30:15 Africa/Nairobi",
        "Deadline: Contributions are taken until 4 May 2026, 01:30 (Africa/Nairobi). This one was received in time.",
        "Version of the text: 1",
        f"SHA-256 of the text in UTF-8: {hashlib.sha256(BODY.encode()).hexdigest()}",
    ]
    assert lines[-1].startswith("RTR1.")
    assert plain(author, comment, "fr") != plain(author, comment)
    assert "Receiptcanary" not in "\n".join(lines)


def test_what_came_after_the_deadline_is_said_to_be_late(roundtable, author):
    roundtable.closes_at, roundtable.takes_late = timezone.now() - timedelta(minutes=1), True
    roundtable.save()
    comment = factories.comment(roundtable, author, late_reason="Because.", status=Status.PENDING)

    assert "This one was received after the deadline." in plain(author, comment)


def test_the_author_finds_the_receipt_with_the_contribution(roundtable, author):
    client = sign_in(author)
    posted = client.post(reverse("comment_contribute", args=["safe-paths"]), {"body": BODY, "language": "en"})
    comment = Comment.objects.get()

    links = {link.words: link.attrs["href"] for link in page(client.get(posted["Location"])).all("a")}
    shown = client.get(links[f"Receipt RT-safe-paths-{comment.pk:06d}"])
    download = client.get(reverse("receipt_download", args=[comment.pk]))

    assert page(shown).one("textarea").text.strip() == download.content.decode().strip()
    assert download["Content-Disposition"] == f'attachment; filename="RT-safe-paths-{comment.pk:06d}.txt"'
    assert download["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("how", ["whole", "signature", "wrapped", "french", "crlf"])
def test_a_genuine_receipt_passes_however_it_is_pasted(roundtable, author, how):
    comment = factories.comment(roundtable, author, body=BODY)
    receipt = plain(author, comment, "fr" if how == "french" else "en")
    signature = receipt.splitlines()[-1]
    pasted = {
        "signature": signature,
        "wrapped": f"Signature:\n{signature[:60]}\n{signature[60:130]}\n{signature[130:]}",
        "crlf": receipt.replace("\n", "\r\n"),
    }.get(how, receipt)

    assert told(pasted) == (GENUINE, UNCHANGED, [])


def test_a_receipt_names_the_roundtable_in_the_language_of_its_reader_and_is_signed_alike(roundtable, author):
    roundtable.title_fr = "Des chemins sûrs"
    roundtable.save()
    comment = factories.comment(roundtable, author, body=BODY)
    english, french = plain(author, comment), plain(author, comment, "fr")

    def named(person=None):
        answer = sign_in(person).post("/fr/receipts/check/", {"receipt": english})
        return page(answer).one("dl").all("dd")[1].words

    assert [line.split("\N{NO-BREAK SPACE}: ")[-1] for line in french.splitlines()[3:4]] == ["Des chemins sûrs"]
    assert english.splitlines()[-1] == french.splitlines()[-1]
    assert named() == "Des chemins sûrs"
    roundtable.is_published = False
    roundtable.save()
    assert [named(), named(factories.moderator(roundtable))] == ["Safe paths", "Des chemins sûrs"]
    roundtable.title_en, roundtable.title_fr = "Other paths", "Autres chemins"
    roundtable.save()
    assert named(factories.moderator(roundtable)) == "Safe paths"


def test_an_altered_receipt_does_not_pass(roundtable, author):
    comment = factories.comment(roundtable, author, body=BODY)
    receipt = plain(author, comment)
    signature = receipt.splitlines()[-1]
    at = len(signature) // 2
    other = "A" if signature[at] != "A" else "B"
    altered = [signature[:at] + other + signature[at + 1 :], signature[:-1], "RTR1.x:y", "nothing", "RTR1." + "é" * 99]

    found = [told(each)[0] for each in altered]

    assert found == ["This is no receipt of this site"] * 5
    words = told(receipt.replace("Received: 2", "Received: 1"))
    assert words == (
        GENUINE,
        UNCHANGED,
        ["What stands around the signature was altered. Only what follows here was signed."],
    )


@pytest.mark.parametrize("odd", ["", " ", "x" * 20_001, "\0", "RTR1." * 3000])
def test_odd_receipts_are_answered_never_with_an_error(client, odd):
    assert client.post(CHECK, {"receipt": odd}).status_code in (200, 422)


def test_a_receipt_of_a_held_text_tells_a_stranger_nothing_about_it(roundtable, author):
    comment = factories.comment(roundtable, author, body=BODY, status=Status.PENDING)
    receipt = plain(author, comment)
    moderator = factories.moderator(roundtable)
    before = [told(receipt, person) for person in (None, factories.user(), author, moderator)]
    response = sign_in(None).post(CHECK, {"receipt": receipt})

    comment.reject(by=moderator, reason="other")

    assert before == [(GENUINE, WITHHELD, [])] * 2 + [(GENUINE, UNCHANGED, [])] * 2
    assert told(receipt) == (GENUINE, WITHHELD, [])
    assert b"Receiptcanary" not in response.content
    Comment.objects.filter(pk=comment.pk).update(status=Status.WITHDRAWN)
    assert told(receipt) == (GENUINE, WITHHELD, [])


def test_a_receipt_says_what_became_of_a_published_text(roundtable, author):
    moderator = factories.moderator(roundtable)
    comment = factories.comment(roundtable, author, body=BODY)
    first = plain(author, comment)
    comment.propose_edit(factories.new_text("Another text."), by=author)
    second = plain(author, comment)
    proposed = [told(first)[1], told(second)[1]]
    comment.approve_edit(by=moderator)
    approved = [told(first)[1], told(second)[1]]
    Comment.objects.get().cover(by=moderator, passages=[(0, 7)], reason="other")
    covered = told(second)[1]
    Comment.objects.get().withdraw(by=author)

    assert proposed == [UNCHANGED, WITHHELD]
    assert approved == ["Another version has taken the place of this text since. See the contribution", UNCHANGED]
    assert covered.startswith("The author has not changed the text since; moderators covered parts of it.")
    assert [told(receipt)[1] for receipt in (first, second)] == [
        "The contribution has been withdrawn or removed since. See the contribution"
    ] * 2
    assert sign_in(author).get(reverse("receipt_detail", args=[comment.pk])).status_code == 404


def test_a_receipt_holds_no_text_and_no_name(roundtable, author):
    comment = factories.comment(roundtable, author, body=BODY)

    signed = receipts.receipt_of(comment)

    assert set(vars(signed)) == {
        "comment",
        "reference",
        "roundtable",
        "revision",
        "sha256",
        "received_at",
        "closes_at",
        "zone",
    }


def test_a_receipt_outlives_a_change_of_the_secret_key_where_the_old_one_is_named(roundtable, author, settings):
    receipt = plain(author, factories.comment(roundtable, author, body=BODY))
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-" * 5
    without = told(receipt)[0]

    settings.SECRET_KEY_FALLBACKS = [former]

    assert (without, told(receipt)[0]) == ("This is no receipt of this site", GENUINE)
