"""The gRPC service of a person's rights."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import grpc
from polku.profiles.v1 import rights_service_pb2 as pb
from polku.profiles.v1.rights_service_pb2_grpc import RightsServiceServicer

from services.profiles.adapters.wire.values import timestamp_to_wire
from services.profiles.application.ports import UnitOfWork
from services.profiles.application.rights import ErasePerson, erase_person
from services.profiles.domain.erasure import Kept, Rule
from services.profiles.domain.values import Purpose
from shared.kernel.names import parse_name
from shared.runtime.rpc import current_principal

RIGHTS_SERVICE = "polku.profiles.v1.RightsService"
Context = grpc.aio.ServicerContext[Any, Any]


class RightsServicer(RightsServiceServicer):
    """polku.profiles.v1.RightsService."""

    def __init__(
        self,
        open_uow: Callable[[], UnitOfWork],
        rules: Sequence[Rule],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._open_uow = open_uow
        self._rules = tuple(rules)
        self._now = now

    async def ErasePerson(self, request: pb.ErasePersonRequest, context: Context) -> pb.ErasePersonResponse:
        cmd = ErasePerson(
            current_principal(),
            parse_name("profiles", request.profile, "profile"),
            Purpose(request.purpose),
            dry_run=request.dry_run,
        )
        planned, erasure = await erase_person(cmd, self._open_uow(), self._rules, self._now())
        answer = pb.ErasePersonResponse(
            goes=[_kept_to_wire(kept) for kept in planned.goes], stays=[_kept_to_wire(kept) for kept in planned.stays]
        )
        if erasure is not None:
            answer.erase_time.CopyFrom(timestamp_to_wire(erasure.erase_time))
        return answer


def _kept_to_wire(kept: Kept) -> pb.KeptData:
    return pb.KeptData(data=kept.data, entries=kept.entries, reason=kept.reason, law=kept.law, days=kept.days)
