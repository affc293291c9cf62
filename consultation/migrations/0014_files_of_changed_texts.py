"""What becomes of files with a changed text: which come, which go, and what they are called then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consultation", "0013_acts_that_can_be_undone")]

    operations = [
        migrations.AddField(
            "attachment", "comes_with", models.PositiveIntegerField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "attachment", "goes_with", models.PositiveIntegerField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "attachment",
            "other_title",
            models.CharField(blank=True, default="", editable=False, max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            "attachment",
            "other_language",
            models.CharField(blank=True, default="", editable=False, max_length=10),
            preserve_default=False,
        ),
        migrations.AddField("attachment", "hidden_since", models.DateTimeField(blank=True, editable=False, null=True)),
    ]
