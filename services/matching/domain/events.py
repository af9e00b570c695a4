"""What matching tells the others: ids and versions, never personal data."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OpeningIndexed:
    """The opening is found with the content of this version from now on."""

    opening_id: str
    version: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ProfileIndexed:
    """The profile is matched with the content of this version from now on."""

    profile_id: str
    version: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRecorded:
    """A list was served and recorded."""

    decision_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ContestOpened:
    """A person holds something about a match to be wrong."""

    contest_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ContestResolved:
    """A human has answered a contest."""

    contest_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ListsRequested:
    """Work for whoever takes it: an item of a bulk run."""

    item_id: str
    occurred_at: datetime


Event = OpeningIndexed | ProfileIndexed | DecisionRecorded | ContestOpened | ContestResolved | ListsRequested
