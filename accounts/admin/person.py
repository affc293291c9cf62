"""People: whoever signs in, and who of them belongs to the secretariat."""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashWidget, UserChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import path
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.standing import FOREVER

from . import standing
from .access import NamelessLog, SecretariatAdmin

PROFILE = ("name", "organisation", "group", "country", "capacity")
# What decides about rights: for superusers to give.
RIGHTS = ("is_staff", "is_superuser")


class EmailMixin:
    """Keeps addresses in small letters and one to a person."""

    def clean_email(self):
        """Refuse the address of somebody else, a second address of theirs included."""
        email = self.cleaned_data["email"].lower()
        others = EmailAddress.objects.filter(email=email).exclude(user=self.instance.pk)
        if others.exists() or User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody with this e-mail address already has an account."), code="unique")
        return email


class PersonAddForm(EmailMixin, forms.ModelForm):
    """A new person, who signs in by a code sent to the address and chooses a password if they like."""

    class Meta:
        model = User
        fields = ("email", *PROFILE, "language")

    def save(self, commit=True):
        """Make the account without a password."""
        self.instance.set_unusable_password()
        return super().save(commit)


class KeptPassword(ReadOnlyPasswordHashWidget):
    """How a password is kept; as no element for typing, it cannot be disabled."""

    def get_context(self, name, value, attrs):
        """Leave out what only fields may say of themselves."""
        return super().get_context(name, value, {key: said for key, said in attrs.items() if key != "disabled"})


class PersonForm(EmailMixin, UserChangeForm):
    """What the secretariat may change about a person."""

    class Meta:
        model = User
        fields = ("email", *PROFILE, "language", "is_active", *RIGHTS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "password" in self.fields:
            self.fields["password"].widget = KeptPassword()


@admin.register(User)
class PersonAdmin(NamelessLog, SecretariatAdmin, UserAdmin):
    """People with an account. Nobody is deleted here: whoever leaves closes the account, or is made inactive."""

    form = PersonForm
    add_form = PersonAddForm
    add_form_template = None
    change_form_template = "admin/accounts/user/change_form.html"
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (
            _("Shown beside contributions"),
            {
                "fields": PROFILE,
                "description": _(
                    "A change is shown beside all contributions of this person, without the mark that the affiliation "
                    "is verified: verify it again."
                ),
            },
        ),
        (_("Settings"), {"fields": ("language", "is_active")}),
        (
            _("Rights"),
            {
                "fields": RIGHTS,
                "description": _(
                    "Only superusers give these rights. Rights to moderate are given on the page of each roundtable."
                ),
            },
        ),
        (_("Dates"), {"fields": ("date_joined", "terms_accepted_at", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email",), "description": _("The person signs in with a code sent to this address.")}),
        (_("Shown beside contributions"), {"fields": PROFILE}),
        (_("Settings"), {"fields": ("language",)}),
    )
    readonly_fields = ("date_joined", "terms_accepted_at", "last_login")
    inlines = [standing.AffiliationCheckInline, standing.SuspensionInline]
    actions = standing.ACTIONS
    list_display = (
        "name",
        "email",
        "verified",
        "suspended",
        "organisation",
        "group",
        "country",
        "is_active",
        "is_staff",
        "date_joined",
    )
    list_filter = (
        standing.VerifiedFilter,
        standing.SuspendedFilter,
        "is_staff",
        "is_active",
        "group",
        "capacity",
        "language",
    )
    list_select_related = ("group",)
    list_per_page = 50
    search_fields = ("email", "name", "organisation")
    ordering = ("name", "pk")
    filter_horizontal = ()
    show_full_result_count = False
    view_on_site = False

    def has_change_permission(self, request, obj=None):
        """Let only superusers change a superuser, the password included."""
        is_out_of_reach = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not is_out_of_reach

    def has_delete_permission(self, request, obj=None):
        """Refuse: an account is closed by its owner, or made inactive."""
        return False

    def get_readonly_fields(self, request, obj=None):
        """Keep rights out of the reach of those who may not give them."""
        return self.readonly_fields if request.user.is_superuser else (*self.readonly_fields, *RIGHTS)

    def get_fieldsets(self, request, obj=None):
        """Leave out the password where it may not be changed."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and not self.has_change_permission(request, obj):
            return ((None, {"fields": ("email",)}), *fieldsets[1:])
        return fieldsets

    @admin.display(description=_("verified"), boolean=True)
    def verified(self, person):
        """Tell whether the affiliation was checked."""
        return person.is_affiliation_verified

    @admin.display(description=_("suspended"))
    def suspended(self, person):
        """Tell until when the person is suspended."""
        if not person.is_suspended:
            return None
        is_endless = person.suspended_until == FOREVER
        return gettext("until lifted") if is_endless else date_format(person.suspended_until, "DATETIME_FORMAT")

    def get_inlines(self, request, obj):
        """Leave out the histories of somebody who is only being added."""
        return super().get_inlines(request, obj) if obj else []

    def get_urls(self):
        """Add the page on which the secretariat confirms what it says of people."""
        view = self.admin_site.admin_view(self.standing)
        return [path("standing/<str:name>/", view, name="accounts_user_standing"), *super().get_urls()]

    def standing(self, request, name):
        """Ask for what an act needs, then do it."""
        return standing.change(self, request, name)

    def take_standing(self, person, take, *, is_shown):
        """Do an act about one person; `is_shown` where it is shown beside contributions."""
        with transaction.atomic():
            return take()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Show a person with what may be said of them."""
        is_open = obj is not None and self.has_change_permission(request, obj)
        context["standing"] = standing.links(obj) if is_open else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        """Save what changed; a new address must be confirmed by its owner and takes the place of the old one."""
        super().save_model(request, obj, form, change)
        if change and obj.is_affiliation_verified and set(obj.AFFILIATION_FIELDS) & set(form.changed_data):
            obj.take_back_verification(by=request.user)
            messages.warning(request, gettext("The affiliation changed, so it is no longer marked as verified."))
        if not change or "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True, verified=False)
