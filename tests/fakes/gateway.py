"""In-memory services behind real gRPC servers, for the gateway's tests: what it sends, and what it makes of answers.

Each service remembers its calls and answers from memory; `failures` makes the named method raise instead.
"""

import base64
import json
import uuid
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from polku.matching.v1 import match_pb2
from polku.openings.v1 import (
    opening_pb2,
    opening_service_pb2,
    opening_service_pb2_grpc,
    publisher_service_pb2,
    publisher_service_pb2_grpc,
)
from polku.profiles.v1 import (
    access_service_pb2,
    access_service_pb2_grpc,
    consent_service_pb2,
    consent_service_pb2_grpc,
    profile_pb2,
    profile_service_pb2,
    profile_service_pb2_grpc,
)
from polku.type.v1.types_pb2 import LocalizedText, Place

from shared.kernel.errors import PermissionDenied, PolkuError
from shared.kernel.etags import check_etag, etag_of
from tests.fakes.gateway_calls import Fake, refuse
from tests.fakes.gateway_casework import FakeCasework
from tests.fakes.gateway_identities import FakeIdentities
from tests.fakes.gateway_matches import EXCLUDED, OPENINGS
from tests.fakes.gateway_rights import FakeRights
from tests.fakes.gateway_suggestions import FakeSuggestions

KIND = opening_service_pb2.OpeningKind
NOON = Timestamp(seconds=1_795_000_000)
OWNED = {"user-1": "019a4c1e-7d52-7c31-9a64-2f8e5b6d1c07"}
"""Ids of profiles by the token subject of their owner."""
ACCESSES = (access_service_pb2.Access(time=NOON, role="counsellor", method="GetProfile"),)
"""Readings that the access log shows."""
DEADLINE = Timestamp(seconds=NOON.seconds + 7 * 24 * 60 * 60)


class FakeOpenings(
    opening_service_pb2_grpc.OpeningServiceServicer, publisher_service_pb2_grpc.PublisherServiceServicer, Fake
):
    """Openings by publisher and external id, with versions; publishers and keys as they come.

    published  what the fake matching service lists, to be read only; `vacancies` those of them that can be filled
    """

    def __init__(self) -> None:
        Fake.__init__(self)
        self.stored: dict[tuple[str, str], opening_pb2.Opening] = {}
        self.published = [_published(opening) for opening, _ in (*OPENINGS, *EXCLUDED)]
        self.vacancies = [_published(opening) for opening, _ in OPENINGS if opening.kind == KIND.VALUE_VACANCY]

    async def PublishOpening(self, request: Any, context: Any) -> Any:
        """Create, replace, or say that nothing changed."""
        await self.received("PublishOpening", request, context)
        given = opening_pb2.Opening.FromString(request.opening.SerializeToString())
        key = (given.publisher, given.external_id)
        old = self.stored.get(key)
        try:
            check_etag(given.etag, old.version if old else 0, "opening")
        except PolkuError as error:
            await refuse(context, error)
        given.name = old.name if old else f"openings/{uuid.uuid4()}"
        given.version, outcome = _outcome(old, given)
        given.etag = etag_of(given.version)
        given.state = opening_pb2.Opening.STATE_PUBLISHED
        if not request.validate_only:
            self.stored[key] = given
        return opening_service_pb2.PublishOpeningResponse(opening=given, outcome=outcome)

    async def WithdrawOpening(self, request: Any, context: Any) -> Any:
        """Take back."""
        await self.received("WithdrawOpening", request, context)
        opening = await self._stored(request, context)
        opening.state = opening_pb2.Opening.STATE_WITHDRAWN
        return opening_service_pb2.WithdrawOpeningResponse(opening=opening)

    async def DeleteOpening(self, request: Any, context: Any) -> Any:
        """Delete."""
        await self.received("DeleteOpening", request, context)
        opening = await self._stored(request, context)
        del self.stored[opening.publisher, opening.external_id]
        return opening_service_pb2.DeleteOpeningResponse()

    async def GetOpening(self, request: Any, context: Any) -> Any:
        """Read."""
        await self.received("GetOpening", request, context)
        found = [opening for opening in (*self.stored.values(), *self.published) if opening.name == request.name]
        if not found:
            await refuse(context, PermissionDenied())
        return opening_service_pb2.GetOpeningResponse(opening=found[0])

    async def ListOpenings(self, request: Any, context: Any) -> Any:
        """List."""
        await self.received("ListOpenings", request, context)
        openings = self.stored.values() or self.vacancies
        return opening_service_pb2.ListOpeningsResponse(openings=openings, next_page_token="next")

    async def CreatePublisher(self, request: Any, context: Any) -> Any:
        """Create."""
        await self.received("CreatePublisher", request, context)
        return publisher_service_pb2.CreatePublisherResponse(publisher=request.publisher)

    async def CreatePublisherKey(self, request: Any, context: Any) -> Any:
        """Make a key."""
        await self.received("CreatePublisherKey", request, context)
        return publisher_service_pb2.CreatePublisherKeyResponse(kid="k1", key="k1.shown-once", expire_time=NOON)

    async def RevokePublisherKey(self, request: Any, context: Any) -> Any:
        """End a key."""
        await self.received("RevokePublisherKey", request, context)
        return publisher_service_pb2.RevokePublisherKeyResponse()

    async def _stored(self, request: Any, context: Any) -> opening_pb2.Opening:
        opening = self.stored.get((request.publisher, request.external_id))
        if opening is None:
            await refuse(context, PermissionDenied())
            raise AssertionError("abort ends the call")
        return opening


