"""Asking a listed candidate over gRPC: from the list to the person, and from their yes to the name in the next list."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from polku.matching.v1 import candidate_service_pb2 as pb
from polku.matching.v1.candidate_service_pb2_grpc import CandidateServiceStub
from polku.openings.v1 import opening_pb2
from polku.profiles.v1 import consent_service_pb2 as consent_pb
from polku.profiles.v1.consent_service_pb2_grpc import ConsentServiceStub
from polku.profiles.v1.profile_events_pb2 import VacancyConsentAsked
from polku.type.v1 import types_pb2

from services.matching.application.asking import ANSWER_WITHIN, MOST_ASKED_A_DAY
from shared.kernel.errors import Internal
from shared.kernel.ids import new_id
from shared.runtime.rpc import open_channel
from tests.contract.matching.profiles_stand_in import Metadata
from tests.integration.matching.calls import SECONDS, City, Seeker, bare_id, refusal
from tests.integration.matching.candidates import FOR_MATCHING, ask, counsellor, crowd, vacancy
from tests.integration.matching.conftest import city_of
from tests.servers import NatsServer, PostgresServer

ASKED, GIVEN = consent_pb.VacancyConsent.STATE_ASKED, consent_pb.VacancyConsent.STATE_GIVEN
OWN_DATA = types_pb2.Purpose.KIND_OWN_DATA


@pytest.fixture(scope="module")
async def town(
    postgres_server: PostgresServer, broker: NatsServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    """A city of this module's own; nobody encodes."""
    async with city_of(postgres_server, broker, tmp_path_factory.mktemp("asking")) as made:
        await made.process.start()
        yield made


async def request(
    town: City, opening: opening_pb2.Opening, handle: str, metadata: Metadata | None = None, **fields: Any
) -> datetime:
    """Ask the candidate with a handle; until when an answer counts."""
    given: dict[str, Any] = {"purpose": FOR_MATCHING, "request_id": new_id()} | fields
    asked = pb.AskCandidateRequest(opening=opening.name, handle=handle, **given)
    stub: Any = CandidateServiceStub(town.channel)
    answer: pb.AskCandidateResponse = await stub.AskCandidate(
        asked, metadata=metadata or counsellor(town), timeout=SECONDS
    )
    return answer.answer_by_time.ToDatetime(tzinfo=UTC)


async def known(town: City, people: list[Seeker]) -> None:
    """The profiles service knows them, too, and that they are willing."""
    for one in people:
        town.process.people.know(one.profile_id, one.subject)


async def test_a_yes_that_was_asked_for_names_the_person(town: City) -> None:
    """Listed without a name; asked by the handle; sees who asks; says yes; is named in the next list."""
    opening = await vacancy(town)
    async with crowd(town, 6) as people:
        await known(town, people)
        before = await ask(town, opening)
        until = await request(town, opening, before.candidates[2].handle)
        (consent,) = [each for each in town.process.people.store.consents.values() if each.state == ASKED]
        assert consent.asking is not None
        assert (consent.opening_id, consent.asking.organisation) == (bare_id(opening.name), "unit-1")
        assert consent.asking.answer_by == until
        assert abs(until - datetime.now(UTC) - ANSWER_WITHIN).total_seconds() < 60
        assert not any(each.profile for each in (await ask(town, opening)).candidates)
        one = next(each for each in people if each.profile_id == consent.profile_id)
        await says_yes(town, one, opening)
        (named,) = [each for each in (await ask(town, opening)).candidates if each.profile]
        assert (named.profile, named.handle) == (one.name, before.candidates[2].handle)


async def says_yes(town: City, one: Seeker, opening: opening_pb2.Opening) -> None:
    """The person sees the request in the profiles service and says yes."""
    metadata = town.process.keys.user(one.subject)
    channel = open_channel(f"127.0.0.1:{town.process.profiles_port}")
    try:
        stub: Any = ConsentServiceStub(channel)
        listing = consent_pb.ListVacancyConsentsRequest(profile=one.name, purpose=OWN_DATA)
        (seen,) = (await stub.ListVacancyConsents(listing, metadata=metadata)).consents
        assert (seen.state, seen.opening, seen.asked_by.role) == (ASKED, opening.name, "counsellor")
        assert seen.HasField("answer_by_time")
        answer = consent_pb.SetVacancyConsentRequest(
            profile=one.name, opening=opening.name, state=GIVEN, purpose=OWN_DATA, request_id=new_id()
        )
        assert (await stub.SetVacancyConsent(answer, metadata=metadata)).consent.state == GIVEN
    finally:
        await channel.close()


