"""Light inflection: from a dictionary word to stems and the endings that may follow each stem.

This is no morphology: it lists the endings that job adverts and CVs really show, so that precision stays high. A word
shorter than five letters (four in Arabic and Cyrillic) matches only as it is written; a trailing `*` in the data asks
for any ending of up to five letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

ANY_ENDING: frozenset[str] = frozenset()
"""Stands for "any ending of up to OPEN_ENDING letters" (the `*` of the data files)."""

OPEN_ENDING = 5
LONGEST_ENDING = 9

Stem = tuple[str, frozenset[str]]

_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0640"
TOKEN = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}]|['’ʼ`](?=[^\W_]))*[+#]{{0,2}}")
"""A word: letters and digits with combining marks and inner apostrophes; `C++` and `C#` keep their signs."""

_DROPPED = re.compile(r"['’ʼ`\u064b-\u065f\u0670\u0640]")
_ARABIC_FORMS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ک": "ك", "ی": "ي"}
)


def normalise(word: str) -> str:
    """NFC and casefold; apostrophes, Arabic vowel signs and letter variants, and Russian ё are made alike."""
    folded = unicodedata.normalize("NFC", word).casefold()
    if folded.isascii() and "'" not in folded and "`" not in folded:
        return folded
    return _DROPPED.sub("", folded).translate(_ARABIC_FORMS).replace("ё", "е")


def stems(word: str, language: str) -> Iterator[Stem]:
    """Stems of a normalised dictionary word, each with the endings that may follow it.

    There are none for a short word, and none in a language whose endings are not listed here: such words match only
    as they are written.
    """
    shortest = 4 if language in ("uk", "ru", "ar") else 5
    if len(word) >= shortest and word.isalpha() and language in _STEMMERS:
        yield from _STEMMERS[language](word)


def arabic_variants(word: str) -> Iterator[str]:
    """An Arabic word without the conjunctions, prepositions and the article written onto it; the word itself first."""
    yield word
    for prefix in _ARABIC_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            yield word[len(prefix) :]


def is_arabic(word: str) -> bool:
    """Whether the first letter is of the Arabic block."""
    return "\u0600" <= word[:1] <= "\u06ff"


_ARABIC_PREFIXES = ("وال", "بال", "كال", "فال", "لل", "ولل", "ال", "و", "ب", "ل", "ف", "ك")


def _set(endings: str, empty: bool = True) -> frozenset[str]:
    return frozenset(endings.split()) | (frozenset(("",)) if empty else frozenset())


# -- Finnish -----------------------------------------------------------------------------------------------------------

_FI_CASES = "n a ä ta tä na nä ksi ssa ssä sta stä an än en in on ön lla llä lta ltä lle t"
_FI_OWN = ("", "ni", "mme", "nsa", "nsä", "kin", "si")


def _fi_endings(cases: str) -> frozenset[str]:
    """Case endings, each alone and before a possessive or -kin, and these without a case."""
    return _fi_cases(cases) | frozenset(_FI_OWN)


def _fi_cases(cases: str) -> frozenset[str]:
    """The same, but never without a case."""
    return frozenset(case + own for case in cases.split() for own in _FI_OWN)


_FI_VOWEL = _fi_endings(_FI_CASES)
_FI_PLURAL_A = _fi_endings(
    "ia iä ien in issa issä ista istä ille illa illä ilta iltä iksi ina inä iin "
    "oja öjä ojen öjen oille öille oita öitä oiden öiden oissa oista oiksi oina öinä oihin"
)
_FI_PLURAL_I = _fi_endings(
    "i in ia iä iksi ina inä issa issä ista istä iin ille illa illä ilta iltä it "
    "eja ejä ien eiden eille eissa eissä eista eistä eiksi eina einä eihin eilla eillä"
)
_FI_CONSONANT = _fi_endings(
    "in ia iä ta tä een en essa essä esta estä ella ellä elta eltä elle eksi ena enä "
    "et ina iksi issa issä ista istä ille iin ien"
)
_FI_OWN_ENDINGS = frozenset(_FI_OWN)
_FI_PARTITIVE = _fi_endings("ta tä")
_FI_PARTITIVE_T = _fi_endings("ta tä een ena")
_FI_PARTITIVE_E = _fi_endings("tta ttä")
_FI_VOWEL_E = _FI_VOWEL | _fi_endings("seen")
_FI_PLURAL_E = _fi_endings("ta tä den ssa ssä sta stä lla llä lle ksi na nä hin")
# The weak grade is that of syllables that end in a consonant: "taitossa" is a form of "taitto", "taitoa" is not.
_FI_WEAK = _fi_cases("n ksi ssa ssä sta stä lla llä lta ltä lle t")
_FI_WEAK_A = _fi_cases(
    "issa issä ista istä ille illa illä ilta iltä iksi oille öille oita öitä oiden öiden oissa oista oiksi"
)
_FI_WEAK_I = _fi_cases(
    "in it iksi issa issä ista istä ille illa illä ilta iltä eille eissa eissä eista eistä eiksi eilla eillä"
)
_FI_WEAK_O = _FI_WEAK | _fi_cases("iden issa issä ista istä ille illa illä iksi")
_FI_VOWEL_O = _FI_VOWEL | _fi_endings("ja jä jen iden issa issä ista istä ille illa illä iksi ihin")
_FI_GRADES = (
    ("kk", "k"), ("pp", "p"), ("tt", "t"), ("nk", "ng"), ("nt", "nn"), ("rt", "rr"), ("lt", "ll"), ("mp", "mm"),
    ("t", "d"), ("p", "v"),
)  # fmt: skip


def _fi_weak(stem: str) -> str:
    """The weak grade of a stem that ends in its last consonants ("kokk" → "kok"); without one, the stem itself."""
    for strong, weak in _FI_GRADES:
        if stem.endswith(strong) and not (len(strong) == 1 and stem[-2:-1] in ("s", "t", "k", "h")):
            return stem[: -len(strong)] + weak
    return stem


def _fi_strong(stem: str) -> str:
    """The strong grade of a weak stem ("lait" → "laitt" as in laitteen); without one, the stem itself."""
    for strong, weak in _FI_GRADES:
        if len(strong) == 2 and stem.endswith(weak):
            return stem[: -len(weak)] + strong
    return stem


def _fi_graded(word: str, vowel: str, endings: frozenset[str]) -> Iterator[Stem]:
    """The weak stem of a word that ends in a vowel, with `vowel` behind it, where it is another one."""
    weak = _fi_weak(word[:-1])
    if weak != word[:-1]:
        yield weak + vowel, endings


def _finnish(word: str) -> Iterator[Stem]:
    if word.endswith("nen"):
        yield word, _FI_OWN_ENDINGS
        yield word[:-3] + "s", _FI_CONSONANT
    elif word.endswith(("us", "ys", "os", "ös", "as", "äs", "is", "es")):
        yield word, _FI_PARTITIVE
        yield word[:-1] + "ks", _FI_CONSONANT
        if word.endswith(("uus", "yys", "eus")):
            yield word[:-1] + "de", _FI_VOWEL
            yield word[:-1] + "t", _FI_PARTITIVE_T
        if word.endswith(("as", "äs")):
            yield _fi_strong(word[:-2]) + word[-2] * 2, _FI_VOWEL
    elif word[-1] == "i":
        yield word[:-1], _FI_PLURAL_I
        yield from _fi_graded(word, "", _FI_WEAK_I)
    elif word[-1] in "aä":
        yield word, _FI_VOWEL
        yield word[:-1], _FI_PLURAL_A
        yield from _fi_graded(word, word[-1], _FI_WEAK)
        yield from _fi_graded(word, "", _FI_WEAK_A)
    elif word[-1] == "e":
        yield word, _FI_PARTITIVE_E
        yield _fi_strong(word[:-1]) + "ee", _FI_VOWEL_E
        yield _fi_strong(word[:-1]) + "ei", _FI_PLURAL_E
    elif word[-1] in "oöuy":
        yield word, _FI_VOWEL_O
        yield from _fi_graded(word, word[-1], _FI_WEAK_O)
    else:
        yield word, _FI_CONSONANT


# -- Swedish and English -----------------------------------------------------------------------------------------------

_SV_NOUN = _set("s n ns t ts en ens et ets er ers erna ernas ar ars arna arnas or orna na nas")
_SV_AR = _set("e en ens es na nas n", empty=False)
_SV_A = _set("a an ans as or ors orna ornas", empty=False)
_SV_E = _set("ar arna arnas", empty=False)
_EN_NOUN = _set("s es")
_EN_Y = _set("ies", empty=False)
_EN_MAN = _set("en", empty=False)


def _swedish(word: str) -> Iterator[Stem]:
    yield word, _SV_NOUN
    if word.endswith("are"):
        yield word[:-1], _SV_AR
    elif word.endswith("a"):
        yield word[:-1], _SV_A
    elif word.endswith("e"):
        yield word[:-1], _SV_E


def _english(word: str) -> Iterator[Stem]:
    yield word, _EN_NOUN
    if word.endswith("y") and word[-2] not in "aeiou":
        yield word[:-1], _EN_Y
    if word.endswith("man"):
        yield word[:-2], _EN_MAN


# -- Ukrainian and Russian ---------------------------------------------------------------------------------------------

_RU_NOUN = _set("а у ом е ы и ов ев ам ами ах я ю ем ей ям ями ях ь ью ой ою ею о ий ия ию ием ии иям иями иях й")
_RU_MASCULINE = _set("а у ом е ы и ов ев ей ам ами ах я ю ем ям ями ях")
_RU_ADJECTIVE = _set("ый ий ой ая яя ое ее ого его ому ему ым им ом ем ую юю ые ие ых их ыми ими ей", empty=False)
_UK_NOUN = _set("а у ом і и ів їв ам ами ах я ю ем єм ей ям ями ях ь ю ою ею єю ові еві єві о ія ії ію ією є ї й е")
_UK_MASCULINE = _set("а у ом і и ів ам ами ах я ю ем єм ям ями ях ові еві є е")
_UK_ADJECTIVE = _set("ий ій а я е є ого ього ому ьому им ім у ю і ї их іх ими іми ої ьої ою ьою", empty=False)
_BARE = _set("")
_CYRILLIC_VOWELS = "аеиоуыэюяіїєьй"


class _Cyrillic(NamedTuple):
    """The endings of a Slavic language: any noun, a noun that ends in a consonant, an adjective."""

    noun: frozenset[str]
    masculine: frozenset[str]
    adjective: frozenset[str]


def _cyrillic(word: str, endings: _Cyrillic) -> Iterator[Stem]:
    noun, masculine, adjective = endings
    if word.endswith(("ый", "ий", "ой", "ая", "яя", "ое", "ее")):
        yield word[:-2], adjective | noun
    elif word.endswith(("ия", "ія", "ие")):
        yield word[:-1], noun
    elif word[-1] in _CYRILLIC_VOWELS:
        yield word[:-1], noun | (adjective if word[-1] in "ае" else frozenset())
        yield from _fleeting_vowel(word)
    elif word.endswith(("ец", "ець")) and len(word) > 4:
        yield word, _BARE
        yield word.rstrip("ь")[:-2] + "ц", noun
    else:
        yield word, masculine


def _fleeting_vowel(word: str) -> Iterator[Stem]:
    """Genitive plurals in which a vowel appears: сиделка → сиделок."""
    if word.endswith("ка") and word[-3] not in _CYRILLIC_VOWELS:
        yield word[:-2] + "ок", _BARE
        yield word[:-2] + "ек", _BARE


_RU = _Cyrillic(_RU_NOUN, _RU_MASCULINE, _RU_ADJECTIVE)
_UK = _Cyrillic(_UK_NOUN, _UK_MASCULINE, _UK_ADJECTIVE)


def _russian(word: str) -> Iterator[Stem]:
    return _cyrillic(word, _RU)


def _ukrainian(word: str) -> Iterator[Stem]:
    return _cyrillic(word, _UK)


# -- Arabic and Somali -------------------------------------------------------------------------------------------------

_AR_ENDINGS = _set("ه ات ون ين ي يه ان ا ها هم نا ته تي")
_AR_FEMININE = _set("ات تي تها تنا تهم", empty=False)
_SO_ENDINGS = _set(
    "ka ga ha ta da sha aha iha uhu kii gii hii tii dii kayga gayga tayda kan tan yaal yaasha ayaal ayaasha o "
    "yo yada ro rada ada ad e nimo nimada n iin iinta ku tu yaashu hiisa kiisa s t k"
)
_SO_E = _set("aha ihii ihiisa ayaal ayaasha ayaashu ada adii adayda aysay ayd ooyin ooyinka", empty=False)
_SO_A = _set("o ooyin ooyinka ada ihii", empty=False)


def _arabic(word: str) -> Iterator[Stem]:
    yield word, _AR_ENDINGS
    if word.endswith("ه"):
        yield word[:-1], _AR_FEMININE


def _somali(word: str) -> Iterator[Stem]:
    yield word, _SO_ENDINGS
    if word[-1] in "eo":
        yield word[:-1], _SO_E
    elif word.endswith("a"):
        yield word[:-1], _SO_A


_STEMMERS: dict[str, Callable[[str], Iterator[Stem]]] = {
    "fi": _finnish,
    "sv": _swedish,
    "en": _english,
    "uk": _ukrainian,
    "ru": _russian,
    "ar": _arabic,
    "so": _somali,
}
