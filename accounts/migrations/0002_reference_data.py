"""The stakeholder groups of the Compact."""

from django.db import migrations

from accounts import gcm


def add_groups(apps, schema_editor):
    StakeholderGroup = apps.get_model("accounts", "StakeholderGroup")
    for row in gcm.stakeholder_groups():
        StakeholderGroup.objects.create(label=row["label_en"], **row)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(add_groups, migrations.RunPython.noop)]
