"""A pool of the runtime role, and streams emptied before each test."""

import io
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import nats
import pytest
import structlog

from shared.runtime.bus import ConsumerSpec, declare, stream_of
from shared.runtime.log import configure
from shared.runtime.postgres import Pool, open_pool
from tests.servers import Database, NatsServer


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    """A pool of the runtime role."""
    opened = await open_pool(database.runtime_dsn, application_name="test", max_size=12)
    yield opened
    await opened.close()


@pytest.fixture
async def streams(nats_server: NatsServer) -> NatsServer:
    """The server with empty streams of profiles and openings and matching's durable consumers."""
    connection = await nats.connect(nats_server.owner_url)
    jetstream = connection.jetstream()
    for info in await jetstream.streams_info():
        await jetstream.delete_stream(info.config.name or "")
    await connection.close()
    await declare(
        nats_server.owner_url,
        [stream_of("profiles"), stream_of("openings")],
        [
            ConsumerSpec("POLKU_PROFILES", "matching-profiles"),
            ConsumerSpec("POLKU_OPENINGS", "matching-openings"),
        ],
    )
    return nats_server


@pytest.fixture
def log() -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    """The log lines of the test: a function from an event to its parsed lines. Personal data raises."""
    stream, handlers = io.StringIO(), list(logging.getLogger().handlers)
    configure("test", level="debug", format="json", stream=stream, strict=True)
    yield lambda event: [line for line in map(json.loads, stream.getvalue().splitlines()) if line["event"] == event]
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
