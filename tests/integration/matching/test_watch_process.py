"""Watching a running service: told within a second, ended when the caller may not know any more, resumed."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from polku.matching.v1 import watch_pb2 as pb
from polku.matching.v1.matching_service_pb2_grpc import MatchingServiceStub
from polku.profiles.v1 import profile_pb2

from shared.kernel.errors import PolkuError
from shared.runtime.rpc import from_rpc_error
from tests.integration.matching.calls import OWN_DATA, City, Seeker, a_vacancy, eventually
from tests.integration.matching.conftest import city_of
from tests.servers import NatsServer, PostgresServer

SOON = 1.0
"""Seconds within which a watcher is told."""
LEEWAY, VALID_SECONDS = 30, 4
Call = grpc.aio.UnaryStreamCall[pb.WatchMatchesRequest, pb.WatchMatchesResponse]


@pytest.fixture(scope="module")
async def town(
    postgres_server: PostgresServer, broker: NatsServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    """A city of this module's own; nobody encodes."""
    async with city_of(postgres_server, broker, tmp_path_factory.mktemp("watching")) as made:
        await made.process.start()
        yield made


def watch(seeker: Seeker, since: str = "") -> Call:
    """Start to watch as the seeker."""
    request = pb.WatchMatchesRequest(profile=seeker.name, purpose=OWN_DATA, language="fi", since=since)
    call: Call = seeker.city.stub.WatchMatches(request, metadata=seeker.city.process.keys.user(seeker.subject))
    return call


async def told(call: Call, seconds: float = 10.0) -> pb.WatchMatchesResponse:
    """The next message."""
    message: Any = await asyncio.wait_for(call.read(), seconds)
    assert isinstance(message, pb.WatchMatchesResponse), await call.details()
    return message


async def ended(call: Call, seconds: float = 10.0) -> PolkuError:
    """The error that a stream ends with."""
    try:
        async with asyncio.timeout(seconds):
            while await call.read() is not grpc.aio.EOF:
                continue
    except grpc.aio.AioRpcError as error:
        return from_rpc_error(error)
    raise AssertionError("the stream ended without an error")


async def test_published_and_withdrawn_are_told_within_a_second(town: City) -> None:
    """From the event of the publication, and of the withdrawal, to the message."""
    seeker = await town.person()
    call = watch(seeker)
    assert not (await told(call)).fitting.matches
    opening, began = a_vacancy(), time.monotonic()
    await town.publish(opening)
    message = await told(call)
    assert time.monotonic() - began < SOON
    assert [match.opening.name for match in message.fitting.matches] == [opening.name]
    assert message.fitting.matches[0].rank == 0
    assert town.one("select body->>'watched' from decision where id = %s", message.fitting.decision[10:]) == "true"
    began = time.monotonic()
    await town.close(opening, 2)
    assert list((await told(call)).gone) == [opening.name]
    assert time.monotonic() - began < SOON
    call.cancel()


async def test_watching_goes_on_where_the_list_ended(town: City) -> None:
    """What is published between a list and the watch with its token is in the first message."""
    seeker = await town.person()
    page = await seeker.ask()
    opening = a_vacancy()
    await town.publish(opening)
    await town.taken(opening.name, 1)
    call = watch(seeker, page.watch_token)
    names: list[str] = []
    while opening.name not in names:
        names += [match.opening.name for match in (await told(call)).fitting.matches]
    call.cancel()


async def test_pausing_ends_the_stream(town: City) -> None:
    """Someone who pauses matching hears MATCHING_PAUSED soon."""
    seeker = await town.person()
    call = watch(seeker)
    await told(call)
    await seeker.change("siivooja", choices=profile_pb2.Choices(matching_paused=True))
    assert (await ended(call, 3.0)).reason == "MATCHING_PAUSED"


async def test_whoever_may_not_know_any_more_is_told_nothing(town: City) -> None:
    """Where access has ended, the news after ten seconds ends the stream instead; a stranger gets none at all."""
    seeker = await town.person()
    readers = town.process.people.readers[seeker.name]
    call = watch(seeker)
    await told(call)
    readers.clear()
    assert (await ended(watch(seeker))).code == "PERMISSION_DENIED"
    ending = asyncio.create_task(ended(call, 30.0))

    async def has_ended() -> bool:
        await town.publish(a_vacancy())
        return ending.done()

    await eventually(has_ended, "the end of access", 20.0)
    assert (await ending).code == "PERMISSION_DENIED"


async def test_a_token_that_runs_out_ends_the_stream(town: City) -> None:
    """Where the token is no longer valid the next news ends the stream instead; with a new one watching goes on."""
    seeker, keys = await town.person(), town.process.keys
    # Valid for some seconds more, by the leeway for clocks that differ.
    token = keys.issuer.token(seeker.subject, "seeker", lifetime=VALID_SECONDS - LEEWAY)
    request = pb.WatchMatchesRequest(profile=seeker.name, purpose=OWN_DATA, language="fi")
    call: Call = town.stub.WatchMatches(request, metadata=(("authorization", f"Bearer {token}"),))
    since = (await told(call)).since
    ending = asyncio.create_task(ended(call, 30.0))

    async def has_ended() -> bool:
        await town.publish(a_vacancy())
        return ending.done()

    await eventually(has_ended, "the end of the token", 20.0)
    assert ((await ending).code, (await ending).reason) == ("UNAUTHENTICATED", "TOKEN_INVALID")
    renewed = watch(seeker, since)
    missed = await told(renewed)
    assert missed.fitting.matches or missed.many_changes
    renewed.cancel()


async def test_a_reader_that_does_not_read_is_dropped(town: City) -> None:
    """What it does not take is held up to a limit, while others are told; reading on, it hears why it was let go."""
    slow, quick = await town.person(), await town.person()
    # The transport's window stays at 64 kB, whatever the line would bear.
    async with grpc.aio.insecure_channel(town.process.address, options=(("grpc.http2.bdp_probe", 0),)) as channel:
        request = pb.WatchMatchesRequest(profile=slow.name, purpose=OWN_DATA, language="fi")
        unread: Call = MatchingServiceStub(channel).WatchMatches(request, metadata=town.process.keys.user(slow.subject))
        await told(unread)
        call = watch(quick)
        await told(call)

        async def is_dropped() -> bool:
            openings = [a_vacancy() for _ in range(40)]
            await asyncio.gather(*(town.publish(opening) for opening in openings))
            untold = {opening.name for opening in openings}
            while untold:
                untold -= {match.opening.name for match in (await told(call)).fitting.matches}
            return "WATCHER_TOO_SLOW" in town.process.log

        await eventually(is_dropped, "the end of the slow stream", 30.0)
        call.cancel()
        assert (await ended(unread)).reason == "WATCHER_TOO_SLOW"


async def test_a_stop_ends_streams_at_once_and_they_are_told_to_come_again(town: City) -> None:
    """A stream that has no end does not keep the process from stopping. The last test: the process is gone then."""
    seeker = await town.person()
    call = watch(seeker)
    await told(call)
    began = time.monotonic()
    stopping = asyncio.create_task(town.process.stop())
    error = await ended(call)
    assert (error.code, error.reason) == ("UNAVAILABLE", "STOPPING")
    assert time.monotonic() - began < SOON
    assert await stopping == 0
