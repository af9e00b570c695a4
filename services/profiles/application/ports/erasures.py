"""Erasures: what is kept of a person, and its end."""

from collections.abc import Mapping
from typing import Protocol

from services.profiles.domain.erasure import Erasure


class Erasures(Protocol):
    """The erasures."""

    async def count(self, profile_id: str) -> Mapping[str, int]:
        """How many entries are kept of a person, by place."""
        ...

    async def erase(self, erasure: Erasure) -> None:
        """Delete the key and everything that is kept of a locked profile, but for the access log; keep the erasure."""
        ...
