"""The Compact's facts in three languages, as shipped in `data/gcm.json` (each with its source)."""

import json
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "fr", "es")  # of the file; the settings, which read it, name those of the site


@cache
def facts():
    """Return the whole file as Python values."""
    return json.loads((Path(__file__).parent / "data" / "gcm.json").read_text(encoding="utf-8"))


def objectives():
    """Return the 23 objectives as dicts of number, short_xx and title_xx."""
    return [
        {"number": row["number"]} | _texts(row["short"], "short") | _texts(row["title"], "title")
        for row in facts()["objectives"]
    ]


def stakeholder_groups():
    """Return the stakeholder groups of paragraph 44, then the further ones, as dicts of code, position, label_xx."""
    rows = facts()["stakeholder_categories"] + facts()["stakeholder_categories_not_in_the_compact"]
    # "Other relevant stakeholders" closes the list wherever the Compact has it.
    rows.sort(key=lambda row: row["code"] == "other-stakeholders")
    return [
        {"code": row["code"], "position": position} | _texts(row["label"], "label")
        for position, row in enumerate(rows, 1)
    ]


def _texts(by_language, field):
    return {f"{field}_{code}": by_language[code]["text"] for code in LANGUAGES}
