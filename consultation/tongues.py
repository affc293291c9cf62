"""In which of the site's languages a text reads, told by its small words; only ever to ask its author."""

import re

LEAST_WORDS = 12  # fewer say too little: "Merci", "No comment"
LEAST_FOUND = 5  # small words that speak for a language
MARGIN = 2  # times as many as for any other language
MOST_CHARACTERS = 8000

# Frequent words that are common in one of the three languages and rare or unknown in the others.
SMALL_WORDS = {
    "en": "the of and to is are was were be been has have had that this these those which who what when where with "
    "from for by an as at it its they their them we our you your he she his her not but if or will would should can "
    "could must may than then there here about into also more all any each how do does did",
    "fr": "le les des du et est sont été être ont avait que qui quoi quand où avec pour par une dans sur sous ce cet "
    "cette ces il elle ils elles nous vous leur leurs notre votre nos vos mais ou si ne pas plus aussi donc comme "
    "afin dont aux au chez sans entre après avant tout tous toutes même très peut doit doivent faire fait",
    "es": "el los las del y es son fue ser han había que quien cuando donde con para por una en sobre este esta estos "
    "estas ese esa él ella ellos nosotros usted su sus nuestro nuestra nuestros pero o si no más también como desde "
    "hasta entre sin muy todo todos todas mismo puede deben debe hacer hace hay porque al lo se está están",
}
_LANGUAGES_OF = {}
for _language, _words in SMALL_WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)
_WORD = re.compile(r"[^\W\d_]+")
# What somebody quotes, links or names tells nothing of the language they write in.
_ASIDE = re.compile(r"^>.*$|«[^«»]{0,500}»|“[^“”]{0,500}”|\"[^\"\n]{0,500}\"|\bhttps?://\S+|\S{1,99}@\S+", re.M)


def reads_as(text: str) -> str:
    """Return the code of the language in which a text reads, empty where that is not clear."""
    words = _WORD.findall(_ASIDE.sub(" ", text[:MOST_CHARACTERS]).lower())
    if len(words) < LEAST_WORDS:
        return ""
    found = dict.fromkeys(SMALL_WORDS, 0)
    for word in words:
        # A word of two languages speaks for neither.
        languages = _LANGUAGES_OF.get(word, ())
        if len(languages) == 1:
            found[languages[0]] += 1
    (best, count), (_second, others) = sorted(found.items(), key=lambda pair: -pair[1])[:2]
    return best if count >= LEAST_FOUND and count >= MARGIN * others + 1 else ""
