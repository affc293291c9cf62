"""`manage.py make_load --comments N`"""

import itertools
import random
import time
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from django.utils import timezone
from tqdm import tqdm

from accounts.models import StakeholderGroup, User
from consultation import text
from consultation.models import Comment, ModerationEvent, Question, Revision, Roundtable
from consultation.models.counters import recount
from consultation.models.forest import lock_forest
from consultation.models.planting import plant_all

BATCH = 1000  # comments a transaction, about: threads are stored whole
DEEPEST = 8
AUTHORS = 40
DAYS = 30
LEAST_WORDS, MOST_WORDS, LONGEST_SENTENCE = 150, 250, 30
# Sizes of threads, the greatest of each kind, and how many of 100 threads are of it.
THREADS = {1: 45, 4: 30, 12: 15, 40: 8, 150: 2}
STATUSES = {"approved": 92, "pending": 4, "rejected": 2, "removed": 2}
QUESTIONS = (
    ("What works?", "Qu’est-ce qui fonctionne ?", "¿Qué funciona?"),
    ("What stands in the way?", "Quels sont les obstacles ?", "¿Qué obstáculos hay?"),
    ("What should come next?", "Que faut-il faire ensuite ?", "¿Qué debería hacerse después?"),
)
NAMES = (
    ("Alba", "Boris", "Chloé", "Dario", "Esra", "Fanta", "Goran", "Hiba"),
    ("Adeyi", "Brunel", "Castro", "Duval", "Eze"),
)
# A sentence takes one part from each row; the last one is filled with an invented place and a year.
PARTS = {
    "en": (
        ("The harbour towns", "Two small unions", "Our school boards", "Many returning nurses", "The river villages"),
        ("asked for", "have tested", "would rather keep", "often wait for", "paid twice for"),
        ("a clear paper", "one open counter", "fair seasonal contracts", "shorter border queues", "a shared register"),
        ("before the winter season", "with help from neighbours", "in all three districts", "at no cost to workers"),
        ("because the old way took months", "and told us why", "so that families stay together", "as the figures show"),
        ("in {place} since {year}", "and in {place} after {year}", "(see {place}, {year})"),
    ),
    "fr": (
        ("Les villes du littoral", "Deux petits syndicats", "Nos conseils scolaires", "Beaucoup d’infirmières"),
        ("demandent depuis longtemps", "ont mis à l’essai", "préfèrent garder", "ont payé deux fois"),
        ("un document clair", "un guichet ouvert", "des contrats équitables", "un registre commun"),
        ("avant la saison d’hiver", "avec l’aide des voisins", "dans les trois districts", "sans frais pour personne"),
        ("car l’ancienne voie prenait des mois", "et nous disent pourquoi", "pour que les familles restent unies"),
        ("à {place} depuis {year}", "et à {place} après {year}", "(voir {place}, {year})"),
    ),
    "es": (
        ("Los pueblos de la costa", "Dos sindicatos pequeños", "Nuestras juntas escolares", "Muchas enfermeras"),
        ("piden desde hace tiempo", "han puesto a prueba", "prefieren conservar", "pagaron dos veces"),
        ("un documento claro", "una ventanilla abierta", "contratos justos", "colas más cortas", "un registro común"),
        ("antes del invierno", "con ayuda de los vecinos", "en los tres distritos", "sin coste para nadie"),
        ("porque el camino antiguo tardaba meses", "y nos explican por qué", "para que las familias sigan unidas"),
        ("en {place} desde {year}", "y en {place} después de {year}", "(véase {place}, {year})"),
    ),
}
SYLLABLES = ("va", "lor", "mi", "dun", "se", "kal", "to", "ber", "nia", "ro", "zu", "pel", "hi", "gan", "sol", "te")


class Command(BaseCommand):
    """Make a discussion of any size to measure with: the same one for the same seed."""

    help = "Makes a roundtable with many invented comments in three languages, to measure the forum with."

    def add_arguments(self, parser):
        """Take the size, the address and the seed."""
        parser.add_argument("--comments", type=int, required=True, metavar="N", help="how many comments")
        parser.add_argument("--slug", default="load", help="address of the roundtable (load)")
        parser.add_argument("--seed", type=int, default=1, help="another number gives another discussion (1)")
        parser.add_argument("--replace", action="store_true", help="delete the one made before under this address")

    def handle(self, *, comments, slug, seed, replace, verbosity, **options):
        """Make the discussion, and say how long it took."""
        began = time.monotonic()
        if replace:
            _delete_made(slug)
        if Roundtable.objects.filter(slug=slug).exists():
            raise CommandError(f"There is a roundtable at {slug} already; --replace deletes one that make_load made.")
        maker = _Maker(slug, seed, comments)
        with tqdm(total=comments, unit=" comments", desc=slug, disable=verbosity == 0) as bar:
            for threads in _batches(maker.threads()):
                bar.update(maker.store(threads))
        with transaction.atomic():
            Roundtable.objects.filter(pk=maker.roundtable.pk).update(is_published=True)
            recount(maker.roundtable)
        if verbosity:
            self.stdout.write(f"{comments} comments at /roundtables/{slug}/ in {time.monotonic() - began:.1f} s")


def _delete_made(slug):
    with transaction.atomic():
        comments = Comment.objects.filter(roundtable__import_key=_import_key(slug))
        lock_forest(comments.db)
        comments.update(in_reply_to=None)
        # Django's own deletion: treebeard's builds a condition for every thread. Whole threads leave no orphans.
        models.QuerySet(Comment, using=comments.db).filter(pk__in=comments.order_by().values("pk")).delete()
        Roundtable.objects.filter(import_key=_import_key(slug)).delete()


def _import_key(slug):
    return f"load:{slug}"


