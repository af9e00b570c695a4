"""A person's answer to one vacancy, the request for one, and the transitions between their states.

Only `GIVEN` shows the person. Whoever is asked answers before a deadline; silence is no answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType

from services.profiles.domain.policy import Relation
from services.profiles.domain.values import Answer
from services.profiles.domain.work import Choices
from shared.kernel.errors import FailedPrecondition, FieldViolation, InvalidArgument
from shared.kernel.principal import Role

LONGEST_WAIT = timedelta(days=31)
"""A request waits for an answer no longer than this."""


class ConsentState(IntEnum):
    """What holds. The numbers are those of the proto. `EXPIRED` is never kept: see `as_of`."""

    GIVEN = 1
    WITHDRAWN = 2
    ASKED = 3
    DECLINED = 4
    EXPIRED = 5


TRANSITIONS: Mapping[ConsentState | None, frozenset[ConsentState]] = MappingProxyType(
    {
        None: frozenset({ConsentState.GIVEN}),
        ConsentState.ASKED: frozenset({ConsentState.GIVEN, ConsentState.DECLINED}),
        ConsentState.GIVEN: frozenset({ConsentState.WITHDRAWN}),
        ConsentState.WITHDRAWN: frozenset({ConsentState.GIVEN}),
        ConsentState.DECLINED: frozenset({ConsentState.GIVEN}),
        ConsentState.EXPIRED: frozenset(),
    }
)
"""From what holds to what the person may say; None is a vacancy to which nothing has been said or asked."""

_MAY_BE_ASKED = frozenset({None, ConsentState.EXPIRED})
"""Nobody is asked again who has said no, or has taken a yes back; and nobody twice at a time."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A request for an answer.

    role, organisation  who asks: a counsellor and their unit, or a publisher and its id
    time, answer_by     when it was asked, and until when an answer counts
    """

    role: Role
    organisation: str
    time: datetime
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class VacancyConsent:
    """An answer, or a request for one; there is one for each profile and opening.

    answered_by  SELF or ASSIGNED_COUNSELLOR; NONE without an answer
    asking       the last request; None where nobody has asked
    """

    id: str
    version: int
    profile_id: str
    opening_id: str
    state: ConsentState
    answered_by: Relation
    create_time: datetime
    update_time: datetime
    asking: Asking | None = None


@dataclass(frozen=True, slots=True)
class VacancyConsentAnswered:
    """An answer was given or changed. It names neither the person nor what was said."""

    consent_id: str
    version: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class VacancyConsentAsked:
    """Somebody was asked for an answer. It names neither the person nor who asks."""

    consent_id: str
    version: int
    occurred_at: datetime


ConsentEvent = VacancyConsentAnswered | VacancyConsentAsked


def as_of(consent: VacancyConsent, now: datetime) -> VacancyConsent:
    """The consent as it stands now: a request whose deadline has passed is `EXPIRED`, whether anybody looked or not."""
    over = consent.asking is not None and consent.asking.answer_by <= now
    return replace(consent, state=ConsentState.EXPIRED) if consent.state is ConsentState.ASKED and over else consent


def answer(
    current: VacancyConsent | None, fresh: VacancyConsent
) -> tuple[VacancyConsent, tuple[VacancyConsentAnswered, ...]]:
    """What holds after `fresh` was said, at its update_time; the same answer again changes nothing.

    Raises FailedPrecondition: CONSENT_REQUEST_EXPIRED after the deadline of a request, CONSENT_NOT_GIVEN where there is
    no yes to take back, CONSENT_NOT_ASKED where there is no request to decline.
    """
    current = as_of(current, fresh.update_time) if current is not None else None
    if current is not None and current.state is fresh.state:
        return current, ()
    state = current.state if current is not None else None
    if fresh.state not in TRANSITIONS[state]:
        raise _refusal(state, fresh.state)
    if current is not None:
        fresh = _next(current, fresh, asking=current.asking)
    return fresh, (VacancyConsentAnswered(fresh.id, fresh.version, fresh.update_time),)


def ask(
    current: VacancyConsent | None, fresh: VacancyConsent, choices: Choices
) -> tuple[VacancyConsent, tuple[VacancyConsentAsked, ...]] | None:
    """What holds after the request in `fresh`, at its update_time; None where the person is not to be asked.

    Not asked is who wants no requests of employers, waits with another one, or has answered already.
    """
    current = as_of(current, fresh.update_time) if current is not None else None
    if not may_be_asked(choices) or (current.state if current is not None else None) not in _MAY_BE_ASKED:
        return None
    if current is not None:
        fresh = _next(current, fresh, asking=fresh.asking)
    return fresh, (VacancyConsentAsked(fresh.id, fresh.version, fresh.update_time),)


def may_be_asked(choices: Choices) -> bool:
    """Whether the person has agreed to requests of employers, and has not stood back from being matched."""
    stands_back = choices.matching is Answer.NO or choices.matching_paused or choices.ranking_opt_out
    return choices.employer_requests is Answer.YES and not stands_back


def check_deadline(answer_by: datetime, now: datetime) -> None:
    """Raises InvalidArgument ANSWER_DEADLINE_OUT_OF_RANGE unless it lies within LONGEST_WAIT from now."""
    if now < answer_by <= now + LONGEST_WAIT:
        return
    rule = f"Give an instant that is later than now, by {LONGEST_WAIT.days} days at most."
    violation = FieldViolation("answer_by_time", "ANSWER_DEADLINE_OUT_OF_RANGE", rule)
    message = f"Nobody can answer until then. {rule}"
    raise InvalidArgument("ANSWER_DEADLINE_OUT_OF_RANGE", message, violations=(violation,))


def _next(current: VacancyConsent, fresh: VacancyConsent, *, asking: Asking | None) -> VacancyConsent:
    version, created = current.version + 1, current.create_time
    return replace(fresh, id=current.id, version=version, create_time=created, asking=asking)


def _refusal(state: ConsentState | None, said: ConsentState) -> FailedPrecondition:
    if state is ConsentState.EXPIRED:
        message = "The time to answer this request is over. Whoever asked may ask again."
        return FailedPrecondition("CONSENT_REQUEST_EXPIRED", message)
    if said is ConsentState.DECLINED:
        message = "No request of this vacancy waits for an answer. To take a yes back, say that it is withdrawn."
        return FailedPrecondition("CONSENT_NOT_ASKED", message)
    message = "No yes was said to this vacancy, so there is nothing to take back. To refuse a request, decline it."
    return FailedPrecondition("CONSENT_NOT_GIVEN", message)
