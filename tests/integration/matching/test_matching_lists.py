"""Lists of the running service: on record before they are answered, stable over pages, refused to strangers."""

from typing import Any

import grpc
import pytest
from polku.matching.v1 import matching_service_pb2 as pb
from polku.openings.v1 import opening_service_pb2

from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id
from tests.integration.matching.calls import OWN_DATA, City, Seeker, a_vacancy, bare_id, refusal

VACANCY = opening_service_pb2.OpeningKind.VALUE_VACANCY


@pytest.fixture(scope="module")
async def openings(city: City) -> list[str]:
    """Thirty vacancies, indexed."""
    made = [a_vacancy(f"Siivooja {number}") for number in range(30)]
    for opening in made:
        await city.publish(opening)
    await city.settled()
    await city.indexed()
    return [opening.name for opening in made]


@pytest.fixture
async def seeker(city: City, openings: list[str]) -> Seeker:
    """A person of the test's own, indexed."""
    made = await city.person("Siivooja")
    await city.indexed()
    return made


async def decision(city: City, seeker: Seeker, name: str, subject: str = "") -> pb.GetDecisionResponse:
    """A list that was served."""
    metadata = city.process.keys.user(subject or seeker.subject)
    request = pb.GetDecisionRequest(name=name, purpose=OWN_DATA)
    return await city.stub.GetDecision(request, metadata=metadata, timeout=10)


async def test_a_list_is_on_record_before_it_is_answered(city: City, seeker: Seeker) -> None:
    """Decision and items are in the tables, whole, with all versions, and the record gives what was served."""
    answer = await seeker.ask(5)
    recorded = (await decision(city, seeker, answer.decision)).decision
    assert list(recorded.matches) == list(answer.matches)
    assert recorded.versions == answer.versions
    assert (recorded.eligible_count, recorded.profile) == (answer.eligible_count, seeker.name)
    assert dict(recorded.excluded_by_rule) == {}
    assert answer.versions.model == "word-model@1/torch/raw"
    assert answer.versions.vocabulary
    assert answer.versions.weights
    assert city.one("select length(items) > 1000 from decision where id = %s", bare_id(answer.decision))
    assert city.one("select count(*) from outbox where aggregate_id = %s", bare_id(answer.decision)) == 1


async def test_a_list_that_cannot_be_recorded_is_not_answered(city: City, seeker: Seeker) -> None:
    """Where the writing fails there is no answer, and no half of a record."""
    role = city.process.database.runtime_role
    city.rows.execute(f"revoke insert on decision from {role}")
    try:
        code, error = await refusal(seeker.ask(5))
    finally:
        city.rows.execute(f"grant insert on decision to {role}")
    assert code == "INTERNAL"
    assert "decision" not in error.message
    assert city.one("select count(*) from decision where profile_id = %s", seeker.profile_id) == 0
    assert len((await seeker.ask(5)).matches) == 5


async def test_a_served_list_cannot_be_changed_by_the_service(city: City, seeker: Seeker) -> None:
    """The serving role may neither update nor empty the record."""
    await seeker.ask(5)
    role = city.process.database.runtime_role
    for table in ("decision", "decision_match"):
        rights = {right: city.one("select has_table_privilege(%s, %s, %s)", role, table, right) for right in
                  ("SELECT", "INSERT", "UPDATE", "TRUNCATE")}  # fmt: skip
        assert rights == {"SELECT": True, "INSERT": True, "UPDATE": False, "TRUNCATE": False}


async def test_pages_follow_the_first_one(city: City, seeker: Seeker, openings: list[str]) -> None:
    """Each opening is on one page, ranks go on, and all that was served is on record."""
    names, ranks, token, pages = [], [], "", 0
    while token or not pages:
        answer = await seeker.ask(7, token)
        names += [match.opening.name for match in answer.matches]
        ranks += [match.rank for match in answer.matches]
        token, pages = answer.next_page_token, pages + 1
    assert ranks == list(range(1, len(names) + 1))
    assert len(set(names)) == len(names) == answer.eligible_count
    assert set(openings) <= set(names)
    recorded = (await decision(city, seeker, answer.decision)).decision
    assert [match.opening.name for match in recorded.matches] == names


async def test_later_pages_stay_while_openings_change(city: City, seeker: Seeker) -> None:
    """New openings do not push others from page to page; what has closed since is left out; the rest keeps its rank."""
    everything = [match.opening.name for match in (await seeker.ask(100)).matches]
    first = await seeker.ask(5)
    closed = everything[6]
    better = [a_vacancy("Siivooja") for _ in range(4)]
    for opening in better:
        await city.publish(opening)
    await city.close(a_vacancy(opening_id=bare_id(closed)), 2)
    await city.settled()
    await city.indexed()
    second = await seeker.ask(5, first.next_page_token)
    assert [match.opening.name for match in first.matches] == everything[:5]
    assert [(match.opening.name, match.rank) for match in second.matches] == [
        (everything[place], place + 1) for place in (5, 7, 8, 9)
    ]
    assert second.decision == first.decision
    assert {opening.name for opening in better} <= set(await seeker.listed())


