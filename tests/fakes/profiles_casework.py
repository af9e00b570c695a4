"""In-memory fakes of answers to vacancies and of broken glass."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.profiles.application.ports import Page, Position
from services.profiles.domain.consents import ConsentState, VacancyConsent
from services.profiles.domain.overrides import AccessOverride
from tests.fakes.profiles_paging import page_of

if TYPE_CHECKING:
    from tests.fakes.profiles import ProfileStore


class FakeConsents:
    """Answers to vacancies by profile and opening."""

    def __init__(self, draft: "ProfileStore") -> None:
        self._draft = draft

    async def get(self, profile_id: str, opening_id: str) -> VacancyConsent | None:
        return self._draft.consents.get((profile_id, opening_id))

    async def put(self, consent: VacancyConsent) -> None:
        self._draft.consents[consent.profile_id, consent.opening_id] = consent

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[VacancyConsent]:
        mine = [kept for kept in self._draft.consents.values() if kept.profile_id == profile_id]
        return page_of([(Position(kept.update_time, kept.id), kept) for kept in mine], after, limit)

    async def given(self, opening_id: str, profile_ids: Sequence[str]) -> frozenset[str]:
        kept = (self._draft.consents.get((profile_id, opening_id)) for profile_id in profile_ids)
        return frozenset(each.profile_id for each in kept if each is not None and each.state is ConsentState.GIVEN)


class FakeOverrides:
    """Openings of records in the order in which they were made."""

    def __init__(self, draft: "ProfileStore") -> None:
        self._draft = draft

    async def add(self, override: AccessOverride) -> None:
        self._draft.overrides.append(override)

    async def holds(self, profile_id: str, counsellor: str, unit: str, now: datetime) -> bool:
        wanted = (profile_id, counsellor, unit)
        return any(
            (kept.profile_id, kept.counsellor, kept.unit) == wanted and kept.begin_time <= now < kept.end_time
            for kept in self._draft.overrides
        )

    async def count(self, counsellor: str, since: datetime) -> int:
        return sum(kept.counsellor == counsellor and kept.begin_time > since for kept in self._draft.overrides)

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[AccessOverride]:
        mine = [kept for kept in self._draft.overrides if kept.profile_id == profile_id]
        return page_of([(Position(kept.begin_time, kept.id), kept) for kept in mine], after, limit)

    async def newest(self, after: Position | None, limit: int) -> Page[AccessOverride]:
        return page_of([(Position(kept.begin_time, kept.id), kept) for kept in self._draft.overrides], after, limit)
