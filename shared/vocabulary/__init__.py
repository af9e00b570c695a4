"""Look-up tables of the standard classifications: ESCO, ISCO-08, CEFR, ISCED, BCP 47, Finnish municipalities.

`load()` reads the starter vocabulary that comes with Polku, `load(path)` a compiled ESCO package (see `esco_csv`). It
needs the standard library only, and holds no model: what it finds in a text is found by words. Sources and licences
are in data/README.md.
"""

from shared.vocabulary.errors import VocabularyFileError
from shared.vocabulary.types import (
    LANGUAGES,
    MENTION_KINDS,
    Code,
    Coordinates,
    Field,
    IscoGroup,
    Language,
    Licence,
    Mention,
    MentionKind,
    Municipality,
    Occupation,
    Place,
    Skill,
    TravelMode,
)
from shared.vocabulary.vocabulary import Vocabulary, load

__all__ = [
    "LANGUAGES",
    "MENTION_KINDS",
    "Code",
    "Coordinates",
    "Field",
    "IscoGroup",
    "Language",
    "Licence",
    "Mention",
    "MentionKind",
    "Municipality",
    "Occupation",
    "Place",
    "Skill",
    "TravelMode",
    "Vocabulary",
    "VocabularyFileError",
    "load",
]
