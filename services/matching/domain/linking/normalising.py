"""One form for what people write in many ways: case, width, Arabic letter variants, and a Latin skeleton.

The skeleton is what is left of a text when it is written in plain Latin letters by whoever: "прибиральник",
"prybyralnyk" and "pribiralnik" are the same, "työntekijä" is "tyontekija", سائق is "sayq". It is weaker than the folded
form, because it makes different words alike, and is therefore compared apart and counts less.
"""

import re
import unicodedata

from shared.vocabulary.inflection import normalise

_GAPS = re.compile(r"[\s\-–—/·_,;:()\[\]\"«»“”„]+")
_APOSTROPHES = re.compile(r"['’ʼ`ʹ]")

# Cyrillic as it is commonly written in Latin letters (close to BGN/PCGN, Ukrainian and Russian together).
_CYRILLIC = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьыъэюя",
        "a b v g g d e e zh z i i i i k l m n o p r s t u f kh ts ch sh sch _ i _ e yu ya".replace("_", "").split(" "),
        strict=True,
    )
)
# Arabic as people type it in Latin letters; short vowels are not written, so that comparisons leave vowels out. Kaf is
# "q" here and "k" in the end, so that kaf before heh is not taken for "kh".
_ARABIC = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويءپچڤگ",
        "a b t th j h kh d dh r z s sh s d t z a gh f q q l m n h w y _ p ch v g".replace("_", "").split(" "),
        strict=True,
    )
)
_LETTERS = str.maketrans({**_CYRILLIC, **_ARABIC, "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
# Spellings between which writers vary, the longer first.
_VARIANTS = (
    ("shch", "s"), ("sch", "s"), ("tch", "c"), ("kh", "h"), ("zh", "z"), ("sh", "s"), ("ch", "c"), ("ts", "c"),
    ("tz", "c"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("ph", "f"), ("ck", "k"), ("q", "k"), ("w", "v"), ("x", "h"),
    ("y", "i"), ("j", "i"),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"[aeiou]")


def fold(text: str) -> str:
    """NFKC, casefold, Arabic letter variants and ё made alike, dashes and brackets as blanks, no apostrophes."""
    folded = normalise(unicodedata.normalize("NFKC", text))
    return _APOSTROPHES.sub("", _GAPS.sub(" ", folded)).strip()


def skeleton(folded: str) -> str:
    """The Latin skeleton of a folded text; "" for a text of no known letters."""
    latin = folded.translate(_LETTERS)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", latin) if sign.isascii())
    for written, kept in _VARIANTS:
        plain = plain.replace(written, kept)
    return _DOUBLED.sub(r"\1", plain).strip()


def consonants(skeleton_text: str) -> str:
    """A skeleton without vowels: how Arabic words in Latin letters are compared, whose vowels everybody writes anew."""
    return _VOWELS.sub("", skeleton_text)


def script(text: str) -> str:
    """ "arabic", "cyrillic", "latin" or "": the script of most letters."""
    counts = {"arabic": 0, "cyrillic": 0, "latin": 0}
    for sign in text:
        if "\u0600" <= sign <= "\u06ff" or "\u0750" <= sign <= "\u077f":
            counts["arabic"] += 1
        elif "\u0400" <= sign <= "\u052f":
            counts["cyrillic"] += 1
        elif sign.isalpha():
            counts["latin"] += 1
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""
