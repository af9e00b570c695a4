"""The profiles service as the use cases need it. Ports, as in `ports`."""

from typing import Protocol

from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import Purpose
from shared.kernel.principal import Principal


class AccessGate(Protocol):
    """The profiles service's word on who may read a person's data."""

    async def authorize(self, caller: Principal, profile_id: str, purpose: Purpose, method: str) -> None:
        """Return where it is allowed; the access is then on record. Raises PermissionDenied or Unavailable."""
        ...


class ProfileSource(Protocol):
    """The profiles service as the source of profiles."""

    async def fetch(self, profile_id: str) -> ProfileSnapshot | None:
        """The current profile, or None where there is none any more. Raises Unavailable."""
        ...
