"""What the gateway's fake services have in common: remembered calls, failures on demand, health."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2
from grpc_status.rpc_status import to_status

from shared.kernel.errors import PolkuError
from shared.runtime.rpc.status import status_of


@dataclass(frozen=True)
class Call:
    """One call that a fake received."""

    method: str
    request: Any
    metadata: Mapping[str, str]


@dataclass
class Fake:
    """What the fakes have in common: remembered calls, failures on demand, health."""

    calls: list[Call] = field(default_factory=list)
    failures: dict[str, PolkuError | grpc.StatusCode] = field(default_factory=dict)
    health: int = health_pb2.HealthCheckResponse.SERVING

    @property
    def last(self) -> Call:
        """The last call."""
        return self.calls[-1]

    def reset(self) -> None:
        """Forget calls and failures."""
        self.calls.clear()
        self.failures.clear()
        self.health = health_pb2.HealthCheckResponse.SERVING

    async def received(self, method: str, request: Message, context: Any) -> None:
        """Remember a call, then fail where the test asked for it."""
        metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        self.calls.append(Call(method, request, metadata))
        failure = self.failures.get(method)
        if isinstance(failure, grpc.StatusCode):
            await context.abort(failure, "internal text of a library that nobody outside may see")
        if isinstance(failure, PolkuError):
            await refuse(context, failure)


async def refuse(context: Any, error: PolkuError) -> None:
    """End a call as the services do: google.rpc.Status with the reason."""
    await context.abort_with_status(to_status(status_of(error)))
