"""The gRPC services of profiles: requests to use cases and back. Errors are the interceptors' business."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import grpc
from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import profile_service_pb2 as pb
from polku.profiles.v1.access_service_pb2_grpc import AccessServiceServicer
from polku.profiles.v1.profile_service_pb2_grpc import ProfileServiceServicer

from services.profiles.adapters.wire import access_log as log_wire
from services.profiles.adapters.wire import casework, requests
from services.profiles.adapters.wire import identity as identities
from services.profiles.adapters.wire import profile as wire
from services.profiles.application.accesses import authorize_access, list_access_heads, list_accesses, search_accesses
from services.profiles.application.assignments import assign_counsellor, list_caseload
from services.profiles.application.identities import list_changes
from services.profiles.application.overrides import break_glass, list_overrides
from services.profiles.application.ports import UnitOfWork
from services.profiles.application.profiles import (
    create_profile,
    find_own_profile,
    get_matching_profile,
    get_profile,
    update_profile,
)
from services.profiles.domain.rules import Codes
from shared.kernel.names import resource_name
from shared.kernel.paging import PageTokens
from shared.kernel.principal import Role
from shared.runtime.log import get_logger
from shared.runtime.rpc import current_principal

PROFILE_SERVICE = "polku.profiles.v1.ProfileService"
ACCESS_SERVICE = "polku.profiles.v1.AccessService"
OpenUnitOfWork = Callable[[], UnitOfWork]
Clock = Callable[[], datetime]
_log = get_logger("profiles")
Context = grpc.aio.ServicerContext[Any, Any]


def utc_now() -> datetime:
    """The clock of the running service."""
    return datetime.now(UTC)


class ProfileServicer(ProfileServiceServicer):
    """polku.profiles.v1.ProfileService."""

    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        codes: Codes,
        tokens: PageTokens,
        now: Clock = utc_now,
        *,
        open_reading: OpenUnitOfWork | None = None,
    ) -> None:
        """`open_reading` opens what a reading needs: it writes the access row, and nothing else."""
        self._open_uow = open_uow
        self._open_reading = open_reading or open_uow
        self._codes = codes
        self._tokens = tokens
        self._now = now

    async def CreateProfile(self, request: pb.CreateProfileRequest, context: Context) -> pb.CreateProfileResponse:
        cmd = requests.create_profile_from_wire(request, current_principal())
        profile = await create_profile(cmd, self._open_uow(), self._codes, self._now())
        return pb.CreateProfileResponse(profile=wire.profile_to_wire(profile))

    async def GetProfile(self, request: pb.GetProfileRequest, context: Context) -> pb.GetProfileResponse:
        query = requests.get_profile_from_wire(request, current_principal())
        profile = await get_profile(query, self._open_reading(), self._now())
        return pb.GetProfileResponse(profile=wire.profile_to_wire(profile))

    async def UpdateProfile(self, request: pb.UpdateProfileRequest, context: Context) -> pb.UpdateProfileResponse:
        cmd = requests.update_profile_from_wire(request, current_principal())
        profile = await update_profile(cmd, self._open_uow(), self._codes, self._now())
        return pb.UpdateProfileResponse(profile=wire.profile_to_wire(profile))

    async def AssignCounsellor(
        self, request: pb.AssignCounsellorRequest, context: Context
    ) -> pb.AssignCounsellorResponse:
        cmd = requests.assign_counsellor_from_wire(request, current_principal())
        assignment = await assign_counsellor(cmd, self._open_uow(), self._now())
        return pb.AssignCounsellorResponse(assignment=wire.assignment_to_wire(assignment))

    async def ListChanges(self, request: pb.ListChangesRequest, context: Context) -> pb.ListChangesResponse:
        caller = current_principal()
        query = identities.list_changes_from_wire(request, caller, self._tokens)
        page = await list_changes(query, self._open_uow(), self._now())
        binding, supervises = identities.changes_binding(caller, query.profile_id), caller.role is Role.AUDITOR
        return pb.ListChangesResponse(
            changes=[identities.change_to_wire(change, with_subject=supervises) for change in page.entries],
            next_page_token=requests.next_page_token(page.next, self._tokens, binding),
        )

    async def ListCaseload(self, request: pb.ListCaseloadRequest, context: Context) -> pb.ListCaseloadResponse:
        caller = current_principal()
        query = requests.list_caseload_from_wire(request, caller, self._tokens)
        page = await list_caseload(query, self._open_uow(), self._now())
        return pb.ListCaseloadResponse(
            entries=[wire.caseload_entry_to_wire(entry) for entry in page.entries],
            next_page_token=requests.next_page_token(page.next, self._tokens, requests.caseload_binding(caller)),
        )

    async def FindOwnProfile(self, request: pb.FindOwnProfileRequest, context: Context) -> pb.FindOwnProfileResponse:
        found = await find_own_profile(current_principal(), self._open_uow())
        return pb.FindOwnProfileResponse(profile=resource_name("profiles", found) if found else "")

    async def GetMatchingProfile(
        self, request: pb.GetMatchingProfileRequest, context: Context
    ) -> pb.GetMatchingProfileResponse:
        query = requests.get_matching_profile_from_wire(request, current_principal())
        profile = await get_matching_profile(query, self._open_reading(), self._now())
        return wire.matching_profile_to_wire(profile)


class AccessServicer(AccessServiceServicer):
    """polku.profiles.v1.AccessService."""

    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        tokens: PageTokens,
        now: Clock = utc_now,
        *,
        open_reading: OpenUnitOfWork | None = None,
    ) -> None:
        self._open_uow = open_uow
        self._open_reading = open_reading or open_uow
        self._tokens = tokens
        self._now = now

    async def AuthorizeAccess(
        self, request: access_pb.AuthorizeAccessRequest, context: Context
    ) -> access_pb.AuthorizeAccessResponse:
        cmd = requests.authorize_access_from_wire(request, current_principal())
        relation = await authorize_access(cmd, self._open_reading(), self._now())
        return access_pb.AuthorizeAccessResponse(relation=access_pb.Relation.Kind.ValueType(relation))

    async def ListAccesses(
        self, request: access_pb.ListAccessesRequest, context: Context
    ) -> access_pb.ListAccessesResponse:
        caller = current_principal()
        query = requests.list_accesses_from_wire(request, caller, self._tokens)
        page = await list_accesses(query, self._open_uow(), self._now())
        binding = requests.accesses_binding(caller, query.profile_id)
        return access_pb.ListAccessesResponse(
            accesses=[log_wire.access_to_wire(access) for access in page.entries],
            next_page_token=requests.next_page_token(page.next, self._tokens, binding),
        )

    async def SearchAccesses(
        self, request: access_pb.SearchAccessesRequest, context: Context
    ) -> access_pb.SearchAccessesResponse:
        caller = current_principal()
        query = log_wire.search_from_wire(request, caller, self._tokens)
        page = await search_accesses(query, self._open_uow(), self._now())
        binding = log_wire.search_binding(request, caller)
        return access_pb.SearchAccessesResponse(
            accesses=[log_wire.supervised_to_wire(access) for access in page.entries],
            next_page_token=requests.next_page_token(page.next, self._tokens, binding),
        )

    async def ListAccessHeads(
        self, request: access_pb.ListAccessHeadsRequest, context: Context
    ) -> access_pb.ListAccessHeadsResponse:
        caller = current_principal()
        query = log_wire.heads_from_wire(request, caller, self._tokens)
        page = await list_access_heads(query, self._open_uow())
        return access_pb.ListAccessHeadsResponse(
            heads=[log_wire.head_to_wire(head) for head in page.entries],
            next_page_token=requests.next_page_token(page.next, self._tokens, log_wire.heads_binding(caller)),
        )

    async def BreakGlass(self, request: access_pb.BreakGlassRequest, context: Context) -> access_pb.BreakGlassResponse:
        cmd = casework.break_glass_from_wire(request, current_principal())
        opened = await break_glass(cmd, self._open_uow(), self._now())
        # The alert: supervision looks the override up by its id.
        _log.warning("access.overridden", override=opened.id, unit=opened.unit, reason_code=opened.reason_code.name)
        return access_pb.BreakGlassResponse(override=casework.override_to_wire(opened))

    async def ListOverrides(
        self, request: access_pb.ListOverridesRequest, context: Context
    ) -> access_pb.ListOverridesResponse:
        caller = current_principal()
        query = casework.list_overrides_from_wire(request, caller, self._tokens)
        page = await list_overrides(query, self._open_uow(), self._now())
        binding = casework.overrides_binding(caller, query.profile_id)
        return access_pb.ListOverridesResponse(
            overrides=[casework.override_to_wire(each) for each in page.entries],
            next_page_token=requests.next_page_token(page.next, self._tokens, binding),
        )
