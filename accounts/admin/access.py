"""Who may use the admin, and how it saves: every member of the secretariat, and only what was changed."""

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import models
from django.urls import NoReverseMatch
from django.utils import translation


def is_secretariat(user):
    """Return whether a person belongs to the secretariat."""
    return user.is_active and user.is_staff


class SecretariatAccess:
    """Lets every active member of staff do everything; no rights are given model by model."""

    def has_module_permission(self, request):
        """Show the model on the index."""
        return is_secretariat(request.user)

    def has_view_permission(self, request, obj=None):
        """Let staff read."""
        return is_secretariat(request.user)

    def has_add_permission(self, request, obj=None):
        """Let staff add."""
        return is_secretariat(request.user)

    def has_change_permission(self, request, obj=None):
        """Let staff change."""
        return is_secretariat(request.user)

    def has_delete_permission(self, request, obj=None):
        """Let staff delete."""
        return is_secretariat(request.user)


class ReadOnly:
    """Lets staff read and nothing else."""

    def has_add_permission(self, request, obj=None):
        """Refuse to add."""
        return False

    def has_change_permission(self, request, obj=None):
        """Refuse to change."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Refuse to delete."""
        return False


class HistoryInline(ReadOnly, SecretariatAccess, admin.TabularInline):
    """What happened to the row of a page, to read."""

    template = "admin/consultation/history.html"
    extra = 0


class SecretariatAdmin(SecretariatAccess, admin.ModelAdmin):
    """A page of the admin that writes nothing but the fields somebody changed."""

    # The browser's own calendar: it works without JavaScript, with the keyboard and in every language.
    formfield_overrides = {
        models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
    }

    def view_on_site(self, obj):
        """Return the public page, where there is one."""
        try:
            return obj.get_absolute_url()
        except (AttributeError, NoReverseMatch):
            return None

    def save_model(self, request, obj, form, change):
        """Add the row, or write the changed columns."""
        save_changed(obj, form.changed_data if change else None)

    def save_formset(self, request, form, formset, change):
        """Delete, add and change the rows below, again only the changed columns."""
        formset.save(commit=False)
        for obj in formset.deleted_objects:
            self.delete_below(request, obj)
        for obj in formset.new_objects:
            save_changed(obj, None)
        for obj, names in formset.changed_objects:
            save_changed(obj, names)
        formset.save_m2m()

    def delete_below(self, request, obj):
        """Delete a row that stands below this one."""
        obj.delete()

    def log_change(self, request, obj, message):
        """Record a change; a form saved untouched leaves no trace."""
        return super().log_change(request, obj, message) if message else None


class NamelessLog:
    """Keeps people's names out of the admin's log, which outlives their accounts."""

    def log_addition(self, request, obj, message):
        """Record an addition under the row's number."""
        return _without_name(super().log_addition(request, obj, message))

    def log_change(self, request, obj, message):
        """Record a change under the row's number."""
        return _without_name(super().log_change(request, obj, message))


def _without_name(entry):
    if entry is not None:
        entry.object_repr = f"#{entry.object_id}"
        LogEntry.objects.filter(pk=entry.pk).update(object_repr=entry.object_repr)
    return entry


def save_changed(obj, names):
    """Save the named fields of a row, or all of a new one (`names` is None).

    The plain column of a translated field is kept in English, whatever language the admin is used in; and it is
    written with the English text only, as modeltranslation writes whatever goes there to the active language too.
    """
    with translation.override("en"):
        if names is None:
            obj.save()
            return
        fields = [field for field in obj._meta.concrete_fields if field.name in names]
        plain = {field.translated_field.name for field in fields if getattr(field, "language", None) == "en"}
        if fields:
            obj.save(update_fields={field.name for field in fields} | plain)
