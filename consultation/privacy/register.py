"""Where people are named in the database, and what somebody gets of it who downloads their data.

Every column that points to a person stands in one of these two lists; a test fails for one that does not. Whoever
adds one also says in `closing.py` what becomes of it when the account is closed, unless it goes with the person.
"""

from allauth.account.models import EmailAddress
from django.db.models import Q

from consultation.models import Clearance

# column -> the part of the download that holds it
EXPORTED = {
    "account.EmailAddress.user": "email_addresses",
    "accounts.AffiliationCheck.person": "affiliation_checks",
    "accounts.Mail.recipient": "mails",
    "accounts.Suspension.person": "suspensions",
    "consultation.Attachment.uploader": "attachments",
    "consultation.Clearance.focal_point": "clearances",
    "consultation.Comment.author": "contributions",
    "consultation.Draft.author": "drafts",
    "consultation.Flag.reporter": "reports",
    "consultation.MailPreference.person": "mail_preferences",
    "consultation.ModerationEvent.actor": "decisions_taken",
    "consultation.Notice.person": "notices",
    "consultation.Roundtable.moderators": "moderated_roundtables",
    "consultation.Subscription.person": "subscriptions",
    "mfa.Authenticator.user": "second_factors",
    "socialaccount.SocialAccount.user": "single_sign_on",
    "usersessions.UserSession.user": "sessions",
}
# column -> why it is left out
LEFT_OUT = {
    "accounts.AffiliationCheck.checked_by": "is about the person who was checked",
    "accounts.Suspension.lifted_by": "is about the person who was suspended",
    "accounts.Suspension.suspended_by": "is about the person who was suspended",
    "admin.LogEntry.user": "is the log of the secretariat's work; only its members stand in it",
    "consultation.Flag.settled_by": "is about a report of somebody else",
    "consultation.CoveredTitle.covered_by": "is about somebody else's text; the decision stands in decisions_taken",
    "consultation.FollowUp.assigned_to": "is the moderators' own work",
    "consultation.FollowUp.opened_by": "is the moderators' own work",
    "consultation.InternalNote.author": "is about other people, for moderators only",
    "consultation.InternalNote.person": "is for moderators only: the privacy notice says so, and whom to ask",
    "consultation.Redaction.redacted_by": "is about somebody else's text; the decision stands in decisions_taken",
    "consultation.TextBlockVersion.saved_by": "is the log of the secretariat's work",
}


def addresses_of(person):
    """Return every e-mail address of a person."""
    return {person.email, *EmailAddress.objects.filter(user=person).values_list("email", flat=True)}


def any_of(field, addresses):
    """Return a condition that a field holds one of some addresses, whatever its case."""
    condition = Q()
    for address in addresses:
        condition |= Q(**{f"{field}__iexact": address})
    return condition


def clearances_of(person, addresses):
    """Return the clearances that a person gave or refused, or is asked for."""
    return Clearance.objects.filter(Q(focal_point=person) | any_of("focal_point_email", addresses))
