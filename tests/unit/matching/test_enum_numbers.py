"""The numbers of the domain's enums are those of the protos."""

from enum import IntEnum

import pytest
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from polku.matching.v1 import match_pb2, matching_service_pb2
from polku.openings.v1 import opening_pb2, opening_service_pb2
from polku.profiles.v1 import profile_pb2
from polku.type.v1 import types_pb2

from services.matching.domain import matches, offers, values, verdicts, work

PAIRS: list[tuple[type[IntEnum], EnumTypeWrapper, str]] = [
    (values.Answer, types_pb2.Answer.Value, "VALUE"),
    (values.CefrLevel, types_pb2.Cefr.Level, "LEVEL"),
    (values.Weekday, types_pb2.WeeklyWindow.Weekday, "WEEKDAY"),
    (values.Source, types_pb2.Provenance.Source, "SOURCE"),
    (values.Purpose, types_pb2.Purpose.Kind, "KIND"),
    (values.TravelMode, profile_pb2.EverydayLimits.TravelMode, "TRAVEL_MODE"),
    (values.OpeningKind, opening_service_pb2.OpeningKind.Value, "VALUE"),
    (values.Remote, opening_pb2.Remote.Kind, "KIND"),
    (values.Necessity, opening_pb2.Necessity.Kind, "KIND"),
    (values.Basis, opening_pb2.Basis.Kind, "KIND"),
    (values.Shift, opening_pb2.Vacancy.Shift, "SHIFT"),
    (work.SkillLevel, profile_pb2.Skill.Level, "LEVEL"),
    (work.Recognition, profile_pb2.Education.Recognition, "RECOGNITION"),
    (work.RightStatus, profile_pb2.RightToWork.Status, "STATUS"),
    (offers.LanguageStatement, opening_pb2.LanguageDemand.Statement, "STATEMENT"),
    (offers.PayUnit, opening_pb2.Pay.Unit, "UNIT"),
    (offers.Contract, opening_pb2.Vacancy.Contract, "CONTRACT"),
    (offers.TrainingKind, opening_pb2.Training.Kind, "KIND"),
    (offers.Theme, opening_pb2.ServiceOffer.Theme, "THEME"),
    (offers.Participation, opening_pb2.ServiceOffer.Participation, "PARTICIPATION"),
    (verdicts.Outcome, match_pb2.Verdict.Outcome, "OUTCOME"),
    (matches.Order, matching_service_pb2.ListMatchesResponse.Order, "ORDER"),
]


@pytest.mark.parametrize(("domain", "wire", "prefix"), PAIRS, ids=lambda one: getattr(one, "__name__", ""))
def test_numbers_agree(domain: type[IntEnum], wire: EnumTypeWrapper, prefix: str) -> None:
    """Each name has the number of the wire, and the wire has no name that the domain lacks."""
    unspecified = f"{prefix}_UNSPECIFIED"
    expected = {name.removeprefix(f"{prefix}_"): number for name, number in wire.items() if name != unspecified}
    assert {member.name: member.value for member in domain if member.name != "UNKNOWN" or member.value} == expected
