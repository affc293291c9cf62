"""Whatever moderators and authors do one after another: the tree, the totals and what is public stay sound."""

import random

import pytest

from consultation import search
from consultation.models import Comment
from consultation.models.filing import Unfit
from tests import factories

from .test_undoing import assert_sound, stored

pytestmark = pytest.mark.django_db

Status = Comment.Status
SECRET = "Covercanary"


def act_on(rng, comments, comment, target, moderator, places):
    """Do one act, chosen at random; most are refused in most states."""
    body = f"{rng.choice(['Some', 'Other', SECRET])} text {rng.randrange(9)}."
    new, by = factories.new_text(body), comment.author
    last = comment.events.order_by("pk").last()
    at = (comment.written.body or "").find(SECRET)
    acts = {
        "approve": lambda: comment.approve(by=moderator),
        "reject": lambda: comment.reject(by=moderator, reason="other"),
        "remove": lambda: comment.remove(by=moderator, reason="other"),
        "restore": lambda: comment.restore(by=moderator),
        "revise": lambda: comment.revise(new, by=by),
        "edit": lambda: comment.propose_edit(new, by=by),
        "approve_edit": lambda: comment.approve_edit(by=moderator),
        "reject_edit": lambda: comment.reject_edit(by=moderator, reason="other"),
        "cover": lambda: at < 0 or comment.cover(by=moderator, passages=[(at, at + len(SECRET))], reason="offensive"),
        "title": lambda: comment.cover_title(by=moderator, reason="personal_data"),
        "show": lambda: comment.show_title(by=moderator),
        "join": lambda: comment.join(by=moderator, parts=[target]),
        "split": lambda: comments.append(comment.split(by=moderator, at=len(comment.body) // 2)),
        "duplicate": lambda: comment.mark_duplicate(by=moderator, of=target),
        "below": lambda: comment.place_below(by=moderator, answered=target),
        "move": lambda: comment.move_to(by=moderator, roundtable=rng.choice(places)),
        "withdraw": lambda: rng.random() < 0.8 or comment.withdraw(by=comment.author),
        "undo": lambda: last and comment.undo(by=moderator, event=last),
    }
    weights = [6 if name in ("undo", "cover", "join") else 2 for name in acts]
    name = rng.choices(list(acts), weights)[0]
    try:
        acts[name]()
    except (Unfit, Comment.AlreadyDecided):
        return f"({name})"
    return f"{name} {comment.pk}"


def wrong_of(comment, hidden):
    """Return what does not hold of a comment as it is stored."""
    found = []
    public = [version.shown_body for version in comment.versions] if comment.status == Status.APPROVED else []
    if comment.pk in hidden and any(SECRET in text for text in (*public, comment.body, comment.html)):
        found.append("covered words are public")
    if comment.body and search.normalise(comment.body) not in comment.search_text:
        found.append("search text")
    if ("▒▒▒" in comment.body or "▒▒▒" in comment.title) != bool(comment.covered_for):
        found.append("why it is covered")
    if comment.still_waits != (comment.waiting_since is not None):
        found.append("queue")
    seen, each = set(), comment
    while each.merged_into_id and each.pk not in seen:
        seen.add(each.pk)
        each = stored(each.merged_into)
    if each.pk in seen:
        found.append("circle")
    if (comment.merged_into_id is not None) and comment.status not in (Status.REMOVED, Status.WITHDRAWN):
        found.append("merged and shown")
    return found


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_whatever_is_done_in_whatever_order_nothing_breaks_or_leaks(settings, seed):
    settings.POSTING_LIMITS_OFF = True
    rng = random.Random(seed)
    places = [factories.roundtable(moderation="before"), factories.roundtable()]
    moderator = factories.moderator(places[0])
    places[1].moderators.add(moderator)
    author = factories.user()
    comments = [
        factories.comment(places[0], author, status=rng.choice(["pending", "approved"]), body=f"{SECRET} says {n} so.")
        for n in range(5)
    ]
    Comment.objects.update(title="A title")
    for comment in comments:
        comment = stored(comment)
        comment.set_search_text()
        comment.save(update_fields=["search_text"])
    done = []
    for _ in range(45):
        comment, target = stored(rng.choice(comments)), stored(rng.choice(comments))
        done.append(act_on(rng, comments, comment, target, moderator, places))
        covering = {each.pk for each in comments if stored(each)._redactions().filter(revision__comment=each).exists()}
        wrong = {each.pk: found for each in comments if (found := wrong_of(stored(each), covering))}
        assert wrong == {}, done
    assert_sound(*places)
