"""Mappings of the openings service: domain ⇄ proto ⇄ row, and events."""

import datetime
from collections.abc import Iterator
from dataclasses import replace

import pytest
from google.protobuf.descriptor import Descriptor, EnumDescriptor
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polku.openings.v1 import opening_events_pb2, opening_pb2, opening_service_pb2
from polku.type.v1 import types_pb2

from services.openings.adapters.postgres.rows import (
    OPENING_COLUMNS,
    answer_from_bytes,
    answer_to_bytes,
    key_from_row,
    key_to_row,
    opening_from_row,
    opening_to_row,
)
from services.openings.adapters.wire.dates import DATE_FIELDS, check_dates, check_time
from services.openings.adapters.wire.events import event_to_record
from services.openings.adapters.wire.opening import (
    content_from_wire,
    draft_from_wire,
    opening_from_wire,
    opening_to_wire,
)
from services.openings.application.ports import Outcome, Published
from services.openings.domain import content as contents_module
from services.openings.domain import offers, requirements, values
from services.openings.domain.codes import ItemWarning
from services.openings.domain.content import Content, Draft
from services.openings.domain.offers import ServiceOffer, Training, TrainingInstance, Vacancy
from services.openings.domain.opening import Opening, OpeningClosed, OpeningPublished, State
from services.openings.domain.publisher import Publisher, PublisherKey
from services.openings.domain.rules import admit
from services.openings.domain.values import LocalizedText, Place, Weekday, WeeklyWindow
from shared.kernel.errors import InvalidArgument
from shared.kernel.ids import new_id
from tests.builders.openings import CONTACT, NOW, a_content, a_draft, an_opening, contents, trees, valid_contents
from tests.fakes.openings import FakeCodes, FakeMarkup

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
OPENINGS = trees(Opening, {Content: contents()}).map(lambda opening: replace(opening, id=new_id()))


@given(OPENINGS)
@SLOW
def test_an_opening_survives_the_wire(opening: Opening) -> None:
    """An opening that goes to the wire and back is the same, for every value of every field."""
    message = opening_to_wire(opening)
    assert opening_from_wire(type(message).FromString(message.SerializeToString())) == opening


@given(OPENINGS)
@SLOW
def test_an_opening_survives_the_row(opening: Opening) -> None:
    """An opening that goes into a row and back is the same, and its filters are columns of the row."""
    row = opening_to_row(opening)
    names = [name.split("::")[0] for name in OPENING_COLUMNS.split(", ")]
    assert opening_from_row(tuple(row[name] for name in names)) == opening
    assert (row["kind"], row["due_time"]) == (opening.content.kind, opening.due_time)


@given(valid_contents())
@SLOW
def test_what_was_published_and_read_is_sent_again_as_it_is(content: Content) -> None:
    """The round trip of a publisher: what it reads and sends again is what is stored."""
    opening = an_opening(a_draft(content=content))
    draft = draft_from_wire(opening_to_wire(opening))
    assert admit(draft, FakeCodes(), FakeMarkup(), NOW).draft == a_draft(content=content, publish_time=NOW)


@given(OPENINGS, st.sampled_from(Outcome), st.booleans())
@SLOW
def test_stored_answers_come_back_without_contacts(opening: Opening, outcome: Outcome, sanitised: bool) -> None:
    """A stored answer gives back everything but the contact persons."""
    answer = Published(opening, outcome, (ItemWarning("R", "f", "d"),), sanitised)
    bare = replace(opening, contacts=())
    assert answer_from_bytes(answer_to_bytes(answer), Published) == replace(answer, opening=bare)
    assert answer_from_bytes(answer_to_bytes(opening), Opening) == bare
    publisher = Publisher("kielo-jobs", "Kielo", NOW)
    assert answer_from_bytes(answer_to_bytes(publisher), Publisher) == publisher


@pytest.mark.parametrize("revoked", [None, NOW])
def test_a_key_survives_the_row(revoked: datetime.datetime | None) -> None:
    """A key is the same after its row, live or revoked."""
    key = PublisherKey("kid", "kielo-jobs", "hash", NOW, NOW, revoked)
    assert key_from_row(key_to_row(key)) == key


def test_zero_is_not_unknown_on_the_wire() -> None:
    """Zero months, hours, seats and costs are stated values and stay so; what is not stated is not set."""
    stated = Vacancy(experience_months=0, min_hours_per_week=0.0, pay=offers.Pay(minimum=0.0))
    free = Training(cost=0.0, instances=(TrainingInstance(seats=0, seats_left=0, hours_per_week=0.0),))
    for detail in (stated, free, Vacancy(), Training(), ServiceOffer()):
        opening = an_opening(a_draft(content=a_content(detail=detail)))
        assert content_from_wire(opening_to_wire(opening)).detail == detail
    bare = opening_to_wire(an_opening(a_draft(content=a_content(detail=Vacancy())))).vacancy
    assert not bare.ListFields()


def test_fields_that_the_service_gives_are_not_taken_from_a_publisher() -> None:
    """Name, version, state and times in a request are left aside."""
    message = opening_to_wire(an_opening())
    message.ClearField("publish_time")
    assert draft_from_wire(message) == Draft("kielo-jobs", "job-1", a_content(), (CONTACT,))


