"""Streams, durable consumers and the permissions of their users: one description for every environment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A stream of one producing service.

    max_bytes below 60 % of the disk: a full stream refuses cleanly, while a full disk leaves it write-dead until the
    server restarts. A message id is stored once within `duplicate_window`. Purging is denied to everybody; the owner
    may delete single messages, which alone wipes their bytes.
    work_queue: a message is there until one consumer has acknowledged it; no other consumer may have its subject.
    """

    name: str
    subjects: tuple[str, ...]
    max_bytes: int = 1 << 30
    max_age: timedelta = timedelta(days=30)
    duplicate_window: timedelta = timedelta(hours=2)
    max_message_bytes: int = 64 * 1024
    replicas: int = 1
    work_queue: bool = False


@dataclass(frozen=True, slots=True)
class ConsumerSpec:
    """A durable pull consumer. The server never gives up a message: `Consumer` counts deliveries and dead-letters."""

    stream: str
    durable: str
    filter_subjects: tuple[str, ...] = ()
    ack_wait: timedelta = timedelta(seconds=30)
    max_ack_pending: int = 256


def stream_of(service: str) -> StreamSpec:
    """Return the stream of a service: POLKU_PROFILES with the subjects polku.profiles.>"""
    return StreamSpec(name=f"POLKU_{service.upper()}", subjects=(f"polku.{service}.>",))


def work_stream_of(service: str) -> StreamSpec:
    """Return the stream of a service's own work: POLKU_MATCHING_WORK with the subjects polku.work.matching.>

    Not below polku.matching, whose subjects all belong to the stream of events.
    """
    name, subjects = f"POLKU_{service.upper()}_WORK", (f"polku.work.{service}.>",)
    return StreamSpec(name=name, subjects=subjects, max_bytes=64 << 20, max_age=timedelta(days=2), work_queue=True)


def inbox_prefix(user: str) -> str:
    """Return the prefix of the reply subjects of a user."""
    return f"_INBOX_{user}" if user else "_INBOX"


def permissions(
    service: str,
    publishes: StreamSpec | None,
    consumes: Iterable[tuple[str, str]] = (),
    work: StreamSpec | None = None,
) -> dict[str, dict[str, list[str]]]:
    """Return the allow lists of the NATS user named like the service, in the form of the server's configuration.

    publishes  the stream it may publish to
    work       the stream of its own work, which it may publish to as well
    consumes   (stream, durable) pairs it may pull from and acknowledge
    It may create, change, read directly and purge nothing.
    """
    publish: list[str] = []
    for stream in (publishes, work):
        if stream is not None:
            publish += [*stream.subjects, f"$JS.API.STREAM.INFO.{stream.name}"]
    for source, durable in consumes:
        publish += [
            f"$JS.API.CONSUMER.MSG.NEXT.{source}.{durable}",
            f"$JS.API.CONSUMER.INFO.{source}.{durable}",
            f"$JS.ACK.{source}.{durable}.>",
        ]
    return {"publish": {"allow": publish}, "subscribe": {"allow": [f"{inbox_prefix(service)}.>"]}}
