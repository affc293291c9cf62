"""What people are told: choosing it, following and leaving places, the way out of mail, what was read."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from consultation import letters, notifications, way_out
from consultation.forms.notifications import PacesForm, SeenForm
from consultation.models import Comment, Notice, Pace, Roundtable, Subscription
from consultation.permissions import roundtables_for

from .comment import get_comment

LATEST = 20


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def choose(request):
    """Let people choose what they are told and how soon, and show what they follow and were told of late."""
    person = request.user
    moderates = Roundtable.objects.moderated_by(person).exists()
    form = PacesForm(request.POST if request.method == "POST" else None, person=person, moderates=moderates)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your choices have been saved."))
        return redirect("account_notifications")
    context = {
        "form": form,
        "paces": Pace,
        "followed": _followed(person),
        "notices": _latest(person),
        "section": "account",
    }
    return render(request, "consultation/notifications/choose.html", context, status=422 if form.errors else 200)


def _followed(person):
    places = ("roundtable", "question__roundtable", "thread__roundtable", "thread__question")
    visible = Roundtable.objects.visible_to(person)
    followed = person.subscriptions.select_related(*places).order_by("-pk")[:200]
    open_to = set(visible.values_list("pk", flat=True))
    return [one for one in followed if one.roundtable_of.pk in open_to]


def _latest(person):
    notices = list(Notice.objects.filter(person=person).with_all().order_by("-pk")[:LATEST])
    readers = notifications.Readers([person], {notice.roundtable for notice in notices})
    return [
        (notice, str(letters.headline(notice)) % letters.words(notice))
        for notice in notices
        if readers.may_be_told(notice)
    ]


# --- Following


@require_POST
def follow_roundtable(request, slug):
    """Follow a roundtable, or leave it."""
    roundtable = get_object_or_404(roundtables_for(request.user), slug=slug)
    return _follow(request, roundtable, roundtable=roundtable)


@require_POST
def follow_question(request, slug, number):
    """Follow a question, or leave it."""
    roundtable = get_object_or_404(roundtables_for(request.user), slug=slug)
    question = get_object_or_404(roundtable.questions, number=number)
    return _follow(request, question, question=question)


@require_POST
def follow_thread(request, pk):
    """Follow the thread of a comment, or leave it."""
    comment, _roundtable, _rights = get_comment(request, pk)
    root = comment if comment.depth == 1 else Comment.objects.get(path=comment.root_path)
    return _follow(request, comment, thread=root)


def _follow(request, place, **target):
    """Take up or end a subscription, as the button said; pressed twice it is the same."""
    if not request.user.is_authenticated:
        return redirect_to_login(place.get_absolute_url())
    if request.POST.get("action") == "leave":
        Subscription.objects.filter(person=request.user, **target).delete()
        messages.success(request, _("You no longer follow this."))
    else:
        Subscription.objects.get_or_create(person=request.user, **target)
        messages.success(request, _("You follow this now. How you are told is up to you: see Notifications."))
    is_listed = request.POST.get("from") == "list"
    return redirect("account_notifications") if is_listed else redirect(place)


# --- The way out


@csrf_exempt  # mail programmes post to it (RFC 8058); the signed link is what says that they may
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request, token):
    """End the mail that a signed link speaks of, without signing in: a page asks first, a POST does it."""
    out = way_out.read(token)
    if out is None:
        raise Http404
    if request.method == "POST":
        out.take()
    context = {"out": out, "is_done": request.method == "POST", "section": "account"}
    return render(request, "consultation/notifications/leave.html", context)


# --- What was read


@require_POST
def seen(request):
    """Note which comments somebody has seen, so that no digest tells of them."""
    is_button = "all" in request.POST
    if not request.user.is_authenticated:
        # What a page sends while it is left leads nowhere: the cookies of another page might come after those of
        # signing in, and take their place.
        return redirect_to_login(reverse("account_notifications")) if is_button else HttpResponse(status=204)
    if is_button:
        Notice.objects.filter(person=request.user, read_at__isnull=True).mark_read()
        return redirect("account_notifications")
    form = SeenForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    notifications.mark_read(request.user, form.cleaned_data["comments"])
    return HttpResponse(status=204)
