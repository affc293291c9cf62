"""The signed link at the end of every mail that ends such mail without signing in."""

from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

from accounts.models import User

from .models import Kind, MailPreference, Pace, Subscription

SALT = "way-out"


@dataclass
class WayOut:
    """What a link ends: mail of some kinds, or one subscription of a person."""

    person: User
    kinds: list
    subscription: Subscription | None = None

    @property
    def kind_labels(self):
        """What the kinds are called in the language of the moment."""
        return [Kind(kind).label for kind in self.kinds]

    @property
    def is_open(self):
        """Whether there is anything left to end."""
        return bool(self.kinds or self.subscription)

    def take(self):
        """End it; a second time changes nothing."""
        if self.subscription:
            Subscription.objects.filter(pk=self.subscription.pk).delete()
        MailPreference.objects.choose(self.person, dict.fromkeys(self.kinds, Pace.NEVER))


def path_for(person, *, kinds=(), subscription=None):
    """Return the path of the link, in the language of the moment."""
    what = {"s": subscription.pk} if subscription else {"k": sorted(kinds)}
    token = signing.dumps({"p": person.pk, **what}, salt=SALT, compress=True)
    return reverse("account_way_out", args=[token])


def read(token):
    """Return the WayOut of a link, or None for a link that we did not write; a link never runs out."""
    try:
        said = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    person = User.objects.filter(pk=said["p"]).first()
    if person is None:
        return None
    if "s" in said:
        followed = Subscription.objects.select_related("roundtable", "question__roundtable", "thread__roundtable")
        # None where it was ended before.
        return WayOut(person, [], followed.filter(pk=said["s"], person=person).first())
    return WayOut(person, [kind for kind in said["k"] if kind in Kind.values])
