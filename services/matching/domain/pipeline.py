"""From a query and the live openings to a list: judge every opening, score what is eligible, order it.

Pure, and independent of the order in which openings come. The order is by the total, then newer, then id.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility import Judgement, judge
from services.matching.domain.explanation import explain
from services.matching.domain.matches import Exclusion, ListFilter, Match, OpeningSummary, Order
from services.matching.domain.parts import Score
from services.matching.domain.query import Query
from services.matching.domain.scoring import part_weights, score
from services.matching.domain.values import LocalizedText
from services.matching.domain.weights import Weights

TOP = 10
MOST_OF_ONE = 3
"""So many of one employer at most in the top ten, while others fit (M10)."""

UNSCORED = Score(0.0, ())


@dataclass(frozen=True, slots=True)
class Judged:
    """All openings of a query, parted by eligibility, in the order in which they came."""

    eligible: tuple[Judgement, ...]
    excluded: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """An eligible opening with its score."""

    judgement: Judgement
    score: Score


@dataclass(frozen=True, slots=True)
class MatchList:
    """The whole answer before it is cut into pages.

    matches           every eligible opening, in order
    excluded          nearest to fitting first
    excluded_by_rule  how many openings each rule left out; one opening may count under several
    """

    order: Order
    matches: tuple[Ranked, ...]
    excluded: tuple[Judgement, ...]
    excluded_by_rule: Mapping[str, int]


def match(
    query: Query, candidates: Iterable[Candidate], similarities: Mapping[str, float], weights: Weights
) -> MatchList:
    """The list of a query: `similarities` holds centred cosines by opening id, where both texts are encoded."""
    return rank(query, judge_all(query, candidates), similarities, weights)


def judge_all(query: Query, candidates: Iterable[Candidate]) -> Judged:
    """Judge the openings that the query's filter lets through."""
    eligible: list[Judgement] = []
    excluded: list[Judgement] = []
    for candidate in candidates:
        if passes(candidate, query.filter):
            judgement = judge(query, candidate)
            (eligible if judgement.eligible else excluded).append(judgement)
    return Judged(tuple(eligible), tuple(excluded))


def rank(query: Query, judged: Judged, similarities: Mapping[str, float], weights: Weights) -> MatchList:
    """Order what is eligible: by total, or newest first and without a score for someone who has opted out."""
    if query.profile.choices.ranking_opt_out:
        order = Order.NEWEST_FIRST
        newest = sorted(judged.eligible, key=lambda one: (-one.candidate.newness, one.candidate.id))
        matches = [Ranked(judgement, UNSCORED) for judgement in newest]
    else:
        order = Order.BEST_FIRST
        matches = diversified(sorted(scored(query, judged.eligible, similarities, weights), key=_place))
    excluded = sorted(judged.excluded, key=nearness)
    return MatchList(order, tuple(matches), tuple(excluded), count_rules(excluded))


def scored(
    query: Query, judgements: Iterable[Judgement], similarities: Mapping[str, float], weights: Weights
) -> list[Ranked]:
    """Score openings, in the order given."""
    shares = part_weights(weights, query.profile.work.goals.weights)
    return [
        Ranked(judgement, score(query, judgement, similarities.get(judgement.candidate.id), weights, shares))
        for judgement in judgements
    ]


def diversified(matches: list[Ranked]) -> list[Ranked]:
    """The same openings with at most three of one organisation in the top ten, as far as others can fill it."""
    top: list[Ranked] = []
    later: list[Ranked] = []
    taken: Counter[str] = Counter()
    for place, ranked in enumerate(matches):
        if len(top) == TOP:
            return [*top, *later, *matches[place:]]
        name = ranked.judgement.candidate.snapshot.organisation.strip().casefold()
        if name and taken[name] == MOST_OF_ONE:
            later.append(ranked)
        else:
            taken[name] += 1
            top.append(ranked)
    return [*top, *later]


def passes(candidate: Candidate, list_filter: ListFilter) -> bool:
    """Whether an opening is of the kind and in the municipality that are asked for, and not hidden."""
    snapshot = candidate.snapshot
    if snapshot.id in list_filter.hidden or list_filter.kind not in (None, snapshot.kind):
        return False
    if not list_filter.municipality:
        return True
    instances = (occasion.instance for occasion in candidate.occasions)
    places = [*snapshot.places, *(one.place for one in instances if one is not None and one.place is not None)]
    return any(place.municipality == list_filter.municipality for place in places)


def nearness(judgement: Judgement) -> tuple[int, float, str]:
    """Key of the excluded list: fewest obstacles first, then newer, then id."""
    return len(judgement.blocking), -judgement.candidate.newness, judgement.candidate.id


def count_rules(excluded: Iterable[Judgement]) -> dict[str, int]:
    """How many openings each rule left out."""
    counts: Counter[str] = Counter()
    for judgement in excluded:
        counts.update({verdict.rule for verdict in judgement.blocking})
    return dict(sorted(counts.items()))


def match_of(query: Query, ranked: Ranked, place: int) -> Match:
    """An item of a list, with its explanation; `place` is its rank, 0 outside a list."""
    verdicts = ranked.judgement.verdicts
    return Match(
        opening=summary_of(ranked.judgement.candidate, query.language),
        rank=place,
        total=ranked.score.total,
        parts=ranked.score.parts,
        verdicts=verdicts,
        explanation=explain(ranked.score.parts, verdicts),
    )


def exclusion_of(query: Query, judgement: Judgement) -> Exclusion:
    """An item of the excluded list."""
    return Exclusion(summary_of(judgement.candidate, query.language), judgement.blocking)


def summary_of(candidate: Candidate, language: str) -> OpeningSummary:
    """What a list shows of an opening, with the title in the reader's language if there is one, else the first."""
    snapshot = candidate.snapshot
    first = snapshot.titles[0] if snapshot.titles else LocalizedText("", "")
    title = next((text for text in snapshot.titles if text.language.split("-")[0] == language), first)
    return OpeningSummary(
        id=snapshot.id,
        version=snapshot.version,
        kind=snapshot.kind,
        title=title.text,
        title_language=title.language,
        organisation=snapshot.organisation,
        places=snapshot.places,
        closing_date=snapshot.closing_date,
        url=snapshot.url,
    )


def _place(ranked: Ranked) -> tuple[float, float, str]:
    candidate = ranked.judgement.candidate
    return -ranked.score.total, -candidate.newness, candidate.id
