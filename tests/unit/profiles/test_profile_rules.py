"""What a profile must hold true."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from services.profiles.domain.profile import ProfileContent
from services.profiles.domain.rules import check, settled
from services.profiles.domain.values import (
    Answer,
    Concept,
    GeoPoint,
    LocalizedText,
    Place,
    Provenance,
    Weekday,
    WeeklyWindow,
)
from services.profiles.domain.work import (
    EverydayLimits,
    Goals,
    LanguageSkill,
    Licence,
    RightStatus,
    RightToWork,
    Skill,
    WorkExperience,
)
from shared.kernel.errors import InvalidArgument
from tests.builders.profiles import NOW, a_content
from tests.fakes.profiles import FakeCodes

TOMORROW = NOW.date() + datetime.timedelta(days=1)
MONDAY, TUESDAY, SUNDAY = Weekday.MONDAY, Weekday.TUESDAY, Weekday.SUNDAY


def refused(content: ProfileContent) -> list[tuple[str, str]]:
    """Field and rule of each violation."""
    with pytest.raises(InvalidArgument) as error:
        check(content, FakeCodes(), NOW)
    assert error.value.reason == "PROFILE_INVALID"
    return [(violation.field.removeprefix("profile."), violation.reason) for violation in error.value.violations]


def windows(*spans: tuple[Weekday, str, str]) -> ProfileContent:
    """A content with these weekly windows."""

    def minutes(clock: str) -> int:
        return int(clock[:2]) * 60 + int(clock[3:])

    made = tuple(WeeklyWindow(day, minutes(start), minutes(end)) for day, start, end in spans)
    return a_content(limits=EverydayLimits(windows=made))


GOOD: list[dict[str, Any]] = [
    {},
    {"limits": EverydayLimits(min_hours_per_week=20, max_hours_per_week=20)},
    {"right_to_work": RightToWork(RightStatus.LIMITED, ("91",), 30.0, True)},
    {"right_to_work": RightToWork(isco_sectors=("91",))},
    {"licences": (Licence("driving-licence-b", Answer.NO), Licence("hygiene-passport"))},
    {"skills": (Skill(Concept(uri="http://data.europa.eu/esco/skill/not-in-the-starter-vocabulary")),)},
    {"skills": (Skill(Concept(text="koneet"), provenance=Provenance(date=TOMORROW)),)},
    {"summaries": (LocalizedText("ar", "عملت في التنظيف\nثلاث سنوات\t😀"), LocalizedText("fi", "a\u202eb"))},
    {"goals": Goals(text="ensin\nsitten")},
]


@pytest.mark.parametrize("parts", GOOD, ids=range(len(GOOD)))
def test_what_is_right_passes(parts: dict[str, Any]) -> None:
    """Unknown values, contradictions-free limits, unknown ESCO URIs and texts of every script pass."""
    check(a_content(**parts), FakeCodes(), NOW)


BAD: list[tuple[dict[str, Any], str, str]] = [
    (
        {"limits": EverydayLimits(min_hours_per_week=30, max_hours_per_week=20)},
        "work.limits.min_hours_per_week",
        "HOURS_CONTRADICTORY",
    ),
    (
        {"limits": EverydayLimits(home=Place("049", street_address="Katu 1"))},
        "work.limits.home.street_address",
        "HOME_ADDRESS_REFUSED",
    ),
    ({"limits": EverydayLimits(home=Place("999"))}, "work.limits.home.municipality", "MUNICIPALITY_UNKNOWN"),
    (
        {"limits": EverydayLimits(interpreter_needed=Answer.NO, interpreter_language="so")},
        "work.limits.interpreter_language",
        "INTERPRETER_CONTRADICTORY",
    ),
    ({"licences": (Licence("driving-licence-x"),)}, "work.licences[0].code", "LICENCE_UNKNOWN"),
    (
        {"right_to_work": RightToWork(RightStatus.LIMITED, ("91", "99"))},
        "work.right_to_work.isco_sectors[1]",
        "ISCO_UNKNOWN",
    ),
    (
        {"licences": (Licence("hygiene-passport"), Licence("hygiene-passport"))},
        "work.licences[1]",
        "LICENCE_REPEATED",
    ),
    ({"languages": (LanguageSkill("pt-BR"), LanguageSkill("pt-br"))}, "work.languages[1]", "LANGUAGE_REPEATED"),
    (
        {"right_to_work": RightToWork(RightStatus.UNLIMITED, max_hours_per_week=30.0)},
        "work.right_to_work.status",
        "RIGHT_TO_WORK_CONTRADICTORY",
    ),
    (
        {"right_to_work": RightToWork(RightStatus.NONE, single_employer=True)},
        "work.right_to_work.status",
        "RIGHT_TO_WORK_CONTRADICTORY",
    ),
    ({"experiences": (WorkExperience(Concept()),)}, "work.experiences[0].occupation", "CONCEPT_EMPTY"),
    ({"skills": (Skill(Concept(text="a")), Skill(Concept(language="fi")))}, "work.skills[1].skill", "CONCEPT_EMPTY"),
    ({"goals": Goals(trainings=(Concept(),))}, "work.goals.trainings[0]", "CONCEPT_EMPTY"),
    (
        {"skills": (Skill(Concept(text="a"), provenance=Provenance(date=TOMORROW + datetime.timedelta(days=1))),)},
        "work.skills[0].provenance.date",
        "DATE_IN_FUTURE",
    ),
    ({"summaries": (LocalizedText("fi", "a\x00b"),)}, "work.summaries[0].text", "TEXT_CONTROL_CHARACTER"),
    ({"goals": Goals(text="a\x1bb")}, "work.goals.text", "TEXT_CONTROL_CHARACTER"),
    (
        {"limits": EverydayLimits(accessibility_needs=("hissi", "a\nb"))},
        "work.limits.accessibility_needs[1]",
        "TEXT_CONTROL_CHARACTER",
    ),
    ({"goals": Goals(text="\u200b\u200b")}, "work.goals.text", "TEXT_INVISIBLE"),
    ({"goals": Goals(text=" \n ")}, "work.goals.text", "TEXT_INVISIBLE"),
    ({"skills": (Skill(Concept(text="\u3164")),)}, "work.skills[0].skill.text", "TEXT_INVISIBLE"),
]


@pytest.mark.parametrize(("parts", "field", "reason"), BAD, ids=[f"{n}-{case[2]}" for n, case in enumerate(BAD)])
def test_what_is_wrong_is_named_by_its_field(parts: dict[str, Any], field: str, reason: str) -> None:
    """Each broken rule is one violation with the path of the field (rows 8, 11–13)."""
    assert refused(a_content(**parts)) == [(field, reason)]


@pytest.mark.parametrize("reference", ["010190-123A", "K-010190A123B-x", "311299-9876", "010101a000x"])
def test_a_case_reference_is_no_person_id(reference: str) -> None:
    """A reference that looks like a Finnish personal identity code is refused, and not repeated in the error."""
    content = replace(a_content(), case_reference=reference)
    with pytest.raises(InvalidArgument) as error:
        check(content, FakeCodes(), NOW)

    assert [violation.reason for violation in error.value.violations] == ["CASE_REFERENCE_IS_PERSON_ID"]
    assert reference not in str(error.value) + str(error.value.violations)


@pytest.mark.parametrize("reference", ["", "K-17", "2026-001234", "20260012345", "991399-123A"])
def test_other_case_references_pass(reference: str) -> None:
    """Running numbers and the like pass."""
    check(replace(a_content(), case_reference=reference), FakeCodes(), NOW)


def test_wrong_codes_come_with_the_nearest_right_one() -> None:
    """Unknown municipality and licence codes are answered with a valid one and without the value given (row 13)."""
    content = a_content(limits=EverydayLimits(home=Place("999")), licences=(Licence("driving-licence-x"),))
    with pytest.raises(InvalidArgument) as error:
        check(content, FakeCodes(), NOW)

    assert [(violation.nearest, violation.value) for violation in error.value.violations] == [
        ("driving-licence-b", ""),
        ("049", ""),
    ]


@pytest.mark.parametrize(
    "spans",
    [
        [(MONDAY, "08:00", "16:00"), (MONDAY, "16:00", "20:00")],
        [(MONDAY, "22:00", "06:00"), (TUESDAY, "06:00", "08:00")],
        [(SUNDAY, "22:00", "06:00"), (MONDAY, "06:00", "16:00")],
        [(MONDAY, "08:00", "24:00"), (TUESDAY, "00:00", "08:00")],
        [(MONDAY, "08:00", "08:00")],
    ],
)
def test_windows_may_touch(spans: list[tuple[Weekday, str, str]]) -> None:
    """Windows that follow each other, over midnight and over Sunday too, pass."""
    check(windows(*spans), FakeCodes(), NOW)


@pytest.mark.parametrize(
    "spans",
    [
        [(MONDAY, "08:00", "16:00"), (MONDAY, "15:59", "20:00")],
        [(MONDAY, "08:00", "16:00"), (MONDAY, "08:00", "16:00")],
        [(TUESDAY, "05:00", "08:00"), (MONDAY, "22:00", "06:00")],
        [(MONDAY, "05:00", "16:00"), (SUNDAY, "22:00", "06:00")],
        [(MONDAY, "08:00", "08:00"), (TUESDAY, "07:00", "09:00")],
    ],
)
def test_windows_may_not_overlap(spans: list[tuple[Weekday, str, str]]) -> None:
    """Windows that share a minute are refused, over midnight and over Sunday too."""
    assert refused(windows(*spans)) == [("work.limits.windows[1]", "WINDOWS_OVERLAP")]


def test_at_most_twenty_violations_are_told() -> None:
    """The first twenty are told, so that an answer stays small."""
    skills = tuple(Skill(Concept()) for _ in range(30))

    assert len(refused(a_content(skills=skills))) == 20


def test_texts_are_stored_in_nfc_and_otherwise_exactly() -> None:
    """Decomposed letters become composed ones; direction marks, emoji and quotes stay as they are (row 31)."""
    decomposed = "pa\u0308iva\u0308koti \u202eRTL\u202c 😀 Robert'); DROP"

    content = settled(a_content(summaries=(LocalizedText("fi", decomposed),)))

    assert content.work.summaries[0].text == "päiväkoti \u202eRTL\u202c 😀 Robert'); DROP"


def test_home_is_rounded_to_two_decimals() -> None:
    """Coordinates of a home are kept to about a kilometre, whatever was sent."""
    content = settled(a_content(limits=EverydayLimits(home=Place("049", point=GeoPoint(60.205678, 24.655512)))))

    assert content.work.limits.home.point == GeoPoint(60.21, 24.66)
    assert settled(content) == content
