"""Finding a person whose name is sealed: the words of names in the forms in which people write and hear them.

What is kept of a form is its HMAC (a blind index), so nothing can be found that is not asked for whole.
"""

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType

from services.profiles.domain.identity import Identity, is_person_id, settled_person_id
from services.profiles.domain.policy import Relation
from shared.kernel.errors import FieldViolation, InvalidArgument

NAME, PERSON_ID = "name", "person-id"
"""Kinds of entries."""
MOST_FOUND = 20
"""So many are shown."""
MOST_LOOKED_AT = 200
"""So many are looked at, since some of them may not be shown."""
_MOST_WORDS = 8
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
# Simplified Latin for names: Cyrillic of Russian and Ukrainian, and Arabic letters without short vowels. Only equal
# forms meet, so what matters is that both sides go the same way.
_CYRILLIC = dict(zip("абвгґдезийклмнопрстуфхыэії", "abvggdeziiklmnoprstufhyeii", strict=True)) | {
    "ё": "e", "є": "e", "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "ю": "iu", "я": "ia",
}  # fmt: skip
_ARABIC = dict(zip("ابتجحدذرزسصضطظعفقكلمنهويآأإٱةىئؤپگ", "abtjhddrzssdtzafqklmnhwyaaaaaaywpg", strict=True)) | {
    "ث": "th", "خ": "kh", "ش": "sh", "غ": "gh", "چ": "ch", "ء": "",
}  # fmt: skip
_LATIN = {"ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
_LETTERS = MappingProxyType(_CYRILLIC | _ARABIC | _LATIN)

Entry = tuple[str, str]
"""Kind and form."""


@dataclass(frozen=True, slots=True)
class Found:
    """A person who was found, and how the asking counsellor stands to them."""

    profile_id: str
    relation: Relation


def entries(identity: Identity) -> frozenset[Entry]:
    """Everything under which a person can be found."""
    forms = {(NAME, form) for word in _words(f"{identity.given_names} {identity.family_name}") for form in _forms(word)}
    return frozenset(forms | ({(PERSON_ID, identity.person_id)} if identity.person_id else set()))


def wanted_name(name: str) -> tuple[frozenset[Entry], ...]:
    """What a person with this name has: one entry of each set. Raises InvalidArgument NAME_NOT_SEARCHABLE."""
    words = sorted(set(_words(name)))
    if not 1 <= len(words) <= _MOST_WORDS:
        rule = f"Give one to {_MOST_WORDS} whole names, in letters."
        violation = FieldViolation("name", "NAME_NOT_SEARCHABLE", rule)
        raise InvalidArgument("NAME_NOT_SEARCHABLE", rule, violations=(violation,))
    return tuple(frozenset((NAME, form) for form in _forms(word)) for word in words)


def wanted_person_id(text: str) -> tuple[frozenset[Entry], ...]:
    """What the person with this code has. Raises InvalidArgument PERSON_ID_INVALID."""
    code = settled_person_id(text)
    if not is_person_id(code):
        rule = "Give a whole Finnish personal identity code."
        violation = FieldViolation("person_id", "PERSON_ID_INVALID", rule)
        raise InvalidArgument("PERSON_ID_INVALID", rule, violations=(violation,))
    return (frozenset({(PERSON_ID, code)}),)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _forms(word: str) -> set[str]:
    """As written and in simplified Latin, both without apostrophes."""
    word = re.sub("['’ʼ]", "", word)
    return {word, _latin(word)} - {""}


def _latin(word: str) -> str:
    letters = "".join(_LETTERS.get(sign, sign) for sign in word)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(sign))
    return "".join(_LETTERS.get(sign, sign) for sign in bare)
