"""What a page costs: the same number of queries at any size, no writing on reading, few bytes a comment."""

import gzip
import random
import re
import uuid

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultation import reference
from consultation.models import Comment, Event, ModerationEvent, Question, Revision, Roundtable, TextBlock
from consultation.models.comment_manager import DEEPEST
from consultation.templatetags import kept
from tests import factories
from tests.discussions import any_shape, chain, plant, reading_order
from tests.markup import comment_ids, page

pytestmark = pytest.mark.django_db

Status = Comment.Status
KINDS = ["visitor", "participant", "author", "moderator", "secretariat"]
SIZES = [1, 3, 30, 2000]
LOCK = connection.vendor == "postgresql"  # there the forest is locked by a statement of its own


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths")


def fill(roundtable, size, author):
    """Bring a roundtable to so many comments, of all kinds, under all questions."""
    now = Comment.objects.filter(roundtable=roundtable).count()
    questions = [*roundtable.questions.all(), None]
    rng = random.Random(size)
    statuses = [Status.APPROVED] * 8 + [Status.REMOVED, Status.PENDING]
    plant(
        roundtable,
        any_shape(rng, size - now, deepest=DEEPEST),
        author=author,
        question=lambda place: questions[place % 4],
        status=lambda place: statuses[place % 10],
        objective_numbers=lambda place: (3, 17) if place % 3 else (),
        language=lambda place: ("en", "fr", "es")[place % 3],
        author_role=lambda place: "moderator" if place % 7 == 6 else "participant",
    )


def people(roundtable):
    return {
        "visitor": None,
        "participant": factories.user(),
        "author": factories.user(),
        "moderator": factories.moderator(roundtable),
        "secretariat": factories.staff(),
    }


def signed_in(person):
    client = Client()
    if person:
        client.force_login(person)
    return client


def cold():
    caches["pages"].clear()
    reference.forget()
    kept.forget()


def asked(client, address, *, is_cold=True, **headers):
    """Return (answer, statements)."""
    if is_cold:
        cold()
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address, headers=headers)
    return response, [query["sql"] for query in queries]


# --- Queries


def test_a_discussion_takes_the_same_few_queries_at_any_size_for_everybody(roundtable):
    everybody = people(roundtable)
    clients = {kind: signed_in(person) for kind, person in everybody.items()}
    where = reverse("roundtable_detail", args=[roundtable.slug])
    found = {}

    for size in SIZES:
        fill(roundtable, size, everybody["author"])
        found[size] = {kind: len(asked(client, where)[1]) for kind, client in clients.items()}

    assert found == dict.fromkeys(SIZES, found[SIZES[0]])
    most = {"visitor": 5, "participant": 7, "author": 7, "moderator": 7, "secretariat": 7}
    assert {kind: count for kind, count in found[1].items() if count > most[kind]} == {}


@pytest.mark.parametrize(
    "query", ["?sort=newest", "?sort=activity", "?objective=3", "?language=fr&sort=newest", "?organisers=on"]
)
def test_sorted_and_filtered_pages_take_the_same_queries_at_any_size(roundtable, query):
    author = factories.user()
    where = f"{reverse('roundtable_detail', args=[roundtable.slug])}{query}"
    clients = [signed_in(None), signed_in(factories.user()), signed_in(factories.moderator(roundtable))]
    found = []

    for size in (30, 60, 600):
        fill(roundtable, size, author)
        found.append([len(asked(client, where)[1]) for client in clients])

    assert found == [found[0]] * 3
    assert found[0][0] <= 6
    assert max(found[0]) <= 9


