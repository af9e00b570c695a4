"""Languages: each CEFR activity on its own. What the publisher has not said is unknown, never "none"."""

from collections.abc import Iterator

from services.matching.domain.candidates import Candidate
from services.matching.domain.offers import LanguageRequirement, LanguageStatement
from services.matching.domain.query import Query, primary
from services.matching.domain.values import ACTIVITIES, CefrLevel, Provenance
from services.matching.domain.verdicts import Outcome, Verdict

_UNKNOWN = (CefrLevel.UNKNOWN, Provenance())


def language_verdicts(query: Query, candidate: Candidate) -> Iterator[Verdict]:
    """One verdict for each activity of each language that is asked for."""
    demand = candidate.snapshot.language_demand
    if demand.statement is LanguageStatement.UNKNOWN:
        mentioned = ",".join(candidate.signals.languages_mentioned)
        yield Verdict("language.not_stated", mentioned, Outcome.UNKNOWN)
    elif demand.statement is LanguageStatement.LISTED:
        for requirement in demand.languages:
            known = query.verdicts.get(requirement)
            if known is None:
                known = query.verdicts[requirement] = tuple(_of_language(query, requirement))
            yield from known


def _of_language(query: Query, requirement: LanguageRequirement) -> Iterator[Verdict]:
    language = primary(requirement.language)
    known = query.languages.get(language)
    asked = False
    for activity in ACTIVITIES:
        needed: CefrLevel = getattr(requirement.levels, activity)
        if needed <= CefrLevel.NONE:
            continue
        asked = True
        level, provenance = known.levels[activity] if known is not None else _UNKNOWN
        yield Verdict(
            rule=f"language.{activity}",
            subject=language,
            outcome=compare(level, needed),
            necessity=requirement.necessity,
            required=needed.name,
            actual=level.name if level is not CefrLevel.UNKNOWN else "",
            source=provenance.source,
            date=provenance.date,
            basis=requirement.basis,
        )
    if not asked:
        yield _without_level(query, language, requirement)


def _without_level(query: Query, language: str, requirement: LanguageRequirement) -> Verdict:
    """A language without a level: a first language is enough, none at all is not, anything between cannot be said."""
    known = query.languages.get(language)
    levels = [known.level(activity) for activity in ACTIVITIES] if known is not None else [CefrLevel.UNKNOWN]
    outcome = Outcome.UNKNOWN
    if min(levels) is CefrLevel.NATIVE:
        outcome = Outcome.MET
    elif set(levels) == {CefrLevel.NONE}:
        outcome = Outcome.NOT_MET
    actual = min(levels).name if min(levels) is not CefrLevel.UNKNOWN else ""
    provenance = known.levels[ACTIVITIES[0]][1] if known is not None else Provenance()
    return Verdict(
        "language.level_not_stated",
        language,
        outcome,
        requirement.necessity,
        actual=actual,
        source=provenance.source,
        date=provenance.date,
        basis=requirement.basis,
    )


def compare(level: CefrLevel, needed: CefrLevel) -> Outcome:
    """A level against the one needed."""
    if level is CefrLevel.UNKNOWN:
        return Outcome.UNKNOWN
    return Outcome.MET if level >= needed else Outcome.NOT_MET
