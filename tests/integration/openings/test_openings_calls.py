"""The openings service over gRPC, PostgreSQL and NATS: publish, read, end, and what the stream tells."""

import asyncio
from datetime import UTC, datetime, timedelta

import grpc
import nats
from polku.openings.v1 import opening_events_pb2 as events_pb
from polku.openings.v1 import opening_pb2
from polku.openings.v1 import opening_service_pb2 as pb
from polku.openings.v1 import publisher_service_pb2 as publisher_pb
from polku.openings.v1.publisher_service_pb2_grpc import PublisherServiceStub

from tests.integration.openings.calls import (
    CONTACT_EMAIL,
    SECONDS,
    Partner,
    a_vacancy,
    delete,
    events_of,
    eventually,
    get,
    listed,
    new_partner,
    publication,
    publish,
    refusal,
    withdraw,
)
from tests.integration.openings.process import Metadata, OpeningsProcess

Opening = opening_pb2.Opening
Response = pb.PublishOpeningResponse


async def states_told(openings: OpeningsProcess, name: str, count: int) -> list[tuple[int, int]]:
    """Version and state of each event about an opening, once there are `count`."""

    async def have_arrived() -> bool:
        return len(await events_of(openings, name)) >= count

    await eventually(have_arrived, f"{count} events")
    told = await events_of(openings, name)
    return [
        (event.opening.version, event.opening.state)
        if isinstance(event, events_pb.OpeningPublished)
        else (event.version, event.state)
        for event in told
    ]


def readers(openings: OpeningsProcess) -> list[Metadata]:
    """A seeker, a counsellor and the matching service."""
    return [openings.user("seeker-1", "seeker"), openings.user("counsellor-1", "counsellor"), openings.matching()]


async def test_the_life_of_an_opening(channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess) -> None:
    """Created, unchanged, updated, withdrawn, reopened, deleted: answers, versions and events agree."""
    outcomes = []
    for title in ("Siivooja", "Siivooja", "Kokki"):
        answer = await publish(channel, partner, a_vacancy(partner, title=title))
        outcomes.append((answer.outcome, answer.opening.version, answer.opening.state))
    assert outcomes == [
        (Response.OUTCOME_CREATED, 1, Opening.STATE_PUBLISHED),
        (Response.OUTCOME_UNCHANGED, 1, Opening.STATE_PUBLISHED),
        (Response.OUTCOME_UPDATED, 2, Opening.STATE_PUBLISHED),
    ]
    assert (await withdraw(channel, partner)).state == Opening.STATE_WITHDRAWN
    reopened = await publish(channel, partner, a_vacancy(partner, title="Kokki"))
    assert (reopened.outcome, reopened.opening.version) == (Response.OUTCOME_UPDATED, 4)
    await delete(channel, partner)
    code, error = await refusal(publish(channel, partner, a_vacancy(partner)))
    assert (code, error.reason) == ("FAILED_PRECONDITION", "OPENING_DELETED")
    assert await states_told(openings, reopened.opening.name, 5) == [
        (1, Opening.STATE_PUBLISHED),
        (2, Opening.STATE_PUBLISHED),
        (3, Opening.STATE_WITHDRAWN),
        (4, Opening.STATE_PUBLISHED),
        (5, Opening.STATE_DELETED),
    ]


async def test_readers_see_what_is_public_and_no_contacts(
    channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess
) -> None:
    """Seekers, counsellors and services read published openings without contacts, and nothing else."""
    published = (await publish(channel, partner, a_vacancy(partner))).opening
    own = await get(channel, partner.metadata, published.name)
    assert own == published
    assert own.contacts[0].email == CONTACT_EMAIL
    public = Opening()
    public.CopyFrom(own)
    public.ClearField("contacts")
    for reader in readers(openings):
        assert await get(channel, reader, published.name) == public
        assert list((await listed(channel, reader, publisher=partner.publisher)).openings) == [public]
    await withdraw(channel, partner)
    absent = "openings/0199c5b4-0000-7000-8000-000000000000"
    for reader in readers(openings):
        hidden, missing = [await refusal(get(channel, reader, name)) for name in (published.name, absent)]
        assert (hidden[0], hidden[1].message) == (missing[0], missing[1].message)
        assert hidden[0] == "PERMISSION_DENIED"
        assert not (await listed(channel, reader, publisher=partner.publisher)).openings
    assert len((await listed(channel, partner.metadata, publisher=partner.publisher)).openings) == 1
    operator = openings.user("operator-1", "operator")
    assert (await get(channel, operator, published.name)).contacts[0].email == CONTACT_EMAIL


