"""Asking the table, and what is kept of an answer that was yes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from services.profiles.domain.policy.actions import Action
from services.profiles.domain.policy.data import Data
from services.profiles.domain.policy.relations import Relation
from services.profiles.domain.policy.table import POLICY
from services.profiles.domain.values import Purpose
from shared.kernel.errors import PermissionDenied
from shared.kernel.principal import Role

PURPOSE_OF_ROLE: Mapping[Role, Purpose] = MappingProxyType(
    {
        Role.SEEKER: Purpose.OWN_DATA,
        Role.COUNSELLOR: Purpose.INTEGRATION_PLAN,
        Role.OPERATOR: Purpose.INTEGRATION_PLAN,
        Role.AUDITOR: Purpose.AUDIT,
        Role.SERVICE: Purpose.JOB_MATCHING,
    }
)
"""The purpose of calls whose request names none."""


@dataclass(frozen=True, slots=True)
class Permit:
    """A yes: by which relation, and to which kinds of data. What is given out is cut to them."""

    relation: Relation
    data: tuple[Data, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """One reading of a person's record, or one that was refused: then nothing was given out.

    id       uuid7
    profile_id  for a refusal also of a person who is not there
    purpose  None where a refused caller's role has none
    reader   opaque subject of the reader; it is kept for supervision and not shown to the person
    service  service that asked on the reader's behalf, "" where the reader called themselves
    method   full name of the method that gives the data out
    data     kinds of data that it gives out, sorted
    refused  the caller was told that there is no such person; the person is not shown it
    """

    id: str
    profile_id: str
    time: datetime
    purpose: Purpose | None
    role: Role
    unit: str
    relation: Relation
    method: str
    reader: str
    service: str = ""
    data: tuple[Data, ...] = ()
    refused: bool = False


def decide(role: Role, relations: Iterable[Relation], action: Action, purpose: Purpose | None) -> Permit | None:
    """The row of the first relation that has one; None, which means no, where none has."""
    if purpose is None:
        return None
    for relation in relations:
        data = POLICY.get((role, relation, purpose, action))
        if data is not None:
            return Permit(relation, data)
    return None


def allows(role: Role, relation: Relation, action: Action, purpose: Purpose | None) -> bool:
    """Whether there is a row."""
    return decide(role, (relation,), action, purpose) is not None


def kinds_of(role: Role, relation: Relation, action: Action, purpose: Purpose) -> tuple[Data, ...]:
    """The kinds of data that a row gives, none where there is no row."""
    return POLICY.get((role, relation, purpose, action), ())


def not_accessible() -> PermissionDenied:
    """The one refusal, the same for a profile that is absent and for one that the caller may not use."""
    return PermissionDenied("PROFILE_NOT_ACCESSIBLE", "The profile does not exist, or you may not use it.")
