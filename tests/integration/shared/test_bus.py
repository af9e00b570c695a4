"""Publishing, declaring and permissions with a real NATS."""

from datetime import timedelta

import nats
import nats.errors
import pytest

from shared.kernel.errors import Internal, InvalidArgument, ResourceExhausted, Unavailable
from shared.runtime.bus import (
    ConsumerSpec,
    Publisher,
    StreamSpec,
    check_sync_always,
    connect,
    declare,
    permissions,
    stream_of,
)
from shared.runtime.env import SettingsRefused
from tests.integration.shared.bus_harness import connected
from tests.integration.shared.samples import event, eventually
from tests.servers import NatsServer, free_port


async def test_headers_are_cloudevents(streams: NatsServer) -> None:
    """The message carries CloudEvents attributes and the id for deduplication."""
    sent = event(version=4)
    async with connected(streams, "profiles") as writer:
        await Publisher(writer, "POLKU_PROFILES", "profiles").publish(sent)
    async with connected(streams, "owner") as owner:
        stored = await owner.jetstream().get_msg("POLKU_PROFILES", 1)
    assert stored.headers is not None
    assert {key: stored.headers[key] for key in stored.headers if key != "Nats-Expected-Stream"} == {
        "Nats-Msg-Id": sent.id,
        "ce-specversion": "1.0",
        "ce-id": sent.id,
        "ce-type": sent.type,
        "ce-source": "polku/profiles",
        "ce-subject": sent.aggregate_id,
        "ce-time": "2026-11-24T10:00:00.123456Z",
        "ce-sequence": "4",
        "content-type": "application/protobuf",
    }


async def test_same_id_is_stored_once(streams: NatsServer) -> None:
    """Publishing an event again, as after a crash of the relay, stores nothing."""
    sent = event()
    async with connected(streams, "profiles") as writer:
        publisher = Publisher(writer, "POLKU_PROFILES", "profiles")
        await publisher.publish(sent)
        await publisher.publish(sent)
        info = await writer.jetstream().stream_info("POLKU_PROFILES")
    assert info.state.messages == 1


async def test_one_service_cannot_speak_as_another(streams: NatsServer) -> None:
    """A foreign subject is refused by the broker: the publisher sees Unavailable, the violation is reported."""
    violations: list[str] = []
    async with connected(streams, "openings", on_violation=violations.append) as writer:
        with pytest.raises(Unavailable):
            await Publisher(writer, "POLKU_OPENINGS", "openings", timeout=0.3).publish(event(service="profiles"))
        await eventually(lambda: len(violations) == 1, "the report of the violation")
    assert "polku.profiles.thing" in violations[0].lower()


@pytest.mark.parametrize(
    "request_subject",
    [
        "$JS.API.STREAM.DELETE.POLKU_PROFILES",
        "$JS.API.STREAM.PURGE.POLKU_PROFILES",
        "$JS.API.STREAM.MSG.GET.POLKU_PROFILES",
        "$JS.API.STREAM.MSG.DELETE.POLKU_PROFILES",
        "$JS.API.CONSUMER.CREATE.POLKU_PROFILES",
        "$JS.API.CONSUMER.MSG.NEXT.POLKU_OPENINGS.matching-openings",
    ],
)
async def test_service_user_may_change_nothing(streams: NatsServer, request_subject: str) -> None:
    """A service can neither delete, purge, read directly, create consumers, nor pull as another service."""
    async with connected(streams, "profiles") as writer:
        with pytest.raises(nats.errors.TimeoutError):
            await writer.request(request_subject, b"{}", timeout=0.3)


async def test_service_user_cannot_listen_to_others(streams: NatsServer) -> None:
    """Subscribing to events or to another user's replies is refused."""
    violations: list[str] = []
    async with connected(streams, "matching", on_violation=violations.append) as reader:
        for subject in ("polku.>", "_INBOX_profiles.>", ">"):
            await reader.subscribe(subject)
        await eventually(lambda: len(violations) == 3, "three violations")


async def test_too_large_event_is_refused(streams: NatsServer) -> None:
    """An event above 64 kB is refused for good."""
    async with connected(streams, "profiles") as writer:
        with pytest.raises(InvalidArgument) as caught:
            await Publisher(writer, "POLKU_PROFILES", "profiles").publish(event(payload=b"x" * 65_537))
    assert caught.value.reason == "EVENT_TOO_LARGE"


