from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("consultation", "0005_waiting_and_announced")]
    operations = [
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=Q(Q(('status', 'pending'), _negated=True), ('waiting_since__isnull', False), ('is_cleared', False), _connector='OR'), name='comment_pending_waits'),
        ),
    ]
