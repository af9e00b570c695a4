"""Kinds of data about a person: what the table allows, what an answer is cut to, and what the access log names."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from enum import IntEnum
from types import MappingProxyType

from services.profiles.domain.profile import Profile, ProfileContent
from services.profiles.domain.work import WorkProfile
from shared.kernel.errors import FieldViolation, PermissionDenied


class Data(IntEnum):
    """The kinds. The numbers are those of the proto.

    IDENTITY       names and the personal identity code
    CONTACT        e-mail, telephone, address
    CASE           case reference and the language in which the person reads
    WORK           experience, skills, education, licences, languages, goals, in codes and in the person's words
    LIMITS         when, where and how the person can work; needs of accessibility and of an interpreter
    RIGHT_TO_WORK  the right to work in Finland
    CHOICES        what the person has agreed to
    CONSENTS       answers to vacancies, and requests for them
    MATCHES        lists made from the record, with their reasons
    FEEDBACK       what the person said to an opening, and what they contested
    ACCESSES       who read the record
    CHANGES        what was changed in the record, by whom
    ASSIGNMENTS    to which counsellor and unit the person is and was assigned
    PROTECTION     whether a register forbids to give out where the person lives
    """

    IDENTITY = 1
    CONTACT = 2
    CASE = 3
    WORK = 4
    LIMITS = 5
    RIGHT_TO_WORK = 6
    CHOICES = 7
    CONSENTS = 8
    MATCHES = 9
    FEEDBACK = 10
    ACCESSES = 11
    CHANGES = 12
    ASSIGNMENTS = 13
    PROTECTION = 14


KIND_OF_PATH: Mapping[str, Data] = MappingProxyType(
    {
        "case_reference": Data.CASE,
        "preferred_language": Data.CASE,
        "work.summaries": Data.WORK,
        "work.experiences": Data.WORK,
        "work.skills": Data.WORK,
        "work.educations": Data.WORK,
        "work.licences": Data.WORK,
        "work.languages": Data.WORK,
        "work.goals": Data.WORK,
        "work.right_to_work": Data.RIGHT_TO_WORK,
        "work.limits": Data.LIMITS,
        "choices": Data.CHOICES,
    }
)
"""The kind of each field of a profile's content. What is in no kind (name, version, etag, times) goes with any."""

PROFILE: tuple[Data, ...] = (Data.CASE, Data.WORK, Data.LIMITS, Data.RIGHT_TO_WORK, Data.CHOICES)
"""The kinds that a whole profile holds."""

_BLANK = ProfileContent()
_BLANK_WORK = WorkProfile()


def cut(profile: Profile, allowed: Collection[Data]) -> Profile:
    """The profile with the fields of other kinds blank."""
    missing = [path for path, kind in KIND_OF_PATH.items() if kind not in allowed]
    if not missing:
        return profile
    inside = [path.removeprefix("work.") for path in missing if path.startswith("work.")]
    work = replace(profile.content.work, **{name: getattr(_BLANK_WORK, name) for name in inside})
    outside = {path: getattr(_BLANK, path) for path in missing if not path.startswith("work.")}
    return replace(profile, content=replace(profile.content, work=work, **outside))


def check_kinds(paths: Collection[str], allowed: Collection[Data], kinds: Mapping[str, Data] = KIND_OF_PATH) -> None:
    """Raises PermissionDenied FIELD_NOT_ALLOWED unless every path lies in fields of the allowed kinds."""
    refused = [path for path in paths if not _kinds(path, kinds) <= set(allowed)]
    if refused:
        rule = "You may not change these fields of this person."
        violation = FieldViolation("update_mask", "FIELD_NOT_ALLOWED", rule)
        raise PermissionDenied("FIELD_NOT_ALLOWED", rule, violations=(violation,))


def _kinds(path: str, kinds: Mapping[str, Data]) -> set[Data]:
    """The kinds of a field, or of all in it where the path names a part that holds several."""
    return {
        kind
        for kept, kind in kinds.items()
        if kept == path or kept.startswith(f"{path}.") or path.startswith(f"{kept}.")
    }
