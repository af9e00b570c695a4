"""Stored answers as bytes, both directions side by side."""

from typing import Any

from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import caseload_service_pb2 as caseload_pb
from polku.profiles.v1 import consent_service_pb2 as consent_pb
from polku.profiles.v1 import identity_service_pb2 as identity_pb
from polku.profiles.v1 import profile_pb2 as pb
from polku.profiles.v1 import profile_service_pb2 as service_pb
from polku.profiles.v1 import suggestion_service_pb2 as suggestion_pb

from services.profiles.adapters.wire.casework import (
    handed_over_from_wire,
    handed_over_to_wire,
    override_from_wire,
    override_to_wire,
)
from services.profiles.adapters.wire.consents import consent_from_wire, consent_to_wire
from services.profiles.adapters.wire.identity import identity_from_wire, identity_to_wire
from services.profiles.adapters.wire.profile import (
    COLLECTION,
    assignment_from_wire,
    assignment_to_wire,
    profile_from_wire,
    profile_to_wire,
)
from services.profiles.application.ports import Answer, Answered, ConsentRequested, HandedOver, SuggestionsChanged
from services.profiles.domain.consents import VacancyConsent
from services.profiles.domain.identity import IdentityRecord
from services.profiles.domain.overrides import AccessOverride
from services.profiles.domain.profile import Assignment, Profile
from shared.kernel.names import parse_name, resource_name


def answer_to_bytes(answer: Answer) -> bytes:
    """CreateProfileRequest is the one message that holds a profile together with its owner."""
    if isinstance(answer, ConsentRequested):
        name = resource_name(COLLECTION, answer.profile_id)
        return consent_pb.RequestVacancyConsentRequest(profile=name).SerializeToString(deterministic=True)
    if isinstance(answer, SuggestionsChanged):
        name = resource_name(COLLECTION, answer.profile_id)
        return suggestion_pb.ListSuggestionsRequest(profile=name).SerializeToString(deterministic=True)
    if isinstance(answer, IdentityRecord):
        return identity_to_wire(answer).SerializeToString(deterministic=True)
    if isinstance(answer, VacancyConsent):
        return consent_to_wire(answer).SerializeToString(deterministic=True)
    if isinstance(answer, AccessOverride):
        return override_to_wire(answer).SerializeToString(deterministic=True)
    if isinstance(answer, HandedOver):
        return handed_over_to_wire(answer).SerializeToString(deterministic=True)
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
    elif kind is SuggestionsChanged:
        changed = suggestion_pb.ListSuggestionsRequest.FromString(stored)
        answer = SuggestionsChanged(parse_name(COLLECTION, changed.profile))
    elif kind is AccessOverride:
        answer = override_from_wire(access_pb.AccessOverride.FromString(stored))
    elif kind is HandedOver:
        answer = handed_over_from_wire(caseload_pb.HandOverResponse.FromString(stored))
    elif kind is IdentityRecord:
        answer = identity_from_wire(identity_pb.Identity.FromString(stored))
    elif kind is VacancyConsent:
        answer = consent_from_wire(consent_pb.VacancyConsent.FromString(stored))
    else:
        kept = service_pb.CreateProfileRequest.FromString(stored)
        answer = profile_from_wire(kept.profile, kept.owner_subject)
    found: Answered = answer
    return found


def answer_is_about(answer: Answer) -> str:
    """Id of the profile that the answer is about; "" for one about many, which holds nothing but their ids."""
    if isinstance(answer, HandedOver):
        return ""
    return answer.id if isinstance(answer, Profile) else answer.profile_id
