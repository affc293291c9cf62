"""What waited already goes on waiting; what was decided before is not told anew."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Now


def carry_over(apps, schema_editor):
    using = schema_editor.connection.alias
    comments = apps.get_model("consultation", "Comment")._base_manager.using(using)
    comments.filter(status="pending").update(waiting_since=Coalesce(F("submitted_at"), F("posted_at"), Now()))
    apps.get_model("consultation", "ModerationEvent")._base_manager.using(using).update(is_announced=True)
    own = comments.filter(pk=OuterRef("comment")).values("objective_numbers")
    apps.get_model("consultation", "Revision")._base_manager.using(using).update(objective_numbers=Subquery(own))


class Migration(migrations.Migration):
    dependencies = [("consultation", "0004_taking_part")]
    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
