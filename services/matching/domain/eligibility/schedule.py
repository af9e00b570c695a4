"""Hours, shifts, weekly windows with travel, dates and place: what can differ from one occasion to the next."""

from collections.abc import Iterator

from services.matching.domain.candidates import Candidate, Occasion
from services.matching.domain.eligibility.work_rights import number
from services.matching.domain.offers import TrainingInstance
from services.matching.domain.query import NO_TRAVEL, Query, Travel
from services.matching.domain.values import Answer, Basis, Necessity, OpeningKind, Shift
from services.matching.domain.verdicts import Outcome, Verdict
from services.matching.domain.weekly import covers, widened

_SHIFT_RULES = {Shift.EVENING: "shift.evening", Shift.NIGHT: "shift.night", Shift.WEEKEND: "shift.weekend"}
_ANSWERS = {Answer.UNKNOWN: Outcome.UNKNOWN, Answer.YES: Outcome.MET, Answer.NO: Outcome.NOT_MET}


def occasion_verdicts(
    query: Query, candidate: Candidate, occasion: Occasion, travel: Travel | None
) -> Iterator[Verdict]:
    """Everything about when and where. A service is used within its opening hours, so only its place counts."""
    if candidate.snapshot.kind is not OpeningKind.SERVICE:
        yield from _hours(query, candidate, occasion)
        yield from _shifts(query, occasion)
        if occasion.spans:
            yield _windows(query, occasion, travel)
        yield from _start(query, candidate, occasion)
    yield _place(query, occasion, travel)
    if occasion.instance is not None:
        yield from _instance(query, occasion.instance)


def _hours(query: Query, candidate: Candidate, occasion: Occasion) -> Iterator[Verdict]:
    limits = query.profile.work.limits
    fewest = occasion.min_hours
    longest = occasion.max_hours if occasion.max_hours is not None else fewest
    if longest is None:
        return
    most = limits.max_hours_per_week
    if most is None:
        outcome = Outcome.UNKNOWN
    elif fewest is None:
        # "Up to 30 hours": with less the person may still come to terms.
        outcome = Outcome.MET if longest <= most else Outcome.UNKNOWN
    else:
        outcome = Outcome.MET if fewest <= most else Outcome.NOT_MET
    yield _verdict("hours.most", outcome, number(fewest if fewest is not None else longest), number(most))
    # A course of four hours a week is no worse for someone who wants thirty hours of work.
    if candidate.snapshot.kind is OpeningKind.VACANCY and limits.min_hours_per_week is not None:
        enough = longest >= limits.min_hours_per_week
        outcome = Outcome.MET if enough else Outcome.NOT_MET
        yield _verdict("hours.fewest", outcome, number(longest), number(limits.min_hours_per_week))


def _shifts(query: Query, occasion: Occasion) -> Iterator[Verdict]:
    limits = query.profile.work.limits
    answers = {Shift.EVENING: limits.evenings, Shift.NIGHT: limits.nights, Shift.WEEKEND: limits.weekends}
    for shift, basis in occasion.shifts:
        answer = answers[shift]
        actual = "" if answer is Answer.UNKNOWN else answer.name.lower()
        yield _verdict(_SHIFT_RULES[shift], _ANSWERS[answer], "yes", actual, basis=basis)


def _windows(query: Query, occasion: Occasion, travel: Travel | None) -> Verdict:
    """Work and the way there and back within the person's windows; without a known way, the work alone is compared."""
    minutes = round(travel.minutes) if travel is not None else 0
    if not query.windows:
        outcome = Outcome.UNKNOWN
    elif not covers(query.windows, widened(occasion.spans, minutes)):
        outcome = Outcome.NOT_MET
    else:
        outcome = Outcome.MET if travel is not None else Outcome.UNKNOWN
    required = f"{occasion.times} +{minutes}" if minutes else occasion.times
    return _verdict("windows.weekly", outcome, required, query.times)


def _start(query: Query, candidate: Candidate, occasion: Occasion) -> Iterator[Verdict]:
    if occasion.start is None:
        return
    # Work that has begun can be joined today; a course that has begun is judged by training.begun.
    start = max(occasion.start, query.today)
    available = query.profile.work.limits.available_from
    if available is None:
        yield _verdict("dates.start", Outcome.UNKNOWN, start.isoformat(), "")
    else:
        outcome = Outcome.MET if available <= start else Outcome.NOT_MET
        yield _verdict("dates.start", outcome, start.isoformat(), available.isoformat())


def _place(query: Query, occasion: Occasion, travel: Travel | None) -> Verdict:
    most = query.profile.work.limits.max_travel_minutes
    if travel is NO_TRAVEL:
        return _verdict("place.remote", Outcome.MET, "", "")
    if travel is None:
        return _verdict("place.travel", Outcome.UNKNOWN, "", number(most))
    minutes = round(travel.minutes)
    if most is None:
        outcome = Outcome.UNKNOWN
    elif minutes <= most:
        outcome = Outcome.MET
    else:
        outcome = Outcome.UNKNOWN if occasion.unplaced else Outcome.NOT_MET
    return _verdict("place.travel", outcome, str(minutes), number(most), subject=travel.mode)


def _instance(query: Query, instance: TrainingInstance) -> Iterator[Verdict]:
    if instance.seats_left is not None:
        outcome = Outcome.MET if instance.seats_left > 0 else Outcome.NOT_MET
        yield _verdict("training.seats", outcome, "1", str(instance.seats_left))
    elif instance.seats is not None:
        yield _verdict("training.seats", Outcome.UNKNOWN, "1", "")
    if instance.start_date is not None:
        outcome = Outcome.MET if instance.start_date >= query.today else Outcome.NOT_MET
        yield _verdict("training.begun", outcome, query.today.isoformat(), instance.start_date.isoformat())


def _verdict(
    rule: str, outcome: Outcome, required: str, actual: str, *, subject: str = "", basis: Basis = Basis.STATED
) -> Verdict:
    return Verdict(rule, subject, outcome, Necessity.REQUIRED, required, actual, basis=basis)
