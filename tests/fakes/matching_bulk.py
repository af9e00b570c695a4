"""In-memory runs and prepared lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from services.matching.application.ports import StoredProfile
from services.matching.application.prepared import BulkItem, BulkRun, PreparedList, Progress


@dataclass
class Bulk:
    """What lasts of bulk runs. `done` is lists by item."""

    runs: dict[str, BulkRun] = field(default_factory=dict)
    items: dict[str, BulkItem] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    lists: dict[str, PreparedList] = field(default_factory=dict)


class FakeBulkRuns:
    """Runs and their items."""

    def __init__(self, bulk: Bulk, profiles: Mapping[str, StoredProfile]) -> None:
        self._bulk = bulk
        self._profiles = profiles

    async def newest(self) -> Progress | None:
        newest = max(self._bulk.runs.values(), key=lambda run: (run.create_time, run.id), default=None)
        return None if newest is None else await self.progress(newest.id)

    async def scheduled(self, day: date) -> bool:
        return any(run.scheduled_for == day for run in self._bulk.runs.values())

    async def people(self) -> list[str]:
        return sorted(self._profiles)

    async def add(self, run: BulkRun, items: Sequence[BulkItem]) -> None:
        self._bulk.runs[run.id] = run
        self._bulk.items |= {item.id: item for item in items}

    async def progress(self, run_id: str) -> Progress | None:
        if run_id not in self._bulk.runs:
            return None
        items = [item for item in self._bulk.items.values() if item.run_id == run_id]
        done = [item for item in items if item.id in self._bulk.done]
        failed = [item for item in items if item.id in self._bulk.failed and item not in done]
        people, people_done = sum(item.people for item in items), sum(item.people for item in done)
        prepared = sum(self._bulk.done[item.id] for item in done)
        run = self._bulk.runs[run_id]
        return Progress(run, len(items), len(done), people, people_done, prepared, len(failed))

    async def waiting(self, item_id: str) -> BulkItem | None:
        over = item_id in self._bulk.done or item_id in self._bulk.failed
        return None if over else self._bulk.items.get(item_id)

    async def people_of(self, item: BulkItem) -> list[str]:
        return [profile_id for profile_id in sorted(self._profiles) if item.first_id <= profile_id <= item.last_id]

    async def finish(self, item_id: str, prepared: int, now: datetime) -> bool:
        if item_id in self._bulk.done or item_id not in self._bulk.items:
            return False
        self._bulk.done[item_id] = prepared
        return True

    async def give_up(self, item_id: str, reason: str) -> None:
        if item_id in self._bulk.items and item_id not in self._bulk.done:
            self._bulk.failed[item_id] = reason


class FakePreparedLists:
    """Lists until they are served."""

    def __init__(self, bulk: Bulk, profiles: Mapping[str, StoredProfile]) -> None:
        self._lists = bulk.lists
        self._profiles = profiles

    async def put(self, lists: Sequence[PreparedList]) -> int:
        kept = 0
        for each in lists:
            profile, older = self._profiles.get(each.profile_id), self._lists.get(each.profile_id)
            if profile is None or profile.snapshot.version != each.versions.profile_version:
                continue
            if older is None or older.run_id <= each.run_id:
                self._lists[each.profile_id] = each
                kept += 1
        return kept

    async def get(self, profile_id: str) -> PreparedList | None:
        return self._lists.get(profile_id)
