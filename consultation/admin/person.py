"""People, once more: a change of a name or an affiliation is shown beside all of a person's contributions."""

from django.contrib import admin

from accounts.admin.person import PROFILE
from accounts.admin.person import PersonAdmin as BasePersonAdmin
from accounts.models import User
from consultation.models import Comment
from consultation.models.forest import lock_forest

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(BasePersonAdmin):
    """People whose contributions say who they are now."""

    def take_standing(self, person, take, *, is_shown):
        """Do it, and let the person's comments take over what is shown of them."""
        if not is_shown:
            return super().take_standing(person, take, is_shown=is_shown)
        outcomes = []
        Comment.objects.update_author(person, lambda: outcomes.append(take()))
        return outcomes[0]

    def save_model(self, request, obj, form, change):
        """Save, and let the person's comments take over what is shown of them; the forest is locked first."""
        lock_forest("default")
        super().save_model(request, obj, form, change)
        if change and set(PROFILE) & set(form.changed_data):
            Comment.objects.update_author(obj)
        if change and "is_active" in form.changed_data:
            # The page of a roundtable names the moderators who are.
            obj.moderated_roundtables.all().record_change(public=True)
