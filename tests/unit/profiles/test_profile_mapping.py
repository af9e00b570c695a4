"""Mappings of the profiles service: domain ⇄ proto ⇄ row."""

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor, EnumDescriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polku.profiles.v1 import (
    access_service_pb2,
    caseload_service_pb2,
    profile_events_pb2,
    profile_pb2,
    profile_service_pb2,
)
from polku.type.v1 import types_pb2

from services.profiles.adapters.postgres.accesses import access_from_row, access_to_row
from services.profiles.adapters.postgres.profiles import profile_from_row, profile_to_row
from services.profiles.adapters.postgres.rows import answer_from_bytes, answer_to_bytes
from services.profiles.adapters.wire.dates import DATE_FIELDS, check_dates
from services.profiles.adapters.wire.events import event_to_record
from services.profiles.adapters.wire.profile import (
    assignment_from_wire,
    assignment_to_wire,
    content_from_wire,
    profile_from_wire,
    profile_to_wire,
)
from services.profiles.domain import changes, handovers, overrides, policy, values, work
from services.profiles.domain.profile import (
    Assignment,
    Event,
    Profile,
    ProfileAssigned,
    ProfileContent,
    ProfileCreated,
    ProfileUpdated,
)
from shared.kernel.errors import InvalidArgument
from shared.kernel.ids import new_id
from shared.kernel.principal import Role
from tests.builders.person_keys import RING
from tests.builders.profiles import NOW, trees

CONTENTS = trees(ProfileContent)
SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(content=CONTENTS, owner=st.text(max_size=8), version=st.integers(1, 2**62))
@SLOW
def test_profile_survives_the_wire(content: ProfileContent, owner: str, version: int) -> None:
    """A profile that goes to the wire and back is the same, for every value of every field."""
    profile = Profile(new_id(), version, owner, content, NOW, NOW)

    message = profile_to_wire(profile)

    assert profile_from_wire(type(message).FromString(message.SerializeToString()), owner) == profile


@given(content=CONTENTS)
@SLOW
def test_profile_survives_the_row(content: ProfileContent) -> None:
    """A profile that goes into a row and back is the same."""
    profile = Profile(new_id(), 3, "owner", content, NOW, NOW)
    cipher = RING.cipher(profile.id, RING.new_key())

    assert profile_from_row(tuple(profile_to_row(profile, cipher).values()), cipher) == profile


@given(content=CONTENTS)
@SLOW
def test_profile_survives_a_stored_answer(content: ProfileContent) -> None:
    """A stored answer gives back the profile with its owner."""
    profile = Profile(new_id(), 3, "owner", content, NOW, NOW)

    assert answer_from_bytes(answer_to_bytes(profile), Profile) == profile


def test_unknown_profile_is_empty_on_the_wire() -> None:
    """A part of which nothing is known is not set, and reads back as unknown."""
    message = profile_to_wire(Profile(new_id(), 1, "", ProfileContent(), NOW, NOW))

    assert not message.HasField("work")
    assert not message.HasField("choices")
    assert content_from_wire(message) == ProfileContent()


def test_zero_is_not_unknown_on_the_wire() -> None:
    """Zero months, hours or minutes are known values and stay so."""
    content = ProfileContent(
        work=work.WorkProfile(
            experiences=(work.WorkExperience(values.Concept(text="x"), months=0),),
            educations=(work.Education(isced_level=0),),
            right_to_work=work.RightToWork(max_hours_per_week=0.0),
            limits=work.EverydayLimits(min_hours_per_week=0.0, max_hours_per_week=0.0, max_travel_minutes=0),
        )
    )

    assert content_from_wire(profile_to_wire(Profile(new_id(), 1, "", content, NOW, NOW))) == content


@pytest.mark.parametrize("end", [None, NOW])
def test_assignment_survives_the_wire_and_a_stored_answer(end: object) -> None:
    """An assignment is the same after the wire and after a stored answer, open or ended."""
    assignment = Assignment(new_id(), "counsellor", "unit", NOW, end)  # type: ignore[arg-type]

    assert assignment_from_wire(assignment_to_wire(assignment)) == assignment
    assert answer_from_bytes(answer_to_bytes(assignment), Assignment) == assignment


@pytest.mark.parametrize("role", list(Role))
def test_access_survives_the_row(role: Role) -> None:
    """A reading is the same after its row, for every role."""
    access = policy.Access(
        new_id(), new_id(), NOW, values.Purpose.AUDIT, role, "unit", policy.Relation.NONE, "m/M", "reader", "gateway"
    )

    assert access_from_row(access_to_row(access)) == access


