"""Proof: eligibility of all openings at once agrees with the plain reference on a million generated pairs.

    python -m tests.proofs.eligibility [PAIRS] [SEED]

Of each pair everything is compared that the columns say: whether it fits, how many obstacles there are, which rules
they belong to, and which occasion was chosen. Ends with status 1 at the first disagreement.
"""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from services.matching.domain.candidates import Candidate
from services.matching.domain.columns import Catalogue, Eligibility, Person, View, judge_view, person_beside
from services.matching.domain.eligibility import judge
from services.matching.domain.query import Query, query_of
from services.matching.domain.signals import ProfileSignals
from tests.builders.matching import NOW, vocabulary
from tests.builders.matching_generated import Generator

JudgeAll = Callable[[Person, View], Eligibility]

OPENINGS = 500
"""Openings of one round; so many people are drawn for it as well."""


@dataclass
class Tally:
    """What has been compared so far."""

    pairs: int = 0
    eligible: int = 0
    rules: Counter[str] = field(default_factory=Counter)


class Disagreement(Exception):
    """The columns and the reference say different things of one pair."""


def prove(pairs: int, seed: int, *, judge_all: JudgeAll = judge_view, quiet: bool = True) -> Tally:
    """Compare what `judge_all` says of so many pairs with the reference. Raises Disagreement."""
    generator, tally, started = Generator(seed), Tally(), monotonic()
    while tally.pairs < pairs:
        candidates = [generator.candidate() for _ in range(min(OPENINGS, pairs - tally.pairs))]
        view = _view(candidates)
        for _ in range(min(OPENINGS, -(-(pairs - tally.pairs) // len(candidates)))):
            query = query_of(generator.profile(), ProfileSignals("generated"), vocabulary(), NOW)
            found = judge_all(person_beside(query, view), view)
            _compare(query, found, candidates, tally)
        if not quiet:
            print(f"{tally.pairs:>9,} pairs, {monotonic() - started:.0f} s", file=sys.stderr)
    return tally


def _view(candidates: list[Candidate]) -> View:
    catalogue = Catalogue()
    for candidate in candidates:
        catalogue.append(candidate)
    return catalogue.publish()


def _compare(query: Query, found: Eligibility, candidates: list[Candidate], tally: Tally) -> None:
    for row, candidate in enumerate(candidates):
        reference = judge(query, candidate)
        position = int(found.occasion[row] - found.view.occasions.first[row])
        rules = {rule for rule, where in found.by_rule.items() if where[row]}
        said = (int(found.blocks[row]), rules, candidate.occasions[position])
        expected = (len(reference.blocking), {one.rule for one in reference.blocking}, reference.occasion)
        if said != expected:
            raise Disagreement(f"{candidate.snapshot!r}\n{query.profile!r}\ncolumns: {said}\nreference: {expected}")
        tally.rules.update(rules)
        tally.eligible += reference.eligible
    tally.pairs += len(candidates)


def main(arguments: list[str]) -> int:
    """The command."""
    pairs, seed = (int(text) for text in (*arguments, *("1000000", "7")[len(arguments) :]))
    try:
        tally = prove(pairs, seed, quiet=False)
    except Disagreement as found:
        print(f"Disagreement:\n{found}")
        return 1
    print(f"{tally.pairs:,} pairs, 0 disagreements; {tally.eligible:,} fit. Obstacles by rule:")
    for rule, count in sorted(tally.rules.items()):
        print(f"  {rule:<28} {count:>9,}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
