"""Messages as JSON Schema 2020-12, following the proto3 JSON mapping (https://protobuf.dev/programming-guides/json/)."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import polku
from buf.validate import validate_pb2
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import Message

Comments = Mapping[str, str]
Schema = dict[str, Any]

_IMAGE = Path(next(iter(polku.__path__))).parent / "image.binpb"
_WELL_KNOWN: Mapping[str, Schema] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.FieldMask": {"type": "string", "description": "Field names separated by commas."},
}
_SCALARS: Mapping[int, Schema] = {
    FieldDescriptor.CPPTYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.CPPTYPE_INT32: {"type": "integer", "format": "int32"},
    # 64 bits do not fit a JavaScript number: the JSON mapping writes them as text.
    FieldDescriptor.CPPTYPE_INT64: {"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"},
    FieldDescriptor.CPPTYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.CPPTYPE_STRING: {"type": "string"},
}
_KEYWORDS = {"min_len": "minLength", "max_len": "maxLength", "pattern": "pattern", "gte": "minimum", "lte": "maximum"}
"""Rules of protovalidate that JSON Schema has a keyword for."""


class Schemas:
    """The schemas of messages and of everything in them, by full name."""

    def __init__(self, comments: Comments) -> None:
        self._comments = comments
        self.components: dict[str, Schema] = {}

    def of(self, kind: type[Message]) -> Schema:
        """Return a reference to the schema of a message class."""
        return self.reference(cast(Descriptor, kind.DESCRIPTOR))

    def reference(self, message: Descriptor) -> Schema:
        """Return a reference to a message's schema, and add the schema where it is new."""
        if message.full_name not in self.components:
            self.components[message.full_name] = {}  # first its place: a message may hold itself
            self.components[message.full_name] = self._message(message)
        return {"$ref": f"#/components/schemas/{message.full_name}"}

    def _message(self, message: Descriptor) -> Schema:
        properties = {field.json_name: self._field(field) for field in message.fields}
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        required = [field.json_name for field in message.fields if _rules(field).required]
        return self._described(message.full_name, {**schema, **({"required": required} if required else {})})

    def _field(self, field: FieldDescriptor) -> Schema:
        name = field.full_name
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            values = field.message_type.fields_by_name["value"]
            return self._described(name, {"type": "object", "additionalProperties": self._value(values)})
        if not field.is_repeated:
            return self._described(name, {**self._value(field), **_limits(_rules(field))})
        rules = _rules(field).repeated
        listed = {"type": "array", "items": {**self._value(field), **_limits(rules.items)}, **_list_limits(rules)}
        return self._described(name, listed)

    def _value(self, field: FieldDescriptor) -> Schema:
        if field.message_type is not None:
            known = _WELL_KNOWN.get(field.message_type.full_name)
            return dict(known) if known else self.reference(field.message_type)
        if field.enum_type is not None:
            return self._enum(field.enum_type)
        return dict(_SCALARS[field.cpp_type])

    def _enum(self, enum: EnumDescriptor) -> Schema:
        if enum.full_name not in self.components:
            names = [value.name for value in enum.values]
            lines = [f"- `{name}`: {self._comments.get(f'{enum.full_name}.{name}', '')}" for name in names]
            described = self._described(enum.full_name, {"type": "string", "enum": names})
            described["description"] = "\n".join([described.get("description", ""), "", *lines]).strip()
            self.components[enum.full_name] = described
        return {"$ref": f"#/components/schemas/{enum.full_name}"}

    def _described(self, name: str, schema: Schema) -> Schema:
        comment = self._comments.get(name)
        return {**schema, "description": comment} if comment else schema


def _rules(field: FieldDescriptor) -> validate_pb2.FieldRules:
    return field.GetOptions().Extensions[validate_pb2.field]


def _limits(rules: validate_pb2.FieldRules) -> Schema:
    """The rules that JSON Schema can say; the others are said in words and checked by the service."""
    limits: Schema = {}
    for part in (rules.string, rules.int32, rules.double):
        for field, value in part.ListFields():
            if field.name in _KEYWORDS:
                limits[_KEYWORDS[field.name]] = value
    return limits


def _list_limits(rules: validate_pb2.RepeatedRules) -> Schema:
    limits = {"minItems": rules.min_items, "maxItems": rules.max_items, "uniqueItems": rules.unique}
    return {keyword: value for keyword, value in limits.items() if value}


def read_comments(image: Path = _IMAGE) -> dict[str, str]:
    """Return full name → comment, from the compiled image; nothing where there is no image."""
    if not image.exists():
        return {}
    comments: dict[str, str] = {}
    for file in FileDescriptorSet.FromString(image.read_bytes()).file:
        if file.package.startswith("polku."):
            comments.update(_file_comments(file))
    return comments


def _file_comments(file: FileDescriptorProto) -> dict[str, str]:
    found = {tuple(place.path): place.leading_comments for place in file.source_code_info.location}
    comments: dict[str, str] = {}

    def keep(name: str, path: tuple[int, ...]) -> None:
        if text := " ".join(found.get(path, "").split()):
            comments[name] = text

    for index, message in enumerate(file.message_type):
        _message_comments(message, f"{file.package}.{message.name}", (4, index), keep)
    return comments


def _message_comments(
    message: DescriptorProto, name: str, path: tuple[int, ...], keep: Callable[[str, tuple[int, ...]], None]
) -> None:
    # The numbers are the fields of descriptor.proto: 2 field, 3 nested message, 4 enum (in an enum: 2 value).
    keep(name, path)
    for index, field in enumerate(message.field):
        keep(f"{name}.{field.name}", (*path, 2, index))
    for index, nested in enumerate(message.nested_type):
        _message_comments(nested, f"{name}.{nested.name}", (*path, 3, index), keep)
    for index, enum in enumerate(message.enum_type):
        _enum_comments(enum, f"{name}.{enum.name}", (*path, 4, index), keep)


def _enum_comments(
    enum: EnumDescriptorProto, name: str, path: tuple[int, ...], keep: Callable[[str, tuple[int, ...]], None]
) -> None:
    keep(name, path)
    for index, value in enumerate(enum.value):
        keep(f"{name}.{value.name}", (*path, 2, index))
