"""Everything that the services keep of a person, put together with the person's own rights."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from google.protobuf.message import Message
from polku.gateway.v1.person_export_pb2 import PersonExport
from polku.matching.v1 import feedback_pb2 as feedback
from polku.profiles.v1 import access_service_pb2 as access
from polku.profiles.v1 import caseload_service_pb2 as caseload
from polku.profiles.v1 import consent_service_pb2 as consents
from polku.profiles.v1 import identity_service_pb2 as identities
from polku.profiles.v1 import profile_service_pb2 as profiles
from polku.profiles.v1 import suggestion_service_pb2 as suggestions
from polku.type.v1.types_pb2 import Purpose

from services.gateway.clients import Backends, Caller, Method

PAGE_SIZE = 100


async def export_person(backends: Backends, caller: Caller, profile: str, now: datetime) -> PersonExport:
    """The export of a profile ("profiles/<id>"). Raises the PolkuError that a service answered: it is whole, or none.

    The access log comes last: the readings that the export itself takes are in it.
    """
    own = Purpose.KIND_OWN_DATA
    made = PersonExport()
    made.create_time.FromDatetime(now)

    async def all_of(into: Any, method: Method, request: Callable[[str], Message], entries: str) -> None:
        token = ""
        while True:
            page = await backends.call(method, request(token), caller)
            into.extend(getattr(page, entries))
            token = page.next_page_token
            if not token:
                return

    def asked(kind: Any, **more: Any) -> Callable[[str], Message]:
        given = {"profile": profile, "page_size": PAGE_SIZE, **more}
        return lambda token: kind(**given, page_token=token)

    read = profiles.GetProfileRequest(name=profile, purpose=own)
    made.profile.CopyFrom((await backends.call(backends.profiles.GetProfile, read, caller)).profile)
    who = identities.GetIdentityRequest(profile=profile, purpose=own)
    made.identity.CopyFrom((await backends.call(backends.identities.GetIdentity, who, caller)).identity)
    lists = (
        (made.changes, backends.profiles.ListChanges, profiles.ListChangesRequest, "changes"),
        (made.suggestions, backends.suggestions.ListSuggestions, suggestions.ListSuggestionsRequest, "suggestions"),
        (made.vacancy_consents, backends.consents.ListVacancyConsents, consents.ListVacancyConsentsRequest, "consents"),
        (made.assignments, backends.caseload.ListAssignments, caseload.ListAssignmentsRequest, "assignments"),
        (made.feedback, backends.matching.ListFeedback, feedback.ListFeedbackRequest, "feedback"),
        (made.contests, backends.matching.ListContests, feedback.ListContestsRequest, "contests"),
    )  # fmt: skip
    for into, method, kind, entries in lists:
        await all_of(into, method, asked(kind, purpose=own), entries)
    await all_of(made.overrides, backends.access.ListOverrides, asked(access.ListOverridesRequest), "overrides")
    await all_of(made.accesses, backends.access.ListAccesses, asked(access.ListAccessesRequest), "accesses")
    return made
