"""Matching keeps nothing by which a person could be told: its tables, and what it is sent, have no such field."""

import re
from collections.abc import Iterator

import psycopg
from google.protobuf.descriptor import Descriptor
from polku.profiles.v1 import identity_service_pb2, profile_events_pb2, profile_service_pb2

from tests.servers import Database

FORBIDDEN = re.compile(
    r"(^|_)(given|family|first|last|full|middle|maiden)_?names?($|_)|(^|_)(person|personal|national|identity)_?(id|code|number)"
    r"|hetu|ssn|(^|_)(e_?mails?|phones?|telephones?|mobile)($|_)|(^|_)(street|postal|address|addresses)($|_)"
    r"|birth|gender|(^|_)sex($|_)|nationality|citizenship|ethnic|religion|health|protected|turvakielto|owner_subject"
    r"|case_reference|preferred_language",
    re.IGNORECASE,
)
KNOWN_TO_BE_FORBIDDEN = (
    "given_names", "family_name", "person_id", "emails", "phones", "address", "protected", "hetu", "birth_date",
    "street", "postal_code", "firstname", "personal_identity_code", "email", "phone_number", "case_reference",
)  # fmt: skip


def test_no_table_of_matching_has_an_identity_column(matching_database: Database) -> None:
    """No column of any table, also of those of the shared library, has a name of the list."""
    with psycopg.connect(matching_database.owner_dsn) as connection:
        columns = connection.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public'"
        ).fetchall()
    assert len(columns) > 50
    assert [(table, column) for table, column in columns if FORBIDDEN.search(column)] == []


def test_the_list_would_find_an_identity() -> None:
    """Each field of the identity, and usual names of such columns, are in the list."""
    of_the_service = {"profile", "etag", "version", "create_time", "update_time"}
    fields = {field.name for field in identity_service_pb2.Identity.DESCRIPTOR.fields} - of_the_service
    assert [name for name in {*KNOWN_TO_BE_FORBIDDEN, *fields} if not FORBIDDEN.search(name)] == []


def fields_of(message: Descriptor, seen: set[str]) -> Iterator[str]:
    """Every field that the message can hold, at any depth, that is of a person and not of an area."""
    if message.full_name in seen or message.full_name == "polku.type.v1.Place":
        return
    seen.add(message.full_name)
    for field in message.fields:
        yield field.name
        if field.message_type is not None:
            yield from fields_of(field.message_type, seen)


def test_what_matching_is_sent_has_no_identity_field() -> None:
    """Neither the profile that it fetches nor the events that it hears. A place has a street that is always refused."""
    sent = [profile_service_pb2.GetMatchingProfileResponse.DESCRIPTOR]
    sent += profile_events_pb2.DESCRIPTOR.message_types_by_name.values()
    names = [name for message in sent for name in fields_of(message, set())]
    assert len(names) > 50
    assert [name for name in names if FORBIDDEN.search(name)] == []
