"""Rows and stored answers of profiles, assignments and accesses, both directions side by side."""

from typing import Any

from polku.profiles.v1 import consent_service_pb2 as consent_pb
from polku.profiles.v1 import profile_pb2 as pb
from polku.profiles.v1 import profile_service_pb2 as service_pb

from services.profiles.adapters.wire.consents import consent_from_wire, consent_to_wire
from services.profiles.adapters.wire.profile import (
    COLLECTION,
    assignment_from_wire,
    assignment_to_wire,
    profile_from_wire,
    profile_to_wire,
)
from services.profiles.adapters.wire.work import choices_from_wire, choices_to_wire, work_from_wire, work_to_wire
from services.profiles.application.ports import Answer, Answered, ConsentRequested
from services.profiles.domain.consents import VacancyConsent
from services.profiles.domain.policy import Access, Relation
from services.profiles.domain.profile import Assignment, Profile, ProfileContent
from services.profiles.domain.values import Purpose
from shared.kernel.names import parse_name, resource_name
from shared.kernel.principal import Role

PROFILE_COLUMNS = (
    "id::text, version, coalesce(owner_subject, ''), case_reference, preferred_language, work, choices,"
    " create_time, update_time"
)
ACCESS_COLUMNS = "id::text, profile_id::text, time, purpose, role, unit, relation, method, reader, service"


def profile_to_row(profile: Profile) -> dict[str, Any]:
    """A profile as column values."""
    content = profile.content
    return {
        "id": profile.id,
        "version": profile.version,
        "owner_subject": profile.owner_subject,
        "case_reference": content.case_reference,
        "preferred_language": content.preferred_language,
        "work": work_to_wire(content.work).SerializeToString(deterministic=True),
        "choices": choices_to_wire(content.choices).SerializeToString(deterministic=True),
        "create_time": profile.create_time,
        "update_time": profile.update_time,
    }


def profile_from_row(row: tuple[Any, ...]) -> Profile:
    """A profile from the columns of `PROFILE_COLUMNS`."""
    profile_id, version, owner, case_reference, language, work, choices, created, updated = row
    content = ProfileContent(
        case_reference=case_reference,
        preferred_language=language,
        work=work_from_wire(pb.WorkProfile.FromString(work)),
        choices=choices_from_wire(pb.Choices.FromString(choices)),
    )
    return Profile(profile_id, version, owner, content, created, updated)


def answer_to_bytes(answer: Answer) -> bytes:
    """CreateProfileRequest is the one message that holds a profile together with its owner."""
    if isinstance(answer, ConsentRequested):
        name = resource_name(COLLECTION, answer.profile_id)
        return consent_pb.RequestVacancyConsentRequest(profile=name).SerializeToString(deterministic=True)
    if isinstance(answer, VacancyConsent):
        return consent_to_wire(answer).SerializeToString(deterministic=True)
    if isinstance(answer, Assignment):
        return assignment_to_wire(answer).SerializeToString(deterministic=True)
    kept = service_pb.CreateProfileRequest(profile=profile_to_wire(answer), owner_subject=answer.owner_subject)
    return kept.SerializeToString(deterministic=True)


def answer_from_bytes(stored: bytes, kind: type[Answered]) -> Answered:
    """What `answer_to_bytes` was given."""
    answer: Any
    if kind is Assignment:
        answer = assignment_from_wire(pb.Assignment.FromString(stored))
    elif kind is ConsentRequested:
        asked = consent_pb.RequestVacancyConsentRequest.FromString(stored)
        answer = ConsentRequested(parse_name(COLLECTION, asked.profile))
    elif kind is VacancyConsent:
        answer = consent_from_wire(consent_pb.VacancyConsent.FromString(stored))
    else:
        kept = service_pb.CreateProfileRequest.FromString(stored)
        answer = profile_from_wire(kept.profile, kept.owner_subject)
    found: Answered = answer
    return found


def answer_is_about(answer: Answer) -> str:
    """Id of the profile that the answer is about."""
    return answer.id if isinstance(answer, Profile) else answer.profile_id


def access_to_row(access: Access) -> tuple[Any, ...]:
    """A reading as the values of `ACCESS_COLUMNS`."""
    return (
        access.id,
        access.profile_id,
        access.time,
        int(access.purpose),
        access.role.value,
        access.unit,
        int(access.relation),
        access.method,
        access.reader,
        access.service,
    )


def access_from_row(row: tuple[Any, ...]) -> Access:
    """A reading from the columns of `ACCESS_COLUMNS`."""
    access_id, profile_id, time, purpose, role, unit, relation, method, reader, service = row
    return Access(
        access_id, profile_id, time, Purpose(purpose), Role(role), unit, Relation(relation), method, reader, service
    )
