"""A person's answer to one vacancy, and the transitions between its states.

Only `GIVEN` shows the person. Asking with a deadline adds states and rows to `TRANSITIONS`, and changes nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from types import MappingProxyType

from services.profiles.domain.policy import Relation
from shared.kernel.errors import FailedPrecondition


class ConsentState(IntEnum):
    """What holds. The numbers are those of the proto."""

    GIVEN = 1
    WITHDRAWN = 2


TRANSITIONS: Mapping[ConsentState | None, frozenset[ConsentState]] = MappingProxyType(
    {
        None: frozenset({ConsentState.GIVEN}),
        ConsentState.GIVEN: frozenset({ConsentState.WITHDRAWN}),
        ConsentState.WITHDRAWN: frozenset({ConsentState.GIVEN}),
    }
)
"""From what holds to what may follow; None is a vacancy to which nothing has been said."""


@dataclass(frozen=True, slots=True)
class VacancyConsent:
    """An answer. `answered_by` is SELF or ASSIGNED_COUNSELLOR; there is one for each profile and opening."""

    id: str
    version: int
    profile_id: str
    opening_id: str
    state: ConsentState
    answered_by: Relation
    create_time: datetime
    update_time: datetime


@dataclass(frozen=True, slots=True)
class VacancyConsentAnswered:
    """An answer was given or changed. It names neither the person nor what was said."""

    consent_id: str
    version: int
    occurred_at: datetime


def answer(
    current: VacancyConsent | None, fresh: VacancyConsent
) -> tuple[VacancyConsent, tuple[VacancyConsentAnswered, ...]]:
    """What holds after `fresh` was said; the same answer again changes nothing.

    Raises FailedPrecondition CONSENT_NOT_GIVEN where there is nothing to take back.
    """
    if current is not None and current.state is fresh.state:
        return current, ()
    if fresh.state not in TRANSITIONS[current.state if current is not None else None]:
        message = "Nothing was said to this vacancy, so there is nothing to take back."
        raise FailedPrecondition("CONSENT_NOT_GIVEN", message)
    if current is not None:
        fresh = replace(fresh, id=current.id, version=current.version + 1, create_time=current.create_time)
    return fresh, (VacancyConsentAnswered(fresh.id, fresh.version, fresh.update_time),)
