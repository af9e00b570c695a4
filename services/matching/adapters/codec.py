"""Domain values as JSON text for storage, and back: msgspec knows frozen dataclasses, enums and dates."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[type, msgspec.json.Decoder[Any]] = {}


def to_json(value: object) -> str:
    """The value as JSON text."""
    return _ENCODER.encode(value).decode()


def from_json(text: str | bytes, kind: type[T]) -> T:
    """The value that `to_json` was given. Fields that are new since then have their defaults.

    Raises msgspec.ValidationError for a text of another shape.
    """
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    value: T = decoder.decode(text)
    return value
