"""Canonical JSON (https://protobuf.dev/programming-guides/json/) into messages and back.

Bodies are checked against the descriptors before protobuf's own parser sees them, because that parser stops at the
first fault and its texts are not made for partners.
"""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, TypeVar, cast

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from shared.kernel.errors import FieldViolation, InvalidArgument

M = TypeVar("M", bound=Message)
MASK_DEPTH = 3
"""A mask made from a body names parts at most so deep; what lies deeper is replaced whole."""

_WHOLE = frozenset({"google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask"})
_INTEGERS = (FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT32)
_FLOATS = (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT)


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body. Raises InvalidArgument JSON_INVALID."""
    try:
        value = json.loads(body.decode(), object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise _not_json(
            "It must be JSON in UTF-8, without NaN or Infinity and with no key twice in one object."
        ) from None
    if not isinstance(value, dict):
        raise _not_json("It must be a JSON object.")
    return value


def to_message(value: dict[str, Any], kind: type[M]) -> M:
    """Return the message. Raises InvalidArgument BODY_INVALID with the fields that are wrong, 20 at most."""
    found = list(_faults(value, cast(Descriptor, kind.DESCRIPTOR), ""))
    if not found:
        try:
            return json_format.ParseDict(value, kind())
        except (json_format.ParseError, ValueError, TypeError) as error:
            found = [_unparsed(error)]
    message = f"The body does not fit {kind.DESCRIPTOR.name}: {f'{found[0].field} {found[0].description}'.strip()}"
    raise InvalidArgument("BODY_INVALID", message, violations=tuple(found[:20]))


def to_json(message: Message) -> dict[str, Any]:
    """Return the message as a JSON value; fields with their default value are left out."""
    value: dict[str, Any] = json_format.MessageToDict(message)
    return value


def present_paths(value: dict[str, Any], descriptor: Descriptor, *, skip: frozenset[str] = frozenset()) -> list[str]:
    """Return the proto paths of what a body sets, for use as an update mask."""
    return [path for path in _present(value, descriptor, 1) if path not in skip]


def proto_path(path: str, descriptor: Descriptor) -> str:
    """Return a mask's path with proto names: "work.rightToWork" → "work.right_to_work". Unknown names stay."""
    names: list[str] = []
    at: Descriptor | None = descriptor
    for name in path.split("."):
        field = _field(at, name) if at is not None else None
        names.append(field.name if field is not None else name)
        at = field.message_type if field is not None else None
    return ".".join(names)


def _present(value: dict[str, Any], descriptor: Descriptor, depth: int) -> Iterator[str]:
    for key, inner in value.items():
        field = _field(descriptor, key)
        if field is None:
            continue
        message = _message_of(field)
        if message is None or field.is_repeated or not inner or not isinstance(inner, dict) or depth == MASK_DEPTH:
            yield field.name
        else:
            yield from (f"{field.name}.{path}" for path in _present(inner, message, depth + 1))


def _faults(value: dict[str, Any], descriptor: Descriptor, path: str) -> Iterator[FieldViolation]:
    for key, inner in value.items():
        field = _field(descriptor, key)
        place = f"{path}.{key}" if path else key
        if field is None:
            yield _unknown(place, key, descriptor)
        elif inner is not None:
            yield from _field_faults(inner, field, place)
    for choice in descriptor.oneofs:
        given = [field.json_name for field in choice.fields if _given(value, field)]
        if len(given) > 1:
            yield FieldViolation(path, "ONEOF_TWICE", f"may have one of {', '.join(given)}, not more.")


def _given(value: dict[str, Any], field: FieldDescriptor) -> bool:
    return value.get(field.json_name) is not None or value.get(field.name) is not None


def _unparsed(error: Exception) -> FieldViolation:
    """What protobuf's parser still refuses, such as a timestamp on 31 February; its text ends with the place."""
    found = re.search(r" at \w+\.([\w.\[\]]+?)\.?$", str(error))
    return FieldViolation(found.group(1) if found else "", "VALUE_INVALID", "has a form that the field cannot take.")


