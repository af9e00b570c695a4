"""Showing people so that nobody is recognised: all that is shown of one is shown, together, of at least four others.

k-anonymity by suppression (Samarati and Sweeney, 1998), with k = 5: values that fewer share are withheld, and totals
are those of blocks of five or more who are alike in all that is shown and follow each other by total
(microaggregation). The place in the list follows from what is shown alone: within a block it goes by the handle, which
says nothing.
"""

import base64
import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

ANONYMITY_VERSION = "2026.1"
"""Changes with every change of what is withheld and how; recorded with every list of candidates."""
LEAST = 5
"""So many people share whatever is shown of one of them."""
WITHHELD = "withheld"
TOTAL_DECIMALS = 2
_HANDLE_BYTES = 16


class Handles:
    """Stand-ins for people: each is good for one reader and one vacancy, and none can be led back or joined."""

    def __init__(self, secret: bytes) -> None:
        """Raises ValueError for a secret of less than 16 bytes."""
        if len(secret) < 16:
            raise ValueError("The secret for handles is too short: use at least 16 random bytes.")
        # A key of its own: the same secret may serve other purposes.
        self._key = hmac.digest(secret, b"polku handles of candidates", sha256)

    def of(self, reader: str, opening_id: str, profile_id: str) -> str:
        """The handle, 22 characters. `reader` says who reads: another reader gets another handle."""
        said = "\0".join((reader, opening_id, profile_id)).encode()
        tag = hmac.digest(self._key, said, sha256)[:_HANDLE_BYTES]
        return base64.urlsafe_b64encode(tag).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody to be shown. `values` are of the same aspects for all, those that matter most first."""

    id: str
    handle: str
    total: float
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """What is shown of somebody. `total` None is withheld, as are values that are WITHHELD."""

    id: str
    handle: str
    values: tuple[str, ...]
    total: float | None


@dataclass(frozen=True, slots=True)
class _Block:
    """People of whom the same is shown."""

    members: tuple[Subject, ...]
    values: tuple[str, ...]
    total: float | None

    @property
    def place(self) -> tuple[bool, float, str]:
        """Key of the order, made of what is shown."""
        return self.total is None, -(self.total or 0.0), min(member.handle for member in self.members)


def arrange(subjects: Iterable[Subject], known: frozenset[str] = frozenset(), least: int = LEAST) -> tuple[Placed, ...]:
    """Everybody, best first, with what is shown of them; independent of the order in which they come.

    known  ids of those who are shown by name: nothing of theirs is withheld, and nobody hides among them
    """
    everybody = sorted(subjects, key=lambda subject: subject.handle)
    blocks = [_Block((each,), each.values, each.total) for each in everybody if each.id in known]
    hidden = [each for each in everybody if each.id not in known]
    if len(hidden) >= least:
        for group, values in _alike(hidden, least):
            blocks += _near(group, values, least)
    elif hidden:
        blocks.append(_Block(tuple(hidden), (WITHHELD,) * len(hidden[0].values), None))
    return tuple(
        Placed(member.id, member.handle, block.values, block.total)
        for block in sorted(blocks, key=lambda block: block.place)
        for member in block.members
    )


Alike = list[tuple[list[Subject], tuple[str, ...]]]


def _alike(people: list[Subject], least: int) -> Alike:
    """Groups of at least `least` people with the values that are shown of them all."""
    groups: Alike = [(people, ())]
    for place in range(len(people[0].values)):
        groups = [
            (members, (*shown, value)) for group, shown in groups for value, members in _split(group, place, least)
        ]
    return groups


def _split(group: Sequence[Subject], place: int, least: int) -> list[tuple[str, list[Subject]]]:
    """A group by the values of one aspect. Those whose value is too rare hide among enough others."""
    by_value: defaultdict[str, list[Subject]] = defaultdict(list)
    for member in group:
        by_value[member.values[place]].append(member)
    rarest_first = sorted(by_value.items(), key=lambda one: (len(one[1]), one[0]))
    hidden: list[Subject] = []
    # That someone's value is withheld must not say either that it is not the one of all the others.
    while rarest_first and (len(rarest_first[0][1]) < least or 0 < len(hidden) < least):
        hidden += rarest_first.pop(0)[1]
    return [*rarest_first, (WITHHELD, hidden)] if hidden else rarest_first


def _near(group: Iterable[Subject], values: tuple[str, ...], least: int) -> list[_Block]:
    """A group cut into blocks of at least `least` that follow each other by total; a rest goes with the last one."""
    best_first = sorted(group, key=lambda member: (-member.total, member.handle))
    starts = range(0, len(best_first) - least + 1, least)
    blocks = []
    for start in starts:
        members = best_first[start:] if start == starts[-1] else best_first[start : start + least]
        total = round(sum(member.total for member in members) / len(members), TOTAL_DECIMALS)
        blocks.append(_Block(tuple(sorted(members, key=lambda member: member.handle)), values, total))
    return blocks
