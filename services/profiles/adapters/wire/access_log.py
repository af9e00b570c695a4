"""Mapping of the access log: entries as the person and as supervision see them, heads of its seal, searches."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp
from polku.profiles.v1 import access_service_pb2 as pb
from polku.type.v1 import types_pb2 as type_pb

from services.profiles.adapters.wire import values
from services.profiles.adapters.wire.profile import COLLECTION
from services.profiles.adapters.wire.requests import position_of
from services.profiles.application.accesses import ListAccessHeads, SearchAccesses
from services.profiles.domain.access_log import Head
from services.profiles.domain.policy import Access, Action
from shared.kernel.errors import FieldViolation, InvalidArgument
from shared.kernel.names import parse_name, resource_name
from shared.kernel.paging import PageTokens, page_size
from shared.kernel.principal import Principal

HEADS_METHOD = "polku.profiles.v1.AccessService/ListAccessHeads"


def access_to_wire(access: Access) -> pb.Access:
    """An entry as the person sees it: in which role, for what and when, but not which person read."""
    return pb.Access(
        time=values.timestamp_to_wire(access.time),
        purpose=type_pb.Purpose.Kind.ValueType(access.purpose or 0),
        role=access.role.value,
        unit=access.unit,
        relation=pb.Relation.Kind.ValueType(access.relation),
        method=access.method,
        data=[pb.Data.Kind.ValueType(kind) for kind in access.data],
    )


def supervised_to_wire(access: Access) -> pb.Access:
    """An entry as supervision sees it: with the reader, the person, and whether it was refused."""
    entry = access_to_wire(access)
    entry.reader = access.reader
    entry.service = access.service
    entry.refused = access.refused
    entry.profile = resource_name(COLLECTION, access.profile_id)
    return entry


def head_to_wire(head: Head) -> pb.AccessHead:
    """A head."""
    return pb.AccessHead(
        position=head.position,
        digest=head.digest.hex(),
        time=values.timestamp_to_wire(head.time),
        signature=head.signature,
    )


def search_from_wire(request: pb.SearchAccessesRequest, caller: Principal, tokens: PageTokens) -> SearchAccesses:
    """Raises InvalidArgument NAME_INVALID, TIME_INVALID, PAGE_SIZE_OUT_OF_RANGE, PAGE_TOKEN_INVALID."""
    return SearchAccesses(
        caller=caller,
        limit=page_size(request.page_size),
        begin=_instant(request.begin_time, "begin_time") if request.HasField("begin_time") else None,
        end=_instant(request.end_time, "end_time") if request.HasField("end_time") else None,
        profile_id=parse_name(COLLECTION, request.profile, field="profile") if request.profile else "",
        reader=request.reader,
        refused_only=request.refused_only,
        after=position_of(tokens.decode(request.page_token, search_binding(request, caller))),
    )


def search_binding(request: pb.SearchAccessesRequest, caller: Principal) -> str:
    """What a token of a search is bound to: the caller and everything asked for but the page."""
    asked = pb.SearchAccessesRequest()
    asked.CopyFrom(request)
    asked.ClearField("page_token")
    asked.ClearField("page_size")
    wanted = asked.SerializeToString(deterministic=True).hex()
    return f"{Action.SEARCH_ACCESSES.value} {wanted} {caller.role} {caller.subject}"


def heads_from_wire(request: pb.ListAccessHeadsRequest, caller: Principal, tokens: PageTokens) -> ListAccessHeads:
    """Raises InvalidArgument PAGE_SIZE_OUT_OF_RANGE, PAGE_TOKEN_INVALID."""
    after = position_of(tokens.decode(request.page_token, heads_binding(caller)))
    return ListAccessHeads(caller, page_size(request.page_size), after)


def heads_binding(caller: Principal) -> str:
    """What a token of the heads is bound to: the method and the caller."""
    return f"{HEADS_METHOD} {caller.role} {caller.subject}"


def _instant(value: Timestamp, field: str) -> datetime:
    try:
        return values.timestamp_from_wire(value)
    except (ValueError, OverflowError):
        rule = "Give an instant between the years 1 and 9999."
        violation = FieldViolation(field, "TIME_INVALID", rule)
        raise InvalidArgument("TIME_INVALID", rule, violations=(violation,)) from None
