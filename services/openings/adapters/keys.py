"""Secrets of API keys, by the mechanism that all services share."""

from services.openings.application.ports import NewSecret
from shared.runtime.auth import hash_secret, new_key, verify_secret


class PepperedSecrets:
    """HMAC-SHA-256 with a pepper that is not in the database. Fulfils `application.ports.Secrets`."""

    def __init__(self, pepper: str) -> None:
        self._pepper = pepper

    def new(self) -> NewSecret:
        """A fresh key."""
        kid, secret = new_key()
        return NewSecret(kid, secret, hash_secret(self._pepper, secret))

    def fits(self, secret: str, secret_hash: str) -> bool:
        """Whether the hash is the secret's, in constant time."""
        return verify_secret(self._pepper, secret, secret_hash)
