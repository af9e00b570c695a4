"""Requests as commands and queries, with the identity of mutations and the tokens of pages."""

from datetime import datetime

from google.protobuf.message import Message
from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import profile_service_pb2 as pb

from services.profiles.adapters.wire.dates import check_dates
from services.profiles.adapters.wire.profile import COLLECTION, content_from_wire
from services.profiles.application.accesses import AuthorizeAccess, ListAccesses
from services.profiles.application.assignments import AssignCounsellor, ListCaseload
from services.profiles.application.ports import Position, RequestKey
from services.profiles.application.profiles import CreateProfile, GetMatchingProfile, GetProfile, UpdateProfile
from services.profiles.domain.policy import Action
from services.profiles.domain.values import Purpose
from shared.kernel.names import parse_name
from shared.kernel.paging import PageTokens, page_size
from shared.kernel.principal import Principal
from shared.runtime.requests import fingerprint_of

CREATE_METHOD = "polku.profiles.v1.ProfileService/CreateProfile"


def create_profile_from_wire(request: pb.CreateProfileRequest, caller: Principal) -> CreateProfile:
    """Raises InvalidArgument DATE_INVALID."""
    check_dates(request.profile, "profile")
    return CreateProfile(
        caller=caller,
        request=request_key(request, request.request_id, CREATE_METHOD, caller),
        content=content_from_wire(request.profile),
        owner_subject=request.owner_subject,
    )


def get_profile_from_wire(request: pb.GetProfileRequest, caller: Principal) -> GetProfile:
    """Raises InvalidArgument NAME_INVALID."""
    return GetProfile(caller, parse_name(COLLECTION, request.name), Purpose(request.purpose))


def update_profile_from_wire(request: pb.UpdateProfileRequest, caller: Principal) -> UpdateProfile:
    """Raises InvalidArgument NAME_INVALID, DATE_INVALID."""
    profile_id = parse_name(COLLECTION, request.profile.name, field="profile.name")
    check_dates(request.profile, "profile")
    return UpdateProfile(
        caller=caller,
        request=request_key(request, request.request_id, Action.UPDATE_PROFILE.value, caller),
        profile_id=profile_id,
        content=content_from_wire(request.profile),
        paths=tuple(request.update_mask.paths),
        etag=request.profile.etag,
    )


def assign_counsellor_from_wire(request: pb.AssignCounsellorRequest, caller: Principal) -> AssignCounsellor:
    """Raises InvalidArgument NAME_INVALID."""
    return AssignCounsellor(
        caller=caller,
        request=request_key(request, request.request_id, Action.ASSIGN_COUNSELLOR.value, caller),
        profile_id=parse_name(COLLECTION, request.name),
        counsellor=request.counsellor,
        unit=request.unit,
    )


def get_matching_profile_from_wire(request: pb.GetMatchingProfileRequest, caller: Principal) -> GetMatchingProfile:
    """Raises InvalidArgument NAME_INVALID."""
    return GetMatchingProfile(caller, parse_name(COLLECTION, request.name))


def authorize_access_from_wire(request: access_pb.AuthorizeAccessRequest, caller: Principal) -> AuthorizeAccess:
    """Raises InvalidArgument NAME_INVALID."""
    profile_id = parse_name(COLLECTION, request.profile, field="profile")
    return AuthorizeAccess(caller, profile_id, Purpose(request.purpose), request.method)


def list_caseload_from_wire(request: pb.ListCaseloadRequest, caller: Principal, tokens: PageTokens) -> ListCaseload:
    """Raises InvalidArgument PAGE_SIZE_OUT_OF_RANGE, PAGE_TOKEN_INVALID."""
    after = position_of(tokens.decode(request.page_token, caseload_binding(caller)))
    return ListCaseload(caller, page_size(request.page_size), after)


def list_accesses_from_wire(
    request: access_pb.ListAccessesRequest, caller: Principal, tokens: PageTokens
) -> ListAccesses:
    """Raises InvalidArgument NAME_INVALID, PAGE_SIZE_OUT_OF_RANGE, PAGE_TOKEN_INVALID."""
    profile_id = parse_name(COLLECTION, request.profile, field="profile")
    after = position_of(tokens.decode(request.page_token, accesses_binding(caller, profile_id)))
    return ListAccesses(caller, profile_id, page_size(request.page_size), after, request.others_only)


def caseload_binding(caller: Principal) -> str:
    """What a token of the caseload is bound to: the method and the caller."""
    return f"{Action.LIST_CASELOAD.value} {caller.role} {caller.subject}"


def accesses_binding(caller: Principal, profile_id: str) -> str:
    """What a token of the accesses is bound to: the method, the profile and the caller."""
    return f"{Action.LIST_ACCESSES.value} {profile_id} {caller.role} {caller.subject}"


def next_page_token(position: Position | None, tokens: PageTokens, binding: str) -> str:
    """The token of the page behind `position`, "" at the end. It holds an instant and an id."""
    if position is None:
        return ""
    return tokens.encode({"time": position.time.isoformat(), "id": position.id}, binding)


def position_of(cursor: dict[str, str | int | float]) -> Position | None:
    """The position that a token holds, None where there was no token."""
    return Position(datetime.fromisoformat(str(cursor["time"])), str(cursor["id"])) if cursor else None


def request_key(request: Message, request_id: str, method: str, caller: Principal) -> RequestKey:
    """The identity of a mutation."""
    fingerprint = fingerprint_of(request.SerializeToString(deterministic=True))
    return RequestKey(scope=caller.subject, request_id=request_id, method=method, fingerprint=fingerprint)
