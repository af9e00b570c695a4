"""Mapping of identities, of finding people and of changes, and of the requests about them."""

import json
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message
from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import identity_service_pb2 as pb
from polku.profiles.v1 import profile_pb2
from polku.profiles.v1 import profile_service_pb2 as service_pb

from services.profiles.adapters.wire import values
from services.profiles.adapters.wire.profile import COLLECTION
from services.profiles.adapters.wire.requests import position_of, request_key
from services.profiles.adapters.wire.work import choices_to_wire, work_to_wire
from services.profiles.application.identities import (
    FindPeople,
    FoundPeople,
    GetIdentity,
    ListChanges,
    UpdateIdentity,
)
from services.profiles.domain.changes import Change
from services.profiles.domain.identity import Identity, IdentityRecord, PostalAddress
from services.profiles.domain.policy import Action
from services.profiles.domain.profile import ProfileContent
from services.profiles.domain.values import Purpose
from shared.kernel.etags import etag_of
from shared.kernel.names import parse_name, resource_name
from shared.kernel.paging import PageTokens, page_size
from shared.kernel.principal import Principal


def identity_to_wire(record: IdentityRecord) -> pb.Identity:
    """An identity with what the service gives; without an etag and times where nothing has been stored."""
    told = content_to_wire(record.identity)
    told.profile, told.version = resource_name(COLLECTION, record.profile_id), record.version
    told.etag = etag_of(record.version) if record.version else ""
    if record.create_time is not None and record.update_time is not None:
        told.create_time.CopyFrom(values.timestamp_to_wire(record.create_time))
        told.update_time.CopyFrom(values.timestamp_to_wire(record.update_time))
    return told


def identity_from_wire(identity: pb.Identity) -> IdentityRecord:
    """What `identity_to_wire` was given."""
    return IdentityRecord(
        profile_id=parse_name(COLLECTION, identity.profile),
        version=identity.version,
        identity=content_from_wire(identity),
        create_time=values.timestamp_from_wire(identity.create_time) if identity.HasField("create_time") else None,
        update_time=values.timestamp_from_wire(identity.update_time) if identity.HasField("update_time") else None,
    )


def content_to_wire(identity: Identity) -> pb.Identity:
    """What people give and change."""
    address = identity.address
    return pb.Identity(
        given_names=identity.given_names,
        family_name=identity.family_name,
        person_id=identity.person_id,
        emails=identity.emails,
        phones=identity.phones,
        address=pb.PostalAddress(
            street=address.street, postal_code=address.postal_code, city=address.city, country=address.country
        )
        if address != PostalAddress()
        else None,
        protected=identity.protected,
    )


def content_from_wire(identity: pb.Identity) -> Identity:
    """What the caller gives; fields that the service gives are left aside."""
    address = identity.address
    return Identity(
        given_names=identity.given_names,
        family_name=identity.family_name,
        person_id=identity.person_id,
        emails=tuple(identity.emails),
        phones=tuple(identity.phones),
        address=PostalAddress(address.street, address.postal_code, address.city, address.country),
        protected=identity.protected,
    )


def found_to_wire(found: FoundPeople) -> pb.FindPeopleResponse:
    """Those who were found."""
    return pb.FindPeopleResponse(
        people=[
            pb.FoundPerson(
                profile=resource_name(COLLECTION, each.profile.id),
                given_names=each.identity.given_names,
                family_name=each.identity.family_name,
                case_reference=each.profile.content.case_reference,
                preferred_language=each.profile.content.preferred_language,
                relation=access_pb.Relation.Kind.ValueType(each.relation),
            )
            for each in found.people
        ],
        more=found.more,
    )


def change_to_wire(change: Change, *, with_subject: bool) -> service_pb.Change:
    """A change; who it was is told to supervision alone."""
    return service_pb.Change(
        part=service_pb.Change.Part.ValueType(change.part),
        version=change.version,
        time=values.timestamp_to_wire(change.time),
        path=change.path,
        role=change.by.role.value,
        unit=change.by.unit,
        relation=access_pb.Relation.Kind.ValueType(change.by.relation),
        subject=change.by.subject if with_subject else "",
        service=change.by.service,
        origin=service_pb.Change.Origin.ValueType(change.origin),
        old_value=change.old_value,
        new_value=change.new_value,
    )


def json_at(content: ProfileContent | Identity, path: str) -> str:
    """The value at a path as JSON text, as the HTTP API has it; "null" where there is none."""
    message: Message
    if isinstance(content, Identity):
        message = content_to_wire(content)
    else:
        message = profile_pb2.Profile(
            case_reference=content.case_reference,
            preferred_language=content.preferred_language,
            work=work_to_wire(content.work),
            choices=choices_to_wire(content.choices),
        )
    value: Any = json_format.MessageToDict(message)
    for name in path.split("."):
        value = value.get(_camel(name)) if isinstance(value, dict) else None
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def get_identity_from_wire(request: pb.GetIdentityRequest, caller: Principal) -> GetIdentity:
    """Raises InvalidArgument NAME_INVALID."""
    return GetIdentity(caller, parse_name(COLLECTION, request.profile, field="profile"), Purpose(request.purpose))


def update_identity_from_wire(request: pb.UpdateIdentityRequest, caller: Principal) -> UpdateIdentity:
    """Raises InvalidArgument NAME_INVALID."""
    return UpdateIdentity(
        caller=caller,
        request=request_key(request, request.request_id, Action.UPDATE_IDENTITY.value, caller),
        profile_id=parse_name(COLLECTION, request.identity.profile, field="identity.profile"),
        identity=content_from_wire(request.identity),
        paths=tuple(request.update_mask.paths),
        etag=request.identity.etag,
    )


def find_people_from_wire(request: pb.FindPeopleRequest, caller: Principal) -> FindPeople:
    """One of the two is given: the protos' rules see to it."""
    return FindPeople(caller, request.name, request.person_id)


def list_changes_from_wire(
    request: service_pb.ListChangesRequest, caller: Principal, tokens: PageTokens
) -> ListChanges:
    """Raises InvalidArgument NAME_INVALID, PAGE_SIZE_OUT_OF_RANGE, PAGE_TOKEN_INVALID."""
    profile_id = parse_name(COLLECTION, request.profile, field="profile")
    after = position_of(tokens.decode(request.page_token, changes_binding(caller, profile_id)))
    return ListChanges(caller, profile_id, Purpose(request.purpose), page_size(request.page_size), after)


def changes_binding(caller: Principal, profile_id: str) -> str:
    """What a token of the changes is bound to: the method, the profile and the caller."""
    return f"{Action.LIST_CHANGES.value} {profile_id} {caller.role} {caller.subject}"
