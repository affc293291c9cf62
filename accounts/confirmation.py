"""What becomes of an account when its address is confirmed."""

from allauth.account.models import EmailAddress

CODE_ADDRESS = "account_confirm_login_code"


def drop_unconfirmed_password(request, email_address, **kwargs):
    """Take away the password of an account that a sign-in code confirms first.

    Whoever signed up with somebody else's address has set that password. Who got the code owns the address, and
    may set a password of their own.
    """
    person = email_address.user
    is_by_code = getattr(request.resolver_match, "url_name", "") == CODE_ADDRESS
    others = EmailAddress.objects.filter(user=person, verified=True).exclude(pk=email_address.pk)
    # People without accepted terms did not sign up: they were made on the command line or imported.
    if is_by_code and person.terms_accepted_at and not others.exists():
        person.set_unusable_password()
        person.save(update_fields=["password"])
