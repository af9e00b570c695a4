"""What a person says to an opening, and what they hold to be wrong about a match.

Feedback changes this person's lists alone, and in one way only: an opening that it hides is out, whatever its score.
No weight moves, so nothing that was said about one opening can lower another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from services.matching.domain.events import ContestOpened, ContestResolved
from services.matching.domain.rules import BY_ID
from services.matching.domain.weights import PARTS
from shared.kernel.errors import FailedPrecondition, FieldViolation, InvalidArgument


class FeedbackKind(IntEnum):
    """The words; the numbers are the proto's."""

    INTERESTED = 1
    NOT_INTERESTED = 2
    NOT_FITTING = 3
    APPLIED = 4


class FeedbackReason(IntEnum):
    """In what an opening does not fit; the numbers are the proto's."""

    NONE = 0
    OCCUPATION = 1
    TRAVEL = 2
    HOURS = 3
    PAY = 4
    LANGUAGE = 5
    QUALIFICATIONS = 6
    ORGANISATION = 7
    OTHER = 8


class ContestAnswer(IntEnum):
    """What a human answers; the numbers are the proto's."""

    NONE = 0
    PROFILE_CORRECTED = 1
    OPENING_REPORTED = 2
    SYSTEM_REPORTED = 3
    STANDS = 4


@dataclass(frozen=True, slots=True)
class Feedback:
    """One word on an opening. `decision_id` is of the list beside which it was said, "" for none."""

    id: str
    profile_id: str
    opening_id: str
    kind: FeedbackKind
    reason: FeedbackReason
    decision_id: str
    create_time: datetime

    @property
    def hides(self) -> bool:
        """Whether it takes the opening out of the person's lists."""
        return self.kind is not FeedbackKind.INTERESTED


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was said about an opening was taken back; `said` is False where nothing had been."""

    profile_id: str
    said: bool


@dataclass(frozen=True, slots=True)
class Contest:
    """A person's word that something about a match is wrong.

    about   id of the rule or name of the part, "" for the match as a whole
    value   the value that is wrong, as it was shown
    words, answer_words  personal data: they stay here
    """

    id: str
    profile_id: str
    opening_id: str
    decision_id: str
    about: str
    value: str
    words: str
    create_time: datetime
    answer: ContestAnswer = ContestAnswer.NONE
    answer_words: str = ""
    answer_time: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answer is ContestAnswer.NONE


def check_reason(kind: FeedbackKind, reason: FeedbackReason) -> None:
    """Raises InvalidArgument FEEDBACK_REASON where NOT_FITTING has no reason or another word has one."""
    if (kind is FeedbackKind.NOT_FITTING) != (reason is not FeedbackReason.NONE):
        rule = "Give a reason with NOT_FITTING, and with nothing else."
        violation = FieldViolation("reason", "FEEDBACK_REASON", rule, reason.name)
        raise InvalidArgument("FEEDBACK_REASON", rule, violations=(violation,))


def hidden_by(feedback: Iterable[Feedback]) -> frozenset[str]:
    """Ids of the openings that the words which hold now take out."""
    return frozenset(word.opening_id for word in feedback if word.hides)


def open_contest(contest: Contest) -> tuple[Contest, ContestOpened]:
    """A new contest. Raises InvalidArgument CONTEST_ABOUT_UNKNOWN where it is about no rule and no part."""
    if contest.about and contest.about not in BY_ID and contest.about not in PARTS:
        rule = "Name the id of a rule or the name of a part, as the match gives them, or nothing."
        violation = FieldViolation("about", "CONTEST_ABOUT_UNKNOWN", rule)
        raise InvalidArgument("CONTEST_ABOUT_UNKNOWN", rule, violations=(violation,))
    return contest, ContestOpened(contest.id, contest.create_time)


def resolve_contest(
    contest: Contest, answer: ContestAnswer, words: str, now: datetime
) -> tuple[Contest, ContestResolved]:
    """Answer a contest. Raises FailedPrecondition CONTEST_RESOLVED where that was done before."""
    if not contest.open:
        raise FailedPrecondition(
            "CONTEST_RESOLVED",
            "The contest has been answered. Let the person contest again where the answer does not help.",
        )
    resolved = replace(contest, answer=answer, answer_words=words, answer_time=now)
    return resolved, ContestResolved(contest.id, now)
