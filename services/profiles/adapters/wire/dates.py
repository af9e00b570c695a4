"""Finds dates that do not exist. The protos' rules check the form of a date; the calendar is checked here."""

from collections.abc import Iterator
from datetime import date

from google.protobuf.message import Message

from shared.kernel.errors import FieldViolation, InvalidArgument

DATE_FIELDS = frozenset(
    {
        "polku.type.v1.Provenance.date",
        "polku.profiles.v1.Licence.valid_until",
        "polku.profiles.v1.RightToWork.valid_until",
        "polku.profiles.v1.EverydayLimits.available_from",
    }
)
"""The fields that hold an ISO 8601 date; a test compares them with the rules in the protos."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_MOST_VIOLATIONS = 20


def check_dates(message: Message, path: str) -> None:
    """Raise InvalidArgument DATE_INVALID naming each field in `message` (found at `path`) that holds no real date."""
    found = tuple(_wrong_dates(message, path))[:_MOST_VIOLATIONS]
    if found:
        fields = ", ".join(violation.field for violation in found[:3])
        raise InvalidArgument("DATE_INVALID", f"There is no such date: see {fields}.", violations=found)


def _wrong_dates(message: Message, path: str) -> Iterator[FieldViolation]:
    for field, value in message.ListFields():
        inner = f"{path}.{field.name}"
        if field.full_name in DATE_FIELDS and not _is_date(value):
            rule = f"Give a day of the calendar as YYYY-MM-DD, {_FIRST_YEAR} to {_LAST_YEAR}."
            yield FieldViolation(inner, "DATE_INVALID", rule)
        elif isinstance(value, Message):
            yield from _wrong_dates(value, inner)
        elif field.message_type is not None:
            for number, item in enumerate(value):
                yield from _wrong_dates(item, f"{inner}[{number}]")


def _is_date(text: str) -> bool:
    try:
        return _FIRST_YEAR <= date.fromisoformat(text).year <= _LAST_YEAR
    except ValueError:
        return False
