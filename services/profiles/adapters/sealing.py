"""Sealing of what is kept about a person: each person has a key, and no value is readable without it.

A person's key is 32 random bytes. It seals values by AES-256-GCM (NIST SP 800-38D) with a random nonce, bound to their
place: a value that is moved to another column, person or version does not open. The key itself is kept wrapped (RFC
3394) by a key-encryption key that the database never sees, so that destroying the wrapped key erases the person
wherever a copy of the rows may be. Nothing is cached: unwrapping costs about a microsecond, and a key that was
destroyed opens nothing from then on.
"""

import base64
import binascii
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from shared.kernel.errors import Internal

_KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A person's key as it is kept: the id of the key that wraps it, and 40 bytes."""

    kek_id: str
    wrapped: bytes = field(repr=False)


class PersonCipher:
    """Seals and opens the values of one person."""

    def __init__(self, profile_id: str, key: bytes) -> None:
        self._profile_id = profile_id
        self._gcm = AESGCM(key)

    def seal(self, value: bytes, place: str, version: int = 0) -> bytes:
        """Nonce, ciphertext and tag. `place` is "table.column", with what else tells two values of a person apart."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._gcm.encrypt(nonce, value, self._bound_to(place, version))

    def open(self, sealed: bytes, place: str, version: int = 0) -> bytes:
        """What `seal` was given with the same place and version. Raises Internal SEAL_BROKEN for anything else."""
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._gcm.decrypt(nonce, ciphertext, self._bound_to(place, version))
        except (InvalidTag, ValueError):
            message = f"A value of {place} does not open: it was changed, or belongs elsewhere. Restore the row."
            raise Internal("SEAL_BROKEN", message) from None

    def _bound_to(self, place: str, version: int) -> bytes:
        return f"{place}|{self._profile_id}|{version}".encode()


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The key-encryption keys by id, the id of the one that wraps new keys, and the key of the blind index."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)
    index: bytes = field(repr=False)

    def new_key(self) -> WrappedKey:
        """A fresh key for a person."""
        return self._wrap(os.urandom(_KEY_BYTES))

    def cipher(self, profile_id: str, key: WrappedKey) -> PersonCipher:
        """The cipher of a person. Raises Internal as `rewrapped`."""
        return PersonCipher(profile_id, self._unwrap(key))

    def rewrapped(self, key: WrappedKey) -> WrappedKey:
        """The same key wrapped by the current one.

        Raises Internal PERSON_KEY_UNKNOWN where the file lacks the key that wraps it, PERSON_KEY_UNREADABLE.
        """
        return self._wrap(self._unwrap(key))

    def digest(self, kind: str, text: str) -> bytes:
        """The entry of the blind index for a text: HMAC-SHA-256 under the index key, 32 bytes."""
        return hmac.digest(self.index, f"{kind}|{text}".encode(), sha256)

    def _wrap(self, key: bytes) -> WrappedKey:
        return WrappedKey(self.current, aes_key_wrap(self.keys[self.current], key))

    def _unwrap(self, key: WrappedKey) -> bytes:
        kek = self.keys.get(key.kek_id)
        if kek is None:
            message = f"The file of person keys has no key {key.kek_id!r}: put it back beside the newer ones."
            raise Internal("PERSON_KEY_UNKNOWN", message)
        try:
            return aes_key_unwrap(kek, key.wrapped)
        except InvalidUnwrap:
            message = f"A person's key does not unwrap by key {key.kek_id!r}: the file holds another one by that name."
            raise Internal("PERSON_KEY_UNREADABLE", message) from None


def key_ring_file(text: str) -> KeyRing:
    """Parse a setting that names the file: {"current": id, "keys": {id: base64url}, "index": base64url}, 32 bytes each.

    Raises ValueError with what is expected; no part of the file is quoted.
    """
    try:
        given = json.loads(Path(text).read_bytes())
        keys = {str(name): _key(value) for name, value in given["keys"].items()}
        ring = KeyRing(current=str(given["current"]), keys=keys, index=_key(given["index"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(_EXPECTED) from None
    if ring.current not in ring.keys:
        raise ValueError(_EXPECTED)
    return ring


_EXPECTED = (
    "the path of a JSON file that this process can read:"
    ' {"current": id, "keys": {id: key}, "index": key}, each key 32 bytes in base64url'
)


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if len(key) != _KEY_BYTES:
        raise ValueError("another length")
    return key
