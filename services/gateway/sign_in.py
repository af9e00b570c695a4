"""Signing in to the pages, and the tokens that the services are shown on a signed-in user's behalf: the port."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.gateway.sessions import Grant, Pending

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Started:
    """The way to the identity provider, and what the session keeps until the browser comes back."""

    url: str
    pending: Pending


class SignIn(Protocol):
    """Says who somebody is. Its errors are Unavailable SIGN_IN_UNAVAILABLE where the provider cannot be asked."""

    async def begin(self, language: str, target: str) -> Started:
        """Begin; `target` is the path of this site to which signing in leads, "" for the role's own page."""
        ...

    async def finish(self, pending: Pending, answer: Mapping[str, str], now: datetime) -> Grant | None:
        """Who has come back with this answer; None where the provider refused, or the answer is none to `pending`."""
        ...

    async def renewed(self, grant: Grant, now: datetime) -> Grant | None:
        """The same grant while its token lasts for a while, else a new one; None where the provider gives none more."""
        ...

    def leaving(self, grant: Grant) -> str:
        """Where the browser goes to sign out at the provider too; "" where there is no such place."""
        ...
