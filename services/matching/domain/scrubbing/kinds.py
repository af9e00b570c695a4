"""What is looked for in a person's own words, and where it was found."""

from dataclasses import dataclass, field
from enum import IntEnum


class Kind(IntEnum):
    """What words say about who a person is; the numbers are the proto's (text_service.proto)."""

    NAME = 1
    EMAIL = 2
    TELEPHONE = 3
    IDENTITY_CODE = 4
    WEB_ADDRESS = 5
    ADDRESS = 6
    BIRTH = 7
    NATIONALITY = 8
    RELIGION = 9
    HEALTH = 10
    GENDER = 11


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """Words of a text that say who the person is: text[start:end], in code points."""

    start: int
    end: int
    kind: Kind
    words: str = field(repr=False, compare=False, default="")


@dataclass(frozen=True, slots=True, order=True)
class Neutral:
    """Words that show a gender without saying it ("she", "работала"): `instead` stands for both genders."""

    start: int
    end: int
    instead: str
