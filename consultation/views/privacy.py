"""One's own data: downloading it, and closing the account."""

import tempfile

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.downloads import count_download
from consultation.forms.privacy import CloseAccountForm
from consultation.privacy import close_account, write_archive


@require_safe
@login_required
@reauthentication_required
def data(request):
    """Download everything that is held about oneself; the archive is made in a file that nobody can name."""
    count_download(request)
    archive = tempfile.TemporaryFile()  # noqa: SIM115 -- the answer closes it
    write_archive(request.user, archive)
    archive.seek(0)
    return FileResponse(archive, as_attachment=True, filename="my-data.zip")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required
def close(request):
    """Close one's own account, keeping the contributions without a name or withdrawing them."""
    form = CloseAccountForm(request.POST if request.method == "POST" else None, person=request.user)
    if request.method == "POST" and form.is_valid():
        person = request.user
        close_account(person, contributions=form.cleaned_data["contributions"])
        logout(request)
        messages.success(request, _("Your account is closed."))
        return redirect("home")
    return render(
        request,
        "consultation/privacy/close.html",
        {"form": form, "section": "account"},
        status=422 if form.errors else 200,
    )
