"""Pages of lists: sizes, and opaque tokens that the caller cannot alter or use elsewhere."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from hashlib import sha256

from shared.kernel.errors import FieldViolation, InvalidArgument

Cursor = Mapping[str, str | int | float]
_TAG_BYTES = 16
_LONGEST_TOKEN = 2048


class PageTokens:
    """Signs cursors with HMAC-SHA256. A cursor holds ids and positions only: it is readable by the caller."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("The secret for page tokens is too short: use at least 16 random bytes.")
        self._secret = secret

    def encode(self, cursor: Cursor, bound_to: str) -> str:
        """Return a token for `cursor` that decodes only with the same `bound_to` (caller, method and filter).

        Raises ValueError for a cursor that is too large to come back (about 1,500 bytes of JSON).
        """
        body = json.dumps(dict(cursor), separators=(",", ":"), sort_keys=True, allow_nan=False).encode()
        token = base64.urlsafe_b64encode(self._tag(body, bound_to) + body).decode().rstrip("=")
        if len(token) > _LONGEST_TOKEN:
            raise ValueError("The cursor is too large for a page token: put ids and positions only into it.")
        return token

    def decode(self, token: str, bound_to: str) -> dict[str, str | int | float]:
        """Return the cursor, {} for the empty token. Raises InvalidArgument PAGE_TOKEN_INVALID."""
        if not token:
            return {}
        if len(token) > _LONGEST_TOKEN:
            raise _token_invalid()
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise _token_invalid() from None
        tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(body, bound_to)):
            raise _token_invalid()
        cursor: dict[str, str | int | float] = json.loads(body)
        return cursor

    def _tag(self, body: bytes, bound_to: str) -> bytes:
        # The length in front keeps ("ab", "c") and ("a", "bc") apart.
        bound = bound_to.encode()
        return hmac.digest(self._secret, len(bound).to_bytes(4, "big") + bound + body, sha256)[:_TAG_BYTES]


def page_size(requested: int, default: int = 20, maximum: int = 100) -> int:
    """Return the size to use: 0 means `default`. Raises InvalidArgument PAGE_SIZE_OUT_OF_RANGE."""
    if requested == 0:
        return default
    if 0 < requested <= maximum:
        return requested
    rule = f"Ask for 1 to {maximum} items, or 0 for the default of {default}."
    violation = FieldViolation(field="page_size", reason="PAGE_SIZE_OUT_OF_RANGE", description=rule)
    raise InvalidArgument("PAGE_SIZE_OUT_OF_RANGE", f"page_size is out of range. {rule}", violations=(violation,))


def _token_invalid() -> InvalidArgument:
    rule = "Use next_page_token of the same list with the same filter, or start from the first page."
    violation = FieldViolation(field="page_token", reason="PAGE_TOKEN_INVALID", description=rule)
    return InvalidArgument("PAGE_TOKEN_INVALID", f"The page token is not valid here. {rule}", violations=(violation,))