def _batches(threads):
    batch, size = [], 0
    for thread in threads:
        batch.append(thread)
        size += len(thread)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _prose(rng, language):
    """Return between 150 and 250 words in a few paragraphs."""
    parts, wanted = PARTS[language], rng.randint(LEAST_WORDS, MOST_WORDS - LONGEST_SENTENCE)
    sentences, words = [], 0
    while words < wanted:
        place = "".join(rng.choices(SYLLABLES, k=3)).capitalize()
        sentence = " ".join(rng.choice(row) for row in parts) + "."
        sentences.append(sentence.format(place=place, year=rng.randint(1990, 2025)))
        words += len(sentences[-1].split())
    size = rng.randint(4, 8)
    return "\n\n".join(" ".join(sentences[start : start + size]) for start in range(0, len(sentences), size))


class _Maker:
    """Invents the comments of one roundtable, thread by thread, and stores them."""

    def __init__(self, slug, seed, total):
        self.rng, self.total, self.made = random.Random(seed), total, 0
        self.until = timezone.now().replace(microsecond=0)
        self.since = self.until - timedelta(days=DAYS)
        self.authors = [_person(number) for number in range(AUTHORS)]
        self.moderator = self.authors[0]
        self.roundtable = Roundtable.objects.create(
            slug=slug,
            import_key=_import_key(slug),
            position=999,
            objective_numbers=(2, 5, 23),
            opens_at=self.since - timedelta(days=1),
            closes_at=self.until + timedelta(days=DAYS),
            **_translated("title", (f"Load {slug}", f"Charge {slug}", f"Carga {slug}")),
        )
        self.roundtable.moderators.add(self.moderator)
        self.questions = [
            Question.objects.create(roundtable=self.roundtable, number=number, **_translated("text", texts))
            for number, texts in enumerate(QUESTIONS, 1)
        ]

    def threads(self):
        """Yield threads as lists of unsaved comments, each behind what it answers, until there are enough."""
        while self.made < self.total:
            most = self.rng.choices(list(THREADS), list(THREADS.values()))[0]
            size = min(self.rng.randint(most // 3 or 1, most), self.total - self.made)
            question = self.rng.choice(self.questions)
            thread = []
            for _ in range(size):
                thread.append(self._comment(thread, question))
                self.made += 1
            yield thread

    def _comment(self, thread, question):
        parent = None
        if thread:
            # Half of the replies go to one of the latest, so that some chains become deep.
            parent = self.rng.choice(thread[-4:] if self.rng.random() < 0.5 else thread)
            parent = parent if parent.depth < DEEPEST else parent.in_reply_to
        posted_at = self.since + (self.until - self.since) * (self.made / self.total)
        # What was taken down, or never came out, is answered by nobody.
        if parent and parent.status != Comment.Status.APPROVED:
            parent = thread[0]
        status = self.rng.choices(list(STATUSES), list(STATUSES.values()))[0] if thread else Comment.Status.APPROVED
        language = self.rng.choices(list(PARTS), (50, 25, 25))[0]
        comment = Comment(
            roundtable=self.roundtable,
            question=question,
            question_number=question.number,
            in_reply_to=parent,
            language=language,
            objective_numbers=self.rng.sample((2, 5, 23), self.rng.randint(0, 2)),
            status=status,
            waiting_since=posted_at if status == Comment.Status.PENDING else None,
            posted_at=posted_at,
            submitted_at=posted_at,
            published_at=posted_at if status in Comment.PUBLIC_STATUSES else None,
            removed_at=posted_at if status == Comment.Status.REMOVED else None,
            removal_reason=Comment.Reason.OFFENSIVE if status == Comment.Status.REMOVED else "",
            last_activity_at=posted_at,
            depth=parent.depth + 1 if parent else 1,
        )
        comment.set_author(self.rng.choice(self.authors))
        body = _prose(self.rng, language)
        comment.set_body(body, text.render(body))
        return comment

    @transaction.atomic
    def store(self, threads):
        """Store whole threads at the end of the forest and return how many comments they hold."""
        comments = list(itertools.chain.from_iterable(threads))
        plant_all(comments)
        Revision.objects.bulk_create(
            Revision(comment=each, number=1, body=each.body, language=each.language, created_at=each.posted_at)
            for each in comments
        )
        ModerationEvent.objects.bulk_create(event for each in comments for event in self._events(each))
        return len(comments)

    def _events(self, comment):
        decisions = {"approved": ["approve"], "rejected": ["reject"], "removed": ["approve", "remove"]}
        before = Comment.Status.PENDING
        for action in decisions.get(comment.status, ()):
            after = Comment.Status.APPROVED if action == "approve" else comment.status
            yield ModerationEvent(
                comment=comment,
                is_announced=True,
                actor=self.moderator,
                actor_name=self.moderator.name,
                action=action,
                reason="" if action == "approve" else Comment.Reason.OFFENSIVE,
                status_before=before,
                status_after=after,
            )
            before = after


def _translated(field, texts):
    return {f"{field}_{code}": words for code, words in zip(("en", "fr", "es"), texts, strict=True)}


def _person(number):
    groups = list(StakeholderGroup.objects.all())
    first, last = NAMES
    return User.objects.get_or_create(
        email=f"load{number}@example.org",
        defaults={
            "name": f"{first[number % len(first)]} {last[number % len(last)]}",
            "organisation": f"Invented Union {number}" if number % 3 else "",
            "group": groups[number % len(groups)] if groups else None,
            "country": ("CH", "KE", "MX", "PH", "MA")[number % 5],
            "language": ("en", "fr", "es")[number % 3],
            "terms_accepted_at": timezone.now(),
            "password": "!",  # nobody signs in with these
        },
    )[0]
