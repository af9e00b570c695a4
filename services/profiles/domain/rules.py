"""What a profile must hold true beyond the form of its single fields, which the protos' own rules check."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from itertools import chain
from typing import Any, Protocol

from services.profiles.domain.profile import ProfileContent
from services.profiles.domain.texts import normalised, text_violations
from services.profiles.domain.values import Answer, Concept, Provenance, WeeklyWindow
from services.profiles.domain.work import EverydayLimits, RightStatus, RightToWork, WorkProfile
from shared.kernel.errors import FieldViolation, InvalidArgument

_MOST_VIOLATIONS = 20
_HOME_DECIMALS = 2  # about one kilometre
_DAY = 24 * 60
_WEEK = 7 * _DAY
# Finnish personal identity code: DDMMYY, sign of the century, number and check character.
# Source: Digital and Population Data Services Agency, dvv.fi, personal identity code.
_PERSON_ID = re.compile(
    r"(?<![0-9A-Z])(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])[0-9]{2}[-A-FU-Y][0-9]{3}[0-9A-Y](?![0-9A-Z])", re.IGNORECASE
)
_REFERENCE_RULE = "Use a reference of your own that is no personal identity code."


_SUBJECT = re.compile(r"[!-~]{1,128}")  # what a token may name


class CodeList(Enum):
    """A list that codes of a profile must come from, with the reason and the rule of the refusal.

    ESCO URIs are in none: not all of ESCO may be loaded.
    """

    MUNICIPALITY = ("MUNICIPALITY_UNKNOWN", "Use a Finnish municipality code.")
    LICENCE = ("LICENCE_UNKNOWN", "Use a licence code of the vocabulary.")
    ISCO = ("ISCO_UNKNOWN", "Use an ISCO-08 code of one to four digits.")


class Codes(Protocol):
    """The code lists."""

    def knows(self, codes: CodeList, code: str) -> bool:
        """Whether the code is in the list, exactly so."""
        ...

    def nearest(self, codes: CodeList, code: str) -> str:
        """The code of the list most like this one, "" where none is."""
        ...


def settled(content: ProfileContent) -> ProfileContent:
    """Return the content as it is stored: texts in NFC, the home's coordinates rounded to two decimals."""
    content = normalised(content)
    point = content.work.limits.home.point
    if point is None:
        return content
    rounded = replace(
        point, latitude=round(point.latitude, _HOME_DECIMALS), longitude=round(point.longitude, _HOME_DECIMALS)
    )
    limits = replace(content.work.limits, home=replace(content.work.limits.home, point=rounded))
    return replace(content, work=replace(content.work, limits=limits))


def check(content: ProfileContent, codes: Codes, now: datetime, path: str = "profile") -> None:
    """Raise InvalidArgument PROFILE_INVALID with the first 20 violations. They name fields, never a person's values."""
    found = list(violations(content, codes, now, path))
    if found:
        fields = ", ".join(dict.fromkeys(violation.field for violation in found[:3]))
        more = " and others" if len(found) > 3 else ""
        message = f"The profile cannot be stored as it is: see {fields}{more}."
        raise InvalidArgument("PROFILE_INVALID", message, violations=tuple(found[:_MOST_VIOLATIONS]))


def check_subject(subject: str, field: str) -> None:
    """Raise InvalidArgument SUBJECT_INVALID for what can be in no token."""
    if _SUBJECT.fullmatch(subject) is None:
        rule = "Give the subject of the person's token: 1 to 128 printable ASCII characters without blanks."
        violation = FieldViolation(field, "SUBJECT_INVALID", rule)
        raise InvalidArgument("SUBJECT_INVALID", f"{field} is no token subject. {rule}", violations=(violation,))


def check_text(text: str, field: str) -> None:
    """Raise InvalidArgument TEXT_INVALID for control characters and invisible text."""
    found = tuple(text_violations(text, field))
    if found:
        raise InvalidArgument("TEXT_INVALID", f"{field} cannot be stored. {found[0].description}", violations=found)


def violations(content: ProfileContent, codes: Codes, now: datetime, path: str) -> Iterator[FieldViolation]:
    """Yield everything that is wrong, in the order of the fields."""
    if _PERSON_ID.search(content.case_reference):
        yield FieldViolation(f"{path}.case_reference", "CASE_REFERENCE_IS_PERSON_ID", _REFERENCE_RULE)
    yield from text_violations(content, path)
    work, at = content.work, f"{path}.work"
    yield from _concepts(work, at)
    yield from _provenances(work, at, now)
    yield from _repeated(work.licences, lambda licence: licence.code, f"{at}.licences", "LICENCE_REPEATED", "licence")
    yield from _repeated(
        work.languages, lambda skill: skill.language.lower(), f"{at}.languages", "LANGUAGE_REPEATED", "language"
    )
    yield from _codes(work, codes, at)
    yield from _right_to_work(work.right_to_work, f"{at}.right_to_work")
    yield from _limits(work.limits, f"{at}.limits")