ENUMS = [
    (values.Answer, types_pb2.Answer.Value.DESCRIPTOR, {"UNKNOWN": "UNSPECIFIED"}),
    (values.CefrLevel, types_pb2.Cefr.Level.DESCRIPTOR, {"UNKNOWN": "UNSPECIFIED"}),
    (values.Weekday, types_pb2.WeeklyWindow.Weekday.DESCRIPTOR, {}),
    (values.Source, types_pb2.Provenance.Source.DESCRIPTOR, {"UNKNOWN": "UNSPECIFIED"}),
    (values.Purpose, types_pb2.Purpose.Kind.DESCRIPTOR, {}),
    (values.TravelMode, profile_pb2.EverydayLimits.TravelMode.DESCRIPTOR, {}),
    (work.SkillLevel, profile_pb2.Skill.Level.DESCRIPTOR, {"UNKNOWN": "UNSPECIFIED"}),
    (work.Recognition, profile_pb2.Education.Recognition.DESCRIPTOR, {"UNKNOWN": "UNSPECIFIED"}),
    (work.RightStatus, profile_pb2.RightToWork.Status.DESCRIPTOR, {"UNKNOWN": "UNSPECIFIED"}),
    (policy.Relation, access_service_pb2.Relation.Kind.DESCRIPTOR, {"NONE": "UNSPECIFIED"}),
    (policy.Data, access_service_pb2.Data.Kind.DESCRIPTOR, {}),
    (overrides.Reason, access_service_pb2.AccessOverride.Reason.DESCRIPTOR, {}),
    (changes.Part, profile_service_pb2.Change.Part.DESCRIPTOR, {}),
    (changes.Origin, profile_service_pb2.Change.Origin.DESCRIPTOR, {}),
    (handovers.Outcome, caseload_service_pb2.HandOverOutcome.Kind.DESCRIPTOR, {}),
]


@pytest.mark.parametrize(("ours", "theirs", "renamed"), ENUMS, ids=lambda part: getattr(part, "__name__", ""))
def test_enums_have_the_numbers_of_the_protos(ours: type, theirs: EnumDescriptor, renamed: dict[str, str]) -> None:
    """Every member of the proto has the same number in the domain; an unspecified one is unknown or has no member."""
    expected = {value.name: value.number for value in theirs.values}
    prefix = next(iter(expected)).removesuffix("UNSPECIFIED")
    named = {prefix + renamed.get(member.name, member.name): member.value for member in ours}  # type: ignore[attr-defined]
    if not renamed:
        expected = {name: number for name, number in expected.items() if number}

    assert named == expected


def test_every_date_field_is_checked() -> None:
    """Each field whose rule in the proto is the form of a date is among those checked against the calendar."""
    assert set(_date_fields(profile_pb2.Profile.DESCRIPTOR, set())) == DATE_FIELDS


def _date_fields(message: Descriptor, seen: set[str]) -> Iterator[str]:
    if message.full_name in seen:
        return
    seen.add(message.full_name)
    for field in message.fields:
        if "[0-9]{4}-[0-9]{2}-[0-9]{2}" in str(field.GetOptions()):
            yield field.full_name
        if field.message_type is not None:
            yield from _date_fields(field.message_type, seen)


@pytest.mark.parametrize("text", ["2026-02-31", "2025-02-29", "2026-13-01", "1899-12-31", "9999-01-01", "0000-00-00"])
def test_dates_must_be_in_the_calendar(text: str) -> None:
    """A date that does not exist is refused with the path of its field and never with its value (row 11)."""
    message = profile_pb2.Profile()
    message.work.licences.add(code="driving-licence-b", valid_until="2026-02-28")
    message.work.licences.add(code="hygiene-passport").provenance.date = text

    with pytest.raises(InvalidArgument) as refused:
        check_dates(message, "profile")

    assert [violation.field for violation in refused.value.violations] == ["profile.work.licences[1].provenance.date"]
    assert text not in str(refused.value)


@pytest.mark.parametrize("text", ["2024-02-29", "1900-01-01", "2200-12-31"])
def test_real_dates_pass(text: str) -> None:
    """Days of the calendar from 1900 to 2200 pass."""
    message = profile_pb2.Profile()
    message.work.right_to_work.valid_until = text

    check_dates(message, "profile")

    assert content_from_wire(message).work.right_to_work.valid_until is not None


def test_events_name_what_changed_and_nothing_else() -> None:
    """Subject, type, id, version and changed paths are all that an event holds."""
    profile_id = new_id()
    cases: list[tuple[Event, Any]] = [
        (ProfileCreated(profile_id, 1, NOW), profile_events_pb2.ProfileCreated),
        (ProfileUpdated(profile_id, 2, NOW, ("work.languages",)), profile_events_pb2.ProfileUpdated),
        (ProfileAssigned(profile_id, 3, NOW), profile_events_pb2.ProfileAssigned),
    ]
    for event, message in cases:
        record = event_to_record(event)
        verb = message.DESCRIPTOR.name.removeprefix("Profile").lower()
        assert record.subject == f"polku.profiles.profile.{verb}.v1.{profile_id}"
        assert record.type == message.DESCRIPTOR.full_name
        assert (record.aggregate_id, record.aggregate_version) == (profile_id, event.version)
        decoded = message.FromString(record.payload)
        assert decoded.profile == f"profiles/{profile_id}"
        assert list(getattr(decoded, "changed_paths", [])) == list(getattr(event, "changed_paths", []))
