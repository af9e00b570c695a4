"""Erasures in memory."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from services.profiles.domain.erasure import Erasure

if TYPE_CHECKING:
    from tests.fakes.profiles import ProfileStore


class FakeErasures:
    """Erasures over a draft of what is committed."""

    def __init__(self, draft: "ProfileStore") -> None:
        self._draft = draft

    async def count(self, profile_id: str) -> Mapping[str, int]:
        draft = self._draft
        return {
            "profile": int(profile_id in draft.profiles),
            "identity": int(profile_id in draft.identities),
            "changes": sum(change.profile_id == profile_id for change in draft.changes),
            "consents": sum(person == profile_id for person, _ in draft.consents),
            "suggestions": int(profile_id in draft.suggestions),
            "assignments": sum(each.profile_id == profile_id for each in draft.assignments),
            "overrides": sum(each.profile_id == profile_id for each in draft.overrides),
            "access_log": sum(each.profile_id == profile_id for each in draft.accesses),
        }

    async def erase(self, erasure: Erasure) -> None:
        draft, gone = self._draft, erasure.profile_id
        draft.profiles.pop(gone, None)
        draft.identities.pop(gone, None)
        draft.suggestions.pop(gone, None)
        draft.changes = [each for each in draft.changes if each.profile_id != gone]
        draft.assignments = [each for each in draft.assignments if each.profile_id != gone]
        draft.overrides = [each for each in draft.overrides if each.profile_id != gone]
        draft.consents = {key: each for key, each in draft.consents.items() if key[0] != gone}
        draft.answers = {
            key: kept for key, kept in draft.answers.items() if getattr(kept[2], "id", "") != gone
            and getattr(kept[2], "profile_id", "") != gone
        }  # fmt: skip
        draft.erasures.append(erasure)
