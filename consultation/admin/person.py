"""People, once more: a change of a name or an affiliation is shown beside all of a person's contributions."""

from django.contrib import admin

from accounts.admin.person import PROFILE
from accounts.admin.person import PersonAdmin as BasePersonAdmin
from accounts.models import User
from consultation.models import Comment

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(BasePersonAdmin):
    """People whose contributions say who they are now."""

    def save_model(self, request, obj, form, change):
        """Save, and let the person's comments take over what is shown of them."""
        super().save_model(request, obj, form, change)
        if change and set(PROFILE) & set(form.changed_data):
            Comment.objects.update_author(obj)
