"""Finds dates that do not exist. The protos' rules check the form of a date; the calendar is checked here."""

from collections.abc import Iterator
from datetime import date

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from shared.kernel.errors import FieldViolation, InvalidArgument

DATE_FIELDS = frozenset(
    {
        "polku.openings.v1.Opening.closing_date",
        "polku.openings.v1.Vacancy.start_date",
        "polku.openings.v1.Vacancy.end_date",
        "polku.openings.v1.TrainingInstance.start_date",
        "polku.openings.v1.TrainingInstance.end_date",
        "polku.openings.v1.TrainingInstance.seats_confirmed_on",
    }
)
"""The fields that hold an ISO 8601 date; a test compares them with the rules in the protos."""
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
            rule = "Give a day of the calendar as YYYY-MM-DD."
            yield FieldViolation(inner, "DATE_INVALID", rule, value=value)
        elif isinstance(value, Message):
            yield from _wrong_dates(value, inner)
        elif field.message_type is not None:
            for number, item in enumerate(value):
                yield from _wrong_dates(item, f"{inner}[{number}]")


def check_time(stamp: Timestamp, path: str) -> None:
    """Raise InvalidArgument TIME_INVALID where the Timestamp is outside of the years 1 to 9999."""
    try:
        stamp.ToDatetime()
    except ValueError:
        rule = "Give an instant in the years 1900 to 2100."
        violation = FieldViolation(path, "TIME_INVALID", rule)
        raise InvalidArgument("TIME_INVALID", f"{path} is no instant. {rule}", violations=(violation,)) from None


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
