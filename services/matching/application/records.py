"""What is recorded: lists that were served, feedback, contests, and answers to mutations. Ports, as in `ports`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from services.matching.domain.feedback import Contest, Feedback, Withdrawn
from services.matching.domain.matches import Decision, Match
from services.matching.domain.replay import Inputs, OpeningInput, PersonInput
from services.matching.domain.weights import Weights

Answered = TypeVar("Answered", Feedback, Contest, Withdrawn)


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What a new decision was made with. `opening` gives an opening by its place in the shortlist, from 0: it is asked
    only for those that are not stored yet."""

    person: PersonInput
    weights: Weights
    opening: Callable[[int], OpeningInput]


class Decisions(Protocol):
    """The lists that were served, with what they were made with. They only ever grow."""

    async def add(self, decision: Decision, made_with: MadeWith) -> None:
        """Keep a new decision, whole, and its inputs."""
        ...

    async def get(self, decision_id: str) -> Decision | None:
        """The decision with all items served so far, or None."""
        ...

    async def inputs(self, decision: Decision, places: range) -> Inputs | None:
        """What it was made with, of its openings those at these places; None where any of it is missing."""
        ...

    async def append(self, decision_id: str, matches: Sequence[Match]) -> None:
        """Add items served later; an item whose rank is there already stays as it was served."""
        ...

    async def erased(self, decision_id: str) -> bool:
        """Whether there was such a decision, and it was erased with the person."""
        ...


class FeedbackLog(Protocol):
    """What people have said to openings. It only ever grows, until the person is erased."""

    async def say(self, feedback: Feedback) -> None:
        """Keep a word; it holds from now on."""
        ...

    async def withdraw(self, profile_id: str, opening_id: str, withdrawal_id: str, now: datetime) -> bool:
        """Let no word on the opening hold. Returns False where none did."""
        ...

    async def current(self, profile_id: str) -> tuple[Feedback, ...]:
        """The words that hold, newest first: one an opening."""
        ...


class Contests(Protocol):
    """What people hold to be wrong about matches."""

    async def add(self, contest: Contest) -> None:
        """Keep a new contest."""
        ...

    async def get(self, contest_id: str) -> Contest | None:
        """The contest, or None. It stays as it is until the transaction ends."""
        ...

    async def answer(self, contest: Contest) -> None:
        """Keep the answer."""
        ...

    async def of(self, profile_id: str, *, open_only: bool, before: str, limit: int) -> tuple[Contest, ...]:
        """Contests of a person, newest first, `limit` at most, with ids below `before` ("" for all)."""
        ...


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A mutation as its caller identified it.

    scope        subject of the caller; ids of different callers never meet
    request_id   UUID chosen by the caller
    method       name of the method
    fingerprint  digest of the whole request
    """

    scope: str
    request_id: str
    method: str
    fingerprint: bytes = field(repr=False)


class Answers(Protocol):
    """The answers to mutations, kept so that a repeated request gets the same one."""

    async def find(self, key: RequestKey, kind: type[Answered]) -> Answered | None:
        """Claim the request: None means go on, an answer means give it and change nothing.

        A twin at the same time waits for the first. Raises InvalidArgument REQUEST_ID_REUSED where the id came with
        another content.
        """
        ...

    async def keep(self, key: RequestKey, answer: Feedback | Contest | Withdrawn) -> None:
        """Keep the answer to a claimed request."""
        ...
