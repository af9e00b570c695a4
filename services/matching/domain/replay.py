"""A recorded list worked out again, by the plain reference, from the inputs that were stored with it.

What a list was made with lies beside the decision: the person and the openings of the shortlist as they were, the
weights, and the cosines, which cannot be had again once the model or the index has changed. Rules, vocabulary and the
way of working things out are known by their versions: where one of them has changed, nothing is worked out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.matching.domain.candidates import Candidate, prepare
from services.matching.domain.linking import vocabulary_version
from services.matching.domain.matches import Decision, Match
from services.matching.domain.pipeline import MatchList, Ranked, match, match_of
from services.matching.domain.query import Query, query_of
from services.matching.domain.rules import RULES_VERSION
from services.matching.domain.signals import OpeningSignals, ProfileSignals
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.weights import Weights
from shared.vocabulary import Vocabulary

METHOD = "2026.1"
"""Changes with every change of how scores, order or reasons are worked out; recorded with every list."""
LAST_DECIMAL = 1e-9
"""A total may differ by one unit of its last decimal: many at once are added in another order than one alone."""


@dataclass(frozen=True, slots=True)
class OpeningInput:
    """An opening as it was compared; without descriptions, which no rule reads."""

    snapshot: OpeningSnapshot
    signals: OpeningSignals


@dataclass(frozen=True, slots=True)
class PersonInput:
    """A person as they were compared."""

    snapshot: ProfileSnapshot
    signals: ProfileSignals


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a decision was made with, beyond what it says itself. `openings` are in the order of the shortlist."""

    person: PersonInput
    weights: Weights
    openings: tuple[OpeningInput, ...]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something with which a list was made and that is no longer here; versions "" where it has none."""

    about: str
    recorded: str = ""
    current: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that came out differently. `rank` is from 1."""

    about: str
    rank: int
    recorded: str
    replayed: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A list worked out again; where there are obstacles, `matches` are those recorded."""

    matches: tuple[Match, ...]
    obstacles: tuple[Obstacle, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether everything came out as it was recorded."""
        return not (self.obstacles or self.differences)


def replay(decision: Decision, inputs: Inputs | None, vocabulary: Vocabulary) -> Replayed:
    """Work the list out again: its whole order, and every item that was served, on whichever page."""
    obstacles = _obstacles(decision, vocabulary)
    if inputs is None:
        obstacles = (*obstacles, Obstacle("inputs"))
    if obstacles or inputs is None:
        return Replayed(decision.matches, obstacles)
    query = query_then(decision, inputs.person, vocabulary)
    candidates = [prepare(opening.snapshot, opening.signals, vocabulary) for opening in inputs.openings]
    found = match(query, candidates, _cosines(decision), inputs.weights)
    served = {item.rank: item for item in decision.matches}
    again = {rank: match_of(query, found.matches[rank - 1], rank) for rank in served if rank <= len(found.matches)}
    differences = (*_of_order(decision, found), *_of_items(served, again))
    return Replayed(tuple(again[rank] for rank in sorted(again)), (), differences)


def query_then(decision: Decision, person: PersonInput, vocabulary: Vocabulary) -> Query:
    """The query as it was: the same person, filter, language and moment."""
    return query_of(
        person.snapshot,
        person.signals,
        vocabulary,
        decision.create_time,
        list_filter=decision.filter,
        language=decision.language,
    )


def input_of(candidate: Candidate) -> OpeningInput:
    """An opening as an input."""
    return OpeningInput(candidate.snapshot, candidate.signals)


def _obstacles(decision: Decision, vocabulary: Vocabulary) -> tuple[Obstacle, ...]:
    versions = (
        ("rules", decision.versions.rules, RULES_VERSION),
        ("vocabulary", decision.versions.vocabulary, vocabulary_version(vocabulary)),
        ("method", decision.method, METHOD),
    )
    return tuple(Obstacle(*version) for version in versions if version[1] != version[2])


def _cosines(decision: Decision) -> dict[str, float]:
    return {place.opening_id: place.cosine for place in decision.shortlist if place.cosine is not None}


def _of_order(decision: Decision, found: MatchList) -> tuple[Difference, ...]:
    """Where the whole recorded order differs: another opening, another total, or one that does not fit any more."""
    differences = []
    for rank, place in enumerate(decision.shortlist, start=1):
        if rank > len(found.matches):
            differences.append(Difference("order", rank, place.opening_id, ""))
            continue
        ranked: Ranked = found.matches[rank - 1]
        if ranked.judgement.candidate.id != place.opening_id:
            differences.append(Difference("order", rank, place.opening_id, ranked.judgement.candidate.id))
        elif abs(ranked.score.total - place.total) > LAST_DECIMAL * 1.5:
            differences.append(Difference("total", rank, repr(place.total), repr(ranked.score.total)))
    return tuple(differences)


_ASPECTS: Mapping[str, Callable[[Match], object]] = {
    "opening": lambda item: item.opening,
    "total": lambda item: item.total,
    "parts": lambda item: item.parts,
    "verdicts": lambda item: item.verdicts,
    "explanation": lambda item: item.explanation,
}


def _of_items(served: Mapping[int, Match], again: Mapping[int, Match]) -> tuple[Difference, ...]:
    return tuple(
        Difference(about, rank, str(aspect(item)), str(aspect(again[rank])))
        for rank, item in served.items()
        if rank in again
        for about, aspect in _ASPECTS.items()
        if aspect(item) != aspect(again[rank])
    )
