"""The closing date of any opening, and whether a training leads further than the person is already."""

from collections.abc import Iterator

from services.matching.domain.candidates import Candidate
from services.matching.domain.offers import LanguageRequirement
from services.matching.domain.query import Query, primary
from services.matching.domain.values import ACTIVITIES, Answer, CefrLevel, OpeningKind, Provenance
from services.matching.domain.verdicts import Outcome, Verdict


def closing_verdicts(query: Query, candidate: Candidate) -> Iterator[Verdict]:
    """The last day to apply, to its end in Europe/Helsinki."""
    closing = candidate.snapshot.closing_date
    if closing is not None:
        outcome = Outcome.MET if query.today <= closing else Outcome.NOT_MET
        yield Verdict("dates.closing", "", outcome, required=closing.isoformat(), actual=query.today.isoformat())


def training_verdicts(query: Query, candidate: Candidate) -> Iterator[Verdict]:
    """A language course up to a level that the person has, or a course for cards only that the person holds, adds
    nothing."""
    if candidate.snapshot.kind is not OpeningKind.TRAINING:
        return
    gives = candidate.snapshot.gives
    if gives.language is not None:
        yield _language(query, gives.language)
    elif gives.licences and not gives.skills and not gives.leads_to:
        held = [query.licences.get(code, ()) for code in gives.licences]
        lasting = all(any(row.held is Answer.YES and row.valid_until is None for row in rows) for rows in held)
        outcome = Outcome.NOT_MET if lasting else Outcome.MET
        yield Verdict("training.card", gives.licences[0], outcome, actual="yes" if lasting else "")


def _language(query: Query, given: LanguageRequirement) -> Verdict:
    language = primary(given.language)
    known = query.languages.get(language)
    targets = {activity: getattr(given.levels, activity) for activity in ACTIVITIES}
    reached = [
        Outcome.UNKNOWN
        if known is None or known.level(activity) is CefrLevel.UNKNOWN
        else Outcome.NOT_MET
        if known.level(activity) >= target
        else Outcome.MET
        for activity, target in targets.items()
        if target > CefrLevel.NONE
    ]
    if Outcome.MET in reached:
        outcome = Outcome.MET
    else:
        outcome = Outcome.UNKNOWN if not reached or Outcome.UNKNOWN in reached else Outcome.NOT_MET
    highest = max(targets.values())
    lowest = min((known.level(activity) for activity in ACTIVITIES), default=CefrLevel.UNKNOWN) if known else None
    provenance = known.levels[ACTIVITIES[0]][1] if known is not None else Provenance()
    return Verdict(
        "training.adds",
        language,
        outcome,
        required=highest.name if highest > CefrLevel.NONE else "",
        actual=lowest.name if lowest else "",
        source=provenance.source,
        date=provenance.date,
    )
