"""Publishers and their API keys: two live keys at most, so that a key can be replaced without a gap."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.openings.domain.values import text_of
from shared.kernel.errors import FailedPrecondition

MOST_LIVE_KEYS = 2
KEY_LIFE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Publisher:
    """A partner system that publishes."""

    id: str
    display_name: str = field(metadata=text_of(200))
    create_time: datetime


@dataclass(frozen=True, slots=True)
class PublisherKey:
    """An API key. Its secret is shown once and never kept: only its hash is."""

    kid: str
    publisher: str
    secret_hash: str = field(repr=False)
    create_time: datetime
    expire_time: datetime
    revoke_time: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether calls with it are accepted."""
        return self.revoke_time is None and now < self.expire_time


def new_key(publisher: str, kid: str, secret_hash: str, keys: tuple[PublisherKey, ...], now: datetime) -> PublisherKey:
    """Return a key beside the publisher's others. Raises FailedPrecondition PUBLISHER_KEYS_FULL."""
    live = sum(key.is_live(now) for key in keys)
    if live >= MOST_LIVE_KEYS:
        raise FailedPrecondition(
            "PUBLISHER_KEYS_FULL",
            f"The publisher has {live} live keys. Revoke the one that is not used any more, then make a new one.",
            metadata={"live_keys": str(live)},
        )
    return PublisherKey(kid, publisher, secret_hash, now, now + KEY_LIFE)


def revoked(key: PublisherKey, now: datetime) -> PublisherKey:
    """Return the key ended; a key that has been revoked stays as it is."""
    return key if key.revoke_time is not None else replace(key, revoke_time=now)
