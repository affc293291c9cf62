"""Papers: documents for one or several organisations, each of which clears its part before moderators see them."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from accounts.outbox import write_mail

from .models import Clearance, Comment
from .models.clearing import SEPARATOR
from .models.comment_manager import PostingLimitReached
from .models.forest import lock_forest

KIND = "clearance"  # of mail


def addresses_of(user):
    """Return the e-mail addresses, in small letters, that a person has shown to be theirs."""
    verified = EmailAddress.objects.filter(user=user.pk, verified=True)
    return {address.lower() for address in verified.values_list("email", flat=True)}


def submit(*, author, role, organisations, **contribution):
    """Store a paper, ask every focal point, and return (paper, whether it is new).

    `organisations` are (name, e-mail address of the focal point). Who submits it clears their own part by that.
    Raises what posting a comment does.
    """
    own = addresses_of(author)
    is_cleared = all(address in own for _name, address in organisations)
    with transaction.atomic():
        if role == Comment.Role.PARTICIPANT:
            _hold_to_limit(author, contribution["key"])
        paper, is_new = Comment.objects.post(
            author=author,
            role=role,
            is_paper=True,
            is_cleared=is_cleared,
            author_organisation=SEPARATOR.join(name for name, _address in organisations),
            **contribution,
        )
        if is_new:
            for name, address in organisations:
                paper.clearances.create(organisation=name, focal_point_email=address)
            _ask(paper, own)
    return paper, is_new


def revise(paper, new, *, by):
    """Store a new text of a paper, and for whom it speaks: every organisation is asked to clear it.

    A published paper stays as it is meanwhile, and its clearances with it. Of one that waits, organisations that are
    left out are told. Raises what revising or changing a comment does.
    """
    store = paper.propose_edit if paper.status == Comment.Status.APPROVED else paper.revise
    with transaction.atomic():
        lock_forest("default")
        before = Comment.objects.get(pk=paper.pk)
        named = before.clearances_asked
        revised = store(new, by=by)
        if revised.revision_to_clear == before.revision_to_clear:
            return revised
        own, organisations = addresses_of(by), new.organisations
        if organisations is None:
            organisations = [(each.organisation, each.focal_point_email.lower()) for each in named]
        is_published = before.status == Comment.Status.APPROVED and before.proposed_revision is None
        _name_organisations(revised, organisations, own, [] if is_published else named)
        if revised.status == Comment.Status.PENDING:
            revised.author_organisation = SEPARATOR.join(name for name, _address in organisations)
            revised.set_search_text()
            revised.save(update_fields=["author_organisation", "search_text"])
        _ask(revised, own)
    return revised


def is_asked(user, paper):
    """Whether a person is to clear a paper, or a new version of it, that waits, and may read it for that."""
    waits = paper.status in Comment.WAITING_STATUSES or paper.proposed_revision is not None
    if not (user.is_authenticated and paper.is_paper and waits):
        return False
    return bool({each.focal_point_email.lower() for each in paper.clearances_asked} & addresses_of(user))


def still_wanted(mails):
    """Return the numbers of mails whose focal point is still to be asked.

    A paper may have been withdrawn since, or its roundtable hidden.
    """
    asking = {mail.pk: int(mail.key.split("-")[1]) for mail in mails}
    asked = Clearance.objects.filter(pk__in=set(asking.values()), status=Clearance.Status.WAITING)
    asked = asked.filter(paper__roundtable__is_published=True)
    is_new_version = Q(paper__status=Comment.Status.APPROVED, paper__proposed_revision=F("revision_number"))
    asked = set(asked.filter(Q(paper__status=Comment.Status.PENDING) | is_new_version).values_list("pk", flat=True))
    return {mail for mail, clearance in asking.items() if clearance in asked}


def tell_author(clearance):
    """Write to whoever submitted a paper what one of its organisations decided."""
    paper, title = clearance.paper, _title_of(clearance)
    if paper.author is None or paper.author == clearance.focal_point:
        return
    write_mail(
        # They may change their mind, and back.
        key=f"clearance-{clearance.pk}-{clearance.revision_number}-{clearance.decided_at:%m%dT%H%M%S.%f}",
        kind="clearance_decided",
        template="clearance_decided",
        subject=_("Clearance of “%(title)s”"),
        recipient=paper.author,
        context={
            "title": title,
            "clearance": clearance,
            "is_new_version": paper.is_public,
            "address": _address(paper, paper.author.language),
        },
    )


def _hold_to_limit(author, key):
    today = Comment.objects.filter(author=author, is_paper=True, posted_at__gt=timezone.now() - timedelta(days=1))
    is_over = today.exclude(submission_key=key).count() >= settings.PAPERS_PER_DAY
    if is_over and not settings.POSTING_LIMITS_OFF:
        raise PostingLimitReached(3600)


def _name_organisations(paper, organisations, own, before):
    """Ask anew, of the clearances before, those that stay with their focal point, and end and begin the others."""
    asked = {(each.organisation.casefold(), each.focal_point_email.lower()): each for each in before}
    staying = [asked.pop((name.casefold(), address), None) for name, address in organisations]
    for clearance in asked.values():
        if clearance.is_asked and clearance.focal_point_email.lower() not in own:
            _tell_it_is_over(clearance, paper)
        clearance.delete()
    for (name, address), clearance in zip(organisations, staying, strict=True):
        clearance = clearance or Clearance(paper=paper, focal_point_email=address)
        clearance.organisation, clearance.revision_number = name, paper.revision_to_clear
        clearance.status, clearance.message, clearance.decided_at = Clearance.Status.WAITING, "", None
        clearance.save()


def _tell_it_is_over(clearance, paper):
    """Write to a focal point who was asked that the paper no longer needs them; it goes on without them."""
    if not clearance.focal_point_email:
        return
    write_mail(
        key=f"paper-{paper.pk}-{clearance.pk}-over",
        kind="clearance_over",
        template="clearance_over",
        subject=_("You need not clear “%(title)s” any more"),
        to=clearance.focal_point_email,
        language=_language_of(clearance.focal_point_email, paper),
        context={
            "title": _title_of(clearance),
            "organisation": clearance.organisation,
            "author": paper.author_name,
        },
    )


def _ask(paper, own):
    """Write to every focal point but the one who submits; all that they clear themselves is cleared."""
    clearances = [each for each in paper.clearances_asked if each.status == Clearance.Status.WAITING]
    for clearance in clearances:
        if clearance.focal_point_email.lower() in own:
            clearance.clear_by_submitting(paper)
        else:
            _write_to(clearance, paper)
    if not paper.is_cleared and all(clearance.status == Clearance.Status.CLEARED for clearance in clearances):
        paper.finish_clearing()


def _title_of(clearance):
    """Return the title of the version that a clearance is about; one that is covered stays so in mail."""
    paper, number = clearance.paper, clearance.revision_number
    version = None if number == paper.revision_number else paper.revisions.filter(number=number).first()
    return paper.title_shown(version.title) if version else paper.title


def _write_to(clearance, paper):
    address, title = clearance.focal_point_email, _title_of(clearance)
    language = _language_of(address, paper)
    write_mail(
        key=f"clearance-{clearance.pk}-{clearance.revision_number}",
        kind=KIND,
        template="clearance",
        subject=_("Please clear “%(title)s”"),
        to=address,
        language=language,
        context={
            "title": title,
            "organisation": clearance.organisation,
            "author": paper.author_name,
            "roundtable": paper.roundtable,
            "is_again": clearance.revision_number > 1,
            "is_new_version": paper.proposed_revision is not None,
            "address": _address(clearance, language),
        },
    )
    Clearance.objects.filter(pk=clearance.pk).update(is_asked=True)


def _language_of(address, paper):
    """Return the language in which somebody reads who has shown an address to be theirs, or that of the author."""
    known = EmailAddress.objects.filter(email__iexact=address, verified=True).select_related("user").first()
    reader = known.user if known else paper.author
    return reader.language if isinstance(reader, User) else settings.LANGUAGE_CODE


def _address(page, language):
    with override(language):
        return f"{settings.SITE_URL}{page.get_absolute_url()}"
