"""Reading: what stands on each page of the discussion, in which language, and who sees what of whom."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import StakeholderGroup
from consultation.models import Comment, Event, Organiser, Roundtable
from tests import factories
from tests.discussions import chain, plant
from tests.markup import comment_ids, page

pytestmark = pytest.mark.django_db

Status = Comment.Status


@pytest.fixture
def roundtable():
    return factories.roundtable(slug="safe-paths", title_en="Safe paths")


def get(client, name, *args, query="", language="en", status=200):
    """Return the answer to a request for a page by the name of its address."""
    with translation.override(language):
        response = client.get(f"{reverse(name, args=args)}{query}")
    assert response.status_code == status
    return response


def detail(client, roundtable, **how):
    return get(client, "roundtable_detail", roundtable.slug, **how)


def words_of(element, tag, **attrs):
    return [each.words for each in element.all(tag, **attrs)]


def headings(response):
    main = page(response).one("main")
    return [(each.tag, each.words) for each in main if each.tag in ("h1", "h2")]


# --- The list of roundtables


def test_the_list_shows_every_published_roundtable_with_its_status(client):
    now = timezone.now()
    week = timedelta(days=7)
    factories.roundtable(title_en="Open", position=1)
    factories.roundtable(title_en="To come", position=2, opens_at=now + week, closes_at=now + 2 * week)
    factories.roundtable(title_en="Past", position=3, opens_at=now - 2 * week, closes_at=now - week)
    factories.roundtable(title_en="Told", position=4, opens_at=now - week, closes_at=now, note_status="published")
    factories.roundtable(title_en="Without dates", position=5, opens_at=None, closes_at=None)
    factories.roundtable(title_en="Hidden", position=6, is_published=False)

    cards = page(get(client, "roundtable_list")).one("ul", class_="cards")

    found = [(item.one("a").words, item.one("span", class_="tag").words) for item in cards.all("li")]
    assert found == [
        ("Open", "Open"),
        ("To come", "Upcoming"),
        ("Past", "Closed"),
        ("Told", "Reported"),
        ("Without dates", "Open"),
    ]


def test_an_unpublished_roundtable_is_in_the_list_of_its_moderators_and_the_secretariat(client, roundtable):
    Roundtable.objects.update(is_published=False)
    people = [None, factories.user(), factories.moderator(factories.roundtable(is_published=False))]
    people += [factories.moderator(roundtable), factories.staff()]

    found = []
    for person in people:
        client.logout()
        if person:
            client.force_login(person)
        found.append("Safe paths" in get(client, "roundtable_list").content.decode())

    assert found == [False, False, False, True, True]


# --- The head of a discussion


def test_the_page_says_what_is_asked_by_whom_and_until_when(client, time_machine):
    time_machine.move_to("2026-03-20T12:00:00Z", tick=False)
    event = Event.objects.create(name_en="Review Forum", place_en="New York", starts_on=date(2026, 5, 17))
    roundtable = factories.roundtable(
        title_en="Safe paths",
        purpose_en="We *gather* inputs.",
        how_to_en="Answer a question.",
        objective_numbers=(2, 23),
        event=event,
        opens_at=datetime(2026, 3, 1, tzinfo=UTC),
        closes_at=datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC),
        note_due_on=date(2026, 4, 20),
        co_chairs="CH,KE",
    )
    factories.moderator(roundtable, "Mara Lind", organisation="IOM")
    Organiser.objects.create(roundtable=roundtable, organisation=factories.organisation(), role="background_note")

    top = page(detail(client, roundtable))

    main = top.one("main")
    assert main.one("h1").words == "Safe paths"
    assert main.one("p", class_="eyebrow").words == "In preparation for: Review Forum"
    assert main.one("p", class_="status-line").words == (
        "Open Runs until 31 March 2026, 23:59 (Europe/Zurich). 11 days left"
    )
    assert [each.words for each in main.all("div", class_="prose")] == ["We gather inputs.", "Answer a question."]
    assert words_of(main.one("ul", class_="chips"), "li") == [
        "2 Minimize adverse drivers",
        "23 International cooperation",
    ]
    aside = {block.one("h2").words: words_of(block, "li") for block in main.all("section", class_="aside-block")}
    assert aside["Timeline"] == [
        "Discussion opens 1 March 2026",
        "Discussion closes 31 March 2026, 23:59 (Europe/Zurich)",
        "Background note due 20 April 2026",
        "Review Forum 17 May 2026, New York",
    ]
    assert aside["Drafts the background note"] == ["International Organization for Migration (IOM)"]
    assert aside["Moderators"] == ["Mara Lind, IOM"]
    assert aside["Co-chairs"] == ["Switzerland", "Kenya"]


def test_a_roundtable_without_dates_or_objectives_has_no_empty_headings(client):
    bare = factories.roundtable(questions=0, opens_at=None, closes_at=None)

    found = headings(detail(client, bare))

    assert [words for tag, words in found if tag == "h2"] == [
        "Discussion questions and comments",
        "Co-chairs",
        "Background note",
        "Need help posting?",
    ]


def test_questions_stand_in_their_order_with_their_counts(client, roundtable):
    third = roundtable.questions.get(number=3)
    factories.comment(roundtable, question=third)
    factories.comment(roundtable, question=third)
    factories.comment(roundtable, question=third, status=Status.PENDING)
    factories.comment(roundtable)

    main = page(detail(client, roundtable)).one("main")

    assert words_of(main.one("ol", class_="question-list"), "li") == [
        "1. What about matter 1? 0 contributions · Answer question 1",
        "2. What about matter 2? 0 contributions · Answer question 2",
        "3. What about matter 3? 2 contributions · Answer question 3",
    ]
    assert "3 contributions published" in words_of(main, "p")
    assert [each.one("h2").words for each in main.all("section", class_="question")] == [
        "1. What about matter 1?",
        "2. What about matter 2?",
        "3. What about matter 3?",
        "General contributions",
    ]


@pytest.mark.parametrize(
    ("closes_at", "left"),
    [
        ("2026-03-29T21:59:00Z", "Closes today"),
        ("2026-03-30T21:59:00Z", "Closes tomorrow"),
        ("2026-03-31T21:59:00Z", "2 days left"),
    ],
)
def test_days_left_are_counted_on_the_calendar_of_the_roundtable(client, time_machine, closes_at, left):
    time_machine.move_to("2026-03-28T23:30:00Z", tick=False)  # the 29th in Zurich, an hour before the clocks change
    roundtable = factories.roundtable(opens_at=None, closes_at=datetime.fromisoformat(closes_at))

    status = page(detail(client, roundtable)).one("main").all("p", class_="status-line")[0]

    assert status.one("strong").words == left


# --- Languages


def test_texts_that_are_not_translated_carry_the_language_they_are_shown_in(client):
    roundtable = factories.roundtable(
        slug="two", title_en="Safe paths", title_fr="Voies sûres", purpose_en="We gather.", how_to_fr="Répondez."
    )
    roundtable.questions.filter(number=1).update(text_en=None, text_es="¿Qué hay?")

    french = page(detail(client, roundtable, language="fr"))
    spanish = page(detail(client, roundtable, language="es"))

    def shown(top):
        main = top.one("main")
        prose = [(each.words, each.attrs.get("lang")) for each in main.all("div", class_="prose")]
        title = main.one("h1")
        first = main.one("ol", class_="question-list").all("h3")[0]
        return top.one("html").attrs["lang"], (title.words, title.attrs.get("lang")), prose, first.attrs.get("lang")

    assert shown(french) == ("fr", ("Voies sûres", None), [("We gather.", "en"), ("Répondez.", None)], "es")
    assert shown(spanish) == ("es", ("Safe paths", "en"), [("We gather.", "en"), ("Répondez.", "fr")], None)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_each_page_offers_itself_in_the_other_languages(client, roundtable, language):
    response = detail(client, roundtable, language=language, query="?sort=newest")

    switch = page(response).one("nav", class_="languages")

    assert [(link.attrs["href"], link.words, link.attrs.get("aria-current")) for link in switch.all("a")] == [
        ("/en/roundtables/safe-paths/?sort=newest", "English", "true" if language == "en" else None),
        ("/fr/roundtables/safe-paths/?sort=newest", "Français", "true" if language == "fr" else None),
        ("/es/roundtables/safe-paths/?sort=newest", "Español", "true" if language == "es" else None),
    ]


def test_a_term_has_its_footnote_at_the_foot_of_the_page_in_the_language_of_the_page(client, roundtable):
    factories.comment(roundtable, body="Le Kosovo et ses voisins", language="fr")

    french = page(detail(client, roundtable, language="fr"))

    note = french.one("p", id="footnote-kosovo")
    assert note.words.startswith("* Toute mention du Kosovo s’entend")
    assert french.one("a", class_="footnote-mark").attrs["href"] == "#footnote-kosovo"


# --- One question, all on one page, sorts and filters


def test_the_page_of_a_question_shows_its_threads_only(client, roundtable):
    first, second, _third = roundtable.questions.all()
    answer = factories.comment(roundtable, question=first)
    reply = factories.comment(roundtable, answers=answer)
    other = factories.comment(roundtable, question=second)
    general = factories.comment(roundtable)

    found = {number: comment_ids(get(client, "question_detail", "safe-paths", number)) for number in (1, 2, 3, 999)}

    assert found == {1: [answer.pk, reply.pk], 2: [other.pk], 3: [], 999: [general.pk]}


@pytest.mark.parametrize("number", [0, 4, 998, 1000, 2**31, 2**63, 10**30])
def test_a_question_that_was_not_asked_is_not_found(client, roundtable, number):
    client.force_login(factories.user())
    slug = roundtable.slug
    statuses = [client.get(f"/en/roundtables/{slug}/questions/{number}/{end}").status_code for end in ("", "answer/")]

    assert statuses == [404, 404]


def test_all_published_comments_are_on_one_page_for_printing(client, roundtable, settings):
    settings.COMMENTS_PER_PAGE = 5
    comments = plant(roundtable, [None, 0, 0] * 8, question=roundtable.questions.get(number=2))
    hidden = factories.comment(roundtable, status=Status.PENDING)

    for person in (None, hidden.author, factories.moderator(roundtable)):
        if person:
            client.force_login(person)
        found = comment_ids(get(client, "roundtable_all", "safe-paths"))
        assert sorted(found) == sorted(comment.pk for comment in comments)


@pytest.mark.parametrize("sort", ["oldest", "newest", "activity"])
def test_following_the_next_link_leads_past_every_comment_once(client, roundtable, settings, sort):
    settings.COMMENTS_PER_PAGE = 4
    questions = [*roundtable.questions.all(), None]
    comments = plant(roundtable, [None, 0, 1, 2, 3, 4, None, None, 7, None, 9], question=lambda at: questions[at % 4])
    found, address, pages = [], f"/en/roundtables/safe-paths/?sort={sort}", 0

    while address:
        response = client.get(address)
        found += comment_ids(response)
        following = page(response).all("a", rel="next")
        address = following and f"/en/roundtables/safe-paths/{following[0].attrs['href'].partition('#')[0]}"
        pages += 1

    assert sorted(found) == sorted(comment.pk for comment in comments)
    assert pages >= 3


def test_later_pages_lead_back_to_the_first_and_leave_out_the_head(client, roundtable, settings):
    settings.COMMENTS_PER_PAGE = 2
    plant(roundtable, [None] * 3, question=roundtable.questions.get(number=1), objective_numbers=(3,))
    first = page(detail(client, roundtable, query="?objective=3"))
    following = first.one("a", rel="next")

    second = page(detail(client, roundtable, query=following.attrs["href"].partition("#")[0]))

    back = [link.attrs["href"] for link in second.all("a") if link.words == "Back to the first page"]
    assert back == ["?objective=3#discussion"]
    assert following.words == "Next page"
    assert [len(top.all("ol", class_="question-list")) for top in (first, second)] == [1, 0]


def test_a_filter_stands_in_the_address_and_in_the_form(client, roundtable):
    group = StakeholderGroup.objects.get(code="academia")
    scholar = factories.comment(roundtable, factories.user(group=group), objective_numbers=(3,), language="fr")
    factories.comment(roundtable)

    query = f"?sort=newest&objective=3&group={group.pk}&language=fr&since=2020-01-01"
    response = detail(client, roundtable, query=query)

    assert comment_ids(response) == [scholar.pk]
    filters = page(response).one("details", class_="filters")
    chosen = {
        each.attrs["name"]: [o.attrs["value"] for o in each.all("option") if "selected" in o.attrs]
        for each in filters.all("select")
    }
    assert chosen == {"objective": ["3"], "group": [str(group.pk)], "language": ["fr"]}
    assert filters.one("input", name="since").attrs["value"] == "2020-01-01"
    assert filters.one("input", name="sort").attrs["value"] == "newest"
    assert "open" in filters.attrs
    current = [link.words for link in page(response).one("div", class_="toolbar").all("a", **{"aria-current": "true"})]
    assert current == ["Newest thread first"]


def test_an_unfiltered_page_keeps_its_filters_folded(client, roundtable):
    assert "open" not in page(detail(client, roundtable)).one("details", class_="filters").attrs


def test_where_nothing_matches_the_page_says_so(client, roundtable):
    factories.comment(roundtable)

    response = detail(client, roundtable, query="?objective=9")

    assert comment_ids(response) == []
    assert "No contribution matches these filters." in words_of(page(response), "p")


def test_a_day_begins_at_midnight_of_the_roundtable(client, time_machine):
    time_machine.move_to("2026-07-10T12:00:00Z", tick=False)
    roundtable = factories.roundtable(slug="far", time_zone="Pacific/Auckland", opens_at=None, closes_at=None)
    factories.comment(roundtable, published_at=datetime(2026, 7, 8, 11, 59, 59, tzinfo=UTC))
    late = factories.comment(roundtable, published_at=datetime(2026, 7, 8, 12, 0, 0, tzinfo=UTC))

    found = detail(client, roundtable, query="?since=2026-07-09")

    assert comment_ids(found) == [late.pk]


def test_somebody_who_comes_back_is_led_to_what_is_new(client, roundtable, time_machine):
    client.force_login(factories.user())
    time_machine.move_to("2026-03-02T10:00:00Z", tick=False)
    Roundtable.objects.update(opens_at=None, closes_at=None)
    client.force_login(factories.user())
    old = factories.comment(roundtable)
    time_machine.move_to("2026-03-02T10:30:00Z", tick=False)
    first = page(detail(client, roundtable))
    time_machine.move_to("2026-03-02T12:00:00Z", tick=False)
    new = factories.comment(roundtable)

    second = page(detail(client, roundtable))

    def link(top):
        return [each.attrs["href"].partition("#")[0] for each in top.all("a") if "last visit" in each.words]

    assert link(first) == []
    [query] = link(second)
    assert comment_ids(detail(client, roundtable, query=query)) == [new.pk] != [old.pk]


# --- A comment by its own address


def test_a_permalink_shows_the_comment_focused_in_its_thread(client, roundtable):
    question = roundtable.questions.get(number=2)
    root, reply, below = plant(roundtable, chain(3), question=question)
    factories.comment(roundtable, question=question)

    response = get(client, "comment_detail", reply.pk)

    top = page(response)
    assert comment_ids(response) == [root.pk, reply.pk, below.pk]
    focused = top.one("article", class_="is-focus")
    assert (focused.attrs["id"], focused.attrs["tabindex"]) == (f"comment-{reply.pk}", "-1")
    assert words_of(top.one("main").one("p", class_="eyebrow"), "a") == ["Safe paths", "Question 2"]


@pytest.mark.parametrize(
    ("status", "notice"),
    [
        (Status.PENDING, "Received: your contribution awaits moderation"),
        (Status.RETURNED, "Returned to you for revision Please say more. Revise and submit again"),
        (Status.REJECTED, "Not published Reason: Does not concern this roundtable"),
        (Status.APPROVED, "Your contribution is published."),
    ],
)
def test_the_author_reads_at_the_permalink_what_became_of_the_contribution(client, roundtable, status, notice):
    comment = factories.comment(roundtable, status=status)
    moderator = factories.moderator(roundtable)

    client.force_login(comment.author)
    to_author = page(get(client, "comment_detail", comment.pk))
    client.force_login(moderator)
    to_moderator = page(get(client, "comment_detail", comment.pk))

    assert to_author.one("div", class_="notice", role="status").words.startswith(notice)
    assert to_moderator.all("div", class_="notice") == []


def test_the_permalink_of_a_tombstone_names_nobody(client, roundtable):
    comment = factories.comment(roundtable, factories.user("Andy Shen"), status=Status.REMOVED, body="Secret")

    response = get(client, "comment_detail", comment.pk)

    assert comment_ids(response) == [comment.pk]
    assert page(response).one("title").words.startswith("A contribution that is no longer shown")
    assert [word in response.content.decode() for word in ("Andy Shen", "Secret")] == [False, False]


def test_a_permalink_in_a_long_thread_goes_on_where_the_discussion_does(client, roundtable, settings):
    settings.COMMENTS_PER_PAGE = 4
    root, *replies = plant(roundtable, [None, *[0] * 9])
    response = get(client, "comment_detail", replies[0].pk)

    following = page(response).one("a", rel="next").attrs["href"].partition("#")[0]
    rest = comment_ids(client.get(following))

    assert comment_ids(response) == [root.pk, *(reply.pk for reply in replies[:4])]
    assert rest == [reply.pk for reply in replies[4:8]]


# --- Who sees what


def canaries(roundtable, author):
    """Store a contribution of each status whose text is one word; return status → word."""
    words = {status: f"canary{status}" for status in Status}
    root = factories.comment(roundtable, body="Everybody reads this.")
    for status, word in words.items():
        place = {"answers": root} if status == Status.PENDING else {"question": roundtable.questions.get(number=1)}
        factories.comment(roundtable, author, status=status, body=word, objective_numbers=(3,), **place)
    return words


def pages(roundtable, words):
    """Return the addresses of all that can be read about a roundtable."""
    slug = roundtable.slug
    addresses = [reverse(name) for name in ("home", "roundtable_list", "comment_mine", "objective_list", "search")]
    addresses += [reverse("moderation_queue"), reverse("objective_detail", args=[3]), "/en/contact/"]
    discussion = reverse("roundtable_detail", args=[slug])
    queries = (
        "",
        "?sort=newest",
        "?sort=activity",
        "?objective=3",
        "?language=en",
        "?since=2020-01-01",
        "?organisers=on",
    )
    addresses += [f"{discussion}{query}" for query in queries]
    addresses += [reverse("question_detail", args=[slug, number]) for number in (1, 2, 3, 999)]
    names = ("roundtable_all", "roundtable_note", "roundtable_csv", "roundtable_json", "moderation_links")
    addresses += [reverse(name, args=[slug]) for name in names]
    addresses += [f"{reverse('search')}?q={word}" for word in (*words.values(), "reads", "Bridge")]
    for pk in Comment.objects.values_list("pk", flat=True):
        addresses += [reverse(f"comment_{name}", args=[pk]) for name in ("detail", "reply", "revise")]
        addresses += [reverse(f"moderation_{name}", args=[pk]) for name in ("decide", "refile")]
    return addresses


WAITING = {Status.PENDING, Status.RETURNED}


@pytest.mark.parametrize(
    ("kind", "where_all_read", "anywhere"),
    [
        ("visitor", {Status.APPROVED}, {Status.APPROVED}),
        ("participant", {Status.APPROVED}, {Status.APPROVED}),
        ("moderator of another", {Status.APPROVED}, {Status.APPROVED}),
        ("author", {Status.APPROVED} | WAITING, set(Status)),
        ("moderator", {Status.APPROVED} | WAITING, set(Status)),
        ("secretariat", {Status.APPROVED} | WAITING, set(Status)),
    ],
)
def test_nobody_reads_what_is_held_rejected_or_taken_down_on_any_page(
    client, roundtable, kind, where_all_read, anywhere
):
    author = factories.user()
    words = canaries(roundtable, author)
    person = {
        "visitor": lambda: None,
        "participant": factories.user,
        "author": lambda: author,
        "moderator": lambda: factories.moderator(roundtable),
        "moderator of another": lambda: factories.moderator(factories.roundtable()),
        "secretariat": factories.staff,
    }[kind]()
    if person:
        client.force_login(person)

    seen = {}
    for address in pages(roundtable, words):
        response = client.get(address)
        content = response.getvalue().decode() if response.streaming else response.content.decode()
        # What somebody looks for stands in the field they typed it in.
        content = content.replace(f'value="{address.rpartition("=")[2]}"', "").replace(
            f"q={address.rpartition('=')[2]}", ""
        )
        content = content.replace(f"Search: {address.rpartition('=')[2]}", "")
        seen[address] = {status for status, word in words.items() if word in content}

    assert seen[reverse("roundtable_detail", args=[roundtable.slug])] == where_all_read
    assert seen[reverse("roundtable_all", args=[roundtable.slug])] == {Status.APPROVED}
    assert set().union(*seen.values()) == anywhere
    found_by_search = [status for address, statuses in seen.items() if "search" in address for status in statuses]
    assert set(found_by_search) == {Status.APPROVED}


def test_counts_and_totals_count_what_everybody_sees_whoever_asks(client, roundtable):
    canaries(roundtable, factories.user())

    found = set()
    for person in (None, factories.user(), factories.moderator(roundtable), factories.staff()):
        if person:
            client.force_login(person)
        main = page(detail(client, roundtable)).one("main")
        found |= {each for each in words_of(main, "p") if each.endswith("published")}

    assert found == {"2 contributions published"}


def test_an_unpublished_roundtable_says_so_to_those_who_see_it(client, roundtable):
    Roundtable.objects.update(is_published=False)
    client.force_login(factories.moderator(roundtable))

    notices = words_of(page(detail(client, roundtable)), "div", class_="notice--warning")

    assert notices == ["This roundtable is not published yet: only its moderators and the secretariat see it."]


# --- One's own contributions


def test_my_contributions_shows_all_of_mine_the_latest_first_with_what_was_decided(client, roundtable):
    me = factories.user()
    for status in (Status.APPROVED, Status.PENDING, Status.RETURNED, Status.REJECTED):
        factories.comment(roundtable, me, status=status, body=f"Text {status}")
    factories.comment(roundtable, body="Of somebody else")
    client.force_login(me)

    cards = page(get(client, "comment_mine")).one("ul", class_="cards")

    found = [(item.one("span", class_="tag").words, item.one("p", dir="auto").words) for item in cards.all("li")]
    assert found == [
        ("Not published", "Text rejected"),
        ("Returned for revision", "Text returned"),
        ("Awaiting moderation", "Text pending"),
        ("Published", "Text approved"),
    ]
    decided = words_of(cards, "div", class_="notice--warning")
    assert decided == ["Rejected – Does not concern this roundtable", "Returned for revision Please say more."]


def test_my_contributions_are_for_whoever_signed_in(client):
    response = client.get(reverse("comment_mine"))

    assert (response.status_code, response["Location"]) == (302, "/en/accounts/login/?next=/en/comments/mine/")


# --- Objectives and the note


def test_the_page_of_an_objective_shows_roundtables_and_contributions_about_it(client, roundtable):
    reviewing = factories.roundtable(title_en="Reviewing", objective_numbers=(3, 13))
    unpublished = factories.roundtable(title_en="Secret", objective_numbers=(3,), is_published=False)
    tagged = factories.comment(roundtable, objective_numbers=(3,))
    factories.comment(roundtable, objective_numbers=(13,))
    factories.comment(roundtable, objective_numbers=(23,))
    factories.comment(unpublished, objective_numbers=(3,))
    gone = factories.comment(roundtable, objective_numbers=(3,), status=Status.REMOVED)

    response = get(client, "objective_detail", 3)

    assert comment_ids(response) == [tagged.pk] != [gone.pk]
    assert words_of(page(response).one("main"), "h3")[0] == reviewing.title
    assert "Secret" not in response.content.decode()


def test_contributions_about_an_objective_go_on_overleaf(client, roundtable):
    comments = plant(roundtable, [None] * 60, objective_numbers=(3,))
    found, query = [], ""

    while query is not None:
        response = get(client, "objective_detail", 3, query=query)
        found += comment_ids(response)
        following = page(response).all("a", rel="next")
        query = following[0].attrs["href"] if following else None

    assert found == [comment.pk for comment in reversed(comments)]


@pytest.mark.parametrize("number", [0, 24, 2**63])
def test_there_are_23_objectives(client, number):
    listed = page(get(client, "objective_list")).one("ul", class_="numbered").all("a")

    assert [link.attrs["href"] for link in listed] == [f"/en/objectives/{each}/" for each in range(1, 24)]
    get(client, "objective_detail", number, status=404)


def test_the_page_of_the_note_tells_who_drafts_it_and_how_far_it_is(client, roundtable):
    Roundtable.objects.update(note_status="drafting", note_due_on=date(2026, 4, 20))
    Organiser.objects.create(roundtable=roundtable, organisation=factories.organisation(), role="background_note")

    main = page(get(client, "roundtable_note", "safe-paths")).one("main")

    assert main.one("span", class_="tag").parent.words == "Being drafted Due on 20 April 2026."
    assert words_of(main.one("dl", class_="facts"), "dd") == [
        "International Organization for Migration (IOM)",
        "To be announced",
    ]
