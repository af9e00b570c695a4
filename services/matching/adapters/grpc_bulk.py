"""The gRPC service of lists for all people."""

from typing import Any

import grpc
from polku.matching.v1 import bulk_service_pb2 as pb
from polku.matching.v1.bulk_service_pb2_grpc import BulkServiceServicer

from services.matching.adapters.event_handlers import Clock, OpenUnitOfWork, utc_now
from services.matching.adapters.texts import Texts
from services.matching.adapters.wire import values
from services.matching.adapters.wire.matches import Wire
from services.matching.application.bulk import (
    ListPreparedMatches,
    StartBulkRun,
    get_bulk_run,
    list_prepared_matches,
    start_bulk_run,
)
from services.matching.application.engine import Engine
from services.matching.application.prepared import Progress
from services.matching.domain.values import Purpose
from shared.kernel.names import parse_name, resource_name
from shared.kernel.principal import Role
from shared.runtime.rpc import current_principal, require

BULK_SERVICE = "polku.matching.v1.BulkService"
Context = grpc.aio.ServicerContext[Any, Any]


class BulkServicer(BulkServiceServicer):
    """polku.matching.v1.BulkService."""

    def __init__(self, open_uow: OpenUnitOfWork, engine: Engine, texts: Texts, now: Clock = utc_now) -> None:
        self._open_uow = open_uow
        self._engine = engine
        self._texts = texts
        self._now = now

    async def StartBulkRun(self, request: pb.StartBulkRunRequest, context: Context) -> pb.StartBulkRunResponse:
        require(Role.OPERATOR)
        run = await start_bulk_run(StartBulkRun(), self._open_uow(), self._now())
        return pb.StartBulkRunResponse(run=run_to_wire(run))

    async def GetBulkRun(self, request: pb.GetBulkRunRequest, context: Context) -> pb.GetBulkRunResponse:
        require(Role.OPERATOR)
        run = await get_bulk_run(parse_name("bulkRuns", request.name), self._open_uow())
        return pb.GetBulkRunResponse(run=run_to_wire(run))

    async def ListPreparedMatches(
        self, request: pb.ListPreparedMatchesRequest, context: Context
    ) -> pb.ListPreparedMatchesResponse:
        cmd = ListPreparedMatches(
            caller=current_principal(),
            profile_id=parse_name("profiles", request.profile, field="profile"),
            purpose=Purpose(request.purpose),
            language=self._texts.language_of(request.language),
            page_size=request.page_size,
        )
        prepared, decision = await list_prepared_matches(cmd, self._open_uow(), self._engine, self._now())
        wire = Wire(self._texts, cmd.language)
        return pb.ListPreparedMatchesResponse(
            matches=[wire.match(match) for match in decision.matches] if decision else [],
            decision=resource_name("decisions", decision.id) if decision else "",
            prepare_time=values.timestamp_to_wire(prepared.create_time),
        )


def run_to_wire(progress: Progress) -> pb.BulkRun:
    """A run with how far it has come."""
    return pb.BulkRun(
        name=resource_name("bulkRuns", progress.run.id),
        create_time=values.timestamp_to_wire(progress.run.create_time),
        items=progress.items,
        items_done=progress.items_done,
        items_failed=progress.failed,
        people=progress.people,
        people_done=progress.people_done,
        lists=progress.prepared,
    )