async def test_contacts_are_in_no_event_no_log_and_no_stored_answer(
    channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess
) -> None:
    """Personal data stay in their own column of the opening; a repeated request gets them from there."""
    request = publication(a_vacancy(partner))
    answer = await publish(channel, partner, request)
    assert await publish(channel, partner, request) == answer
    assert await states_told(openings, answer.opening.name, 1)
    connection = await nats.connect(openings.nats.owner_url)
    try:
        stream = connection.jetstream()
        last = (await stream.stream_info("POLKU_OPENINGS")).state.last_seq
        payloads = [(await stream.get_msg("POLKU_OPENINGS", number)).data or b"" for number in range(1, last + 1)]
    finally:
        await connection.close()
    assert payloads
    assert not any(CONTACT_EMAIL.encode() in payload for payload in payloads)
    assert CONTACT_EMAIL not in openings.log


async def test_pages_are_bound_to_their_reader_and_filter(
    channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess
) -> None:
    """Pages follow each other; a token of another reader or filter, or an altered one, is refused."""
    for number in range(5):
        await publish(channel, partner, a_vacancy(partner, f"job-{number}"))
    seeker, other = openings.user("seeker-1", "seeker"), openings.user("seeker-2", "seeker")
    names: list[str] = []
    token = ""
    while True:
        page = await listed(channel, seeker, publisher=partner.publisher, page_size=2, page_token=token)
        names += [opening.external_id for opening in page.openings]
        token = page.next_page_token
        if not token:
            break
        kept = token
    assert names == [f"job-{number}" for number in (4, 3, 2, 1, 0)]
    for reader, filters, given in (
        (other, {"publisher": partner.publisher}, kept),
        (seeker, {}, kept),
        (seeker, {"publisher": partner.publisher}, kept[:-2] + "xx"),
    ):
        code, error = await refusal(listed(channel, reader, page_token=given, **filters))
        assert (code, error.reason) == ("INVALID_ARGUMENT", "PAGE_TOKEN_INVALID")
    for size in (-1, 101):
        code, error = await refusal(listed(channel, seeker, page_size=size))
        assert (code, error.reason) == ("INVALID_ARGUMENT", "PAGE_SIZE_OUT_OF_RANGE")


async def test_lists_are_filtered_by_kind_and_municipality(channel: grpc.aio.Channel, partner: Partner) -> None:
    """A training in Helsinki is in the lists of trainings and of Helsinki."""
    course = a_vacancy(partner, "course-1", "Suomen kurssi")
    course.training.provider = "Aalto"
    course.places[0].municipality = "091"
    await publish(channel, partner, course)
    await publish(channel, partner, a_vacancy(partner))

    async def ids(**filters: object) -> list[str]:
        page = await listed(channel, partner.metadata, publisher=partner.publisher, **filters)
        return sorted(opening.external_id for opening in page.openings)

    assert await ids() == ["course-1", "job-1"]
    assert await ids(kind=pb.OpeningKind.VALUE_TRAINING) == ["course-1"]
    assert await ids(municipality="091") == ["course-1"]
    code, error = await refusal(ids(municipality="999"))
    assert (code, error.reason) == ("INVALID_ARGUMENT", "MUNICIPALITY_UNKNOWN")


async def test_a_scheduled_opening_is_published_on_time(
    channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess
) -> None:
    """Nobody calls, and at its time it is public and announced, not before."""
    opening = a_vacancy(partner)
    due = datetime.now(UTC) + timedelta(seconds=1)
    opening.publish_time.FromDatetime(due)
    answer = await publish(channel, partner, opening)
    assert answer.opening.state == Opening.STATE_SCHEDULED
    seeker = openings.user("seeker-1", "seeker")
    assert (await refusal(get(channel, seeker, answer.opening.name)))[0] == "PERMISSION_DENIED"
    assert await states_told(openings, answer.opening.name, 1) == [(2, Opening.STATE_PUBLISHED)]
    seen = await get(channel, seeker, answer.opening.name)
    assert seen.update_time.ToDatetime(tzinfo=UTC) >= due
    assert datetime.now(UTC) - due < timedelta(seconds=5)