async def test_the_answer_tells_nothing_of_the_person(town: City) -> None:
    """Of people who are unknown to the profiles service, were asked, and have answered: deadlines of now, no more."""
    opening = await vacancy(town)
    async with crowd(town, 6) as people:
        await known(town, people[:3])
        listed = await ask(town, opening)
        town.process.people.answer(people[0].profile_id, bare_id(opening.name))
        times = [await request(town, opening, one.handle) for one in (*listed.candidates, *listed.candidates)]
        now = datetime.now(UTC)
        assert all(abs((until - now - ANSWER_WITHIN).total_seconds()) < 60 for until in times)
        waiting = [each for each in town.process.people.store.consents.values() if each.state == ASKED]
        assert {each.profile_id for each in waiting} >= {one.profile_id for one in people[1:3]}


async def test_a_handle_of_somebody_else_is_refused(town: City) -> None:
    """Another reader's, another vacancy's and an unknown one get the same refusal; a stranger's vacancy is denied."""
    opening, other = await vacancy(town), await vacancy(town)
    async with crowd(town, 6):
        mine, theirs = await ask(town, opening), await ask(town, opening, counsellor(town, "counsellor-2"))
        elsewhere = await ask(town, other)
        refusals = [
            await refusal(request(town, opening, handle))
            for handle in (theirs.candidates[0].handle, elsewhere.candidates[0].handle, "A" * 22)
        ]
        assert {(code, error.reason, error.message) for code, error in refusals} == {
            ("INVALID_ARGUMENT", "HANDLE_UNKNOWN", refusals[0][1].message)
        }
        stranger = town.process.keys.publisher("user-2", "p-2")
        code, _ = await refusal(request(town, opening, mine.candidates[0].handle, stranger))
        assert code == "PERMISSION_DENIED"


async def test_a_request_is_repeated_until_it_arrives_and_counts_once(town: City) -> None:
    """While the profiles service fails it is UNAVAILABLE; then the same id asks, once; the day has its bound."""
    opening, publisher = await vacancy(town), town.process.keys.publisher("user-1", "p-1")
    async with crowd(town, 5) as people:
        await known(town, people)
        handle, request_id = (await ask(town, opening, publisher)).candidates[0].handle, new_id()
        town.process.people.failure = Internal("INTERNAL", "A defect.")
        try:
            code, _ = await refusal(request(town, opening, handle, publisher, request_id=request_id))
        finally:
            town.process.people.failure = None
        assert code == "UNAVAILABLE"
        times = {await request(town, opening, handle, publisher, request_id=request_id) for _ in range(2)}
        assert len(times) == 1
        for _ in range(MOST_ASKED_A_DAY - 1):
            await request(town, opening, handle, publisher)
        code, error = await refusal(request(town, opening, handle, publisher))
        assert (code, error.reason) == ("RESOURCE_EXHAUSTED", "REQUESTS_EXHAUSTED")
        log = town.process.log
        assert "AskCandidate" in log
        assert handle not in log
        assert not any(one.profile_id in line for one in people for line in log.splitlines() if "AskCandidate" in line)


@pytest.mark.parametrize(
    "fields",
    [{"handle": "short"}, {"handle": "%" * 22}, {"purpose": 0}, {"request_id": "1"}, {"opening": "x"}],
    ids=str,
)
async def test_row_33_what_is_out_of_form_is_refused(town: City, fields: dict[str, Any]) -> None:
    """A handle of 22 letters, a purpose, a UUID and a vacancy's name."""
    given = {"opening": f"openings/{new_id()}", "handle": "A" * 22, "purpose": FOR_MATCHING, "request_id": new_id()}
    stub: Any = CandidateServiceStub(town.channel)
    call = stub.AskCandidate(pb.AskCandidateRequest(**(given | fields)), metadata=counsellor(town), timeout=SECONDS)
    code, _ = await refusal(call)
    assert code == "INVALID_ARGUMENT"


async def test_the_news_that_somebody_was_asked_is_none_to_matching(town: City) -> None:
    """It is taken and changes nothing: no dead letter, and what follows it is taken as well."""
    consent_id = new_id()
    event = VacancyConsentAsked(consent=f"vacancyConsents/{consent_id}", version=1)
    await town.profiles.publish(event, consent_id, 1)
    await town.settled()
    assert town.one("select count(*) from dead_letter") == 0
