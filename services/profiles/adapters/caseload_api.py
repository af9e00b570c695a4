"""The gRPC service of caseloads: requests to use cases and back."""

from polku.profiles.v1 import caseload_service_pb2 as pb
from polku.profiles.v1.caseload_service_pb2_grpc import CaseloadServiceServicer

from services.profiles.adapters.grpc_api import Clock, Context, OpenUnitOfWork, utc_now
from services.profiles.adapters.wire import casework as wire
from services.profiles.adapters.wire.profile import assignment_to_wire
from services.profiles.adapters.wire.requests import next_page_token
from services.profiles.application.handovers import hand_over, list_assignments
from shared.kernel.paging import PageTokens
from shared.runtime.rpc import current_principal

CASELOAD_SERVICE = "polku.profiles.v1.CaseloadService"


class CaseloadServicer(CaseloadServiceServicer):
    """polku.profiles.v1.CaseloadService."""

    def __init__(self, open_uow: OpenUnitOfWork, tokens: PageTokens, now: Clock = utc_now) -> None:
        self._open_uow = open_uow
        self._tokens = tokens
        self._now = now

    async def ListAssignments(self, request: pb.ListAssignmentsRequest, context: Context) -> pb.ListAssignmentsResponse:
        caller = current_principal()
        query = wire.list_assignments_from_wire(request, caller, self._tokens)
        page = await list_assignments(query, self._open_uow(), self._now())
        binding = wire.assignments_binding(caller, query.profile_id)
        return pb.ListAssignmentsResponse(
            assignments=[assignment_to_wire(assignment) for assignment in page.entries],
            next_page_token=next_page_token(page.next, self._tokens, binding),
        )

    async def HandOver(self, request: pb.HandOverRequest, context: Context) -> pb.HandOverResponse:
        cmd = wire.hand_over_from_wire(request, current_principal())
        return wire.handed_over_to_wire(await hand_over(cmd, self._open_uow(), self._now()))