def test_every_page_takes_the_same_queries_at_3_and_at_60_comments(roundtable, settings):
    settings.DOWNLOADS_PER_HOUR = 100
    author = factories.user()
    fill(roundtable, 3, author)
    root = Comment.objects.filter(status=Status.APPROVED, depth=1).first()
    held = factories.comment(roundtable, author, status=Status.PENDING)
    clients = {kind: signed_in(person) for kind, person in people(roundtable).items()}
    clients["author"] = signed_in(author)
    slug = roundtable.slug
    addresses = [
        "/en/",
        "/en/roundtables/",
        reverse("question_detail", args=[slug, 1]),
        reverse("question_detail", args=[slug, 999]),
        reverse("roundtable_all", args=[slug]),
        reverse("roundtable_note", args=[slug]),
        reverse("comment_answer", args=[slug, 1]),
        reverse("comment_contribute", args=[slug]),
        reverse("comment_mine"),
        reverse("comment_detail", args=[root.pk]),
        reverse("comment_reply", args=[root.pk]),
        reverse("comment_detail", args=[held.pk]),
        reverse("comment_revise", args=[held.pk]),
        reverse("moderation_queue"),
        reverse("moderation_decide", args=[held.pk]),
        reverse("objective_list"),
        reverse("objective_detail", args=[3]),
        "/en/search/?q=safe",
        "/en/contact/",
    ]
    for name in ("roundtable_csv", "roundtable_json", "moderation_links"):
        addresses.append(reverse(name, args=[slug]))

    def costs():
        found = {}
        for address in addresses:
            for kind, client in clients.items():
                if "/export." in address:
                    client.get(address)  # the first download of an hour begins to count
                cold()
                with CaptureQueriesContext(connection) as queries:
                    response = client.get(address)
                    if response.streaming:
                        response.getvalue()
                found[address, kind] = (response.status_code, len(queries))
        return found

    few = costs()
    fill(roundtable, 62, author)
    for number in range(3):
        factories.roundtable(slug=f"other-{number}")

    many = costs()

    assert {key: (few[key], many[key]) for key in few if few[key] != many[key]} == {}
    # Counting a download takes some statements more.
    assert max(count for (address, _kind), (_status, count) in few.items() if "/export." not in address) <= 12


def test_a_page_that_somebody_holds_costs_a_visitor_one_query(roundtable):
    fill(roundtable, 30, factories.user())
    where = reverse("roundtable_detail", args=[roundtable.slug])
    found = {}

    for kind, person in people(roundtable).items():
        client = signed_in(person)
        client.get(where)
        first = client.get(where)
        response, queries = asked(client, where, **{"if-none-match": first["ETag"]})
        found[kind] = (response.status_code, len(queries))

    assert {status for status, _count in found.values()} == {304}
    assert found["visitor"][1] == 1
    assert max(count for _status, count in found.values()) <= 3


def test_a_page_that_another_visitor_has_seen_costs_one_query(roundtable):
    fill(roundtable, 30, factories.user())
    where = reverse("roundtable_detail", args=[roundtable.slug])
    Client().get(where)

    response, queries = asked(Client(), where, is_cold=False)

    assert response.status_code == 200
    assert len(queries) == 1


def test_no_page_counts_or_skips_comments(roundtable):
    fill(roundtable, 60, factories.user())
    client = signed_in(factories.moderator(roundtable))
    statements = []
    for query in ("", "?sort=newest", "?sort=activity", "?objective=3"):
        statements += asked(client, f"{reverse('roundtable_detail', args=[roundtable.slug])}{query}")[1]

    assert [sql for sql in statements if re.search(r"\bCOUNT\(|\bOFFSET\b", sql)] == []


@pytest.mark.parametrize(("size", "depth"), [(1, 1), (200, 1), (200, DEEPEST)])
def test_posting_a_reply_takes_few_statements_at_any_size_and_depth(roundtable, size, depth):
    author = factories.user()
    fill(roundtable, size, author)
    answered = plant(roundtable, chain(depth))[-1]
    client = signed_in(factories.user())
    where = reverse("comment_reply", args=[answered.pk])
    client.get(where)

    with CaptureQueriesContext(connection) as queries:
        response = client.post(where, {"body": "A reply.", "language": "en", "key": str(uuid.uuid4())})

    assert response.status_code == 302
    assert Comment.objects.latest("pk").in_reply_to == answered
    assert len(queries) <= 10 + LOCK


