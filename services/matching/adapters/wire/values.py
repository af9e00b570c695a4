"""Mapping of polku.type.v1 and of the small enums. What is not stated arrives as UNKNOWN, None, "" or ()."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import IntEnum
from typing import TypeVar

from google.protobuf.timestamp_pb2 import Timestamp
from polku.openings.v1 import opening_pb2 as openings_pb
from polku.type.v1 import types_pb2 as pb

from services.matching.domain.values import (
    Basis,
    CefrLevel,
    CefrProfile,
    Concept,
    GeoPoint,
    LocalizedText,
    Necessity,
    Place,
    Provenance,
    Source,
    Weekday,
    WeeklyWindow,
)

E = TypeVar("E", bound=IntEnum)


def known(kind: type[E], number: int) -> E:
    """The member with this number; one that a newer producer has invented is UNKNOWN here.

    Raises ValueError where the kind has no UNKNOWN.
    """
    try:
        return kind(number)
    except ValueError:
        return kind(0)


def known_ones(kind: type[E], numbers: Iterable[int]) -> tuple[E, ...]:
    """The members with these numbers, without those that a newer producer has invented."""
    members = {member.value: member for member in kind}
    return tuple(members[number] for number in numbers if number in members)


def timestamp_to_wire(instant: datetime) -> Timestamp:
    """An aware instant as a Timestamp; both hold microseconds."""
    stamp = Timestamp()
    stamp.FromDatetime(instant)
    return stamp


def timestamp_from_wire(stamp: Timestamp) -> datetime:
    """A Timestamp as an instant in UTC."""
    return stamp.ToDatetime(tzinfo=UTC)


def date_to_wire(day: date | None) -> str:
    """ISO 8601, "" for unknown."""
    return day.isoformat() if day is not None else ""


def date_from_wire(text: str) -> date | None:
    """ISO 8601, None for ""."""
    return date.fromisoformat(text) if text else None


def texts_from_wire(texts: Iterable[pb.LocalizedText]) -> tuple[LocalizedText, ...]:
    """Texts, one a language."""
    return tuple(LocalizedText(text.language, text.text) for text in texts)


def concept_from_wire(concept: pb.Concept) -> Concept:
    """A concept."""
    return Concept(concept.uri, concept.text, concept.language)


def concepts_from_wire(concepts: Iterable[pb.Concept]) -> tuple[Concept, ...]:
    """Concepts."""
    return tuple(concept_from_wire(concept) for concept in concepts)


def levels_from_wire(levels: pb.CefrProfile) -> CefrProfile:
    """Levels of a language."""
    return CefrProfile(
        listening=known(CefrLevel, levels.listening),
        reading=known(CefrLevel, levels.reading),
        speaking=known(CefrLevel, levels.speaking),
        writing=known(CefrLevel, levels.writing),
    )


def windows_from_wire(windows: Iterable[pb.WeeklyWindow]) -> tuple[WeeklyWindow, ...]:
    """Weekly windows: "HH:MM" as minutes after midnight."""
    return tuple(WeeklyWindow(Weekday(each.weekday), _minutes(each.start), _minutes(each.end)) for each in windows)


def place_from_wire(place: pb.Place) -> Place:
    """A place, as far as matching needs it."""
    point = GeoPoint(place.point.latitude, place.point.longitude) if place.HasField("point") else None
    return Place(place.municipality, place.district, place.postal_code, point)


def provenance_from_wire(provenance: pb.Provenance) -> Provenance:
    """A provenance; not set is unknown."""
    return Provenance(known(Source, provenance.source), date_from_wire(provenance.date))


def necessity_from_wire(necessity: int) -> Necessity:
    """Not stated counts as required, as the proto says, and so does what a newer producer has invented."""
    return next(iter(known_ones(Necessity, (necessity,))), Necessity.REQUIRED)


def basis_from_wire(basis: int) -> Basis:
    """Not known counts as stated, as the proto says."""
    return next(iter(known_ones(Basis, (basis,))), Basis.STATED)


def necessity_to_wire(necessity: Necessity) -> openings_pb.Necessity.Kind.ValueType:
    """A necessity."""
    return openings_pb.Necessity.Kind.ValueType(necessity)


def basis_to_wire(basis: Basis) -> openings_pb.Basis.Kind.ValueType:
    """A basis."""
    return openings_pb.Basis.Kind.ValueType(basis)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
