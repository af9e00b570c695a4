"""The words of schema.org and of Polku's own properties, with the values of the protos for which they stand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from polku.openings.v1 import opening_pb2 as pb
from polku.type.v1.types_pb2 import Answer, Cefr, WeeklyWindow

LEVELS: Mapping[str, Cefr.Level.ValueType] = MappingProxyType(
    {name.removeprefix("LEVEL_").lower(): value for name, value in Cefr.Level.items() if value}
)
ACTIVITIES = ("listening", "reading", "speaking", "writing")
NECESSITIES: Mapping[str, pb.Necessity.Kind.ValueType] = MappingProxyType(
    {
        "required": pb.Necessity.KIND_REQUIRED,
        "preferred": pb.Necessity.KIND_PREFERRED,
        "learn-on-the-job": pb.Necessity.KIND_LEARN_ON_THE_JOB,
    }
)
BASES: Mapping[str, pb.Basis.Kind.ValueType] = MappingProxyType(
    {"stated": pb.Basis.KIND_STATED, "inferred": pb.Basis.KIND_INFERRED, "confirmed": pb.Basis.KIND_CONFIRMED}
)
SHIFTS: Mapping[str, pb.Vacancy.Shift.ValueType] = MappingProxyType(
    {name.removeprefix("SHIFT_").lower(): value for name, value in pb.Vacancy.Shift.items() if value}
)
REMOTE: Mapping[str, pb.Remote.Kind.ValueType] = MappingProxyType(
    {"on-site": pb.Remote.KIND_NONE, "partly": pb.Remote.KIND_PARTLY, "fully": pb.Remote.KIND_FULLY}
)
COURSE_MODES: Mapping[str, pb.Remote.Kind.ValueType] = MappingProxyType(
    {
        "onsite": pb.Remote.KIND_NONE,
        "on-site": pb.Remote.KIND_NONE,
        "blended": pb.Remote.KIND_PARTLY,
        "online": pb.Remote.KIND_FULLY,
    }
)
EMPLOYMENT_TYPES: Mapping[str, pb.Vacancy.Contract.ValueType] = MappingProxyType(
    {
        # schema.org's examples and those of its readers; the first of each contract is the one that Polku writes.
        "permanent": pb.Vacancy.CONTRACT_PERMANENT,
        "temporary": pb.Vacancy.CONTRACT_FIXED_TERM,
        "fixed-term": pb.Vacancy.CONTRACT_FIXED_TERM,
        "per-diem": pb.Vacancy.CONTRACT_ON_CALL,
        "on-call": pb.Vacancy.CONTRACT_ON_CALL,
        "apprenticeship": pb.Vacancy.CONTRACT_APPRENTICESHIP,
        "seasonal": pb.Vacancy.CONTRACT_SEASONAL,
        # These say how much or for whom one works, and nothing about the contract's term.
        "full-time": pb.Vacancy.CONTRACT_UNSPECIFIED,
        "part-time": pb.Vacancy.CONTRACT_UNSPECIFIED,
        "contractor": pb.Vacancy.CONTRACT_UNSPECIFIED,
        "intern": pb.Vacancy.CONTRACT_UNSPECIFIED,
        "internship": pb.Vacancy.CONTRACT_UNSPECIFIED,
        "volunteer": pb.Vacancy.CONTRACT_UNSPECIFIED,
        "other": pb.Vacancy.CONTRACT_UNSPECIFIED,
    }
)
PAY_UNITS: Mapping[str, tuple[pb.Pay.Unit.ValueType, float]] = MappingProxyType(
    {
        # The second value is by what the amount is multiplied: the protos know no pay by the week.
        "hour": (pb.Pay.UNIT_HOUR, 1.0),
        "day": (pb.Pay.UNIT_DAY, 1.0),
        "week": (pb.Pay.UNIT_YEAR, 52.0),
        "month": (pb.Pay.UNIT_MONTH, 1.0),
        "year": (pb.Pay.UNIT_YEAR, 1.0),
    }
)
CREDENTIAL_CATEGORIES: Mapping[str, int] = MappingProxyType(
    {
        # The categories that search engines ask for, with their ISCED 2011 level.
        "high-school": 3,
        "associate-degree": 5,
        "bachelor-degree": 6,
        "postgraduate-degree": 7,
    }
)
TRAINING_KINDS: Mapping[str, pb.Training.Kind.ValueType] = MappingProxyType(
    {name.removeprefix("KIND_").lower().replace("_", "-"): value for name, value in pb.Training.Kind.items() if value}
)
THEMES: Mapping[str, pb.ServiceOffer.Theme.ValueType] = MappingProxyType(
    {name[6:].lower().replace("_", "-"): value for name, value in pb.ServiceOffer.Theme.items() if value}
)
PARTICIPATIONS: Mapping[str, pb.ServiceOffer.Participation.ValueType] = MappingProxyType(
    {name[14:].lower().replace("_", "-"): value for name, value in pb.ServiceOffer.Participation.items() if value}
)
ANSWERS: Mapping[str, Answer.Value.ValueType] = MappingProxyType(
    {"yes": Answer.VALUE_YES, "no": Answer.VALUE_NO, "true": Answer.VALUE_YES, "false": Answer.VALUE_NO}
)
WEEKDAYS: Mapping[str, WeeklyWindow.Weekday.ValueType] = MappingProxyType(
    {name.removeprefix("WEEKDAY_").lower(): value for name, value in WeeklyWindow.Weekday.items() if value}
)
"""Full names, as schema.org's DayOfWeek has them."""
SHORT_WEEKDAYS: Mapping[str, WeeklyWindow.Weekday.ValueType] = MappingProxyType(
    {name[:2]: value for name, value in WEEKDAYS.items()}
)
"""Two letters, as in schema.org's openingHours and in iCalendar."""