def _published(summary: match_pb2.OpeningSummary) -> opening_pb2.Opening:
    title = LocalizedText(language=summary.title_language, text=summary.title)
    vacancy = opening_pb2.Vacancy(employer=opening_pb2.Employer(name=summary.organisation))
    places = [Place(municipality="049", district="Leppävaara")]
    return opening_pb2.Opening(
        name=summary.name, titles=[title], places=places, closing_date=summary.closing_date, vacancy=vacancy
    )


def _outcome(old: opening_pb2.Opening | None, given: opening_pb2.Opening) -> tuple[int, Any]:
    if old is None:
        return 1, opening_service_pb2.PublishOpeningResponse.OUTCOME_CREATED
    same = list(old.titles) == list(given.titles)
    outcomes = opening_service_pb2.PublishOpeningResponse
    return (old.version, outcomes.OUTCOME_UNCHANGED) if same else (old.version + 1, outcomes.OUTCOME_UPDATED)


class FakeProfiles(
    FakeCasework,
    FakeIdentities,
    FakeRights,
    FakeSuggestions,
    profile_service_pb2_grpc.ProfileServiceServicer,
    access_service_pb2_grpc.AccessServiceServicer,
    consent_service_pb2_grpc.ConsentServiceServicer,
):
    """Profiles by name. Unknown names are refused as those of others are."""

    def __init__(self) -> None:
        Fake.__init__(self)
        self.stored: dict[str, profile_pb2.Profile] = {}
        self.entries: list[profile_pb2.CaseloadEntry] = []
        self.consents: dict[tuple[str, str], consent_service_pb2.VacancyConsent] = {}
        self.overrides = []
        self.identities = {}
        self.changes = []
        self.found_as = access_service_pb2.Relation.KIND_ASSIGNED_COUNSELLOR
        self.open = {}
        self.owned = dict(OWNED)
        self.accesses = list(ACCESSES)
        self.supervised: list[access_service_pb2.Access] = []
        self.next_page_token = ""

    def put(self, profile_id: str, case_reference: str, language: str = "fi") -> None:
        """Keep a profile and show it in the caseload."""
        name = f"profiles/{profile_id}"
        self.stored[name] = profile_pb2.Profile(
            name=name, etag='"1"', version=1, case_reference=case_reference, preferred_language=language
        )
        self.entries.append(
            profile_pb2.CaseloadEntry(
                profile=name, case_reference=case_reference, preferred_language=language, begin_time=NOON
            )
        )

    def ask(self, profile_id: str, opening_id: str, role: str, organisation: str, *, expired: bool = False) -> None:
        """Keep a request for an answer to a vacancy."""
        states = consent_service_pb2.VacancyConsent
        profile, opening = f"profiles/{profile_id}", f"openings/{opening_id}"
        self.consents[profile, opening] = states(
            profile=profile,
            opening=opening,
            state=states.STATE_EXPIRED if expired else states.STATE_ASKED,
            asked_by=states.Asker(role=role, organisation=organisation),
            ask_time=NOON,
            answer_by_time=DEADLINE,
        )

    async def FindOwnProfile(self, request: Any, context: Any) -> Any:
        """The profile of the token's subject. Not remembered: each page of somebody without one asks."""
        token = dict(context.invocation_metadata())["authorization"].removeprefix("Bearer ")
        payload = token.split(".")[1]
        subject = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"]
        found = self.owned.get(subject, "")
        return profile_service_pb2.FindOwnProfileResponse(profile=f"profiles/{found}" if found else "")

    async def CreateProfile(self, request: Any, context: Any) -> Any:
        """Create."""
        await self.received("CreateProfile", request, context)
        profile = profile_pb2.Profile.FromString(request.profile.SerializeToString())
        profile.name, profile.etag, profile.version = f"profiles/{uuid.uuid4()}", '"1"', 1
        self.stored[profile.name] = profile
        return profile_service_pb2.CreateProfileResponse(profile=profile)

    async def GetProfile(self, request: Any, context: Any) -> Any:
        """Read."""
        await self.received("GetProfile", request, context)
        return profile_service_pb2.GetProfileResponse(profile=await self._stored(request.name, context))

    async def UpdateProfile(self, request: Any, context: Any) -> Any:
        """Take the new content whole; only the etag is checked."""
        await self.received("UpdateProfile", request, context)
        old = await self._stored(request.profile.name, context)
        try:
            check_etag(request.profile.etag, old.version, "profile")
        except PolkuError as error:
            await refuse(context, error)
        old.version += 1
        old.etag = etag_of(old.version)
        return profile_service_pb2.UpdateProfileResponse(profile=old)

    async def AssignCounsellor(self, request: Any, context: Any) -> Any:
        """Assign."""
        await self.received("AssignCounsellor", request, context)
        assignment = profile_pb2.Assignment(
            profile=request.name, counsellor=request.counsellor, unit=request.unit, begin_time=NOON
        )
        return profile_service_pb2.AssignCounsellorResponse(assignment=assignment)

    async def ListCaseload(self, request: Any, context: Any) -> Any:
        """List."""
        await self.received("ListCaseload", request, context)
        return profile_service_pb2.ListCaseloadResponse(entries=self.entries)

    async def ListAccesses(self, request: Any, context: Any) -> Any:
        """List the readings, by others alone where asked for."""
        await self.received("ListAccesses", request, context)
        own = access_service_pb2.Relation.KIND_SELF
        shown = [each for each in self.accesses if not request.others_only or each.relation != own]
        return access_service_pb2.ListAccessesResponse(accesses=shown, next_page_token=self.next_page_token)

    async def SearchAccesses(self, request: Any, context: Any) -> Any:
        """List what supervision sees."""
        await self.received("SearchAccesses", request, context)
        return access_service_pb2.SearchAccessesResponse(accesses=self.supervised, next_page_token=self.next_page_token)

    async def ListAccessHeads(self, request: Any, context: Any) -> Any:
        """List one head."""
        await self.received("ListAccessHeads", request, context)
        head = access_service_pb2.AccessHead(position=48_213, digest="9f" * 32, time=NOON, signature="a.b.c")
        return access_service_pb2.ListAccessHeadsResponse(heads=[head])

    async def SetVacancyConsent(self, request: Any, context: Any) -> Any:
        """Keep the answer, beside the request where there was one."""
        await self.received("SetVacancyConsent", request, context)
        fresh = consent_service_pb2.VacancyConsent(
            profile=request.profile, opening=request.opening, version=1, create_time=NOON
        )
        consent = self.consents.setdefault((request.profile, request.opening), fresh)
        consent.state = request.state
        return consent_service_pb2.SetVacancyConsentResponse(consent=consent)

    async def ListVacancyConsents(self, request: Any, context: Any) -> Any:
        """List a person's answers."""
        await self.received("ListVacancyConsents", request, context)
        theirs = [consent for (profile, _), consent in self.consents.items() if profile == request.profile]
        return consent_service_pb2.ListVacancyConsentsResponse(consents=theirs)

    async def _stored(self, name: str, context: Any) -> profile_pb2.Profile:
        if name not in self.stored:
            await refuse(context, PermissionDenied())
        return self.stored[name]
