"""Mapping of answers to vacancies, and of the requests about them."""

from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import consent_service_pb2 as pb

from services.profiles.adapters.wire import values
from services.profiles.adapters.wire.profile import COLLECTION
from services.profiles.adapters.wire.requests import position_of, request_key
from services.profiles.application.consents import (
    ListConsentingProfiles,
    ListVacancyConsents,
    RequestVacancyConsent,
    SetVacancyConsent,
)
from services.profiles.domain.consents import Asking, ConsentState, VacancyConsent
from services.profiles.domain.policy import Action, Relation
from services.profiles.domain.values import Purpose
from shared.kernel.names import parse_name, resource_name
from shared.kernel.paging import PageTokens, page_size
from shared.kernel.principal import Principal, Role

CONSENTS, OPENINGS = "vacancyConsents", "openings"


def consent_to_wire(consent: VacancyConsent) -> pb.VacancyConsent:
    """An answer, or the request for one."""
    told = pb.VacancyConsent(
        name=resource_name(CONSENTS, consent.id),
        profile=resource_name(COLLECTION, consent.profile_id),
        opening=resource_name(OPENINGS, consent.opening_id),
        version=consent.version,
        state=pb.VacancyConsent.State.ValueType(consent.state),
        create_time=values.timestamp_to_wire(consent.create_time),
        update_time=values.timestamp_to_wire(consent.update_time),
        answered_by=access_pb.Relation.Kind.ValueType(consent.answered_by),
    )
    if (asking := consent.asking) is not None:
        told.asked_by.role, told.asked_by.organisation = asking.role.value, asking.organisation
        told.ask_time.FromDatetime(asking.time)
        told.answer_by_time.FromDatetime(asking.answer_by)
    return told


def consent_from_wire(consent: pb.VacancyConsent) -> VacancyConsent:
    """What `consent_to_wire` was given."""
    return VacancyConsent(
        id=parse_name(CONSENTS, consent.name),
        version=consent.version,
        profile_id=parse_name(COLLECTION, consent.profile),
        opening_id=parse_name(OPENINGS, consent.opening),
        state=ConsentState(consent.state),
        answered_by=Relation(consent.answered_by),
        create_time=values.timestamp_from_wire(consent.create_time),
        update_time=values.timestamp_from_wire(consent.update_time),
        asking=_asking_from_wire(consent) if consent.HasField("asked_by") else None,
    )


def _asking_from_wire(consent: pb.VacancyConsent) -> Asking:
    return Asking(
        role=Role(consent.asked_by.role),
        organisation=consent.asked_by.organisation,
        time=values.timestamp_from_wire(consent.ask_time),
        answer_by=values.timestamp_from_wire(consent.answer_by_time),
    )


def request_consent_from_wire(request: pb.RequestVacancyConsentRequest, caller: Principal) -> RequestVacancyConsent:
    """Raises InvalidArgument NAME_INVALID."""
    return RequestVacancyConsent(
        caller=caller,
        request=request_key(request, request.request_id, Action.REQUEST_CONSENT.value, caller),
        profile_id=parse_name(COLLECTION, request.profile, field="profile"),
        opening_id=parse_name(OPENINGS, request.opening, field="opening"),
        purpose=Purpose(request.purpose),
        answer_by=values.timestamp_from_wire(request.answer_by_time),
    )


def set_consent_from_wire(request: pb.SetVacancyConsentRequest, caller: Principal) -> SetVacancyConsent:
    """Raises InvalidArgument NAME_INVALID."""
    return SetVacancyConsent(
        caller=caller,
        request=request_key(request, request.request_id, Action.SET_CONSENT.value, caller),
        profile_id=parse_name(COLLECTION, request.profile, field="profile"),
        opening_id=parse_name(OPENINGS, request.opening, field="opening"),
        state=ConsentState(request.state),
        purpose=Purpose(request.purpose),
    )


def list_consents_from_wire(
    request: pb.ListVacancyConsentsRequest, caller: Principal, tokens: PageTokens
) -> ListVacancyConsents:
    """Raises InvalidArgument NAME_INVALID, PAGE_SIZE_OUT_OF_RANGE, PAGE_TOKEN_INVALID."""
    profile_id = parse_name(COLLECTION, request.profile, field="profile")
    after = position_of(tokens.decode(request.page_token, consents_binding(caller, profile_id)))
    return ListVacancyConsents(caller, profile_id, Purpose(request.purpose), page_size(request.page_size), after)


def list_consenting_from_wire(request: pb.ListConsentingProfilesRequest, caller: Principal) -> ListConsentingProfiles:
    """Raises InvalidArgument NAME_INVALID."""
    return ListConsentingProfiles(
        caller=caller,
        opening_id=parse_name(OPENINGS, request.opening, field="opening"),
        profile_ids=tuple(parse_name(COLLECTION, name, field="profiles") for name in request.profiles),
        purpose=Purpose(request.purpose),
        method=request.method,
    )


def consents_binding(caller: Principal, profile_id: str) -> str:
    """What a token of the answers is bound to: the method, the profile and the caller."""
    return f"{Action.LIST_CONSENTS.value} {profile_id} {caller.role} {caller.subject}"
