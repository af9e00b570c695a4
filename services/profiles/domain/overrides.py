"""Break-glass: a person's record opened for some hours to a counsellor who is not the person's own, with a reason."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

LASTS = timedelta(hours=8)
"""How long the record stays open: a working day."""


class Reason(IntEnum):
    """Why. The numbers are those of the proto."""

    COUNSELLOR_ABSENT = 1
    URGENT_NEED = 2
    SAFETY = 3
    OTHER = 4


@dataclass(frozen=True, slots=True)
class AccessOverride:
    """One opening of a record. `reason` is the counsellor's own words, which the person reads."""

    id: str
    profile_id: str
    counsellor: str
    unit: str
    reason_code: Reason
    reason: str = field(repr=False)
    begin_time: datetime
    end_time: datetime


@dataclass(frozen=True, slots=True)
class ProfileAccessOverridden:
    """A record was opened in that way. It names neither the person nor the counsellor."""

    override_id: str
    version: int
    occurred_at: datetime


def override(
    override_id: str, profile_id: str, counsellor: str, unit: str, reason_code: Reason, reason: str, now: datetime
) -> tuple[AccessOverride, tuple[ProfileAccessOverridden, ...]]:
    """Opens the record from now on."""
    opened = AccessOverride(override_id, profile_id, counsellor, unit, reason_code, reason, now, now + LASTS)
    return opened, (ProfileAccessOverridden(override_id, 1, now),)