async def test_a_page_asked_for_again_is_the_same(seeker: Seeker) -> None:
    """A retry of a page gives the same items and records nothing twice."""
    first = await seeker.ask(4)
    pages = [await seeker.ask(4, first.next_page_token) for _ in range(2)]
    assert list(pages[0].matches) == list(pages[1].matches)
    assert pages[0].next_page_token == pages[1].next_page_token


async def test_a_stranger_and_an_absent_profile_get_the_same_refusal(city: City, seeker: Seeker) -> None:
    """Nobody learns whether a profile is there; nothing is recorded."""
    stranger = Seeker(city, seeker.profile_id, "a-stranger")
    absent = Seeker(city, new_id(), "a-stranger")
    before = city.one("select count(*) from decision")
    refusals = [await refusal(each.ask()) for each in (stranger, absent)]
    assert [(code, error.reason, error.message) for code, error in refusals] == [
        ("PERMISSION_DENIED", "PROFILE_NOT_ACCESSIBLE", refusals[0][1].message)
    ] * 2
    assert city.one("select count(*) from decision") == before


async def test_a_decision_is_refused_to_strangers_like_an_absent_one(city: City, seeker: Seeker) -> None:
    """A list of another person, and one that was never made."""
    served = (await seeker.ask(3)).decision
    refusals = [await refusal(decision(city, seeker, name, "a-stranger")) for name in (served, f"decisions/{new_id()}")]
    assert refusals[0][0] == "PERMISSION_DENIED"
    assert (refusals[0][1].reason, refusals[0][1].message) == (refusals[1][1].reason, refusals[1][1].message)


async def test_without_the_word_of_profiles_there_is_no_list(city: City, seeker: Seeker) -> None:
    """Where access cannot be decided it is not given, and nothing is recorded."""
    before = city.one("select count(*) from decision")
    city.process.people.failure = Unavailable("STORAGE_UNAVAILABLE", "Away.")
    try:
        code, _ = await refusal(seeker.ask())
    finally:
        city.process.people.failure = None
    assert code == "UNAVAILABLE"
    assert city.one("select count(*) from decision") == before


async def test_every_reading_is_decided_by_profiles(city: City, seeker: Seeker, openings: list[str]) -> None:
    """Each method asks for access under its own name, with the user's token, purpose and profile."""
    city.process.people.accesses.clear()
    served = await seeker.ask(3)
    metadata = city.process.keys.user(seeker.subject)
    common: dict[str, Any] = {"profile": seeker.name, "purpose": OWN_DATA}
    calls: dict[str, grpc.aio.UnaryUnaryCall[Any, Any]] = {
        "ListExclusions": city.stub.ListExclusions(pb.ListExclusionsRequest(**common), metadata=metadata, timeout=10),
        "ExplainMatch": city.stub.ExplainMatch(
            pb.ExplainMatchRequest(opening=served.matches[0].opening.name, **common), metadata=metadata, timeout=10
        ),
        "ListNextSteps": city.stub.ListNextSteps(pb.ListNextStepsRequest(**common), metadata=metadata, timeout=10),
        "GetQuestion": city.stub.GetQuestion(pb.GetQuestionRequest(**common), metadata=metadata, timeout=10),
    }
    for call in calls.values():
        await call
    await decision(city, seeker, served.decision)
    methods = ["ListMatches", *calls, "GetDecision"]
    assert sorted(city.process.people.accesses) == sorted(
        (seeker.subject, seeker.name, OWN_DATA, f"polku.matching.v1.MatchingService/{method}") for method in methods
    )


async def test_filters_cut_the_list(city: City, seeker: Seeker, openings: list[str]) -> None:
    """A kind and a municipality; what is left out by a filter is not excluded by a rule."""
    here = a_vacancy()
    here.places.add(municipality="049")
    await city.publish(here)
    await city.taken(here.name, 1)
    in_espoo = await seeker.ask(municipality="049", kind=VACANCY)
    assert here.name in {match.opening.name for match in in_espoo.matches}
    assert set(openings).isdisjoint(match.opening.name for match in in_espoo.matches)
    assert (await seeker.ask(kind=opening_service_pb2.OpeningKind.VALUE_TRAINING)).eligible_count == 0