async def test_full_stream_refuses_cleanly(streams: NatsServer) -> None:
    """A full stream answers STREAM_FULL and keeps what it has; with room again it takes events."""
    await declare(streams.owner_url, [StreamSpec("POLKU_PROFILES", ("polku.profiles.>",), max_bytes=20_000)])
    async with connected(streams, "profiles") as writer:
        publisher = Publisher(writer, "POLKU_PROFILES", "profiles")
        await publisher.publish(event(payload=b"x" * 15_000))
        with pytest.raises(ResourceExhausted) as caught:
            await publisher.publish(event(payload=b"x" * 15_000))
        assert caught.value.reason == "STREAM_FULL"
        await declare(streams.owner_url, [stream_of("profiles")])
        await publisher.publish(event(payload=b"x" * 15_000))


async def test_wrong_stream_is_refused(streams: NatsServer) -> None:
    """An event that would land in another stream than its own is an error, not a success."""
    async with connected(streams, "profiles") as writer:
        with pytest.raises(Internal) as caught:
            await Publisher(writer, "POLKU_OPENINGS", "profiles").publish(event(service="profiles"))
    assert caught.value.reason == "WRONG_STREAM"


async def test_subject_without_a_stream_is_refused(streams: NatsServer) -> None:
    """A subject that no stream takes is told at once."""
    async with connected(streams, "owner") as writer:
        with pytest.raises(Internal) as caught:
            await Publisher(writer, "POLKU_OTHER", "other").publish(event(service="other"))
    assert caught.value.reason == "WRONG_STREAM"


async def test_declaring_twice_changes_settings_and_keeps_messages(streams: NatsServer) -> None:
    """Declaring again updates the settings; streams keep their messages, and nobody can purge them."""
    async with connected(streams, "profiles") as writer:
        await Publisher(writer, "POLKU_PROFILES", "profiles").publish(event())
    await declare(
        streams.owner_url,
        [StreamSpec("POLKU_PROFILES", ("polku.profiles.>",), max_age=timedelta(days=3))],
        [ConsumerSpec("POLKU_PROFILES", "matching-profiles", ack_wait=timedelta(seconds=45))],
    )
    async with connected(streams, "owner") as owner:
        jetstream = owner.jetstream()
        info = await jetstream.stream_info("POLKU_PROFILES")
        durable = await jetstream.consumer_info("POLKU_PROFILES", "matching-profiles")
        with pytest.raises(nats.js.errors.Error):
            await jetstream.purge_stream("POLKU_PROFILES")
    assert (info.state.messages, info.config.max_age, info.config.duplicate_window) == (1, 3 * 86400, 7200)
    assert (durable.config.ack_wait, durable.config.max_deliver, durable.config.max_ack_pending) == (45, -1, 256)


async def test_sync_always_is_required(nats_server: NatsServer) -> None:
    """A broker that acknowledges before its disk has the message is refused."""
    await check_sync_always(nats_server.monitor_url)
    weak = NatsServer(sync="1s")
    try:
        weak.start()
        with pytest.raises(SettingsRefused, match="sync_interval"):
            await check_sync_always(weak.monitor_url)
    finally:
        weak.remove()


async def test_monitor_that_does_not_answer_is_unavailable() -> None:
    """A missing monitoring address is told after the patience is over."""
    with pytest.raises(Unavailable):
        await check_sync_always(f"http://127.0.0.1:{free_port()}", patience=0.3)


async def test_wrong_password_is_told_without_quoting_it(nats_server: NatsServer) -> None:
    """A refused login is an error that does not hold the password."""
    url = nats_server.url("profiles").replace("test-only", "wrong-secret")
    with pytest.raises(Unavailable) as caught:
        await connect(url, name="test", patience=1.0)
    assert "wrong-secret" not in str(caught.value)


def test_permissions_are_the_least_needed() -> None:
    """A service may publish its own subjects, pull its own durables, and read its own replies only."""
    allowed = permissions("matching", stream_of("matching"), [("POLKU_PROFILES", "matching-profiles")])
    assert allowed == {
        "publish": {
            "allow": [
                "polku.matching.>",
                "$JS.API.STREAM.INFO.POLKU_MATCHING",
                "$JS.API.CONSUMER.MSG.NEXT.POLKU_PROFILES.matching-profiles",
                "$JS.API.CONSUMER.INFO.POLKU_PROFILES.matching-profiles",
                "$JS.ACK.POLKU_PROFILES.matching-profiles.>",
            ]
        },
        "subscribe": {"allow": ["_INBOX_matching.>"]},
    }
