"""The bus: NATS JetStream, with streams and consumers declared by `migrate` and never by who connects first."""

from shared.runtime.bus.connection import check_sync_always, connect
from shared.runtime.bus.consumer import Consumer, Handle, KeepDeadLetter
from shared.runtime.bus.declaration import declare
from shared.runtime.bus.publisher import Publisher
from shared.runtime.bus.streams import ConsumerSpec, StreamSpec, permissions, stream_of, work_stream_of

__all__ = [
    "Consumer",
    "ConsumerSpec",
    "Handle",
    "KeepDeadLetter",
    "Publisher",
    "StreamSpec",
    "check_sync_always",
    "connect",
    "declare",
    "permissions",
    "stream_of",
    "work_stream_of",
]
