"""The history of a person's record: for each field that changed who changed it, when, from where, and both values."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum

from services.profiles.domain.identity import KIND_OF_PART, Identity
from services.profiles.domain.policy import KIND_OF_PATH, Access, Data, Relation
from services.profiles.domain.profile import ProfileContent
from shared.kernel.principal import Principal, Role


class Part(IntEnum):
    """What a change belongs to. The numbers are those of the proto."""

    PROFILE = 1
    IDENTITY = 2


class Origin(IntEnum):
    """Where a value came from. The numbers are those of the proto."""

    ENTERED = 1
    DOCUMENT = 2


@dataclass(frozen=True, slots=True)
class Author:
    """Who changed something.

    subject  opaque subject, kept for supervision and not shown to the person
    service  service through which it came, "" for a direct call
    """

    role: Role
    unit: str
    subject: str
    relation: Relation
    service: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """One new version of a part, from `old` to `new`, which differ at `paths`."""

    profile_id: str
    part: Part
    version: int
    time: datetime
    by: Author
    origin: Origin
    old: ProfileContent | Identity = field(repr=False)
    new: ProfileContent | Identity = field(repr=False)
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One field of it. The values are JSON texts, "" where the reader may not see them."""

    id: str
    profile_id: str
    part: Part
    version: int
    time: datetime
    by: Author
    origin: Origin
    path: str
    old_value: str = field(repr=False)
    new_value: str = field(repr=False)


def author(caller: Principal, relation: Relation) -> Author:
    """The caller as an author."""
    return Author(caller.role, caller.unit, caller.subject, relation, caller.service)


def author_of(access: Access) -> Author:
    """Who was let in by this access."""
    return Author(access.role, access.unit, access.reader, access.relation, access.service)


def cut_change(change: Change, allowed: Collection[Data]) -> Change:
    """The change without its values where the reader may not see data of their kind."""
    kind = _kind(change.part, change.path)
    return change if kind in allowed else replace(change, old_value="", new_value="")


def _kind(part: Part, path: str) -> Data | None:
    kinds = KIND_OF_PATH if part is Part.PROFILE else KIND_OF_PART
    return next((kind for kept, kind in kinds.items() if path == kept or path.startswith(f"{kept}.")), None)
