"""The casework of the gateway's fake profiles service: assignments, handovers, break-glass."""

from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from polku.profiles.v1 import access_service_pb2, caseload_service_pb2, caseload_service_pb2_grpc, profile_pb2

from shared.kernel.errors import PermissionDenied
from tests.fakes.gateway_calls import Fake, refuse

BEGIN = Timestamp(seconds=1_795_000_000)
END = Timestamp(seconds=BEGIN.seconds + 8 * 60 * 60)
Outcome = caseload_service_pb2.HandOverOutcome


class FakeCasework(caseload_service_pb2_grpc.CaseloadServiceServicer, Fake):
    """Handovers of who is in `entries`, and overrides by profile."""

    entries: list[profile_pb2.CaseloadEntry]
    stored: dict[str, profile_pb2.Profile]
    overrides: list[access_service_pb2.AccessOverride]

    async def ListAssignments(self, request: Any, context: Any) -> Any:
        """List one assignment."""
        await self.received("ListAssignments", request, context)
        assignment = profile_pb2.Assignment(profile=request.profile, unit="leppavaara", begin_time=BEGIN)
        return caseload_service_pb2.ListAssignmentsResponse(assignments=[assignment])

    async def HandOver(self, request: Any, context: Any) -> Any:
        """Take who is handed over out of the caseload; others are refused, and in a preview named as such."""
        await self.received("HandOver", request, context)
        mine = {entry.profile for entry in self.entries}
        if not request.validate_only:
            if not set(request.profiles) <= mine:
                await refuse(context, PermissionDenied())
            self.entries[:] = [entry for entry in self.entries if entry.profile not in request.profiles]
        kinds = {True: Outcome.KIND_HANDED_OVER, False: Outcome.KIND_NOT_ACCESSIBLE}
        outcomes = [Outcome(profile=profile, kind=kinds[profile in mine]) for profile in request.profiles]
        return caseload_service_pb2.HandOverResponse(outcomes=outcomes)

    async def BreakGlass(self, request: Any, context: Any) -> Any:
        """Open the record of somebody who is there."""
        await self.received("BreakGlass", request, context)
        if request.profile not in self.stored:
            await refuse(context, PermissionDenied())
        override = access_service_pb2.AccessOverride(
            profile=request.profile,
            unit="leppavaara",
            reason_code=request.reason_code,
            reason=request.reason,
            begin_time=BEGIN,
            end_time=END,
        )
        self.overrides.append(override)
        return access_service_pb2.BreakGlassResponse(override=override)

    async def ListOverrides(self, request: Any, context: Any) -> Any:
        """List those of one person, or all."""
        await self.received("ListOverrides", request, context)
        found = [each for each in self.overrides if request.profile in ("", each.profile)]
        return access_service_pb2.ListOverridesResponse(overrides=found)