async def test_validating_stores_nothing(channel: grpc.aio.Channel, partner: Partner) -> None:
    """The answer is as if; there is no name yet, no row and no used request_id."""
    request = publication(a_vacancy(partner), validate_only=True)
    answer = await publish(channel, partner, request)
    assert (answer.outcome, answer.opening.name) == (Response.OUTCOME_CREATED, "")
    assert not (await listed(channel, partner.metadata, publisher=partner.publisher)).openings
    request.validate_only = False
    assert (await publish(channel, partner, request)).outcome == Response.OUTCOME_CREATED


async def test_twenty_publishers_of_one_key_make_one_opening(channel: grpc.aio.Channel, partner: Partner) -> None:
    """Requests at the same time under one external id are put in order: one creates, the others change or not."""
    answers = await asyncio.gather(
        *(publish(channel, partner, a_vacancy(partner, title=f"Työ {number}")) for number in range(20))
    )
    assert sorted(answer.opening.version for answer in answers) == list(range(1, 21))
    assert len({answer.opening.name for answer in answers}) == 1
    assert [answer.outcome for answer in answers].count(Response.OUTCOME_CREATED) == 1


async def test_a_key_is_replaced_without_a_gap(
    channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess
) -> None:
    """Two keys live at a time, a third is refused until one is revoked, and a revoked one ends at once."""
    stub = PublisherServiceStub(channel)
    operator = openings.user("operator-1", "operator")
    wanted = publisher_pb.CreatePublisherKeyRequest(publisher=partner.publisher)
    made = await stub.CreatePublisherKey(wanted, metadata=operator, timeout=SECONDS)
    assert made.key.startswith(f"{made.kid}.")
    lives_for = made.expire_time.ToDatetime(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(days=364) < lives_for <= timedelta(days=365)
    code, error = await refusal(stub.CreatePublisherKey(wanted, metadata=operator, timeout=SECONDS))
    assert (code, error.reason) == ("FAILED_PRECONDITION", "PUBLISHER_KEYS_FULL")
    successor = Partner(partner.publisher, made.kid, (("authorization", f"PolkuKey {made.key}"),))
    request = publication(a_vacancy(partner))
    first = await publish(channel, partner, request)
    revocation = publisher_pb.RevokePublisherKeyRequest(publisher=partner.publisher, kid=partner.kid)
    await stub.RevokePublisherKey(revocation, metadata=operator, timeout=SECONDS)
    assert (await refusal(publish(channel, partner, a_vacancy(partner))))[0] == "UNAUTHENTICATED"
    assert await publish(channel, successor, request) == first
    await stub.CreatePublisherKey(wanted, metadata=operator, timeout=SECONDS)


async def test_publishers_are_for_operators(
    channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess
) -> None:
    """Nobody else makes publishers and keys; an id is taken once."""
    stub = PublisherServiceStub(channel)
    wanted = publisher_pb.CreatePublisherKeyRequest(publisher=partner.publisher)
    for caller in (partner.metadata, *readers(openings)):
        code, _ = await refusal(stub.CreatePublisherKey(wanted, metadata=caller, timeout=SECONDS))
        assert code == "PERMISSION_DENIED"
    creation = publisher_pb.CreatePublisherRequest(
        publisher=publisher_pb.Publisher(id=partner.publisher, display_name="Toinen"),
        request_id="0199c5b4-0000-7000-8000-000000000001",
    )
    operator = openings.user("operator-1", "operator")
    code, error = await refusal(stub.CreatePublisher(creation, metadata=operator, timeout=SECONDS))
    assert (code, error.reason) == ("ALREADY_EXISTS", "PUBLISHER_EXISTS")
    another = await new_partner(channel, openings)
    assert another.publisher != partner.publisher
