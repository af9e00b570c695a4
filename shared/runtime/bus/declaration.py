"""Declaring streams and consumers: the work of `migrate`, as the owner user."""

from collections.abc import Sequence
from typing import Any

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from shared.runtime.bus.connection import connect
from shared.runtime.bus.streams import ConsumerSpec, StreamSpec


async def declare(url: str, streams: Sequence[StreamSpec], consumers: Sequence[ConsumerSpec] = ()) -> None:
    """Create or update streams and consumers as the owner user. Safe to repeat. Raises nats errors, Unavailable."""
    connection = await connect(url, name="declare")
    try:
        jetstream = connection.jetstream(timeout=10)
        for stream in streams:
            await _declare_stream(jetstream, stream)
        for consumer in consumers:
            # JetStream's create is an update for a durable that exists.
            await jetstream.add_consumer(consumer.stream, _consumer_config(consumer))
    finally:
        await connection.close()


async def _declare_stream(jetstream: JetStreamContext, spec: StreamSpec) -> None:
    config = _stream_config(spec)
    try:
        await jetstream.stream_info(spec.name)
    except NotFoundError:
        await jetstream.add_stream(config)
    else:
        await jetstream.update_stream(config)


def _stream_config(spec: StreamSpec) -> StreamConfig:
    return StreamConfig(
        name=spec.name,
        subjects=list(spec.subjects),
        retention=RetentionPolicy.WORK_QUEUE if spec.work_queue else RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_bytes=spec.max_bytes,
        max_age=spec.max_age.total_seconds(),
        max_msg_size=spec.max_message_bytes,
        duplicate_window=spec.duplicate_window.total_seconds(),
        num_replicas=spec.replicas,
        deny_purge=True,
    )


def _consumer_config(spec: ConsumerSpec) -> ConsumerConfig:
    filters: dict[str, Any] = {"filter_subjects": list(spec.filter_subjects)} if spec.filter_subjects else {}
    # No server-side backoff: it would replace ack_wait by its first step (1 s). Consumer delays by nak instead.
    return ConsumerConfig(
        durable_name=spec.durable,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=spec.ack_wait.total_seconds(),
        max_deliver=-1,
        max_ack_pending=spec.max_ack_pending,
        **filters,
    )
