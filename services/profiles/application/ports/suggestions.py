"""The open suggestions of persons."""

from dataclasses import dataclass
from typing import Protocol

from services.profiles.domain.suggestions import Suggestions


@dataclass(frozen=True, slots=True)
class SuggestionsChanged:
    """Answer to an import and to verdicts: what is open now is read anew, and nothing of a person is kept twice."""

    profile_id: str


class OpenSuggestions(Protocol):
    """The suggestions that nobody has answered yet: one list of each person at most."""

    async def get(self, profile_id: str) -> Suggestions | None:
        """A person's open suggestions, or None."""
        ...

    async def put(self, suggestions: Suggestions) -> None:
        """Keep a person's list in the place of the one before; an empty one is removed. The profile is locked."""
        ...
