"""The gRPC service of answers to vacancies: requests to use cases and back."""

from polku.profiles.v1 import consent_service_pb2 as pb
from polku.profiles.v1.consent_service_pb2_grpc import ConsentServiceServicer

from services.profiles.adapters.grpc_api import Clock, Context, OpenUnitOfWork, utc_now
from services.profiles.adapters.wire import consents as wire
from services.profiles.adapters.wire.profile import COLLECTION
from services.profiles.adapters.wire.requests import next_page_token
from services.profiles.application.consents import (
    list_consenting_profiles,
    list_vacancy_consents,
    request_vacancy_consent,
    set_vacancy_consent,
)
from shared.kernel.names import resource_name
from shared.kernel.paging import PageTokens
from shared.runtime.rpc import current_principal

CONSENT_SERVICE = "polku.profiles.v1.ConsentService"


class ConsentServicer(ConsentServiceServicer):
    """polku.profiles.v1.ConsentService."""

    def __init__(self, open_uow: OpenUnitOfWork, tokens: PageTokens, now: Clock = utc_now) -> None:
        self._open_uow = open_uow
        self._tokens = tokens
        self._now = now

    async def RequestVacancyConsent(
        self, request: pb.RequestVacancyConsentRequest, context: Context
    ) -> pb.RequestVacancyConsentResponse:
        cmd = wire.request_consent_from_wire(request, current_principal())
        await request_vacancy_consent(cmd, self._open_uow(), self._now())
        return pb.RequestVacancyConsentResponse()

    async def SetVacancyConsent(
        self, request: pb.SetVacancyConsentRequest, context: Context
    ) -> pb.SetVacancyConsentResponse:
        cmd = wire.set_consent_from_wire(request, current_principal())
        consent = await set_vacancy_consent(cmd, self._open_uow(), self._now())
        return pb.SetVacancyConsentResponse(consent=wire.consent_to_wire(consent))

    async def ListVacancyConsents(
        self, request: pb.ListVacancyConsentsRequest, context: Context
    ) -> pb.ListVacancyConsentsResponse:
        caller = current_principal()
        query = wire.list_consents_from_wire(request, caller, self._tokens)
        page = await list_vacancy_consents(query, self._open_uow(), self._now())
        binding = wire.consents_binding(caller, query.profile_id)
        return pb.ListVacancyConsentsResponse(
            consents=[wire.consent_to_wire(consent) for consent in page.entries],
            next_page_token=next_page_token(page.next, self._tokens, binding),
        )

    async def ListConsentingProfiles(
        self, request: pb.ListConsentingProfilesRequest, context: Context
    ) -> pb.ListConsentingProfilesResponse:
        query = wire.list_consenting_from_wire(request, current_principal())
        shown = await list_consenting_profiles(query, self._open_uow(), self._now())
        names = [resource_name(COLLECTION, profile_id) for profile_id in shown]
        return pb.ListConsentingProfilesResponse(profiles=names)