@pytest.mark.parametrize(
    ("where", "moderation", "is_shared", "most"),
    [
        ("answer", "before", False, 13),
        ("answer", "before", True, 15),
        ("reply", "before", False, 13),
        ("reply", "after", False, 16),
        ("reply", "after", True, 18),
    ],
)
def test_posting_a_long_text_that_cites_documents_takes_few_statements(where, moderation, is_shared, most):
    event = Event.objects.create(name_en="Review Forum") if is_shared else None
    roundtable = factories.roundtable(event=event, moderation=moderation)
    factories.roundtable(event=event, objective_numbers=(7,))
    answered = factories.comment(roundtable, factories.moderator(roundtable), question=roundtable.questions.first())
    client = signed_in(factories.user())
    args = {"answer": [roundtable.slug, 1], "reply": [answered.pk]}[where]
    address = reverse(f"comment_{where}", args=args)
    body = f"See A/RES/73/195, § 12, E/2024/5 and objective 7. {prose(random.Random(3))}"
    form = {"body": body, "language": "en", "objectives": [7], "key": str(uuid.uuid4())}
    client.get(address)

    with CaptureQueriesContext(connection) as queries:
        response = client.post(address, form)

    posted = Comment.objects.latest("pk")
    assert response.status_code == 302
    assert (posted.documents.count(), posted.concerns.count(), posted.prints.exists()) == (2, int(is_shared), True)
    assert len(queries) <= most + LOCK


# --- Reading writes nothing


WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|TRUNCATE|SELECT .*FOR UPDATE)", re.I | re.S)


def test_no_get_writes_anything(roundtable):
    author = factories.user()
    fill(roundtable, 30, author)
    roots = list(Comment.objects.filter(depth=1))
    addresses = [f"/{language}{rest}" for language in ("en", "fr") for rest in ("/", "/roundtables/", "/objectives/3/")]
    addresses += ["/", "/healthz", "/robots.txt", "/.well-known/security.txt", "/en/search/?q=safe", "/en/contact/"]
    # Downloads are counted, for all workers together, and so leave something behind.
    of_roundtable = ("roundtable_detail", "roundtable_all", "roundtable_note", "roundtable_shared", "feed_roundtable")
    for name in (*of_roundtable, "comment_contribute", "paper_list", "paper_submit", "moderation_register"):
        addresses.append(reverse(name, args=[roundtable.slug]))
    for name in ("participant_list", "account_notifications", "receipt_check", "comment_reports", "account_close"):
        addresses.append(reverse(name))
    addresses += [f"{reverse('roundtable_detail', args=[roundtable.slug])}?sort=newest", reverse("comment_mine")]
    addresses += [reverse("moderation_queue"), "/en/nowhere/"]
    for comment in roots[:3]:
        addresses += [
            reverse(f"comment_{name}", args=[comment.pk])
            for name in ("detail", "reply", "revise", "versions", "withdraw", "withdraw_edit")
        ]
        addresses += [reverse(name, args=[comment.pk]) for name in ("feed_comment", "receipt_detail")]
        addresses += [reverse("moderation_decide", args=[comment.pk]), reverse("moderation_refile", args=[comment.pk])]
    models = (Comment, Revision, ModerationEvent, Roundtable, Question, TextBlock)
    before = [list(model.objects.order_by("pk").values()) for model in models]

    written = {}
    for kind, person in people(roundtable).items():
        client = signed_in(author if kind == "author" else person)
        for address in addresses:
            for method in (client.get, client.head)[: 1 + (kind == "moderator")]:
                with CaptureQueriesContext(connection) as queries:
                    method(address)
                found = [query["sql"] for query in queries if WRITES.match(query["sql"])]
                if found:
                    written[kind, address] = found

    assert written == {}
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


# --- Bytes


PROSE = (
    "Regular pathways are what protects people best where families are divided by a border and work is on one side "
    "of it. Our members met four hundred persons last spring; most of them had waited longer than two years for an "
    "answer, and none had been told why. "
)


def prose(rng):
    """Return a text of about 200 words that does not compress better than people's texts do."""
    words = PROSE.split()
    return " ".join(f"{rng.choice(words)}{rng.randrange(10) if rng.random() < 0.03 else ''}" for _ in range(200))


def test_the_markup_around_a_comment_takes_at_most_500_bytes(roundtable):
    author = factories.user("Nadia El-Amrani-Delacroix", organisation="Federation of Migrant Workers’ Unions")
    rng = random.Random(1)
    parents = any_shape(rng, 50, deepest=5)
    comments = plant(
        roundtable, parents, author=author, body=lambda _: prose(rng), objective_numbers=lambda at: (3, 17)[: at % 3]
    )
    for comment in comments:
        comment.set_body(comment.body)
    Comment.objects.bulk_update(comments, ["lead_html", "rest_html"])
    where = reverse("roundtable_detail", args=[roundtable.slug])

    for person in (None, factories.user(), factories.moderator(roundtable)):
        html = signed_in(person).get(where).content
        articles = re.findall(rb"<li><article.*?</article>", html, re.S)
        beside = [len(article) - len(re.sub(rb"<[^>]+>", b"", article)) for article in articles]
        assert len(articles) >= 25
        assert sum(beside) / len(beside) <= 500


