"""Channels to other services: bounded calls, retries of UNAVAILABLE only, identity and trace passed on."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import grpc
import grpc.aio

from shared.kernel.errors import PolkuError
from shared.kernel.principal import Principal
from shared.runtime.auth import ServiceSigner
from shared.runtime.rpc.deadline import time_left
from shared.runtime.rpc.status import DETAILS_KEY, error_of
from shared.runtime.tls import Tls
from shared.runtime.trace import current_traceparent

_SERVICE_CONFIG = {
    # Of a name with several addresses, all get calls; by default the first one would get every call.
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.05s",
                "maxBackoff": "0.5s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
    "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1},
}


def open_channel(
    address: str, service_signer: ServiceSigner | None = None, *, timeout: float = 5.0, tls: Tls | None = None
) -> grpc.aio.Channel:
    """Return a channel; the caller closes it. It connects at the first call and reconnects by itself.

    Unary calls take at most `timeout` seconds and what the current call has left; streams only the latter. Each call
    carries the trace and, with a signer, the token of this service.
    """
    options = [
        ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
        ("grpc.enable_retries", 1),
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 5_000),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 2_000),
    ]
    kinds = (_UnaryUnary, _UnaryStream, _StreamUnary, _StreamStream)
    interceptors = [kind(service_signer, timeout) for kind in kinds]
    if tls is None:
        return grpc.aio.insecure_channel(address, options=options, interceptors=interceptors)
    return grpc.aio.secure_channel(address, tls.channel_credentials(), options=options, interceptors=interceptors)


def call_metadata(principal: Principal, signer: ServiceSigner | None = None) -> tuple[tuple[str, str], ...]:
    """Return the metadata of a call on behalf of `principal`: its token, this service's token, the trace."""
    metadata: list[tuple[str, str]] = []
    if principal.token:
        metadata.append(("authorization", f"Bearer {principal.token}"))
    if signer is not None:
        metadata.append(("x-polku-service", signer.token(datetime.now(UTC))))
    if traceparent := current_traceparent():
        metadata.append(("traceparent", traceparent))
    return tuple(metadata)


def from_rpc_error(error: grpc.aio.AioRpcError) -> PolkuError:
    """Return the kernel error that a call ended with: its reason, metadata and violations are kept."""
    details = next((value for key, value in error.trailing_metadata() or () if key == DETAILS_KEY), None)
    return error_of(error.code(), details if isinstance(details, bytes) else None)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn a failed call inside the block into the kernel error of `from_rpc_error`."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise from_rpc_error(error) from None


class _Outgoing:
    def __init__(self, signer: ServiceSigner | None, timeout: float) -> None:
        self._signer = signer
        self._timeout = timeout

    def details(self, given: grpc.aio.ClientCallDetails, *, unary: bool) -> grpc.aio.ClientCallDetails:
        limits = [limit for limit in (given.timeout, time_left()) if limit is not None]
        if unary and given.timeout is None:
            limits.append(self._timeout)
        metadata = grpc.aio.Metadata(*(given.metadata or ()))
        present = {key for key, _ in metadata}
        if self._signer is not None and "x-polku-service" not in present:
            metadata.add("x-polku-service", self._signer.token(datetime.now(UTC)))
        if "traceparent" not in present and current_traceparent():
            metadata.add("traceparent", current_traceparent())
        return grpc.aio.ClientCallDetails(
            given.method, min(limits, default=None), metadata, given.credentials, given.wait_for_ready
        )


class _UnaryUnary(_Outgoing, grpc.aio.UnaryUnaryClientInterceptor):
    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        return await continuation(self.details(client_call_details, unary=True), request)


class _UnaryStream(_Outgoing, grpc.aio.UnaryStreamClientInterceptor):
    async def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        return await continuation(self.details(client_call_details, unary=False), request)


class _StreamUnary(_Outgoing, grpc.aio.StreamUnaryClientInterceptor):
    async def intercept_stream_unary(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request_iterator: Any
    ) -> Any:
        return await continuation(self.details(client_call_details, unary=False), request_iterator)


class _StreamStream(_Outgoing, grpc.aio.StreamStreamClientInterceptor):
    async def intercept_stream_stream(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request_iterator: Any
    ) -> Any:
        return await continuation(self.details(client_call_details, unary=False), request_iterator)
