"""An opening as a few hundred bytes: what is shown of it and what rules read of it, without its descriptions."""

import re
import types
import zlib
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, lru_cache, reduce
from hashlib import sha256
from operator import or_
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from services.matching.domain.columns.storage import Facets
from services.matching.domain.signals import OpeningSignals
from services.matching.domain.snapshots import OpeningSnapshot
from services.matching.domain.values import OpeningKind

_Kept = tuple[OpeningSnapshot, OpeningSignals]
_ENCODER = msgspec.msgpack.Encoder()
_RAW_DEFLATE = -15
_LEVEL = 1  # 6 saves 3 % more
_USUAL: dict[Any, Any] = {
    "url": "https://www.",
    "language": "fi",
    "municipality": "091",
    bool: False,
    int: 1,
    float: 1.0,
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    str: "",
}


_CONCEPT = re.compile(rb"http://data\.europa\.eu/esco/\w+/[0-9A-Za-z-]+")
_MARK, _WIDTH = b"\xc1", 3  # msgpack never uses this byte for a type; in numbers and texts it may occur
_NUMBER = re.compile(_MARK + b"(.{%d})" % _WIDTH, re.DOTALL)
_THE_BYTE_ITSELF = b"\xff" * _WIDTH


class Packing:
    """Packs and unpacks. Concepts are kept once, by number: they are most of what an opening would take.

    concepts  the URIs met so far; what is packed can be read with this table or one that has grown out of it
    """

    def __init__(self, concepts: Facets[bytes] | None = None) -> None:
        self.concepts: Facets[bytes] = Facets(bytes) if concepts is None else concepts

    def pack(self, snapshot: OpeningSnapshot, signals: OpeningSignals) -> bytes:
        """The bytes."""
        plain = _plain(snapshot, signals).replace(_MARK, _MARK + _THE_BYTE_ITSELF)
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW_DEFLATE, zdict=dictionary())
        return packer.compress(_CONCEPT.sub(self._numbered, plain)) + packer.flush()

    def unpack(self, packed: bytes) -> _Kept:
        """What `pack` was given, without descriptions."""
        plain = zlib.decompressobj(_RAW_DEFLATE, zdict=dictionary()).decompress(packed)
        rows = _decoder().decode(_NUMBER.sub(self._named, plain))
        kept: _Kept = msgspec.convert(rows, _Kept, from_attributes=True)
        return kept

    def _numbered(self, found: re.Match[bytes]) -> bytes:
        return _MARK + self.concepts.number(found[0]).to_bytes(_WIDTH)

    def _named(self, found: re.Match[bytes]) -> bytes:
        return _MARK if found[1] == _THE_BYTE_ITSELF else self.concepts.key(int.from_bytes(found[1]))


@lru_cache(maxsize=1)
def dictionary() -> bytes:
    """What packed openings have in common: one of which everything is known, and one of which nothing is."""
    known = _plain(_specimen(OpeningSnapshot, ""), _specimen(OpeningSignals, ""))
    return known + _plain(OpeningSnapshot("", 1, OpeningKind.VACANCY), OpeningSignals(""))


def dictionary_digest() -> str:
    """Tells dictionaries apart: bytes can be read with the one alone with which they were made."""
    return sha256(dictionary()).hexdigest()


def _plain(snapshot: OpeningSnapshot, signals: OpeningSignals) -> bytes:
    rows = msgspec.convert((replace(snapshot, descriptions=()), signals), _rows_of(_Kept), from_attributes=True)
    return _ENCODER.encode(rows)


@lru_cache(maxsize=1)
def _decoder() -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(_rows_of(_Kept))


@cache
def _rows_of(kind: Any) -> Any:
    """The same type with the fields of each class by place, without their names."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        named = [(field.name, _rows_of(hints[field.name])) for field in fields(kind)]
        return msgspec.defstruct(kind.__name__, named, array_like=True, frozen=True)
    arguments = tuple(inner if inner is Ellipsis else _rows_of(inner) for inner in get_args(kind))
    if isinstance(kind, types.UnionType):
        return reduce(or_, arguments)
    origin = get_origin(kind)
    return kind if origin is None else origin[arguments]


def _specimen(kind: Any, name: str) -> Any:
    """A value of this type with all that it can have; `name` is that of the field."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{field.name: _specimen(hints[field.name], field.name) for field in fields(kind)})
    if get_origin(kind) is tuple:
        return (_specimen(get_args(kind)[0], name),) * 2
    if isinstance(kind, types.UnionType):
        return _specimen(get_args(kind)[0], name)
    if issubclass(kind, Enum):
        return list(kind)[min(1, len(kind) - 1)]
    return _USUAL[name if kind is str and name in _USUAL else kind]
