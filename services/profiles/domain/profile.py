"""A profile, its assignment to a counsellor, and the transitions between their states.

A transition returns the new state and its events: one event for each new version, none where nothing changes.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.profiles.domain.masks import apply_mask, changed_paths
from services.profiles.domain.work import Choices, WorkProfile


@dataclass(frozen=True, slots=True)
class ProfileContent:
    """What people give and change; everything else in a profile is given by the service."""

    case_reference: str = ""
    preferred_language: str = ""
    work: WorkProfile = field(default_factory=WorkProfile)
    choices: Choices = field(default_factory=Choices)


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's profile. `owner_subject` is the person's token subject, "" for a person who has no account yet."""

    id: str
    version: int
    owner_subject: str
    content: ProfileContent
    create_time: datetime
    update_time: datetime


@dataclass(frozen=True, slots=True)
class Assignment:
    """A dated assignment of a person to a counsellor (token subject) of a unit; open while `end_time` is None."""

    profile_id: str
    counsellor: str
    unit: str
    begin_time: datetime
    end_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProfileCreated:
    """A profile was created."""

    profile_id: str
    version: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ProfileUpdated:
    """A profile was changed; `changed_paths` names the fields, never their values."""

    profile_id: str
    version: int
    occurred_at: datetime
    changed_paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProfileAssigned:
    """A person was assigned to a counsellor."""

    profile_id: str
    version: int
    occurred_at: datetime


Event = ProfileCreated | ProfileUpdated | ProfileAssigned
Events = tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """Outcome of `assign`: the profile, the assignment that now holds, and the one that ended, if one did."""

    profile: Profile
    assignment: Assignment
    ended: Assignment | None
    events: Events


def create(profile_id: str, owner_subject: str, content: ProfileContent, now: datetime) -> tuple[Profile, Events]:
    """The first version of a profile."""
    profile = Profile(profile_id, 1, owner_subject, content, create_time=now, update_time=now)
    return profile, (ProfileCreated(profile_id, 1, now),)


def update(profile: Profile, given: ProfileContent, paths: Collection[str], now: datetime) -> tuple[Profile, Events]:
    """The profile with the fields at `paths` taken from `given`; the same profile where none of them differs."""
    content = apply_mask(profile.content, given, paths)
    changed = changed_paths(profile.content, content)
    if not changed:
        return profile, ()
    updated = replace(profile, content=content, version=profile.version + 1, update_time=now)
    return updated, (ProfileUpdated(profile.id, updated.version, now, changed),)


def touched(profile: Profile, paths: tuple[str, ...], now: datetime) -> tuple[Profile, Events]:
    """The next version with the same content: what others may see of it at `paths` is another from now on."""
    newer = replace(profile, version=profile.version + 1, update_time=now)
    return newer, (ProfileUpdated(profile.id, newer.version, now, paths),)


def assign(profile: Profile, current: Assignment | None, counsellor: str, unit: str, now: datetime) -> Assigned:
    """Ends the current assignment and begins a new one; nothing changes where the same one already holds."""
    if current is not None and (current.counsellor, current.unit) == (counsellor, unit):
        return Assigned(profile, current, None, ())
    assigned = replace(profile, version=profile.version + 1, update_time=now)
    # Clocks differ, and who asked first may have waited: one assignment never begins before the one that it ends.
    begin = max(now, current.begin_time) if current is not None else now
    return Assigned(
        profile=assigned,
        assignment=Assignment(profile.id, counsellor, unit, begin_time=begin),
        ended=replace(current, end_time=begin) if current is not None else None,
        events=(ProfileAssigned(profile.id, assigned.version, now),),
    )
