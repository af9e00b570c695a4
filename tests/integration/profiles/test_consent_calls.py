"""Requests for a yes to a vacancy, over gRPC: from the asker through matching to the person, and back to a list."""

from typing import Any
from uuid import uuid4

import grpc
import psycopg
import pytest
from polku.profiles.v1 import consent_service_pb2 as pb
from polku.profiles.v1.consent_service_pb2_grpc import ConsentServiceStub
from polku.type.v1 import types_pb2

from shared.kernel.ids import new_id
from tests.integration.profiles.calls import JOB_MATCHING, OWN_DATA, a_profile, accesses, create, creation, refusal
from tests.integration.profiles.conftest import NewCaller
from tests.integration.profiles.process import Caller, ProfilesProcess
from tests.servers import until

Rows = psycopg.Connection[tuple[object, ...]]
State = pb.VacancyConsent
METHOD = "polku.matching.v1.CandidateService/ListCandidates"
DAY = 24 * 60 * 60


@pytest.fixture
def stub(channel: grpc.aio.Channel) -> Any:
    """The service."""
    return ConsentServiceStub(channel)


@pytest.fixture
def asker(profiles: ProfilesProcess, caller: NewCaller) -> Caller:
    """A counsellor, as matching forwards them."""
    return caller("counsellor", "unit-7").through(profiles.issuer.service("matching"))


async def somebody(channel: grpc.aio.Channel, seeker: Caller) -> str:
    """Name of a profile whose person is willing to be asked."""
    wanted = a_profile()
    wanted.choices.matching = wanted.choices.employer_requests = types_pb2.Answer.VALUE_YES
    return (await create(channel, seeker, creation(wanted))).name


def a_request(profile: str, opening: str, seconds: float = DAY) -> pb.RequestVacancyConsentRequest:
    """A request that can be answered for so long."""
    asked = pb.RequestVacancyConsentRequest(
        profile=profile, opening=opening, purpose=JOB_MATCHING, request_id=str(uuid4())
    )
    asked.answer_by_time.GetCurrentTime()
    asked.answer_by_time.FromNanoseconds(asked.answer_by_time.ToNanoseconds() + int(seconds * 1e9))
    return asked


def an_answer(profile: str, opening: str, state: int) -> pb.SetVacancyConsentRequest:
    """An answer of the person's."""
    kind = State.State.ValueType(state)
    return pb.SetVacancyConsentRequest(
        profile=profile, opening=opening, state=kind, purpose=OWN_DATA, request_id=str(uuid4())
    )


async def seen(stub: Any, seeker: Caller, profile: str) -> list[pb.VacancyConsent]:
    """What the person sees."""
    listing = pb.ListVacancyConsentsRequest(profile=profile, purpose=OWN_DATA)
    return list((await stub.ListVacancyConsents(listing, metadata=seeker.metadata, timeout=10)).consents)


async def test_asked_seen_answered_shown_and_taken_back(
    channel: grpc.aio.Channel, stub: Any, caller: NewCaller, asker: Caller
) -> None:
    """The whole way, twice asked with one id; each step changes who is shown, and the asker's use is in the log."""
    seeker, opening = caller("seeker"), f"openings/{new_id()}"
    profile = await somebody(channel, seeker)
    asked = a_request(profile, opening)
    for _ in range(2):
        answer = await stub.RequestVacancyConsent(asked, metadata=asker.metadata, timeout=10)
        assert answer.SerializeToString() == b""
    (consent,) = await seen(stub, seeker, profile)
    assert (consent.state, consent.version, consent.opening) == (State.STATE_ASKED, 1, opening)
    assert (consent.asked_by.role, consent.asked_by.organisation) == ("counsellor", "unit-7")
    # Instants are kept to the microsecond.
    assert consent.answer_by_time.ToMicroseconds() == asked.answer_by_time.ToMicroseconds()

    async def shown() -> list[str]:
        question = pb.ListConsentingProfilesRequest(
            opening=opening, profiles=[profile], purpose=JOB_MATCHING, method=METHOD
        )
        return list((await stub.ListConsentingProfiles(question, metadata=asker.metadata, timeout=10)).profiles)

    for state, named in ((State.STATE_DECLINED, []), (State.STATE_GIVEN, [profile]), (State.STATE_WITHDRAWN, [])):
        said = an_answer(profile, opening, state)
        await stub.SetVacancyConsent(said, metadata=seeker.metadata, timeout=10)
        assert await shown() == named
    methods = [row.method for row in (await accesses(channel, seeker, profile)).accesses]
    assert methods.count("polku.profiles.v1.ConsentService/RequestVacancyConsent") == 1
    assert methods.count(METHOD) == 1


