"""Bad events for the running matching service. Row numbers are those of the table of bad inputs."""

import nats.errors
import pytest
from nats.js.errors import APIError
from polku.openings.v1 import opening_events_pb2
from polku.profiles.v1 import profile_events_pb2

from shared.kernel.errors import InvalidArgument
from shared.kernel.ids import new_id
from shared.runtime import bus
from tests.integration.matching.calls import (
    City,
    Producer,
    Seeker,
    a_vacancy,
    bare_id,
    eventually,
)
from tests.servers import NatsServer


@pytest.fixture(scope="module")
async def seeker(city: City) -> Seeker:
    """A person of the module's own."""
    return await city.person()


async def test_row_38_what_cannot_be_read_is_put_aside_and_the_rest_flows(city: City, seeker: Seeker) -> None:
    """Undecodable content and headers, unknown types, false labels: dead letters within 5 s, each with its reason."""
    good = opening_events_pb2.OpeningPublished(opening=a_vacancy()).SerializeToString()
    letters = city.one("select count(*) from dead_letter")
    bad: list[tuple[bytes, dict[str, str], str]] = [
        (b"\xff\xff\xff", {}, "EVENT_UNREADABLE"),
        (good, {"ce-type": "polku.openings.v1.OpeningPainted"}, "EVENT_TYPE_UNKNOWN"),
        (good, {"ce-type": "polku.profiles.v1.ProfileCreated"}, "EVENT_TYPE_UNKNOWN"),
        (good, {"ce-sequence": str(2**63)}, "UNDECODABLE"),
        (good, {"ce-sequence": "-1"}, "UNDECODABLE"),
        (good, {"ce-specversion": "2.0"}, "UNDECODABLE"),
        (good, {}, "EVENT_MISLABELLED"),
        (opening_events_pb2.OpeningPublished().SerializeToString(), {}, "NAME_INVALID"),
    ]
    for payload, changes, _ in bad:
        await city.openings.publish_raw(payload, changes)
    opening = a_vacancy("Siivooja viiden huonon jälkeen")
    await city.publish(opening)

    async def all_settled() -> bool:
        return bool(city.one("select count(*) from dead_letter") == letters + len(bad))

    await city.taken(opening.name, 1)
    assert await eventually(all_settled, "the dead letters", 5.0) < 5.0
    assert opening.name in await seeker.listed()
    kept = city.rows.execute(
        "select reason, deliveries, stream, payload from dead_letter order by sequence desc limit %s", (len(bad),)
    ).fetchall()
    assert [(reason, deliveries, stream) for reason, deliveries, stream, _ in reversed(kept)] == [
        (reason, 1, "POLKU_OPENINGS") for _, _, reason in bad
    ]
    assert [bytes(payload) for *_, payload in reversed(kept)] == [payload for payload, _, _ in bad]
    await city.settled()


async def test_row_38_an_opening_that_makes_no_sense_is_put_aside(city: City) -> None:
    """A date that does not exist, an opening of no kind: not half taken."""
    wrong_date, no_kind = a_vacancy(), a_vacancy()
    wrong_date.closing_date = "2026-02-31"
    no_kind.ClearField("detail")
    for opening, reason in ((wrong_date, "EVENT_UNREADABLE"), (no_kind, "OPENING_EMPTY")):
        await city.publish(opening)

        async def is_put_aside(opening_id: str = bare_id(opening.name), reason: str = reason) -> bool:
            query = "select count(*) from dead_letter where headers->>'ce-subject' = %s and reason = %s"
            return bool(city.one(query, opening_id, reason) == 1)

        await eventually(is_put_aside, "the dead letter", 5.0)
        assert city.one("select count(*) from opening where id = %s", bare_id(opening.name)) == 0
        assert city.one("select count(*) from inbox where aggregate_id = %s", bare_id(opening.name)) == 0


