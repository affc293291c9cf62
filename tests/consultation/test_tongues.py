"""In which language a text reads: never a wrong guess, sooner none."""

import json
from pathlib import Path

import pytest

from consultation.tongues import reads_as

DEMO = sorted((Path(__file__).parents[2] / "consultation" / "demo").glob("roundtable-*.json"))


def test_of_all_texts_of_the_demonstration_nearly_all_are_recognised_and_none_wrongly():
    rows = [row for path in DEMO for row in json.loads(path.read_text("utf-8"))["comments"]]
    texts = [("\n\n".join([row["body"]] if isinstance(row["body"], str) else row["body"]), row) for row in rows]
    read = [(reads_as(body), row["language"]) for body, row in texts if body]

    assert [pair for pair in read if pair[0] not in ("", pair[1])] == []
    assert sum(found == "" for found, _ in read) <= len(read) // 20


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Merci.",
        "We agree with the speaker before us.",
        "A/HRC/44/42 GCM OIM HCR ONU IOM UNODC UNHCR ILO OIT FAO WHO OMS UNICEF",
        "A national plan, une loi nationale, un plan nacional: no, non, no. Total, capital, regional, global.",
        "移民 " * 50,
        "« Les personnes qui ont été dans les camps sont celles que nous avons vues » — so he said, and we wrote.",
        "> Les personnes qui ont été dans les camps sont celles que nous avons vues.\n\nWe heard it.",
    ],
)
def test_what_is_short_mixed_or_only_quoted_reads_as_nothing_or_as_what_stands_around(text):
    assert reads_as(text) in ("", "en")


def test_a_long_quote_does_not_hide_the_language_of_the_text():
    quote = "“The people who have been in these camps are those that we have seen with our own eyes.”"
    text = f"Voici ce que nous a dit une femme : {quote} Nous pensons que les États doivent faire plus pour elles."

    assert reads_as(text) == "fr"
