"""Addresses people may be sent on to after they signed in: paths of this site, and nothing else."""

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

LONGEST = 2000


def is_local(address):
    """Return whether an address is a path on this site, whatever a browser may make of it."""
    return (
        len(address) <= LONGEST
        and address.startswith("/")
        # Browsers read a backslash as a slash and leave out tabs and line ends: "/\evil.example" is another site.
        and address.isprintable()
        and "\\" not in address
        and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    )


def profile_address(next_address=""):
    """Return the address of the profile page, which leads on to another one once it is saved."""
    query = f"?{urlencode({'next': next_address})}" if next_address else ""
    return reverse("account_profile") + query
