"""Publishing: an event counts as published when its own stream has acknowledged it."""

import nats.errors
from nats.aio.client import Client
from nats.js.errors import APIError, NoStreamResponseError

from shared.kernel.errors import Internal, InvalidArgument, ResourceExhausted, Unavailable
from shared.kernel.events import EventRecord
from shared.runtime.bus.envelope import headers_of

_STREAM_FULL = frozenset({10077, 10122, 10047})  # maximum bytes, maximum messages, insufficient storage
_TOO_LARGE = 10054


class Publisher:
    """Publishes the events of one service to its stream; give its `publish` to the outbox relay."""

    def __init__(self, connection: Client, stream: str, service: str, *, timeout: float = 2.0) -> None:
        self._connection = connection
        self._jetstream = connection.jetstream(timeout=timeout)
        self._stream = stream
        self._source = f"polku/{service}"

    async def publish(self, record: EventRecord) -> None:
        """Publish and wait for the acknowledgement of the stream; the same id twice is stored once.

        Raises Unavailable (no connection, no answer in time, or a subject that this user may not publish),
        ResourceExhausted STREAM_FULL, InvalidArgument EVENT_TOO_LARGE, Internal WRONG_STREAM.
        """
        if not self._connection.is_connected:
            raise Unavailable("BROKER_UNAVAILABLE", "NATS is not connected just now.")
        try:
            acknowledged = await self._jetstream.publish(
                record.subject, record.payload, stream=self._stream, headers=headers_of(record, self._source)
            )
        except nats.errors.MaxPayloadError:
            raise _too_large() from None
        except NoStreamResponseError as error:
            raise Internal(
                "WRONG_STREAM", "No stream takes this subject: run migrate, or correct the subject."
            ) from error
        except APIError as error:
            raise _refusal(error) from error
        except (nats.errors.Error, TimeoutError) as error:
            raise Unavailable("BROKER_TIMEOUT", "NATS did not acknowledge in time.") from error
        if acknowledged.stream != self._stream:
            raise Internal("WRONG_STREAM", f"{acknowledged.stream} took an event that belongs into {self._stream}.")


def _refusal(error: APIError) -> Exception:
    if error.err_code in _STREAM_FULL:
        return ResourceExhausted("STREAM_FULL", "The stream is full: raise max_bytes or shorten max_age.")
    if error.err_code == _TOO_LARGE:
        return _too_large()
    if error.code is not None and error.code >= 500:
        return Unavailable("BROKER_UNAVAILABLE", f"JetStream cannot take events just now (error {error.err_code}).")
    return Internal("WRONG_STREAM", f"JetStream refused the event (error {error.err_code}).")


def _too_large() -> InvalidArgument:
    return InvalidArgument("EVENT_TOO_LARGE", "The event is larger than the 64 kB that the bus takes.")