async def test_the_asker_is_told_the_same_of_everybody(
    channel: grpc.aio.Channel, stub: Any, caller: NewCaller, asker: Caller, rows: Rows
) -> None:
    """Somebody who wants no requests, and nobody at all: the same bytes as for somebody who is asked, and no row."""
    seeker, opening = caller("seeker"), f"openings/{new_id()}"
    unwilling = (await create(channel, seeker)).name
    for profile in (unwilling, f"profiles/{new_id()}"):
        answer = await stub.RequestVacancyConsent(a_request(profile, opening), metadata=asker.metadata, timeout=10)
        assert answer.SerializeToString() == b""
    count = rows.execute("select count(*) from vacancy_consent where opening_id = %s", (opening.split("/")[1],))
    assert count.fetchone() == (0,)


async def test_time_is_over_without_anybody_calling(
    channel: grpc.aio.Channel, stub: Any, caller: NewCaller, asker: Caller
) -> None:
    """A request of a second expires by itself: the person sees it, and cannot answer it any more."""
    seeker, opening = caller("seeker"), f"openings/{new_id()}"
    profile = await somebody(channel, seeker)
    asked = a_request(profile, opening, 1.0)
    await stub.RequestVacancyConsent(asked, metadata=asker.metadata, timeout=10)
    end = asked.answer_by_time.ToNanoseconds()

    def is_over() -> bool:
        now = pb.VacancyConsent().ask_time
        now.GetCurrentTime()
        return bool(now.ToNanoseconds() >= end)

    until(is_over, "the end of the request")
    assert [each.state for each in await seen(stub, seeker, profile)] == [State.STATE_EXPIRED]
    for state in (State.STATE_GIVEN, State.STATE_DECLINED):
        call = stub.SetVacancyConsent(an_answer(profile, opening, state), metadata=seeker.metadata, timeout=10)
        code, error = await refusal(call)
        assert (code, error.reason) == ("FAILED_PRECONDITION", "CONSENT_REQUEST_EXPIRED")


async def test_requests_need_matching_and_a_user(profiles: ProfilesProcess, stub: Any, caller: NewCaller) -> None:
    """Without a service's token, through another service, and for a role that fills no vacancies: refused."""
    asked = a_request(f"profiles/{new_id()}", f"openings/{new_id()}")
    counsellor = caller("counsellor")
    for asking in (
        counsellor,
        counsellor.through(profiles.issuer.service("gateway")),
        caller("seeker").through(profiles.issuer.service("matching")),
    ):
        code, _ = await refusal(stub.RequestVacancyConsent(asked, metadata=asking.metadata, timeout=10))
        assert code == "PERMISSION_DENIED"


@pytest.mark.parametrize("state", [State.STATE_UNSPECIFIED, State.STATE_ASKED, State.STATE_EXPIRED, 77])
async def test_nobody_answers_with_what_is_no_answer(stub: Any, caller: NewCaller, state: int) -> None:
    """States that the service gives, and numbers that are none, are refused as such."""
    said = an_answer(f"profiles/{new_id()}", f"openings/{new_id()}", state)
    code, _ = await refusal(stub.SetVacancyConsent(said, metadata=caller("seeker").metadata, timeout=10))
    assert code == "INVALID_ARGUMENT"