async def test_row_38_news_of_a_profile_that_cannot_be_read_is_put_aside(city: City, seeker: Seeker) -> None:
    """Undecodable content, and content about another person than the envelope says; nobody's version rises."""
    letters = city.one("select count(*) from dead_letter")
    kind = profile_events_pb2.ProfileUpdated.DESCRIPTOR.full_name
    await city.profiles.publish_raw(b"\xff\xff", {"ce-type": kind})
    event = profile_events_pb2.ProfileUpdated(profile=seeker.name, version=2**40)
    await city.profiles.publish(event, new_id(), 2**40)

    async def both_put_aside() -> bool:
        return bool(city.one("select count(*) from dead_letter") == letters + 2)

    await eventually(both_put_aside, "the dead letters", 5.0)
    assert city.one("select max(version) from inbox where aggregate_id = %s", seeker.profile_id) == seeker.version


async def test_a_newer_producer_is_understood_as_far_as_it_goes(city: City, seeker: Seeker) -> None:
    """Values and fields that this release does not know put no event aside: they are unknown."""
    opening = a_vacancy()
    opening.remote = 77  # type: ignore[assignment]
    opening.vacancy.shifts.extend([77, 2])  # type: ignore[list-item]
    event = opening_events_pb2.OpeningPublished(opening=opening)
    event.MergeFromString(b"\xf2\x3f\x03new")  # field 1022, which nobody has
    await city.openings.publish(event, bare_id(opening.name), 1)
    await city.taken(opening.name, 1)
    assert opening.name in await seeker.listed()


@pytest.mark.parametrize(
    ("service", "stream"), [("profiles", "openings"), ("openings", "profiles"), ("matching", "openings")]
)
async def test_row_40_the_wrong_service_cannot_publish(city: City, service: str, stream: str) -> None:
    """The broker refuses a service that speaks for another one; nothing arrives."""
    violations: list[str] = []
    liar = await Producer.connect(city.process.nats, service, violations)
    before = await messages(city, stream)
    try:
        with pytest.raises(nats.errors.TimeoutError):
            await liar.connection.jetstream(timeout=0.3).publish(f"polku.{stream}.opening.published.v1.{new_id()}", b"")

        async def is_told() -> bool:
            return bool(violations)

        await eventually(is_told, "the broker's refusal")
    finally:
        await liar.connection.close()
    assert await messages(city, stream) == before


async def messages(city: City, service: str) -> int:
    """How many messages the stream of a service has taken."""
    connection = await bus.connect(city.process.nats.owner_url, name="owner")
    try:
        return int((await connection.jetstream().stream_info(bus.stream_of(service).name)).state.last_seq)
    finally:
        await connection.close()


async def test_row_40_more_than_64_kb_is_refused_by_the_client(city: City) -> None:
    """The relay is told that the event is too large, so its row stays; the stream is as before."""
    opening = a_vacancy()
    opening.descriptions.add(language="fi", text="a" * 65536)
    before = await messages(city, "openings")
    with pytest.raises(InvalidArgument) as refused:
        await city.publish(opening)
    assert refused.value.reason == "EVENT_TOO_LARGE"
    assert await messages(city, "openings") == before


class RoomyNats(NatsServer):
    """Takes 8 kB of headers beside 64 kB of content, as the embedded one does."""

    def _config(self) -> str:
        return super()._config().replace("max_payload: 65536", f"max_payload: {72 * 1024}")


async def test_row_40_more_than_64_kb_is_refused_by_the_stream() -> None:
    """Where the server would take it, the stream does not."""
    server = RoomyNats()
    try:
        server.start()
        await bus.declare(server.owner_url, [bus.stream_of("openings")])
        producer = await Producer.connect(server, "openings")
        with pytest.raises(APIError) as refused:
            await producer.publish_raw(b"a" * (64 * 1024 + 1), {})
        await producer.connection.close()
    finally:
        server.remove()
    assert refused.value.err_code == 10054
