"""What the privacy notice says of downloading one's data, closing an account and the directory.

Only where the secretariat has left the last sentence as it came; installations from now on read it from the same file.
"""

import json
from pathlib import Path

from django.db import migrations
from django.db.models import F

TEXTS = Path(__file__).parent.parent / "data" / "site_texts.json"
BEFORE = {
    "en": "To see, correct or delete what we hold about you, write to one of the addresses on the contact page.",
    "fr": "Pour consulter, corriger ou supprimer les données que nous détenons à votre sujet, écrivez à l’une des "
    "adresses de la page de contact.",
    "es": "Para consultar, corregir o suprimir los datos que tenemos sobre usted, escriba a una de las direcciones de "
    "la página de contacto.",
}


def tell_more(apps, schema_editor):
    block = apps.get_model("consultation", "TextBlock").objects.filter(key="privacy").first()
    [text] = (row["body"] for row in json.loads(TEXTS.read_text(encoding="utf-8")) if row["key"] == "privacy")
    columns = {"body": "en", **{f"body_{code}": code for code in BEFORE}}
    changed = []
    for column, code in columns.items():
        body = getattr(block, column, "") or ""
        if body.endswith(BEFORE[code]):
            kept = body.removesuffix(BEFORE[code])
            setattr(block, column, kept + text[code][text[code].index("**") :])
            changed.append(column)
    if changed:
        block.save(update_fields=changed)
        apps.get_model("consultation", "ReferenceStamp").objects.filter(pk=1).update(value=F("value") + 1)


class Migration(migrations.Migration):
    dependencies = [("consultation", "0008_covered_passages")]
    operations = [migrations.RunPython(tell_more, migrations.RunPython.noop)]