def test_a_page_of_fifty_takes_at_most_110_kib_and_25_compressed(roundtable):
    rng = random.Random(2)
    comments = plant(roundtable, any_shape(rng, 55, deepest=5), body=lambda place: prose(rng))
    for comment in comments:
        comment.set_body(comment.body)
    Comment.objects.bulk_update(comments, ["lead_html", "rest_html"])
    where = reverse("roundtable_detail", args=[roundtable.slug])

    plain = Client().get(where)
    packed = Client().get(where, headers={"accept-encoding": "gzip"})

    assert len(comment_ids(plain)) >= 25
    assert len(plain.content) <= 110 * 1024
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) <= 25 * 1024
    assert gzip.decompress(packed.content) == plain.content


# --- Deep and wide


def test_a_chain_of_a_hundred_replies_is_capped_and_each_says_whom_it_answers(roundtable, settings):
    settings.POSTING_LIMITS_OFF = True
    settings.COMMENTS_PER_PAGE = 200
    client = signed_in(factories.user("Amina Diallo"))
    Roundtable.objects.update(moderation="after")
    statuses, comments = [], []

    for number in range(100):
        where = (
            reverse("comment_reply", args=[comments[-1]])
            if comments
            else reverse("comment_contribute", args=[roundtable.slug])
        )
        statuses.append(client.post(where, {"body": f"Number {number}", "language": "en"}).status_code)
        comments.append(Comment.objects.order_by("-pk").values_list("pk", flat=True)[0])

    response = client.get(reverse("roundtable_detail", args=[roundtable.slug]))
    articles = page(response).all("article", class_="comment")
    assert statuses == [302] * 100
    assert Comment.objects.order_by("-depth")[0].depth == DEEPEST
    assert [article.attrs["id"] for article in articles] == [f"comment-{pk}" for pk in comments]
    answers = [article.one("p", class_="to").one("a") for article in articles[1:]]
    assert [link.attrs["href"] for link in answers] == [f"#comment-{pk}" for pk in comments[:-1]]
    assert {link.words for link in answers} == {"Amina Diallo"}
    assert [client.get(reverse("comment_detail", args=[pk])).status_code for pk in comments[::9]] == [200] * 12
    assert not any(Comment.objects.find_problems())


@pytest.mark.parametrize("size", [1, 2, 49, 50, 51, 101, 200])
def test_every_comment_is_reached_once_by_following_the_next_link(client, roundtable, size):
    rng = random.Random(size)
    questions = [*roundtable.questions.all(), None]
    parents = any_shape(rng, size, deepest=DEEPEST)
    comments = plant(roundtable, parents, question=lambda _: rng.choice(questions))
    found = {}

    for sort in ("oldest", "newest", "activity"):
        found[sort], address = [], f"/en/roundtables/safe-paths/?sort={sort}"
        while address:
            response = client.get(address)
            found[sort] += comment_ids(response)
            following = page(response).all("a", rel="next")
            address = following and f"/en/roundtables/safe-paths/{following[0].attrs['href'].partition('#')[0]}"

    order = reading_order(comments, parents)
    assert found["oldest"] == order
    assert {sort: sorted(ids) for sort, ids in found.items()} == dict.fromkeys(found, sorted(order))


def test_the_form_of_a_reply_costs_the_same_in_a_long_thread(roundtable):
    short = plant(roundtable, [None, 0])
    long = plant(factories.roundtable(), [None, *[0] * 600])
    client = signed_in(factories.user())
    found = [asked(client, reverse("comment_reply", args=[thread[0].pk])) for thread in (short, long)]

    assert [len(queries) for _response, queries in found] == [len(found[0][1])] * 2
    sizes = [len(response.content) for response, _queries in found]
    assert abs(sizes[0] - sizes[1]) < 200
