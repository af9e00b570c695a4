"""The documents say what the code does."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.protobuf.message import Message
from polku.matching.v1 import matching_events_pb2
from polku.openings.v1 import opening_events_pb2
from polku.profiles.v1 import profile_events_pb2

from services.matching.adapters.wire import events as matching_wire
from services.matching.domain import events as matching_events
from services.profiles.adapters.wire import events as profiles_wire
from services.profiles.domain import consents, overrides
from services.profiles.domain import profile as profiles_events
from shared.kernel.events import EventRecord

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ID = "0197f000-0000-7000-8000-000000000001"
PROTOS = (profile_events_pb2, opening_events_pb2, matching_events_pb2)
RECORDS = (
    profiles_wire.event_to_record(profiles_events.ProfileCreated(ID, 1, NOW)),
    profiles_wire.event_to_record(profiles_events.ProfileUpdated(ID, 2, NOW, ("work",))),
    profiles_wire.event_to_record(profiles_events.ProfileAssigned(ID, 3, NOW)),
    profiles_wire.event_to_record(overrides.ProfileAccessOverridden(ID, 1, NOW)),
    profiles_wire.event_to_record(consents.VacancyConsentAsked(ID, 1, NOW)),
    profiles_wire.event_to_record(consents.VacancyConsentAnswered(ID, 2, NOW)),
    matching_wire.event_to_record(matching_events.OpeningIndexed(ID, 1, NOW)),
    matching_wire.event_to_record(matching_events.ProfileIndexed(ID, 1, NOW)),
    matching_wire.event_to_record(matching_events.DecisionRecorded(ID, NOW)),
)


def documented() -> dict[str, tuple[str, list[str]]]:
    """Type → (subject, fields) as docs/events.md has them."""
    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(polku\.[\w.]+)` \| `([^`]+)` \| ([^|]+) \|", text, flags=re.MULTILINE)
    return {kind: (subject, re.findall(r"`(\w+)`", fields)) for kind, subject, fields in rows}


def test_every_event_of_the_protos_is_documented_with_its_fields() -> None:
    """docs/events.md lists the messages of the event protos, and no others, each with the fields it has."""
    declared = {
        message.full_name: [field.name for field in message.fields]
        for module in PROTOS
        for message in module.DESCRIPTOR.message_types_by_name.values()
    }
    assert {kind: fields for kind, (_, fields) in documented().items()} == declared


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.type)
def test_documented_subjects_are_those_that_are_sent(record: EventRecord) -> None:
    """The subject of an event is the documented one with its id."""
    assert documented()[record.type][0].replace("<id>", ID) == record.subject


def test_events_about_people_hold_no_field_that_could_carry_personal_data() -> None:
    """Their fields are names of resources, versions and paths."""
    allowed = {"profile", "version", "changed_paths", "decision", "opening", "consent", "override"}
    people: list[type[Message]] = [
        profile_events_pb2.ProfileCreated,
        profile_events_pb2.ProfileUpdated,
        profile_events_pb2.ProfileAssigned,
        profile_events_pb2.ProfileAccessOverridden,
        profile_events_pb2.VacancyConsentAsked,
        profile_events_pb2.VacancyConsentAnswered,
        matching_events_pb2.ProfileIndexed,
        matching_events_pb2.DecisionRecorded,
    ]
    for message in people:
        assert {field.name for field in message.DESCRIPTOR.fields} <= allowed


def test_every_decision_is_in_the_index_and_the_other_way_round() -> None:
    """docs/adr/README.md links each page of the folder, and only those."""
    folder = ROOT / "docs" / "adr"
    linked = set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))
    assert linked == {path.name for path in folder.glob("[0-9]*.md")}


def test_readme_and_contributing_name_targets_that_exist() -> None:
    """Each `make target` in the documents is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", "docs/architecture.md"):
        named = set(re.findall(r"`make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8")))
        assert named <= targets, name
