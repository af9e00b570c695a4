"""In-memory fakes of who people are and of what was changed."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from services.profiles.adapters.wire.identity import json_at
from services.profiles.application.ports import Page, Position
from services.profiles.domain.changes import Change, Changed
from services.profiles.domain.finding import Entry, Found, entries
from services.profiles.domain.identity import IdentityRecord
from services.profiles.domain.policy import Relation
from shared.kernel.errors import Aborted
from shared.kernel.ids import new_id

if TYPE_CHECKING:
    from tests.fakes.profiles import ProfileStore


class FakeIdentities:
    """Identities by profile."""

    def __init__(self, draft: "ProfileStore") -> None:
        self._draft = draft

    async def get(self, profile_id: str) -> IdentityRecord:
        return self._draft.identities.get(profile_id, IdentityRecord(profile_id))

    async def put(self, record: IdentityRecord) -> None:
        if (await self.get(record.profile_id)).version + 1 != record.version:
            raise Aborted("IDENTITY_CHANGED", "This has changed meanwhile.")
        self._draft.identities[record.profile_id] = record

    async def protected(self, profile_ids: Collection[str]) -> frozenset[str]:
        return frozenset([each for each in profile_ids if (await self.get(each)).identity.protected])

    async def find(self, wanted: tuple[frozenset[Entry], ...], counsellor: str, unit: str, limit: int) -> list[Found]:
        named = [
            record.profile_id
            for record in self._draft.identities.values()
            if all(each & entries(record.identity) for each in wanted)
        ]
        current = {each.profile_id: each for each in self._draft.assignments if each.end_time is None}
        found = []
        for profile_id in sorted(set(named) & set(current), reverse=True):
            if current[profile_id].counsellor == counsellor:
                found.append(Found(profile_id, Relation.ASSIGNED_COUNSELLOR))
            elif unit and current[profile_id].unit == unit:
                found.append(Found(profile_id, Relation.SAME_UNIT))
        return sorted(found, key=lambda each: each.relation)[:limit]


class FakeChanges:
    """Changes in the order in which they were kept."""

    def __init__(self, draft: "ProfileStore") -> None:
        self._draft = draft

    async def append(self, changed: Changed) -> None:
        for path in changed.paths:
            values = json_at(changed.old, path), json_at(changed.new, path)
            of, by, origin = (changed.profile_id, changed.part, changed.version), changed.by, changed.origin
            self._draft.changes.append(Change(new_id(), *of, changed.time, by, origin, path, *values))

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[Change]:
        mine = sorted(
            (each for each in self._draft.changes if each.profile_id == profile_id),
            key=lambda each: (each.time, each.id),
            reverse=True,
        )
        if after is not None:
            mine = [each for each in mine if (each.time, each.id) < (after.time, after.id)]
        last = mine[limit - 1] if len(mine) > limit else None
        return Page(tuple(mine[:limit]), Position(last.time, last.id) if last else None)
