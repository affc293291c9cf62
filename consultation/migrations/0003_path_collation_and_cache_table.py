"""Paths in the order of their bytes on PostgreSQL, and the table of the cache that all workers share."""

from django.conf import settings
from django.core.management import call_command
from django.db import migrations


def sort_paths_by_bytes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE consultation_comment ALTER COLUMN path TYPE varchar(255) COLLATE "C"')


def create_cache_table(apps, schema_editor):
    if settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
        call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("consultation", "0002_reference_data")]
    operations = [
        migrations.RunPython(sort_paths_by_bytes, migrations.RunPython.noop),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
    ]