ENUMS = [
    (values.Answer, types_pb2.Answer.Value.DESCRIPTOR),
    (values.CefrLevel, types_pb2.Cefr.Level.DESCRIPTOR),
    (values.Weekday, types_pb2.WeeklyWindow.Weekday.DESCRIPTOR),
    (values.Remote, opening_pb2.Remote.Kind.DESCRIPTOR),
    (requirements.Necessity, opening_pb2.Necessity.Kind.DESCRIPTOR),
    (requirements.Basis, opening_pb2.Basis.Kind.DESCRIPTOR),
    (requirements.Statement, opening_pb2.LanguageDemand.Statement.DESCRIPTOR),
    (offers.PayUnit, opening_pb2.Pay.Unit.DESCRIPTOR),
    (offers.Contract, opening_pb2.Vacancy.Contract.DESCRIPTOR),
    (offers.Shift, opening_pb2.Vacancy.Shift.DESCRIPTOR),
    (offers.TrainingKind, opening_pb2.Training.Kind.DESCRIPTOR),
    (offers.Theme, opening_pb2.ServiceOffer.Theme.DESCRIPTOR),
    (offers.Participation, opening_pb2.ServiceOffer.Participation.DESCRIPTOR),
    (State, opening_pb2.Opening.State.DESCRIPTOR),
    (contents_module.Kind, opening_service_pb2.OpeningKind.Value.DESCRIPTOR),
    (Outcome, opening_service_pb2.PublishOpeningResponse.Outcome.DESCRIPTOR),
]


@pytest.mark.parametrize(("ours", "theirs"), ENUMS, ids=lambda part: getattr(part, "__name__", ""))
def test_enums_have_the_numbers_of_the_protos(ours: type, theirs: EnumDescriptor) -> None:
    """Every member of the proto has the same number in the domain; an unspecified one is unknown or has no member."""
    prefix = theirs.values[0].name.removesuffix("UNSPECIFIED")
    expected = {value.name.removeprefix(prefix): value.number for value in theirs.values if value.number}
    named = {member.name: member.value for member in ours}  # type: ignore[attr-defined]
    assert named.pop("UNKNOWN", 0) == 0
    assert named == expected


def test_every_date_field_is_checked() -> None:
    """Each field whose rule in the proto is the form of a date is among those checked against the calendar."""
    assert set(_date_fields(opening_pb2.Opening.DESCRIPTOR, set())) == DATE_FIELDS


def _date_fields(message: Descriptor, seen: set[str]) -> Iterator[str]:
    if message.full_name in seen:
        return
    seen.add(message.full_name)
    for field in message.fields:
        if "[0-9]{4}-[0-9]{2}-[0-9]{2}" in str(field.GetOptions()):
            yield field.full_name
        if field.message_type is not None:
            yield from _date_fields(field.message_type, seen)


@pytest.mark.parametrize("text", ["2026-02-31", "2025-02-29", "2026-13-01", "0000-00-00"])
def test_dates_must_be_in_the_calendar(text: str) -> None:
    """A date that does not exist is refused with the path of its field (row 11)."""
    message = opening_pb2.Opening(closing_date="2024-02-29")
    message.training.instances.add(start_date="2026-02-28")
    message.training.instances.add(end_date=text)
    with pytest.raises(InvalidArgument, match="DATE_INVALID") as refused:
        check_dates(message, "opening")
    (violation,) = refused.value.violations
    assert (violation.field, violation.value) == ("opening.training.instances[1].end_date", text)


@pytest.mark.parametrize("seconds", [2**62, -(2**62)])
def test_an_instant_must_be_one(seconds: int) -> None:
    """A Timestamp outside of all years is refused with the path of its field."""
    with pytest.raises(InvalidArgument, match="TIME_INVALID"):
        check_time(Timestamp(seconds=seconds), "opening.publish_time")
    check_time(Timestamp(), "opening.publish_time")


def test_events_carry_the_public_state_and_no_contacts() -> None:
    """A published event holds the opening as the public sees it; a closed one only why it closed."""
    opening = an_opening()
    record = event_to_record(OpeningPublished(opening), NOW)
    event = opening_events_pb2.OpeningPublished.FromString(record.payload)
    assert opening_from_wire(event.opening) == replace(opening, contacts=())
    for word in (CONTACT.name, CONTACT.email, CONTACT.phone):
        assert word.encode() not in record.payload
    assert record.type == "polku.openings.v1.OpeningPublished"
    assert record.subject == f"polku.openings.opening.published.v1.{opening.id}"
    assert (record.aggregate_id, record.aggregate_version, record.occurred_at) == (opening.id, 1, NOW)
    closed = event_to_record(OpeningClosed(opening.id, 2, State.EXPIRED), NOW)
    message = opening_events_pb2.OpeningClosed.FromString(closed.payload)
    assert (message.opening, message.version) == (f"openings/{opening.id}", 2)
    assert message.state == opening_pb2.Opening.STATE_EXPIRED
    assert closed.subject == f"polku.openings.opening.closed.v1.{opening.id}"


def test_the_largest_item_fits_into_an_event() -> None:
    """With all texts, instances and weekly times that the rules allow, the bus's 64 kB are not reached."""
    times = tuple(WeeklyWindow(Weekday.SUNDAY, 1439, 1440) for _ in range(6))
    day = datetime.date(2100, 12, 31)
    place = Place("049", "Leppävaara", "02600", "Katu 1", values.GeoPoint(60.2189, 24.8133))
    instances = tuple(
        TrainingInstance(f"r{number}", day, day, times, 80.0, place, values.Remote.FULLY, 100_000, 100_000, day)
        for number in range(50)
    )
    texts = tuple(LocalizedText(language, "x" * 15_400) for language in ("fi", "sv", "en"))
    content = a_content(detail=Training(instances=instances), descriptions=texts)
    admitted = admit(a_draft(content=content), FakeCodes(), FakeMarkup(), NOW).draft
    record = event_to_record(OpeningPublished(an_opening(admitted)), NOW)
    assert 55_000 < len(record.payload) < 64_000
