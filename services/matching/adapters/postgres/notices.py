"""Notices with which one process tells the others what it has stored: sent by the store at the commit, in its order.

The text of a notice is `opening:<id>:<version>`, 0 where it was closed, or `vector:<owner>:<id>`.
"""

from dataclasses import dataclass
from typing import LiteralString

from services.matching.application.ports import Owner

STORED_CHANNEL: LiteralString = "stored"


@dataclass(frozen=True, slots=True)
class Notice:
    """An opening has another version now, 0 for none; or the vector of an opening or profile was stored."""

    owner: Owner
    id: str
    version: int = 0
    of_vector: bool = False


def read_notice(payload: str) -> Notice:
    """The notice that a text says. Raises ValueError for any other text."""
    kind, first, second = payload.split(":")
    if kind == "vector":
        return Notice(Owner(first), second, of_vector=True)
    return Notice(Owner(kind), first, int(second))
