"""Mapping of profiles, assignments, caseloads and accesses."""

from polku.profiles.v1 import profile_pb2 as pb
from polku.profiles.v1 import profile_service_pb2 as service_pb

from services.profiles.adapters.wire import values
from services.profiles.adapters.wire.work import choices_from_wire, choices_to_wire, work_from_wire, work_to_wire
from services.profiles.application.ports import CaseloadEntry
from services.profiles.domain.profile import Assignment, Profile, ProfileContent
from services.profiles.domain.work import Choices, WorkProfile
from shared.kernel.etags import etag_of
from shared.kernel.names import parse_name, resource_name

COLLECTION = "profiles"


def profile_to_wire(profile: Profile) -> pb.Profile:
    """A profile as callers see it: who owns it is no part of it."""
    content = profile.content
    return pb.Profile(
        name=resource_name(COLLECTION, profile.id),
        etag=etag_of(profile.version),
        version=profile.version,
        create_time=values.timestamp_to_wire(profile.create_time),
        update_time=values.timestamp_to_wire(profile.update_time),
        case_reference=content.case_reference,
        preferred_language=content.preferred_language,
        work=work_to_wire(content.work) if content.work != WorkProfile() else None,
        choices=choices_to_wire(content.choices) if content.choices != Choices() else None,
    )


def profile_from_wire(profile: pb.Profile, owner_subject: str) -> Profile:
    """A profile that `profile_to_wire` made, with its owner."""
    return Profile(
        id=parse_name(COLLECTION, profile.name),
        version=profile.version,
        owner_subject=owner_subject,
        content=content_from_wire(profile),
        create_time=values.timestamp_from_wire(profile.create_time),
        update_time=values.timestamp_from_wire(profile.update_time),
    )


def content_from_wire(profile: pb.Profile) -> ProfileContent:
    """What the caller gives; fields that the service gives are left aside."""
    return ProfileContent(
        case_reference=profile.case_reference,
        preferred_language=profile.preferred_language,
        work=work_from_wire(profile.work),
        choices=choices_from_wire(profile.choices),
    )


def matching_profile_to_wire(profile: Profile) -> service_pb.GetMatchingProfileResponse:
    """What matching may see: neither the case reference nor the language the person reads."""
    return service_pb.GetMatchingProfileResponse(
        name=resource_name(COLLECTION, profile.id),
        version=profile.version,
        work=work_to_wire(profile.content.work),
        choices=choices_to_wire(profile.content.choices),
    )


def assignment_to_wire(assignment: Assignment) -> pb.Assignment:
    """An assignment; its end is set once it has ended."""
    end = assignment.end_time
    return pb.Assignment(
        profile=resource_name(COLLECTION, assignment.profile_id),
        counsellor=assignment.counsellor,
        unit=assignment.unit,
        begin_time=values.timestamp_to_wire(assignment.begin_time),
        end_time=values.timestamp_to_wire(end) if end is not None else None,
    )


def assignment_from_wire(assignment: pb.Assignment) -> Assignment:
    """An assignment."""
    return Assignment(
        profile_id=parse_name(COLLECTION, assignment.profile),
        counsellor=assignment.counsellor,
        unit=assignment.unit,
        begin_time=values.timestamp_from_wire(assignment.begin_time),
        end_time=values.timestamp_from_wire(assignment.end_time) if assignment.HasField("end_time") else None,
    )


def caseload_entry_to_wire(entry: CaseloadEntry) -> pb.CaseloadEntry:
    """An entry of a caseload."""
    return pb.CaseloadEntry(
        profile=resource_name(COLLECTION, entry.profile_id),
        case_reference=entry.case_reference,
        preferred_language=entry.preferred_language,
        begin_time=values.timestamp_to_wire(entry.begin_time),
    )
