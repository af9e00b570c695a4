"""Signatures of the heads of the access log: JWS compact serialisation (RFC 7515), ES256."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet

from services.profiles.domain.access_log import Head
from shared.runtime.auth import SERVICE_ISSUER
from shared.runtime.issuers import read_issuers

_ALGORITHM = "ES256"
_TYPE = "polku-access-head"
"""A type of its own: a head is no token, and no token is a head."""


class HeadSigner:
    """Signs heads with the service's key."""

    def __init__(self, key: Mapping[str, Any]) -> None:
        """`key` is a private JWK on curve P-256."""
        self._key = ECKey.import_key(dict(key))
        self._header = {"alg": _ALGORITHM, "typ": _TYPE, **({"kid": key["kid"]} if "kid" in key else {})}

    def sign(self, head: Head) -> str:
        """The signature of a head, which holds the head."""
        return jws.serialize_compact(self._header, _payload(head), self._key, algorithms=[_ALGORITHM])


def is_signed(head: Head, keys: Sequence[Key]) -> bool:
    """Whether one of the keys has signed this head, and no other."""
    return any(_is_signed_by(head, key) for key in keys)


def keys_of_service(issuers_file: Path, service: str) -> Sequence[Key]:
    """The public keys of a service in the issuers file, none where it has none."""
    issuer = read_issuers(issuers_file).get(f"{SERVICE_ISSUER}{service}")
    given = [dict(key) for key in issuer.jwks.get("keys", [])] if issuer is not None else []
    return KeySet.import_key_set({"keys": given}).keys if given else []


def read_heads(path: str) -> tuple[Head, ...]:
    """Heads as ListAccessHeads answers them, kept by somebody in a file. Raises ValueError for anything else."""
    try:
        given = json.loads(Path(path).read_text(encoding="utf-8"))
        return tuple(
            Head(
                position=int(head["position"]),
                digest=bytes.fromhex(head["digest"]),
                time=datetime.fromisoformat(head["time"]),
                signature=head.get("signature", ""),
            )
            for head in given["heads"]
        )
    except (OSError, KeyError, TypeError, ValueError):
        raise ValueError("a file of heads as GET /v1/access-log/heads answers them") from None


def _is_signed_by(head: Head, key: Key) -> bool:
    try:
        signed = jws.deserialize_compact(head.signature, key, algorithms=[_ALGORITHM])
    except (JoseError, ValueError):
        return False
    return signed.headers().get("typ") == _TYPE and signed.payload == _payload(head)


def _payload(head: Head) -> bytes:
    time = head.time.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps({"position": head.position, "digest": head.digest.hex(), "time": time}).encode()
