"""The 23 objectives, the site's texts in three languages, and the term that always carries a footnote."""

import json
from pathlib import Path

from django.db import migrations

from accounts import gcm

TEXTS = Path(__file__).parent.parent / "data" / "site_texts.json"
KOSOVO = {
    "en": "All references to Kosovo should be understood in the context of United Nations Security Council "
    "resolution 1244 (1999).",
    "fr": "Toute mention du Kosovo s’entend au sens de la résolution 1244 (1999) du Conseil de sécurité de "
    "l’Organisation des Nations Unies.",
    "es": "Toda mención de Kosovo debe entenderse en el contexto de la resolución 1244 (1999) del Consejo de "
    "Seguridad de las Naciones Unidas.",
}


def add_reference_data(apps, schema_editor):
    models = {name: apps.get_model("consultation", name) for name in ("Objective", "TextBlock", "Term", "ReferenceStamp")}
    for row in gcm.objectives():
        models["Objective"].objects.create(short=row["short_en"], title=row["title_en"], **row)
    for row in json.loads(TEXTS.read_text(encoding="utf-8")):
        texts = {f"{field}_{code}": row[field][code] for field in ("title", "body") for code in gcm.LANGUAGES}
        models["TextBlock"].objects.create(
            key=row["key"], is_page=row["is_page"], title=row["title"]["en"], body=row["body"]["en"], **texts
        )
    models["Term"].objects.create(
        code="kosovo",
        word="Kosovo",
        footnote=KOSOVO["en"],
        **{f"word_{code}": "Kosovo" for code in gcm.LANGUAGES},
        **{f"footnote_{code}": KOSOVO[code] for code in gcm.LANGUAGES},
    )
    models["ReferenceStamp"].objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("consultation", "0001_initial")]
    operations = [migrations.RunPython(add_reference_data, migrations.RunPython.noop)]