def _concepts(work: WorkProfile, path: str) -> Iterator[FieldViolation]:
    named: Iterable[tuple[str, Concept]] = chain(
        ((f"experiences[{n}].occupation", each.occupation) for n, each in enumerate(work.experiences)),
        ((f"skills[{n}].skill", each.skill) for n, each in enumerate(work.skills)),
        ((f"goals.occupations[{n}]", each) for n, each in enumerate(work.goals.occupations)),
        ((f"goals.trainings[{n}]", each) for n, each in enumerate(work.goals.trainings)),
    )
    for place, concept in named:
        if not concept.uri and not concept.text:
            yield FieldViolation(f"{path}.{place}", "CONCEPT_EMPTY", "Give an ESCO URI, words, or both.")


def _provenances(work: WorkProfile, path: str, now: datetime) -> Iterator[FieldViolation]:
    lists: tuple[tuple[str, Sequence[Any]], ...] = (
        ("experiences", work.experiences),
        ("skills", work.skills),
        ("educations", work.educations),
        ("licences", work.licences),
        ("languages", work.languages),
    )
    claims: Iterable[tuple[str, Provenance]] = chain(
        ((f"{name}[{n}]", each.provenance) for name, items in lists for n, each in enumerate(items)),
        [("right_to_work", work.right_to_work.provenance)],
    )
    # One day more than the instant in UTC: somewhere it is tomorrow already.
    latest = (now + timedelta(days=1)).date()
    for place, claim in claims:
        if claim.date is not None and claim.date > latest:
            field = f"{path}.{place}.provenance.date"
            yield FieldViolation(field, "DATE_IN_FUTURE", "Give the day on which the claim was made or checked.")


def _repeated(
    items: Sequence[Any], key: Callable[[Any], str], path: str, reason: str, noun: str
) -> Iterator[FieldViolation]:
    seen: set[str] = set()
    for number, item in enumerate(items):
        if key(item) in seen:
            yield FieldViolation(f"{path}[{number}]", reason, f"Name each {noun} once.")
        seen.add(key(item))


def _codes(work: WorkProfile, codes: Codes, path: str) -> Iterator[FieldViolation]:
    home, sectors = work.limits.home.municipality, work.right_to_work.isco_sectors
    used: Iterable[tuple[str, CodeList, str]] = chain(
        ((f"licences[{n}].code", CodeList.LICENCE, each.code) for n, each in enumerate(work.licences)),
        ((f"right_to_work.isco_sectors[{n}]", CodeList.ISCO, each) for n, each in enumerate(sectors)),
        [("limits.home.municipality", CodeList.MUNICIPALITY, home)] if home else [],
    )
    for place, codes_of, code in used:
        if not codes.knows(codes_of, code):
            reason, rule = codes_of.value
            # The code itself is left out: it says something about the person.
            yield FieldViolation(f"{path}.{place}", reason, rule, nearest=codes.nearest(codes_of, code))


def _right_to_work(right: RightToWork, path: str) -> Iterator[FieldViolation]:
    limited = bool(right.isco_sectors or right.max_hours_per_week is not None or right.single_employer)
    if limited and right.status in (RightStatus.UNLIMITED, RightStatus.NONE):
        rule = "Sectors, hours and one employer are limits of a limited right: set the status so, or remove them."
        yield FieldViolation(f"{path}.status", "RIGHT_TO_WORK_CONTRADICTORY", rule)


def _limits(limits: EverydayLimits, path: str) -> Iterator[FieldViolation]:
    if limits.home.street_address:
        rule = "Leave it empty: a profile holds the area of a home, never its address."
        yield FieldViolation(f"{path}.home.street_address", "HOME_ADDRESS_REFUSED", rule)
    low, high = limits.min_hours_per_week, limits.max_hours_per_week
    if low is not None and high is not None and low > high:
        rule = "The fewest hours a week must not be above the most."
        yield FieldViolation(f"{path}.min_hours_per_week", "HOURS_CONTRADICTORY", rule)
    for number in _overlapping(limits.windows):
        rule = "Join windows that overlap into one."
        yield FieldViolation(f"{path}.windows[{number}]", "WINDOWS_OVERLAP", rule)
    if limits.interpreter_language and limits.interpreter_needed is Answer.NO:
        rule = "Remove the language, or say that an interpreter is needed."
        yield FieldViolation(f"{path}.interpreter_language", "INTERPRETER_CONTRADICTORY", rule)


def _overlapping(windows: Sequence[WeeklyWindow]) -> Iterator[int]:
    """Yield the numbers of the windows that begin inside an earlier one, Sunday night into Monday included."""
    spans = []
    for window in windows:
        begin = (window.weekday - 1) * _DAY + window.start
        length = window.end - window.start if window.end > window.start else window.end - window.start + _DAY
        spans.append((begin, length))
    for number, (begin, length) in enumerate(spans):
        if any((begin - b) % _WEEK < le or (b - begin) % _WEEK < length for b, le in spans[:number]):
            yield number
