"""Papers: documents for one or several organisations, each of which clears its part before moderators see them."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from accounts.outbox import write_mail

from .models import Clearance, Comment
from .models.comment_manager import PostingLimitReached
from .models.forest import lock_forest

SEPARATOR = "; "
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
    """Store a new text of a paper, and for whom it speaks; what was cleared is cleared no more.

    Organisations that are new are asked, those that are left out are told. Raises what revising a comment does.
    """
    with transaction.atomic():
        lock_forest("default")
        before = [(each.organisation, each.focal_point_email.lower()) for each in paper.clearances.all()]
        organisations = before if new.organisations is None else new.organisations
        # Whoever clears or approves another title or mandate is to have seen it: that makes a new text, too.
        is_changed = (paper.title, paper.mandate, before) != (new.title, new.mandate, organisations)
        revised = paper.revise(new, by=by, is_changed=is_changed)
        if revised.revision_number == paper.revision_number:
            return revised
        own = addresses_of(by)
        _name_organisations(revised, organisations, own)
        revised.title, revised.mandate = new.title, new.mandate
        revised.set_search_text()
        revised.clearances.update(
            status=Clearance.Status.WAITING, message="", decided_at=None, revision_number=revised.revision_number
        )
        revised.is_cleared, revised.waiting_since = False, None
        changed = ("title", "mandate", "author_organisation", "search_text", "is_cleared", "waiting_since")
        revised.save(update_fields=changed)
        if revised.covered_for:  # perhaps for the title that it had
            revised.show_covered()
        _ask(revised, own)
    return revised


def is_asked(user, paper):
    """Whether a person is to clear a paper that waits, and may read it for that."""
    if not (user.is_authenticated and paper.is_paper and paper.status in Comment.WAITING_STATUSES):
        return False
    asked = {address.lower() for address in paper.clearances.values_list("focal_point_email", flat=True)}
    return bool(asked & addresses_of(user))


def still_wanted(mails):
    """Return the numbers of mails whose focal point is still to be asked: a paper may have been withdrawn since."""
    asking = {mail.pk: int(mail.key.split("-")[1]) for mail in mails}
    asked = Clearance.objects.filter(pk__in=set(asking.values()), status=Clearance.Status.WAITING)
    asked = set(asked.filter(paper__status=Comment.Status.PENDING).values_list("pk", flat=True))
    return {mail for mail, clearance in asking.items() if clearance in asked}


def tell_author(clearance):
    """Write to whoever submitted a paper what one of its organisations decided."""
    paper = clearance.paper
    if paper.author is None or paper.author == clearance.focal_point:
        return
    write_mail(
        # They may change their mind, and back.
        key=f"clearance-{clearance.pk}-{clearance.revision_number}-{clearance.decided_at:%m%dT%H%M%S.%f}",
        kind="clearance_decided",
        template="clearance_decided",
        subject=_("Clearance of “%(title)s”"),
        recipient=paper.author,
        context={"title": paper.title, "clearance": clearance, "address": _address(paper, paper.author.language)},
    )


def _hold_to_limit(author, key):
    today = Comment.objects.filter(author=author, is_paper=True, posted_at__gt=timezone.now() - timedelta(days=1))
    is_over = today.exclude(submission_key=key).count() >= settings.PAPERS_PER_DAY
    if is_over and not settings.POSTING_LIMITS_OFF:
        raise PostingLimitReached(3600)


def _name_organisations(paper, organisations, own):
    """Keep the clearances of organisations that stay with their focal point, and end and begin the others."""
    asked = {(each.organisation.casefold(), each.focal_point_email.lower()): each for each in paper.clearances.all()}
    staying = [asked.pop((name.casefold(), address), None) for name, address in organisations]
    for clearance in asked.values():
        if clearance.is_asked and clearance.focal_point_email.lower() not in own:
            _tell_it_is_over(clearance, paper)
        clearance.delete()
    for (name, address), clearance in zip(organisations, staying, strict=True):
        if clearance is None:
            paper.clearances.create(organisation=name, focal_point_email=address)
        elif clearance.organisation != name:
            paper.clearances.filter(pk=clearance.pk).update(organisation=name)
    paper.author_organisation = SEPARATOR.join(name for name, _address in organisations)


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
        context={"title": paper.title, "organisation": clearance.organisation, "author": paper.author_name},
    )


def _ask(paper, own):
    """Write to every focal point but the one who submits; all that they clear themselves is cleared."""
    clearances = list(paper.clearances.filter(status=Clearance.Status.WAITING))
    for clearance in clearances:
        if clearance.focal_point_email.lower() in own:
            clearance.clear_by_submitting(paper)
        else:
            _write_to(clearance, paper)
    if not paper.is_cleared and all(clearance.status == Clearance.Status.CLEARED for clearance in clearances):
        paper.finish_clearing()


def _write_to(clearance, paper):
    address = clearance.focal_point_email
    language = _language_of(address, paper)
    write_mail(
        key=f"clearance-{clearance.pk}-{paper.revision_number}",
        kind=KIND,
        template="clearance",
        subject=_("Please clear “%(title)s”"),
        to=address,
        language=language,
        context={
            "title": paper.title,
            "organisation": clearance.organisation,
            "author": paper.author_name,
            "roundtable": paper.roundtable,
            "is_again": paper.revision_number > 1,
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
