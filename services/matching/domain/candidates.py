"""An opening made ready for comparing: what does not depend on the person is worked out once, when it comes in."""

from dataclasses import dataclass
from datetime import date

from services.matching.domain.offers import TrainingInstance
from services.matching.domain.signals import OpeningSignals
from services.matching.domain.snapshots import OpeningSnapshot
from services.matching.domain.values import Basis, Place, Remote, Shift, WeeklyWindow
from services.matching.domain.weekly import Spans, overlaps, spans_of, text_of
from shared.vocabulary import Coordinates, Vocabulary

NIGHT = (23 * 60, 6 * 60)
"""Night work is work between 23 and 6 (Working Hours Act 872/2019, section 8)."""
EVENING = (18 * 60, 23 * 60)
"""Evening work in Finnish collective agreements: usually between 18 and 23."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One way to take an opening: a vacancy or service as it is, or one instance of a training.

    spans       weekly times as minutes of the week, () where not stated; `times` is the same as text
    points      coordinates of the places that are known; `unplaced` is True where some place has none
    shifts      evening, night and weekend work, stated or read off the weekly times (then INFERRED)
    start, end  first and last day; hours are a week's
    """

    spans: Spans = ()
    times: str = ""
    shifts: tuple[tuple[Shift, Basis], ...] = ()
    points: tuple[Coordinates, ...] = ()
    unplaced: bool = False
    remote: Remote = Remote.UNKNOWN
    min_hours: float | None = None
    max_hours: float | None = None
    start: date | None = None
    end: date | None = None
    instance: TrainingInstance | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live opening with its signals and its occasions, of which there is at least one."""

    snapshot: OpeningSnapshot
    signals: OpeningSignals
    occasions: tuple[Occasion, ...]

    @property
    def id(self) -> str:
        """The opening's bare id."""
        return self.snapshot.id

    @property
    def newness(self) -> float:
        """Seconds of the publication since 1970, for ordering; 0 where it is not known."""
        published = self.snapshot.publish_time
        return published.timestamp() if published is not None else 0.0


def prepare(snapshot: OpeningSnapshot, signals: OpeningSignals, vocabulary: Vocabulary) -> Candidate:
    """Make an opening ready for comparing."""
    instances = snapshot.training.instances if snapshot.training is not None else ()
    if instances:
        occasions = tuple(_of_instance(snapshot, instance, vocabulary) for instance in instances)
    else:
        occasions = (_of_opening(snapshot, vocabulary),)
    return Candidate(snapshot, signals, occasions)


def coordinates_of(place: Place, vocabulary: Vocabulary) -> Coordinates | None:
    """Where a place is: its own point, else its district's or service centre's, else its municipality's centre."""
    if place.point is not None:
        return Coordinates(place.point.latitude, place.point.longitude)
    if place.district:
        named = vocabulary.place(place.district)
        if named is not None and place.municipality in ("", named.municipality):
            return named.coordinates
    town = vocabulary.municipality(place.municipality) if place.municipality else None
    return town.coordinates if town is not None else None


def _of_opening(snapshot: OpeningSnapshot, vocabulary: Vocabulary) -> Occasion:
    points, unplaced = _points(snapshot.places, vocabulary)
    stated = tuple((shift, Basis.STATED) for shift in dict.fromkeys(snapshot.shifts) if shift is not Shift.DAY)
    spans = spans_of(snapshot.weekly_times)
    return Occasion(
        spans=spans,
        times=text_of(spans),
        shifts=stated if snapshot.shifts else _shifts_of(snapshot.weekly_times),
        points=points,
        unplaced=unplaced,
        remote=snapshot.remote,
        min_hours=snapshot.min_hours_per_week,
        max_hours=snapshot.max_hours_per_week,
        start=snapshot.start_date,
        end=snapshot.end_date,
    )


def _of_instance(snapshot: OpeningSnapshot, instance: TrainingInstance, vocabulary: Vocabulary) -> Occasion:
    places = (instance.place,) if instance.place is not None else snapshot.places
    points, unplaced = _points(places, vocabulary)
    spans = spans_of(instance.weekly_times)
    return Occasion(
        spans=spans,
        times=text_of(spans),
        shifts=_shifts_of(instance.weekly_times),
        points=points,
        unplaced=unplaced,
        remote=instance.remote if instance.remote is not Remote.UNKNOWN else snapshot.remote,
        min_hours=instance.hours_per_week,
        max_hours=instance.hours_per_week,
        start=instance.start_date,
        end=instance.end_date,
        instance=instance,
    )


def _points(places: tuple[Place, ...], vocabulary: Vocabulary) -> tuple[tuple[Coordinates, ...], bool]:
    found = [coordinates_of(place, vocabulary) for place in places]
    known = tuple(point for point in found if point is not None)
    return known, len(known) < len(places)


def _shifts_of(times: tuple[WeeklyWindow, ...]) -> tuple[tuple[Shift, Basis], ...]:
    found = []
    if any(overlaps(window, *EVENING) for window in times):
        found.append(Shift.EVENING)
    if any(overlaps(window, *NIGHT) for window in times):
        found.append(Shift.NIGHT)
    if any(window.weekday >= 6 for window in times):
        found.append(Shift.WEEKEND)
    return tuple((shift, Basis.INFERRED) for shift in found)
