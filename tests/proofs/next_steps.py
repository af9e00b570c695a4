"""That a step opens exactly what it is said to open, on generated people and openings; and how long the steps take.

usage: python -m tests.proofs.next_steps [CASES] [SEED]
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter
from uuid import UUID

import numpy as np

from services.matching.adapters.efforts import read_efforts
from services.matching.domain.candidates import Candidate
from services.matching.domain.changes import Change
from services.matching.domain.columns import (
    Catalogue,
    Closeness,
    Eligibility,
    Person,
    Scorer,
    View,
    judge_view,
    person_beside,
)
from services.matching.domain.columns.steps import Opened, Steps
from services.matching.domain.next_steps import next_steps, shown
from services.matching.domain.query import Query
from services.matching.domain.snapshots import ProfileSnapshot
from tests.builders.matching import query, vocabulary, weights
from tests.builders.matching_generated import Generator
from tests.builders.matching_steps import after, eligible, single_changes

LIVE = 60
ROWS = 100_000
DIFFERENT = 10_000
PEOPLE = 25


@dataclass
class Tally:
    """What was counted. `wrong` tells the first few differences."""

    steps: int = 0
    exact: int = 0
    pairs: int = 0
    left_out: int = 0
    wrong: tuple[str, ...] = ()

    def differ(self, text: str) -> None:
        """Keep a difference."""
        self.wrong = (*self.wrong, text)[:5]


def prove(cases: int, seed: int) -> Tally:
    """Judge every opening anew after every step, by the reference."""
    generator, tally = Generator(seed), Tally()
    for _ in range(cases):
        prove_case(generator.profile(), [generator.candidate() for _ in range(LIVE)], tally)
    return tally


def prove_case(profile: ProfileSnapshot, live: list[Candidate], tally: Tally) -> None:
    """One person beside some openings: each step exact, none that opens something missing."""
    view, asked = view_of(live), query(profile)
    person = person_beside(asked, view)
    steps = Steps(person, judge_view(person, view))
    singles, pairs = steps.singles(), steps.pairs(lambda _: True)
    before = eligible(asked, live)
    for step in (*singles, *pairs):
        _compare(asked, live, view, step, before, tally)
    tally.pairs += len(pairs)
    most = {step.changes[0]: len(step.rows) for step in singles}
    for change in single_changes(asked, live):
        opens = len(eligible(after(asked, change), live) - before)
        if opens and opens > _most_alike(change, most):
            tally.left_out += 1
            tally.differ(f"{change} opens {opens} and is no step")


def _compare(asked: Query, live: list[Candidate], view: View, step: Opened, before: set[str], tally: Tally) -> None:
    now = eligible(after(asked, *step.changes), live) - before
    singly = (eligible(after(asked, change), live) - before for change in step.changes)
    beyond = len(now.difference(*singly)) if len(step.changes) > 1 else len(now)
    tally.steps += 1
    if {view.id(row) for row in step.rows} == now and (len(step.rows), step.beyond) == (len(now), beyond):
        tally.exact += 1
    else:
        tally.differ(f"{step.changes} is said to open {len(step.rows)} and opens {len(now)}")


def _most_alike(change: Change, most: dict[Change, int]) -> int:
    return max((opens for one, opens in most.items() if one.within(change) or one.rule == change.rule), default=0)


def view_of(candidates: Iterable[Candidate]) -> View:
    """Openings as columns."""
    catalogue = Catalogue()
    for candidate in candidates:
        catalogue.append(candidate)
    return catalogue.publish()


# -- how long ------------------------------------------------------------------------------------------------------


def measure(seed: int) -> tuple[list[float], list[float]]:
    """Seconds of a whole list and of the next steps, for some people beside 100,000 openings."""
    generator = Generator(seed)
    different = [generator.candidate() for _ in range(DIFFERENT)]
    many = (_numbered(different[number % DIFFERENT], number) for number in range(ROWS))
    view, closeness = view_of(many), Closeness(vocabulary())
    lists, steps = [], []
    for _ in range(PEOPLE):
        asked = query(generator.profile())
        runs = [_one_run(asked, view, closeness) for _ in range(3)]
        lists.append(min(runs))
        person = person_beside(asked, view)
        found = judge_view(person, view)
        steps.append(min(_steps_run(person, found, different) for _ in range(3)))
    return lists, steps


def _steps_run(person: Person, found: Eligibility, different: list[Candidate]) -> float:
    started = perf_counter()
    for step in next_steps(person, found, read_efforts())[:20]:
        shown(step, person, found, lambda row: different[row % DIFFERENT], "en")
    return perf_counter() - started


def _one_run(asked: Query, view: View, closeness: Closeness) -> float:
    started = perf_counter()
    person = person_beside(asked, view)
    found = judge_view(person, view)
    work, rows = view.work, found.eligible
    scorer = Scorer(person, found, closeness.occupations(asked, work), closeness.skills(asked.signals, work), weights())
    np.argsort(-scorer.totals(rows, np.full(len(rows), np.nan)))
    return perf_counter() - started


def _numbered(candidate: Candidate, number: int) -> Candidate:
    return replace(candidate, snapshot=replace(candidate.snapshot, id=str(UUID(int=number + 1))))


def main(arguments: list[str]) -> int:
    """The command."""
    cases, seed = (int(text) for text in (*arguments, *("2000", "7")[len(arguments) :]))
    tally = prove(cases, seed)
    print(f"{tally.exact:,} of {tally.steps:,} steps exact, {tally.pairs:,} of them pairs; {tally.left_out} left out")
    for text in tally.wrong:
        print(f"  {text}")
    lists, steps = measure(seed)
    ratios = [step / whole for step, whole in zip(steps, lists, strict=True)]
    print(
        f"{ROWS:,} openings: a list {1000 * median(lists):.1f} ms, next steps {1000 * median(steps):.1f} ms,"
        f" {median(ratios):.1f} times a list at the median, {max(ratios):.1f} at most"
    )
    return 0 if tally.exact == tally.steps and not tally.left_out else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
