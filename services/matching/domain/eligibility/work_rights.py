"""The right to work, for vacancies: status, and the limits of a limited right."""

from collections.abc import Iterator
from datetime import date

from services.matching.domain.candidates import Candidate, Occasion
from services.matching.domain.query import Query
from services.matching.domain.values import Basis, Necessity, OpeningKind
from services.matching.domain.verdicts import Outcome, Verdict
from services.matching.domain.work import RightStatus

_STATUS = {
    RightStatus.UNKNOWN: Outcome.UNKNOWN,
    RightStatus.UNLIMITED: Outcome.MET,
    RightStatus.LIMITED: Outcome.MET,
    RightStatus.NONE: Outcome.NOT_MET,
}


def right_to_work_verdicts(query: Query, candidate: Candidate) -> Iterator[Verdict]:
    """Verdicts on a vacancy; other kinds of opening need no right to work."""
    if candidate.snapshot.kind is not OpeningKind.VACANCY:
        return
    right = query.profile.work.right_to_work
    known = right.status is not RightStatus.UNKNOWN
    yield _verdict(query, "status", _STATUS[right.status], "yes", right.status.name.lower() if known else "")
    if right.status is RightStatus.LIMITED:
        yield from _limits(query, candidate)
    if right.valid_until is not None and right.status in (RightStatus.UNLIMITED, RightStatus.LIMITED):
        yield _until(query, candidate.occasions[0], right.valid_until)


def _limits(query: Query, candidate: Candidate) -> Iterator[Verdict]:
    right = query.profile.work.right_to_work
    if right.isco_sectors:
        yield _sector(query, candidate)
    if right.max_hours_per_week is not None:
        yield _hours(query, candidate.occasions[0], right.max_hours_per_week)
    if right.single_employer:
        # Which employer it is, matching does not know: a person has to look.
        yield _verdict(query, "employer", Outcome.UNKNOWN, candidate.snapshot.organisation, "")


def _sector(query: Query, candidate: Candidate) -> Verdict:
    sectors, isco = query.profile.work.right_to_work.isco_sectors, candidate.signals.isco
    basis = candidate.signals.isco_basis
    if isco and any(isco.startswith(sector) for sector in sectors):
        outcome = Outcome.MET
    elif not isco or basis is Basis.INFERRED or any(sector.startswith(isco) for sector in sectors):
        # A code that was guessed from a title, or is less precise than the permit, cannot leave anyone out.
        outcome = Outcome.UNKNOWN
    else:
        outcome = Outcome.NOT_MET
    return _verdict(query, "sector", outcome, isco, ",".join(sectors), basis)


def _hours(query: Query, occasion: Occasion, most: float) -> Verdict:
    fewest, longest = occasion.min_hours, occasion.max_hours
    if fewest is None:
        outcome = Outcome.MET if longest is not None and longest <= most else Outcome.UNKNOWN
    else:
        outcome = Outcome.MET if fewest <= most else Outcome.NOT_MET
    required = fewest if fewest is not None else longest
    return _verdict(query, "hours", outcome, number(required), number(most))


def _until(query: Query, occasion: Occasion, until: date) -> Verdict:
    """Valid on the first day: met; ending before the work does: unknown, because it may be renewed."""
    start = max(occasion.start or query.today, query.today)
    if until < start:
        outcome = Outcome.NOT_MET
    else:
        outcome = Outcome.UNKNOWN if occasion.end is not None and until < occasion.end else Outcome.MET
    required = occasion.end if outcome is Outcome.UNKNOWN and occasion.end is not None else start
    return _verdict(query, "until", outcome, required.isoformat(), until.isoformat())


def number(value: float | None) -> str:
    """A number without needless zeros, "" for None."""
    return "" if value is None else f"{value:g}"


def _verdict(
    query: Query, rule: str, outcome: Outcome, required: str, actual: str, basis: Basis = Basis.STATED
) -> Verdict:
    origin = query.profile.work.right_to_work.provenance
    return Verdict(
        f"right_to_work.{rule}",
        "",
        outcome,
        Necessity.REQUIRED,
        required,
        actual,
        origin.source,
        origin.date,
        basis,
    )
