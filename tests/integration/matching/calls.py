"""Events as the producers publish them, calls to the service, and looks into its database."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import grpc
import psycopg
from google.protobuf.message import Message
from nats.aio.client import Client
from polku.matching.v1 import match_pb2
from polku.matching.v1 import matching_service_pb2 as pb
from polku.matching.v1.matching_service_pb2_grpc import MatchingServiceStub
from polku.openings.v1 import opening_events_pb2 as opening_events
from polku.openings.v1 import opening_pb2
from polku.profiles.v1 import profile_events_pb2 as profile_events
from polku.profiles.v1 import profile_pb2
from polku.type.v1 import types_pb2

from shared.kernel.errors import PolkuError
from shared.kernel.events import EventRecord
from shared.kernel.ids import new_id
from shared.runtime import bus
from shared.runtime.bus.envelope import headers_of
from shared.runtime.rpc import from_rpc_error
from tests.integration.matching.process import MatchingProcess
from tests.servers import NatsServer

if TYPE_CHECKING:
    from polku.matching.v1.matching_service_pb2_grpc import MatchingServiceAsyncStub

Rows = psycopg.Connection[tuple[Any, ...]]
SECONDS = 10
OWN_DATA = types_pb2.Purpose.KIND_OWN_DATA


async def eventually(condition: Callable[[], Awaitable[bool]], what: str, seconds: float = 10.0) -> float:
    """Wait for a condition with a deadline; how many seconds it took."""
    began = time.monotonic()
    while not await condition():
        assert time.monotonic() < began + seconds, f"{what} did not happen within {seconds} s"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


def a_vacancy(
    title: str = "Siivooja", version: int = 1, *, opening_id: str = "", employer: str = ""
) -> opening_pb2.Opening:
    """A published vacancy that asks for nothing; each has an employer of its own."""
    opening = opening_pb2.Opening(
        name=f"openings/{opening_id or new_id()}",
        version=version,
        publisher="p-1",
        state=opening_pb2.Opening.STATE_PUBLISHED,
    )
    opening.titles.add(language="fi", text=title)
    opening.vacancy.employer.name = employer or f"Employer {new_id()}"
    opening.vacancy.language_demand.statement = opening_pb2.LanguageDemand.STATEMENT_NONE
    opening.publish_time.FromDatetime(datetime(2026, 11, 1, tzinfo=UTC))
    return opening


def bare_id(name: str) -> str:
    """The id in a resource name."""
    return name.split("/", 1)[1]


class Producer:
    """Publishes with the user and the permissions of one service."""

    def __init__(self, connection: Client, service: str) -> None:
        self.connection = connection
        self.service = service

    @classmethod
    async def connect(cls, nats: NatsServer, service: str, violations: list[str] | None = None) -> Self:
        """Connect as a service."""
        on_violation = violations.append if violations is not None else None
        return cls(await bus.connect(nats.url(service), name=service, on_violation=on_violation), service)

    async def publish(self, message: Message, aggregate_id: str, version: int, *, event_id: str = "") -> EventRecord:
        """Publish a message as the relay does; a new id makes it another event."""
        noun = type(message).__name__.lower()
        record = EventRecord(
            id=event_id or new_id(),
            type=message.DESCRIPTOR.full_name,
            subject=f"polku.{self.service}.{noun}.told.v1.{aggregate_id}",
            aggregate_id=aggregate_id,
            aggregate_version=version,
            occurred_at=datetime.now(UTC),
            payload=message.SerializeToString(),
        )
        await bus.Publisher(self.connection, bus.stream_of(self.service).name, self.service).publish(record)
        return record

    async def publish_raw(self, payload: bytes, changes: dict[str, str], subject: str = "") -> None:
        """Publish bytes under headers of which some are changed."""
        aggregate_id = new_id()
        record = EventRecord(
            new_id(), "polku.openings.v1.OpeningPublished", subject, aggregate_id, 1, datetime.now(UTC), payload
        )
        headers = headers_of(record, f"polku/{self.service}") | changes
        to = subject or f"polku.{self.service}.opening.published.v1.{aggregate_id}"
        await self.connection.jetstream().publish(to, payload, headers=headers)


@dataclass
class City:
    """A running matching service with its producers, its people, and a look into its database."""

    process: MatchingProcess
    openings: Producer
    profiles: Producer
    channel: grpc.aio.Channel
    rows: Rows

    @property
    def stub(self) -> "MatchingServiceAsyncStub":
        """The service."""
        return MatchingServiceStub(self.channel)

    async def publish(self, opening: opening_pb2.Opening, *, event_id: str = "") -> None:
        """An opening is published."""
        event = opening_events.OpeningPublished(opening=opening)
        await self.openings.publish(event, bare_id(opening.name), opening.version, event_id=event_id)

    async def close(self, opening: opening_pb2.Opening, version: int, *, event_id: str = "") -> None:
        """An opening is withdrawn."""
        state = opening_pb2.Opening.STATE_WITHDRAWN
        event = opening_events.OpeningClosed(opening=opening.name, version=version, state=state)
        await self.openings.publish(event, bare_id(opening.name), version, event_id=event_id)

    async def person(
        self, goal: str = "siivooja", *, choices: profile_pb2.Choices | None = None, told: bool = True
    ) -> "Seeker":
        """A new seeker with a profile; without `told` the news of it has not come."""
        seeker = Seeker(self, new_id(), f"seeker-{new_id()}")
        await seeker.change(goal, choices=choices, told=told)
        return seeker

    def one(self, query: str, *values: object) -> Any:
        """The first column of the first row."""
        row = self.rows.execute(query, values).fetchone()
        return row[0] if row else None

    async def taken(self, name: str, version: int) -> None:
        """Wait until matching has taken this version of an opening or profile."""

        async def is_taken() -> bool:
            query = "select coalesce(max(version), 0) from inbox where aggregate_id = %s"
            return int(self.one(query, bare_id(name))) >= version

        await eventually(is_taken, f"taking version {version}")

    async def settled(self) -> None:
        """Wait until both consumers have nothing left to do."""

        async def nothing_left() -> bool:
            for stream, durable in (("POLKU_OPENINGS", "matching-openings"), ("POLKU_PROFILES", "matching-profiles")):
                info = await self.owner_info(stream, durable)
                if info.num_pending or info.num_ack_pending:
                    return False
            return True

        await eventually(nothing_left, "the end of the events")

    async def owner_info(self, stream: str, durable: str) -> Any:
        """What the broker says of a consumer."""
        connection = await bus.connect(self.process.nats.owner_url, name="owner")
        try:
            return await connection.jetstream().consumer_info(stream, durable)
        finally:
            await connection.close()

    async def indexed(self) -> None:
        """Wait until no text waits and every vector is in the index."""

        async def all_indexed() -> bool:
            waiting = "(select count(*) from embedding_task) + (select count(*) from vector where not indexed)"
            return bool(self.one(f"select {waiting} = 0"))

        await eventually(all_indexed, "the indexing")


@dataclass
class Seeker:
    """A person with a profile, and what they ask."""

    city: City
    profile_id: str
    subject: str
    version: int = 0

    @property
    def name(self) -> str:
        """Resource name of the profile."""
        return f"profiles/{self.profile_id}"

    async def change(
        self,
        goal: str,
        *,
        choices: profile_pb2.Choices | None = None,
        told: bool = True,
        work: profile_pb2.WorkProfile | None = None,
    ) -> None:
        """Give the profile another content, and tell matching and wait until it knows."""
        self.version += 1
        work = work or profile_pb2.WorkProfile()
        work.goals.text = goal
        people = self.city.process.people
        people.keep(self.profile_id, self.version, work, choices, owner=self.subject)
        if told:
            await self.tell()

    async def tell(self) -> None:
        """Publish the news of the newest version and wait until matching has taken it."""
        kind = profile_events.ProfileCreated if self.version == 1 else profile_events.ProfileUpdated
        event = kind(profile=self.name, version=self.version)
        await self.city.profiles.publish(event, self.profile_id, self.version)
        await self.city.taken(self.name, self.version)

    async def ask(self, size: int = 100, token: str = "", **fields: Any) -> pb.ListMatchesResponse:
        """A page of the list."""
        request = pb.ListMatchesRequest(
            profile=self.name, purpose=OWN_DATA, language="fi", page_size=size, page_token=token
        )
        for field_name, value in fields.items():
            setattr(request, field_name, value)
        metadata = self.city.process.keys.user(self.subject)
        return await self.city.stub.ListMatches(request, metadata=metadata, timeout=SECONDS)

    async def whole(self) -> list[match_pb2.Match]:
        """The list, all pages of it."""
        answer = await self.ask()
        matches = list(answer.matches)
        while answer.next_page_token:
            answer = await self.ask(100, answer.next_page_token)
            matches += answer.matches
        return matches

    async def listed(self) -> dict[str, int]:
        """Names and versions of the openings in the list."""
        return {match.opening.name: match.opening.version for match in await self.whole()}


def text_values(matches: Iterable[match_pb2.Match]) -> dict[str, float]:
    """The known values of the part that compares texts, by opening."""
    return {
        match.opening.name: part.value
        for match in matches
        for part in match.parts
        if part.part == "text" and part.known
    }


async def refusal(call: Any) -> tuple[str, PolkuError]:
    """Canonical code and kernel error of a call that must fail."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code().name, from_rpc_error(error)
    raise AssertionError("the call was answered")
