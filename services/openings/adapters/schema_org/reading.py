"""JSON-LD values with the JSON pointer at which they stand, and the faults that are found while they are read.

A reader never raises for what a publisher sent: it notes a fault and goes on, so that all faults are told at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TypeVar

from shared.kernel.errors import FieldViolation

Choice = TypeVar("Choice")
Scalar = str | int | float | bool

MOST_HINTS = 5
"""A hint compares a value with a whole list, and an item may hold hundreds of wrong values."""
_PREFIX = re.compile(r"^(schema:|https?://schema\.org/)")
_LONGEST_VALUE = 100


@dataclass(slots=True)
class Faults:
    """What is wrong with one item, in the order in which it was read."""

    violations: list[FieldViolation] = field(default_factory=list)

    @property
    def hints_left(self) -> bool:
        """Whether another costly hint may be looked up."""
        return len(self.violations) < MOST_HINTS


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value; `pointer` is its RFC 6901 pointer in the document, `language` that of texts without a tag."""

    value: object
    pointer: str
    faults: Faults = field(repr=False, compare=False)
    language: str = ""

    def all(self, name: str) -> list[Node]:
        """The values of a schema.org property: JSON-LD makes no difference between one value and a list of one."""
        if not isinstance(self.value, Mapping):
            return []
        return [node for key in self.value if local_name(key) == name for node in self._child(key).flat()]

    def one(self, name: str) -> Node | None:
        """The first value of a property; None where there is none."""
        return next(iter(self.all(name)), None)

    def first(self, *names: str) -> Node | None:
        """The first value of the first of these properties that is there."""
        return next((node for name in names for node in self.all(name)), None)

    def flat(self) -> list[Node]:
        """The value itself, or the items of the list (or `@list`, `@set`) that it is; null is no value."""
        if isinstance(self.value, list):
            return [
                node for number, item in enumerate(self.value) if (node := self._at(number, item)).value is not None
            ]
        if isinstance(self.value, Mapping):
            for key in ("@list", "@set"):
                if isinstance(self.value.get(key), list):
                    return self._child(key).flat()
        return [] if self.value is None else [self]

    def types(self) -> frozenset[str]:
        """Names of the schema.org types of a node object."""
        given = self.value.get("@type") if isinstance(self.value, Mapping) else None
        names = given if isinstance(given, list) else [given]
        return frozenset(local_name(name) for name in names if isinstance(name, str))

    def members(self) -> Iterator[tuple[str, Node]]:
        """The members of an object, names as they are written."""
        if isinstance(self.value, Mapping):
            for key in self.value:
                if isinstance(key, str):
                    yield key, self._child(key)

    def scalar(self) -> Scalar | None:
        """The string, number or truth value, freed from `@value`; None for an object, a list or null."""
        value = self.value.get("@value") if isinstance(self.value, Mapping) else self.value
        return value if isinstance(value, str | int | float) else None

    def text(self) -> str:
        """The string without blanks around it; "" for anything else. A text that is no Unicode is a fault."""
        value = self.scalar()
        if not isinstance(value, str):
            return ""
        try:
            value.encode()
        except UnicodeEncodeError:
            self.fault("TEXT_INVALID", "Send whole Unicode characters: this text holds half of one.")
            return ""
        return value.strip()

    def with_language(self, language: str) -> Node:
        """The same value, with another language for texts without a tag."""
        return replace(self, language=language)

    def fault(self, reason: str, description: str, *, value: str = "", nearest: str = "") -> None:
        """Notes that this value is wrong. `value` and `nearest` are for codes only, never for what names a person."""
        shown = value.encode(errors="replace").decode()[:_LONGEST_VALUE]
        self.faults.violations.append(FieldViolation(self.pointer, reason, description, shown, nearest))

    def _child(self, key: str) -> Node:
        assert isinstance(self.value, Mapping)  # noqa: S101 - callers have looked
        return self._at(key, self.value[key])

    def _at(self, step: str | int, value: object) -> Node:
        return replace(self, value=value, pointer=f"{self.pointer}/{escaped(step)}")


def local_name(name: object) -> str:
    """The name of a schema.org term without its prefix; other names as they are, and "" for what is no name."""
    return _PREFIX.sub("", name, count=1) if isinstance(name, str) else ""


def escaped(step: str | int) -> str:
    """A step of a JSON pointer (RFC 6901), in Unicode that can be sent."""
    return str(step).encode(errors="replace").decode().replace("~", "~0").replace("/", "~1")


def choose(node: Node | None, table: Mapping[str, Choice], reason: str, what: str) -> Choice | None:
    """What the table has for the node's word, in any case and with _ or blanks for -; a fault where it has nothing."""
    if node is None:
        return None
    word = local_name(node.text())
    found = table.get(folded(word))
    if found is None:
        node.fault(reason, f"Use {what}: {', '.join(table)}.", value=word, nearest=nearest(word, table))
    return found


def folded(word: str) -> str:
    """A word as the tables write it."""
    return word.casefold().replace("_", "-").replace(" ", "-")


def nearest(word: str, words: Iterable[str]) -> str:
    """The word of a short list that is spelt most like this one, "" where none is."""
    return next(iter(get_close_matches(folded(word)[:_LONGEST_VALUE], list(words), n=1, cutoff=0.5)), "")
