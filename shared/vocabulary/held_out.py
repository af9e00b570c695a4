"""Which concepts are kept out of training and look-up whenever quality is measured: a fixed fifth of all of them."""

from __future__ import annotations

from hashlib import sha256

_ONE_IN = 5


def is_held_out(uri: str) -> bool:
    """Whether the concept is kept for measuring: by its URI alone, so that every program agrees without a list."""
    return sha256(uri.encode()).digest()[0] % _ONE_IN == 0
