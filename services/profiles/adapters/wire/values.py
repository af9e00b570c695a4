"""Mapping of polku.type.v1: dates, places, levels, windows, provenances."""

from datetime import UTC, date, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from polku.type.v1 import types_pb2 as pb

from services.profiles.domain.values import (
    CefrLevel,
    CefrProfile,
    Concept,
    GeoPoint,
    LocalizedText,
    Place,
    Provenance,
    Source,
    Weekday,
    WeeklyWindow,
)


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
    """ISO 8601, None for ""; `dates.check_dates` has made sure that the day exists."""
    return date.fromisoformat(text) if text else None


def text_to_wire(text: LocalizedText) -> pb.LocalizedText:
    """A text in one language."""
    return pb.LocalizedText(language=text.language, text=text.text)


def text_from_wire(text: pb.LocalizedText) -> LocalizedText:
    """A text in one language."""
    return LocalizedText(language=text.language, text=text.text)


def concept_to_wire(concept: Concept) -> pb.Concept:
    """A concept."""
    return pb.Concept(uri=concept.uri, text=concept.text, language=concept.language)


def concept_from_wire(concept: pb.Concept) -> Concept:
    """A concept."""
    return Concept(uri=concept.uri, text=concept.text, language=concept.language)


def levels_to_wire(levels: CefrProfile) -> pb.CefrProfile:
    """Levels of a language."""
    return pb.CefrProfile(
        listening=pb.Cefr.Level.ValueType(levels.listening),
        reading=pb.Cefr.Level.ValueType(levels.reading),
        speaking=pb.Cefr.Level.ValueType(levels.speaking),
        writing=pb.Cefr.Level.ValueType(levels.writing),
    )


def levels_from_wire(levels: pb.CefrProfile) -> CefrProfile:
    """Levels of a language."""
    return CefrProfile(
        listening=CefrLevel(levels.listening),
        reading=CefrLevel(levels.reading),
        speaking=CefrLevel(levels.speaking),
        writing=CefrLevel(levels.writing),
    )


def window_to_wire(window: WeeklyWindow) -> pb.WeeklyWindow:
    """Minutes after midnight as "HH:MM"."""
    weekday = pb.WeeklyWindow.Weekday.ValueType(window.weekday)
    return pb.WeeklyWindow(weekday=weekday, start=_clock(window.start), end=_clock(window.end))


def window_from_wire(window: pb.WeeklyWindow) -> WeeklyWindow:
    """ "HH:MM" as minutes after midnight."""
    return WeeklyWindow(Weekday(window.weekday), start=_minutes(window.start), end=_minutes(window.end))


def place_to_wire(place: Place) -> pb.Place:
    """A place; the point is set only where it is known."""
    point = place.point
    return pb.Place(
        municipality=place.municipality,
        district=place.district,
        postal_code=place.postal_code,
        street_address=place.street_address,
        point=pb.GeoPoint(latitude=point.latitude, longitude=point.longitude) if point is not None else None,
    )


def place_from_wire(place: pb.Place) -> Place:
    """A place."""
    point = GeoPoint(place.point.latitude, place.point.longitude) if place.HasField("point") else None
    return Place(
        municipality=place.municipality,
        district=place.district,
        postal_code=place.postal_code,
        street_address=place.street_address,
        point=point,
    )


def provenance_to_wire(provenance: Provenance) -> pb.Provenance | None:
    """A provenance; not set where nothing is known of it."""
    if provenance == Provenance():
        return None
    return pb.Provenance(source=pb.Provenance.Source.ValueType(provenance.source), date=date_to_wire(provenance.date))


def provenance_from_wire(provenance: pb.Provenance) -> Provenance:
    """A provenance."""
    return Provenance(source=Source(provenance.source), date=date_from_wire(provenance.date))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
