"""Calls and messages that the tests of the running service share."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import grpc
import nats
import psycopg
from polku.openings.v1 import opening_events_pb2 as events_pb
from polku.openings.v1 import opening_pb2
from polku.openings.v1 import opening_service_pb2 as pb
from polku.openings.v1 import publisher_service_pb2 as publisher_pb
from polku.openings.v1.opening_service_pb2_grpc import OpeningServiceStub
from polku.openings.v1.publisher_service_pb2_grpc import PublisherServiceStub

from shared.kernel.errors import PolkuError
from shared.runtime.rpc import from_rpc_error
from tests.integration.openings.process import Metadata, OpeningsProcess

PUBLISH = "/polku.openings.v1.OpeningService/PublishOpening"
SECONDS = 10
Rows = psycopg.Connection[tuple[object, ...]]
CONTACT_EMAIL = "aino.esimerkki@example.org"


@dataclass(frozen=True)
class Partner:
    """A publisher with a live key."""

    publisher: str
    kid: str
    metadata: Metadata


async def eventually(condition: Callable[[], Awaitable[bool]], what: str, seconds: float = 20.0) -> None:
    """Wait for a condition with a deadline; AssertionError names what did not happen."""
    give_up_at = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < give_up_at, f"{what} did not happen within {seconds} s"
        await asyncio.sleep(0.02)


async def new_partner(channel: grpc.aio.Channel, process: OpeningsProcess) -> Partner:
    """A publisher that an operator has just created."""
    publisher = f"p-{uuid4()}"
    operator = process.user("operator-1", "operator")
    stub = PublisherServiceStub(channel)
    account = publisher_pb.Publisher(id=publisher, display_name="Kielo Oy")
    creation = publisher_pb.CreatePublisherRequest(publisher=account, request_id=str(uuid4()))
    await stub.CreatePublisher(creation, metadata=operator, timeout=SECONDS)
    made = await stub.CreatePublisherKey(
        publisher_pb.CreatePublisherKeyRequest(publisher=publisher), metadata=operator, timeout=SECONDS
    )
    return Partner(publisher, made.kid, (("authorization", f"PolkuKey {made.key}"),))


def a_vacancy(partner: Partner, external_id: str = "job-1", title: str = "Siivooja") -> opening_pb2.Opening:
    """A vacancy in Espoo with a contact person, whose address must turn up in no log and no event."""
    opening = opening_pb2.Opening(publisher=partner.publisher, external_id=external_id)
    opening.titles.add(language="fi", text=title)
    opening.descriptions.add(language="fi", text="Siivoat toimistoja iltaisin.")
    opening.places.add(municipality="049")
    opening.contacts.add(name="Aino Esimerkki", email=CONTACT_EMAIL)
    opening.vacancy.occupation.text = "siivooja"
    return opening


def publication(opening: opening_pb2.Opening, **parts: Any) -> pb.PublishOpeningRequest:
    """A request to publish, with an id of its own."""
    return pb.PublishOpeningRequest(**{"opening": opening, "request_id": str(uuid4()), **parts})


async def publish(
    channel: grpc.aio.Channel, partner: Partner, given: opening_pb2.Opening | pb.PublishOpeningRequest
) -> pb.PublishOpeningResponse:
    """The answer to publishing."""
    request = publication(given) if isinstance(given, opening_pb2.Opening) else given
    return await OpeningServiceStub(channel).PublishOpening(request, metadata=partner.metadata, timeout=SECONDS)


async def withdraw(channel: grpc.aio.Channel, partner: Partner, external_id: str = "job-1") -> opening_pb2.Opening:
    """The withdrawn opening."""
    request = pb.WithdrawOpeningRequest(publisher=partner.publisher, external_id=external_id, request_id=str(uuid4()))
    answer = await OpeningServiceStub(channel).WithdrawOpening(request, metadata=partner.metadata, timeout=SECONDS)
    return answer.opening


async def delete(channel: grpc.aio.Channel, partner: Partner, external_id: str = "job-1") -> None:
    """Delete an opening."""
    request = pb.DeleteOpeningRequest(publisher=partner.publisher, external_id=external_id, request_id=str(uuid4()))
    await OpeningServiceStub(channel).DeleteOpening(request, metadata=partner.metadata, timeout=SECONDS)


async def get(channel: grpc.aio.Channel, metadata: Metadata, name: str) -> opening_pb2.Opening:
    """The opening as the caller sees it."""
    request = pb.GetOpeningRequest(name=name)
    return (await OpeningServiceStub(channel).GetOpening(request, metadata=metadata, timeout=SECONDS)).opening


async def listed(channel: grpc.aio.Channel, metadata: Metadata, **filters: Any) -> pb.ListOpeningsResponse:
    """A page."""
    request = pb.ListOpeningsRequest(**filters)
    return await OpeningServiceStub(channel).ListOpenings(request, metadata=metadata, timeout=SECONDS)


async def refusal(call: Awaitable[Any]) -> tuple[str, PolkuError]:
    """Canonical code and kernel error of a call that must fail."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code().name, from_rpc_error(error)
    raise AssertionError("the call was answered")


async def events_of(process: OpeningsProcess, name: str) -> list[events_pb.OpeningPublished | events_pb.OpeningClosed]:
    """All events about an opening that lie in the stream, in their order there."""
    found: list[events_pb.OpeningPublished | events_pb.OpeningClosed] = []
    connection = await nats.connect(process.nats.owner_url)
    try:
        stream = connection.jetstream()
        info = await stream.stream_info("POLKU_OPENINGS")
        for sequence in range(info.state.first_seq, info.state.last_seq + 1):
            message = await stream.get_msg("POLKU_OPENINGS", sequence)
            if (message.subject or "").endswith(name.removeprefix("openings/")):
                kind = (message.headers or {})["ce-type"].rsplit(".", 1)[1]
                found.append(getattr(events_pb, kind).FromString(message.data or b""))
    finally:
        await connection.close()
    return found


def stored(rows: Rows, partner: Partner) -> int:
    """How many openings of a partner's lie in the database."""
    found = rows.execute("select count(*) from opening where publisher = %s", (partner.publisher,)).fetchone()
    assert found is not None
    return int(str(found[0]))


def announced(rows: Rows, partner: Partner) -> int:
    """How many events of a partner's openings lie in the outbox, sent or not."""
    found = rows.execute(
        "select count(*) from outbox join opening on aggregate_id = opening.id::text where publisher = %s",
        (partner.publisher,),
    ).fetchone()
    assert found is not None
    return int(str(found[0]))


async def send_bytes(channel: grpc.aio.Channel, partner: Partner, payload: bytes) -> Any:
    """Send a payload that no message would serialise to."""
    call = channel.unary_unary(PUBLISH, request_serializer=bytes, response_deserializer=bytes)
    return await call(payload, metadata=partner.metadata, timeout=SECONDS)


async def refused_credentials(
    channel: grpc.aio.Channel, request: pb.PublishOpeningRequest, metadata: Metadata
) -> tuple[str, str, str]:
    """Code, reason and message of the refusal of a call with these credentials."""
    call = OpeningServiceStub(channel).PublishOpening(request, metadata=metadata, timeout=SECONDS)
    code, error = await refusal(call)
    return code, error.reason, error.message


async def refused_fields(
    channel: grpc.aio.Channel, partner: Partner, opening: opening_pb2.Opening
) -> list[tuple[str, str]]:
    """Field and reason of each violation of an INVALID_ARGUMENT."""
    code, error = await refusal(publish(channel, partner, opening))
    assert code == "INVALID_ARGUMENT"
    return [(violation.field, violation.reason) for violation in error.violations]
