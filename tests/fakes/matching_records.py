"""In-memory records of matching: decisions with their inputs, feedback, contests, answers to mutations."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.matching.application.records import Answered, MadeWith, RequestKey
from services.matching.domain.feedback import Contest, Feedback, Withdrawn
from services.matching.domain.matches import Decision, Match
from services.matching.domain.replay import Inputs
from shared.kernel.errors import FieldViolation, InvalidArgument


@dataclass
class Records:
    """What lasts of what is recorded. Of feedback: every word, None where what was said is taken back."""

    decisions: dict[str, Decision] = field(default_factory=dict)
    inputs: dict[str, Inputs] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    feedback: list[tuple[str, str, Feedback | None]] = field(default_factory=list)
    contests: dict[str, Contest] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[str, bytes, Feedback | Contest | Withdrawn | None]] = field(
        default_factory=dict
    )

    def current(self, profile_id: str) -> tuple[Feedback, ...]:
        """The words that hold, newest first."""
        newest = {opening_id: word for owner, opening_id, word in self.feedback if owner == profile_id}
        return tuple(sorted((w for w in newest.values() if w is not None), key=lambda w: w.id, reverse=True))

    def forget(self, profile_id: str) -> None:
        """Everything about a person."""
        for decision in [each for each in self.decisions.values() if each.profile_id == profile_id]:
            del self.decisions[decision.id]
            self.inputs.pop(decision.id, None)
            self.erased.add(decision.id)
        self.feedback[:] = [each for each in self.feedback if each[0] != profile_id]
        self.contests = {key: each for key, each in self.contests.items() if each.profile_id != profile_id}
        self.answers = {
            key: each for key, each in self.answers.items() if each[2] is None or each[2].profile_id != profile_id
        }


class FakeDecisions:
    """Lists that were served."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def add(self, decision: Decision, made_with: MadeWith) -> None:
        openings = tuple(made_with.opening(place) for place in range(len(decision.shortlist)))
        self._records.decisions[decision.id] = decision
        self._records.inputs[decision.id] = Inputs(made_with.person, made_with.weights, openings)

    async def get(self, decision_id: str) -> Decision | None:
        return self._records.decisions.get(decision_id)

    async def inputs(self, decision: Decision, places: range) -> Inputs | None:
        found = self._records.inputs.get(decision.id)
        return found and replace(found, openings=found.openings[places.start : places.stop])

    async def append(self, decision_id: str, matches: Sequence[Match]) -> None:
        decision = self._records.decisions[decision_id]
        by_rank = {match.rank: match for match in (*matches, *decision.matches)}
        self._records.decisions[decision_id] = replace(
            decision, matches=tuple(by_rank[rank] for rank in sorted(by_rank))
        )

    async def erased(self, decision_id: str) -> bool:
        return decision_id in self._records.erased


class FakeFeedback:
    """What people have said."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def say(self, feedback: Feedback) -> None:
        self._records.feedback.append((feedback.profile_id, feedback.opening_id, feedback))

    async def withdraw(self, profile_id: str, opening_id: str, withdrawal_id: str, now: datetime) -> bool:
        if not any(word.opening_id == opening_id for word in self._records.current(profile_id)):
            return False
        self._records.feedback.append((profile_id, opening_id, None))
        return True

    async def current(self, profile_id: str) -> tuple[Feedback, ...]:
        return self._records.current(profile_id)


class FakeContests:
    """What people hold to be wrong."""

    def __init__(self, records: Records) -> None:
        self._rows = records.contests

    async def add(self, contest: Contest) -> None:
        self._rows[contest.id] = contest

    async def get(self, contest_id: str) -> Contest | None:
        return self._rows.get(contest_id)

    async def answer(self, contest: Contest) -> None:
        self._rows[contest.id] = contest

    async def of(self, profile_id: str, *, open_only: bool, before: str, limit: int) -> tuple[Contest, ...]:
        found = [
            each
            for each in sorted(self._rows.values(), key=lambda one: one.id, reverse=True)
            if each.profile_id == profile_id and (each.open or not open_only) and (not before or each.id < before)
        ]
        return tuple(found[:limit])


class FakeAnswers:
    """Stored answers by scope and request id; None while only claimed."""

    def __init__(self, records: Records) -> None:
        self._rows = records.answers

    async def find(self, key: RequestKey, kind: type[Answered]) -> Answered | None:
        kept = self._rows.get((key.scope, key.request_id))
        if kept is None:
            self._rows[key.scope, key.request_id] = (key.method, key.fingerprint, None)
            return None
        if kept[:2] != (key.method, key.fingerprint):
            violation = FieldViolation("request_id", "REQUEST_ID_REUSED", "Use a new request_id for another request.")
            raise InvalidArgument("REQUEST_ID_REUSED", "The request_id was used before.", violations=(violation,))
        assert isinstance(kept[2], kind)
        return kept[2]

    async def keep(self, key: RequestKey, answer: Feedback | Contest | Withdrawn) -> None:
        self._rows[key.scope, key.request_id] = (key.method, key.fingerprint, answer)
