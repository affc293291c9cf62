"""What people do in the demonstration, done as they would do it: by the methods that the forms call."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from consultation import papers, uploads
from consultation.models import Comment, Draft, Flag, InternalNote, NewText, Subscription
from consultation.models.draft import Seen

PARTICIPANT, MODERATOR = "participant@example.org", "moderator@example.org"
ANSWER = """In our county a mobile team has registered births at the weekly market since 2019. **Objective 4** is \
reached there by a table, a stamp and a battery.

- 2,140 late registrations in three years
- no fee, no lawyer
- certificates handed out the same day

What did not work: asking for the parents’ passports (see A/HRC/44/42)."""
RETURNED = "It works well with us, as everybody knows."
ASKED_FOR = "Could you say where this is, since when, and what changed for the people who came?"
DRAFT = "A first thought, to be finished on the train: trust grows where the same officer is there every week"
PAPER = """Our two networks ask roundtable 2 to recommend one thing: that a child’s birth be registered where the \
child is, whatever papers the parents hold. The attached text gives the figures and the model regulation."""
MORE = "The same holds for an identity card: whoever lost every paper must not need one to obtain the first."
ANNEX = "Model regulation, article 1\n\nEvery birth is registered at the office nearest to the child.\n"
MANDATE = "Adopted by the joint steering committee of the two networks at its ninth meeting."


def live(roundtable):
    """Let people act in a roundtable; those of the participant who signs in are among them."""
    person, moderator = (User.objects.get(email=email) for email in (PARTICIPANT, MODERATOR))
    comments = Comment.objects.filter(roundtable=roundtable)
    published = comments.filter(status=Comment.Status.APPROVED, author_role=Comment.Role.PARTICIPANT)
    first, second, third = roundtable.questions.order_by("number")[:3]

    answer = _post(person, roundtable, ANSWER, question=first, objective_numbers=(4,)).approve(by=moderator)
    thanks = f"Thank you, @{person.name}. Could the figures be shared with the other participants?"
    _post(moderator, roundtable, thanks, answers=answer, role=Comment.Role.MODERATOR, asks=Comment.Asks.ALL)
    _post(person, roundtable, RETURNED, question=second).return_for_revision(by=moderator, message=ASKED_FOR)
    _draft(person, roundtable, third)
    Subscription.objects.create(person=person, roundtable=roundtable)
    _paper(person, roundtable)

    asking = list(published.filter(body__contains="?").exclude(author=person)[:2])
    published.filter(pk__in=[comment.pk for comment in asking]).update(asks=Comment.Asks.MODERATORS)
    edited, reported = published.filter(question=second).exclude(pk__in=[each.pk for each in asking])[:2]
    more = f"{edited.body}\n\nSince we wrote this, two more towns have joined."
    new = NewText(body=more, language=edited.language, objective_numbers=edited.objective_numbers)
    edited.propose_edit(new, by=edited.author)
    Flag.objects.report(
        comment=reported, reporter=person, reason=Comment.Reason.PERSONAL_DATA, message="A name stands in it."
    )
    waiting = comments.filter(status=Comment.Status.PENDING).first()
    InternalNote.objects.create(
        comment=waiting, author=moderator, author_name=moderator.name, body="Compare with the paper of last year."
    )


def _post(author, roundtable, body, *, role=Comment.Role.PARTICIPANT, **about):
    return Comment.objects.post(
        author=author, roundtable=roundtable, body=body, language="en", key=uuid.uuid4(), role=role, **about
    )[0]


def _draft(person, roundtable, question):
    Draft.objects.save_for(
        person,
        f"/roundtables/{roundtable.slug}/questions/{question.number}/answer/",
        key=uuid.uuid4(),
        seen=Seen(uuid.uuid4().hex),
        texts={"body": DRAFT, "language": "en", "objective_numbers": (), "rest": {}},
        roundtable=roundtable,
        question=question,
    )


def _paper(person, roundtable):
    """Submit two papers: one that is cleared and published, and one that waits for a focal point."""
    for title, body, other in (
        ("Every birth registered where the child is", PAPER, person.email),
        ("Identity without a passport: a joint position", f"{PAPER}\n\n{MORE}", "focal.point@example.org"),
    ):
        key = uuid.uuid4()
        file = SimpleUploadedFile("model-regulation.txt", ANNEX.encode())
        annex = uploads.store(file, uploader=person, key=key, title="Model regulation", language="en")
        paper, _is_new = papers.submit(
            author=person,
            role=Comment.Role.PARTICIPANT,
            roundtable=roundtable,
            question=None,
            answers=None,
            organisations=[("Bridge of Hope", person.email), ("Network of River Towns", other)],
            title=title,
            mandate=MANDATE,
            body=body,
            language="en",
            objective_numbers=(4,),
            attachments=[annex],
            key=key,
        )
        if paper.is_cleared:
            paper.approve(by=User.objects.get(email=MODERATOR))
