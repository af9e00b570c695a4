"""A small vocabulary of its own, so that tests of matching do not depend on the rows of the one that ships."""

from shared.vocabulary import (
    LANGUAGES,
    Code,
    Coordinates,
    Field,
    IscoGroup,
    Language,
    Licence,
    Municipality,
    Occupation,
    Place,
    Skill,
    TravelMode,
    Vocabulary,
)
from shared.vocabulary.tables import Tables

OCCUPATION = "http://data.europa.eu/esco/occupation/"
SKILL = "http://data.europa.eu/esco/skill/"

CLEANER, HOTEL_CLEANER, COOK, NURSE, CARER, DEVELOPER = (
    OCCUPATION + name for name in ("cleaner", "hotel-cleaner", "cook", "nurse", "carer", "developer")
)
OCCUPATIONS = (CLEANER, HOTEL_CLEANER, COOK, NURSE, CARER, DEVELOPER)

CLEANING, WINDOWS, FLOORS, COOKING, CARE, MEDICATION, PYTHON, LAUNDRY = (
    SKILL + name for name in ("cleaning", "windows", "floors", "cooking", "care", "medication", "python", "laundry")
)
SKILLS = (CLEANING, WINDOWS, FLOORS, COOKING, CARE, MEDICATION, PYTHON, LAUNDRY)


def small_vocabulary() -> Vocabulary:
    """Six occupations, eight skills, and the codes that go with them."""
    return Vocabulary(
        Tables(
            esco_version="small",
            occupations={row.uri: row for row in _occupations()},
            skills={row.uri: row for row in _skills()},
            licences={row.code: row for row in _licences()},
            languages={
                code: Language(code, _labels(name), _words())
                for code, name in (("fi", "Finnish"), ("sv", "Swedish"), ("en", "English"), ("ar", "Arabic"))
            },
            cefr_levels={
                code: Code(code, order, _labels(code))
                for order, code in enumerate(("none", "A1", "A2", "B1", "B2", "C1", "C2", "native"))
            },
            cefr_skills={},
            isced_levels={str(level): Code(str(level), level, _labels(f"level {level}")) for level in range(9)},
            isced_fields={
                code: Field(code, _labels(name), code[:-1] if len(code) > 2 else "")
                for code, name in (("07", "engineering"), ("09", "health"), ("091", "health care"))
            },
            isco_groups={
                code: IscoGroup(code, _labels(name), code[:-1])
                for code, name in (("9", "Elementary work"), ("91", "Cleaning work"), ("2", "Professionals"))
            },
            municipalities={
                "049": Municipality("049", _labels("Espoo"), "01", Coordinates(60.21, 24.66)),
                "091": Municipality("091", _labels("Helsinki"), "01", Coordinates(60.17, 24.94)),
                "698": Municipality("698", _labels("Rovaniemi"), "19", Coordinates(66.50, 25.73)),
                "845": Municipality("845", _labels("Tervola"), "19", None),
            },
            places={
                "leppavaara": Place("leppavaara", "district", _labels("Leppävaara"), "049", Coordinates(60.22, 24.81))
            },
            travel_modes={
                "walk": TravelMode("walk", _labels("on foot"), 5.0, 1.3),
                "bicycle": TravelMode("bicycle", _labels("by bicycle"), 15.0, 1.3),
                "public_transport": TravelMode("public_transport", _labels("by public transport"), 24.0, 1.4, 10.0),
                "car": TravelMode("car", _labels("by car"), 40.0, 1.4, 5.0),
            },
        )
    )


def _occupations() -> list[Occupation]:
    rows = (
        (CLEANER, "9112", "cleaner", (CLEANING, FLOORS), (HOTEL_CLEANER,), False, ()),
        (HOTEL_CLEANER, "9112", "hotel cleaner", (CLEANING, LAUNDRY), (CLEANER,), False, ()),
        (COOK, "5120", "cook", (COOKING,), (), False, ("hygiene-passport",)),
        (NURSE, "2221", "nurse", (CARE, MEDICATION), (), True, ("nurse-licence",)),
        (CARER, "5321", "carer", (CARE,), (NURSE,), False, ()),
        (DEVELOPER, "2512", "developer", (PYTHON,), (), True, ()),
    )
    return [
        Occupation(uri, isco, _labels(name), _words(), essential, related, regulated, required)
        for uri, isco, name, essential, related, regulated, required in rows
    ]


def _skills() -> list[Skill]:
    rows = (
        (CLEANING, "clean rooms", ()),
        (WINDOWS, "wash windows", (CLEANING,)),
        (FLOORS, "mop floors", (CLEANING,)),
        (COOKING, "prepare meals", ()),
        (CARE, "care for people", ()),
        (MEDICATION, "give medication", (CARE,)),
        (PYTHON, "write programs", ()),
        (LAUNDRY, "laundry", ()),
    )
    return [Skill(uri, "skill", _labels(name), _words(), broader) for uri, name, broader in rows]


def _licences() -> list[Licence]:
    return [
        Licence("hygiene-passport", "card", _labels("hygiene passport"), _words()),
        Licence("driving-licence-b", "driving", _labels("driving licence B"), _words()),
        Licence("driving-licence-c", "driving", _labels("driving licence C"), _words(), ("driving-licence-b",)),
        Licence("nurse-licence", "profession", _labels("nurse's licence"), _words()),
    ]


def _labels(name: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, name)


def _words() -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(LANGUAGES, ())
