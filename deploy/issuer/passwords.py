"""Passwords of the plain sign-in: scrypt (RFC 7914), salted.

A hash is the text `scrypt$<n>$<r>$<p>$<salt>$<key>`, salt (16 bytes) and key (32 bytes) in URL-safe base64.
"""

import base64
import hashlib
import secrets
from hmac import compare_digest

_N, _R, _P = 2**14, 8, 5
"""16 MB and about 150 ms a try: one of the minima of the OWASP Password Storage Cheat Sheet for scrypt."""
_MEMORY = 64 * 1024 * 1024


def hash_password(password: str) -> str:
    """Return the hash to keep."""
    salt = secrets.token_bytes(16)
    return "$".join(("scrypt", str(_N), str(_R), str(_P), _text(salt), _text(_derive(password, salt, _N, _R, _P))))


def verify_password(password: str, kept: str) -> bool:
    """Compare a password with a kept hash in constant time. A hash of another form matches nothing."""
    try:
        scheme, n, r, p, salt, key = kept.split("$")
        if scheme != "scrypt":
            return False
        return compare_digest(_derive(password, _bytes(salt), int(n), int(r), int(p)), _bytes(key))
    except ValueError:
        return False


def _derive(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text)
