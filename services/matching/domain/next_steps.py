"""The next steps of a person: which small changes would open most openings, what each asks, and the ways to it.

The order is by openings opened, then by effort, then by how soon a training or service that gives it begins. A pair of
changes counts with what only both together open: what one of them opens alone stands at that one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from services.matching.domain.candidates import Candidate
from services.matching.domain.changes import LANGUAGE, Change
from services.matching.domain.columns.eligibility import Eligibility
from services.matching.domain.columns.person import Person
from services.matching.domain.columns.steps import Opened, Steps, newest
from services.matching.domain.columns.ways import UNDATED, Way, Ways
from services.matching.domain.efforts import Efforts
from services.matching.domain.matches import NextStep, StepChange
from services.matching.domain.pipeline import summary_of
from services.matching.domain.query import Query
from services.matching.domain.values import ACTIVITIES, CefrLevel

SHOWN_OPENINGS = 5
SHOWN_WAYS = 3

StepKey = tuple[int, float, int, str]


@dataclass(frozen=True, slots=True)
class Step:
    """A step before it is dressed for showing, with its ways: those of the first change, then of the second."""

    opened: Opened
    effort: float
    ways: tuple[Way, ...]

    @property
    def key(self) -> StepKey:
        """Its place in the order; what no training or service gives comes last among equals."""
        start = min((way.start for way in self.ways), default=UNDATED + 1)
        name = ",".join(f"{change.rule}:{change.subject}:{change.required}" for change in self.opened.changes)
        return -self.opened.beyond, self.effort, start, name


def next_steps(person: Person, found: Eligibility, efforts: Efforts) -> list[Step]:
    """All steps of a person, in order. `found` is `judge_view` of the same person."""
    query = person.query
    steps, ways = Steps(person, found), Ways(query, found)
    opened = [*steps.singles(), *steps.pairs(lambda pair: efforts.realistic(query, pair))]
    return sorted((_step(query, one, ways, efforts) for one in opened), key=lambda step: step.key)


def shown(
    step: Step, person: Person, found: Eligibility, candidate: Callable[[int], Candidate], language: str
) -> NextStep:
    """A step with its values, some openings and its ways; `candidate` gives the opening of a row."""
    query, view = person.query, found.view
    rows = dict.fromkeys(way.row for way in step.ways)
    return NextStep(
        changes=tuple(_change(query, change) for change in step.opened.changes),
        opened=len(step.opened.rows),
        together=step.opened.beyond if len(step.opened.changes) > 1 else 0,
        openings=tuple(view.id(row) for row in newest(found, step.opened.rows, SHOWN_OPENINGS)),
        ways=tuple(summary_of(candidate(row), language) for row in rows),
        effort=step.effort,
    )


def _step(query: Query, opened: Opened, ways: Ways, efforts: Efforts) -> Step:
    giving = tuple(way for change in opened.changes for way in ways.of(change, SHOWN_WAYS))
    return Step(opened, sum(efforts.of(query, change) for change in opened.changes), giving)


def _change(query: Query, change: Change) -> StepChange:
    return StepChange(change.rule, change.subject, _reached(query, change), _today(query, change))


def _reached(query: Query, change: Change) -> str:
    """The value to reach; of travel the new limit, not the minutes more."""
    if change.rule != "place.travel":
        return change.required
    return str((query.profile.work.limits.max_travel_minutes or 0) + int(change.required))


def _today(query: Query, change: Change) -> str:
    limits = query.profile.work.limits
    if change.rule.startswith(LANGUAGE):
        known = query.languages.get(change.subject)
        activity = change.rule.partition(".")[2]
        levels = [known.level(name) for name in ACTIVITIES if activity in ("", name)] if known is not None else []
        return min((level for level in levels if level > CefrLevel.UNKNOWN), default=CefrLevel.UNKNOWN).name
    values = {
        "place.travel": limits.max_travel_minutes,
        "hours.most": limits.max_hours_per_week,
        "hours.fewest": limits.min_hours_per_week,
        "dates.start": limits.available_from,
    }
    value = values.get(change.rule)
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else f"{value:g}"
