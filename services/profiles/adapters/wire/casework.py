"""Mapping of break-glass, of assignments over time and of handovers, and of the requests about them."""

from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import caseload_service_pb2 as pb

from services.profiles.adapters.wire import values
from services.profiles.adapters.wire.profile import COLLECTION
from services.profiles.adapters.wire.requests import position_of, request_key
from services.profiles.application.handovers import HandOver, ListAssignments
from services.profiles.application.overrides import BreakGlass, ListOverrides
from services.profiles.application.ports import HandedOver
from services.profiles.domain.handovers import Outcome
from services.profiles.domain.overrides import AccessOverride, Reason
from services.profiles.domain.policy import Action
from services.profiles.domain.values import Purpose
from shared.kernel.names import parse_name, resource_name
from shared.kernel.paging import PageTokens, page_size
from shared.kernel.principal import Principal

OVERRIDES = "accessOverrides"


def override_to_wire(override: AccessOverride) -> access_pb.AccessOverride:
    """An opening of a record."""
    return access_pb.AccessOverride(
        name=resource_name(OVERRIDES, override.id),
        profile=resource_name(COLLECTION, override.profile_id),
        counsellor=override.counsellor,
        unit=override.unit,
        reason_code=access_pb.AccessOverride.Reason.ValueType(override.reason_code),
        reason=override.reason,
        begin_time=values.timestamp_to_wire(override.begin_time),
        end_time=values.timestamp_to_wire(override.end_time),
    )


def override_from_wire(override: access_pb.AccessOverride) -> AccessOverride:
    """What `override_to_wire` was given."""
    return AccessOverride(
        id=parse_name(OVERRIDES, override.name),
        profile_id=parse_name(COLLECTION, override.profile),
        counsellor=override.counsellor,
        unit=override.unit,
        reason_code=Reason(override.reason_code),
        reason=override.reason,
        begin_time=values.timestamp_from_wire(override.begin_time),
        end_time=values.timestamp_from_wire(override.end_time),
    )


def handed_over_to_wire(handed_over: HandedOver) -> pb.HandOverResponse:
    """What became of each person."""
    return pb.HandOverResponse(
        outcomes=[
            pb.HandOverOutcome(
                profile=resource_name(COLLECTION, profile_id), kind=pb.HandOverOutcome.Kind.ValueType(outcome)
            )
            for profile_id, outcome in handed_over.outcomes
        ]
    )


def handed_over_from_wire(response: pb.HandOverResponse) -> HandedOver:
    """What `handed_over_to_wire` was given."""
    return HandedOver(
        tuple((parse_name(COLLECTION, each.profile), Outcome(each.kind)) for each in response.outcomes)
    )  # fmt: skip


def break_glass_from_wire(request: access_pb.BreakGlassRequest, caller: Principal) -> BreakGlass:
    """Raises InvalidArgument NAME_INVALID."""
    return BreakGlass(
        caller=caller,
        request=request_key(request, request.request_id, Action.BREAK_GLASS.value, caller),
        profile_id=parse_name(COLLECTION, request.profile, field="profile"),
        reason_code=Reason(request.reason_code),
        reason=request.reason,
    )


def list_overrides_from_wire(
    request: access_pb.ListOverridesRequest, caller: Principal, tokens: PageTokens
) -> ListOverrides:
    """Raises InvalidArgument NAME_INVALID, PAGE_SIZE_OUT_OF_RANGE, PAGE_TOKEN_INVALID."""
    profile_id = parse_name(COLLECTION, request.profile, field="profile") if request.profile else ""
    after = position_of(tokens.decode(request.page_token, overrides_binding(caller, profile_id)))
    return ListOverrides(caller, profile_id, page_size(request.page_size), after)


def list_assignments_from_wire(
    request: pb.ListAssignmentsRequest, caller: Principal, tokens: PageTokens
) -> ListAssignments:
    """Raises InvalidArgument NAME_INVALID, PAGE_SIZE_OUT_OF_RANGE, PAGE_TOKEN_INVALID."""
    profile_id = parse_name(COLLECTION, request.profile, field="profile")
    after = position_of(tokens.decode(request.page_token, assignments_binding(caller, profile_id)))
    return ListAssignments(caller, profile_id, Purpose(request.purpose), page_size(request.page_size), after)


def hand_over_from_wire(request: pb.HandOverRequest, caller: Principal) -> HandOver:
    """Raises InvalidArgument NAME_INVALID."""
    return HandOver(
        caller=caller,
        request=request_key(request, request.request_id, Action.HAND_OVER.value, caller),
        profile_ids=tuple(parse_name(COLLECTION, name, field="profiles") for name in request.profiles),
        caseload_of=request.caseload_of,
        counsellor=request.counsellor,
        unit=request.unit,
        preview=request.validate_only,
    )


def overrides_binding(caller: Principal, profile_id: str) -> str:
    """What a token of the overrides is bound to: the method, the profile or everybody, and the caller."""
    return f"{Action.LIST_OVERRIDES.value} {profile_id} {caller.role} {caller.subject}"


def assignments_binding(caller: Principal, profile_id: str) -> str:
    """What a token of the assignments is bound to: the method, the profile and the caller."""
    return f"{Action.LIST_ASSIGNMENTS.value} {profile_id} {caller.role} {caller.subject}"