def _field_faults(value: Any, field: FieldDescriptor, path: str) -> Iterator[FieldViolation]:
    message = field.message_type
    if message is not None and message.GetOptions().map_entry:
        yield from _map_faults(value, message.fields_by_name["value"], path)
    elif not field.is_repeated:
        yield from _value_faults(value, field, path)
    elif not isinstance(value, list):
        yield FieldViolation(path, "TYPE_WRONG", "must be a list.")
    else:
        for index, item in enumerate(value):
            yield from _value_faults(item, field, f"{path}[{index}]")


def _map_faults(value: Any, values: FieldDescriptor, path: str) -> Iterator[FieldViolation]:
    if not isinstance(value, dict):
        yield FieldViolation(path, "TYPE_WRONG", "must be an object.")
    else:
        for key, item in value.items():
            yield from _value_faults(item, values, f"{path}.{key}"[:200])


def _value_faults(value: Any, field: FieldDescriptor, path: str) -> Iterator[FieldViolation]:
    message = _message_of(field)
    if message is not None:
        if isinstance(value, dict):
            yield from _faults(value, message, path)
        else:
            yield FieldViolation(path, "TYPE_WRONG", "must be an object.")
    elif field.enum_type is not None:
        yield from _enum_faults(value, field.enum_type, path)
    elif expected := _scalar_fault(value, field):
        yield FieldViolation(path, "TYPE_WRONG", expected)


def _enum_faults(value: Any, enum: EnumDescriptor, path: str) -> Iterator[FieldViolation]:
    if isinstance(value, bool) or not isinstance(value, str | int):
        yield FieldViolation(path, "TYPE_WRONG", f"must be one of {', '.join(enum.values_by_name)}.")
    elif isinstance(value, str) and value not in enum.values_by_name:
        nearest = _nearest(value.upper(), list(enum.values_by_name))
        yield FieldViolation(path, "ENUM_UNKNOWN", f"must be one of {', '.join(enum.values_by_name)}.", nearest=nearest)


def _scalar_fault(value: Any, field: FieldDescriptor) -> str:
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return "" if isinstance(value, bool) else "must be true or false."
    if field.cpp_type in _INTEGERS:
        return "" if _is_whole(value, field) else "must be a whole number within its range."
    if field.cpp_type in _FLOATS:
        return "" if _is_number(value) else "must be a finite number."
    if not isinstance(value, str):
        return "must be a text."
    # A lone surrogate ("\ud800" in JSON) is no Unicode text and cannot be encoded.
    return "" if not any("\ud800" <= char <= "\udfff" for char in value) else "must be valid Unicode."


def _is_whole(value: Any, field: FieldDescriptor) -> bool:
    bits = 63 if field.cpp_type == FieldDescriptor.CPPTYPE_INT64 else 31
    if isinstance(value, str) and len(value) <= 20 and value.removeprefix("-").isdecimal():
        value = int(value)
    whole = isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
    return whole and -(2**bits) <= value < 2**bits


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e308


def _message_of(field: FieldDescriptor) -> Descriptor | None:
    """The message that a field holds as a JSON object; None for scalars and messages that are a text in JSON."""
    message: Descriptor | None = field.message_type
    return None if message is None or message.full_name in _WHOLE else message


def _field(descriptor: Descriptor, key: str) -> FieldDescriptor | None:
    found: FieldDescriptor | None = descriptor.fields_by_camelcase_name.get(key) or descriptor.fields_by_name.get(key)
    return found


def _unknown(path: str, key: str, descriptor: Descriptor) -> FieldViolation:
    nearest = _nearest(key, [field.json_name for field in descriptor.fields])
    return FieldViolation(path[:200], "FIELD_UNKNOWN", f"is not a field of {descriptor.name}.", nearest=nearest)


def _nearest(word: str, known: list[str]) -> str:
    return next(iter(get_close_matches(word[:100], known, 1)), "")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError
    return value


def _refuse_constant(_: str) -> None:
    raise ValueError


def _not_json(rule: str) -> InvalidArgument:
    return InvalidArgument("JSON_INVALID", f"The body cannot be read. {rule}")
