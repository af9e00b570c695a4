"""Candidates over gRPC: who is in, who is named, what is shown of the others, and that nobody can be told from it."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from polku.matching.v1 import candidate_service_pb2 as pb
from polku.profiles.v1 import profile_pb2
from polku.profiles.v1.profile_events_pb2 import ProfileUpdated
from polku.type.v1 import types_pb2

from services.profiles.domain.consents import ConsentState
from services.profiles.domain.policy import Relation
from shared.kernel.errors import Internal
from tests.integration.matching.calls import City, a_vacancy, bare_id, eventually, refusal
from tests.integration.matching.candidates import (
    NO,
    YES,
    ask,
    counsellor,
    crowd,
    somebody,
    vacancy,
)
from tests.integration.matching.conftest import city_of
from tests.servers import NatsServer, PostgresServer


@pytest.fixture(scope="module")
async def town(
    postgres_server: PostgresServer, broker: NatsServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    """A city of this module's own; nobody encodes."""
    async with city_of(postgres_server, broker, tmp_path_factory.mktemp("candidates")) as made:
        await made.process.start()
        yield made


def content(answer: pb.ListCandidatesResponse) -> bytes:
    """The answer without what is new in each: its record and time."""
    copy = pb.ListCandidatesResponse()
    copy.CopyFrom(answer)
    copy.ClearField("record")
    copy.ClearField("create_time")
    return copy.SerializeToString(deterministic=True)


async def test_people_are_listed_without_a_name_and_on_record(town: City) -> None:
    """Alike people stand as the vacancy asks, in the reader's words; the list is stored before it is answered."""
    opening = await vacancy(town)
    async with crowd(town, 6) as people:
        answer = await ask(town, opening)
        assert (answer.willing_count, answer.considered_count, answer.eligible_count) == (6, 6, 6)
        assert [each.rank for each in answer.candidates] == [1, 2, 3, 4, 5, 6]
        assert not any(each.profile or each.HasField("match") for each in answer.candidates)
        shown = {each.kind: each for each in answer.candidates[0].standings}
        assert (shown["language"].value, shown["language"].required) == ("met", "A2")
        assert shown["language"].text == "Suomi: vaaditaan taso A2. Tämä täyttyy."
        assert answer.candidates[0].HasField("total")
        assert answer.candidates[0].explanation.language == "fi"
        leaving = answer.SerializeToString().decode("utf-8", errors="replace")
        assert "Suurpelto" not in leaving
        assert not any(one.profile_id in leaving for one in people)
        entries = "select count(*) from candidate_list_entry where list_id = %s"
        assert town.one(entries, bare_id(answer.record)) == 6
    assert town.process.people.store.accesses == []


async def test_whoever_says_yes_is_named_until_they_take_it_back(town: City) -> None:
    """To this vacancy alone, with the comparison in full; that they were shown is on the profiles service's record."""
    opening, other = await vacancy(town), await vacancy(town)
    async with crowd(town, 7) as people:
        told = town.process.people
        told.answer(people[0].profile_id, bare_id(opening.name))
        (named,) = [each for each in (await ask(town, opening)).candidates if each.profile]
        assert named.profile == people[0].name
        assert named.match.verdicts
        assert named.match.explanation == named.explanation
        assert not any(each.profile for each in (await ask(town, other)).candidates)
        (access,) = told.store.accesses
        assert (access.profile_id, access.reader, access.relation) == (
            people[0].profile_id,
            "counsellor-1",
            Relation.CONSENTED,
        )
        told.answer(people[0].profile_id, bare_id(opening.name), ConsentState.WITHDRAWN)
        answer = await ask(town, opening)
        assert len(answer.candidates) == 7
        assert not any(each.profile for each in answer.candidates)
        told.store.accesses.clear()


@pytest.mark.parametrize(
    "choices",
    [
        profile_pb2.Choices(matching=YES),
        profile_pb2.Choices(matching=YES, employer_requests=NO),
        profile_pb2.Choices(matching=NO, employer_requests=YES),
        profile_pb2.Choices(matching=YES, employer_requests=YES, matching_paused=True),
        profile_pb2.Choices(matching=YES, employer_requests=YES, ranking_opt_out=True),
    ],
    ids=["not said", "no requests", "no matching", "paused", "no ranking"],
)
async def test_who_is_not_willing_leaves_no_byte(town: City, choices: profile_pb2.Choices) -> None:
    """The answer is the same with and without that person, whatever they have said to the vacancy."""
    opening = await vacancy(town)
    async with crowd(town, 6):
        without = content(await ask(town, opening))
        person = await somebody(town, choices, level=types_pb2.Cefr.LEVEL_C2)
        town.process.people.answer(person.profile_id, bare_id(opening.name))
        assert content(await ask(town, opening)) == without
        assert content(await ask(town, opening, language="sv")) != without


async def test_whoever_pauses_or_is_erased_is_gone(town: City) -> None:
    """From the list, as soon as the news has come; and who is erased from the lists that were served, too."""
    opening = await vacancy(town)
    async with crowd(town, 8) as people:
        before = await ask(town, opening)
        await people[0].change("siivooja", choices=profile_pb2.Choices(employer_requests=YES, matching_paused=True))
        assert len((await ask(town, opening)).candidates) == 7
        gone = people[1]
        town.process.people.remove(gone.profile_id)
        event = ProfileUpdated(profile=gone.name, version=gone.version + 1)
        await town.profiles.publish(event, gone.profile_id, gone.version + 1)

        async def left() -> bool:
            return len((await ask(town, opening)).candidates) == 6

        await eventually(left, "leaving the list")
        entries = "select count(*) from candidate_list_entry where profile_id = %s"
        assert town.one(entries, gone.profile_id) == 0
        assert town.one("select count(*) from candidate_list_entry where list_id = %s", bare_id(before.record)) == 7


async def test_fewer_than_five_are_shown_with_nothing(town: City) -> None:
    """Four people: handles alone. With a fifth who is alike, how they stand is shown."""
    opening = await vacancy(town)
    async with crowd(town, 4):
        few = await ask(town, opening)
        assert len(few.candidates) == 4
        assert {each.value for one in few.candidates for each in one.standings} == {"withheld"}
        assert not any(one.HasField("total") or one.explanation.reasons for one in few.candidates)
        async with crowd(town, 1):
            enough = await ask(town, opening)
            assert {each.value for one in enough.candidates for each in one.standings} & {"met"}


async def test_whatever_is_shown_of_one_is_shown_of_four_others(town: City) -> None:
    """Two people among twelve who differ: no part of the answer tells them from four others."""
    opening = await vacancy(town)
    async with crowd(town, 10):
        odd = [await somebody(town, level=types_pb2.Cefr.LEVEL_UNSPECIFIED) for _ in range(2)]
        answer = await ask(town, opening)
        seen: Counter[bytes] = Counter()
        for shown in answer.candidates:
            shown.rank, shown.handle = 0, ""
            seen[shown.SerializeToString(deterministic=True)] += 1
        for one in odd:
            await one.change("siivooja", choices=profile_pb2.Choices(matching_paused=True))
    assert sum(seen.values()) == 12
    assert min(seen.values()) >= 5


async def test_handles_meet_in_no_two_lists(town: City) -> None:
    """Another reader and another vacancy have others; the same list again has the same."""
    opening, other = await vacancy(town), await vacancy(town)
    publisher = town.process.keys.publisher("user-1", "p-1")
    async with crowd(town, 6):
        mine = {each.handle for each in (await ask(town, opening)).candidates}
        assert mine == {each.handle for each in (await ask(town, opening)).candidates}
        asked = (
            (opening, counsellor(town, "counsellor-2")),
            (opening, publisher),
            (other, counsellor(town)),
        )
        lists = [{each.handle for each in (await ask(town, *one)).candidates} for one in asked]
    assert all(len(handles) == 6 for handles in lists)
    assert len(mine.union(*lists)) == 24


async def test_a_publisher_sees_its_own_vacancies_alone(town: City) -> None:
    """Another publisher's vacancy and one that is not there get the same refusal; so does every other role."""
    opening, absent = await vacancy(town), a_vacancy()
    stranger = town.process.keys.publisher("user-2", "p-2")
    answers = [await refusal(ask(town, one, stranger)) for one in (opening, absent)]
    assert [code for code, _ in answers] == ["PERMISSION_DENIED"] * 2
    assert len({(error.reason, error.message) for _, error in answers}) == 1
    for role in ("seeker", "operator", "auditor"):
        code, _ = await refusal(ask(town, opening, town.process.keys.user("somebody", role)))
        assert code == "PERMISSION_DENIED"
    code, error = await refusal(ask(town, absent))
    assert (code, error.reason) == ("NOT_FOUND", "OPENING_NOT_FOUND")


async def test_without_the_profiles_service_nobody_is_shown(town: City) -> None:
    """Silence is not taken for a no, and nothing is put on record."""
    opening = await vacancy(town)
    async with crowd(town, 6):
        before = town.one("select count(*) from candidate_list")
        town.process.people.failure = Internal("INTERNAL", "A defect.")
        try:
            code, _ = await refusal(ask(town, opening))
        finally:
            town.process.people.failure = None
        assert code == "UNAVAILABLE"
        assert town.one("select count(*) from candidate_list") == before


@pytest.mark.parametrize(
    "fields", [{"page_size": 101}, {"page_size": -1}, {"purpose": 0}, {"language": "not a tag"}], ids=str
)
async def test_row_33_what_is_out_of_range_is_refused(town: City, fields: dict[str, Any]) -> None:
    """Page sizes from 1 to 100, a purpose, a language tag."""
    code, _ = await refusal(ask(town, a_vacancy(), **fields))
    assert code == "INVALID_ARGUMENT"


async def test_no_person_gets_into_the_log(town: City) -> None:
    """Neither an id of a profile nor a handle stands in what the process has logged about lists."""
    opening = await vacancy(town)
    async with crowd(town, 5) as people:
        answer = await ask(town, opening)
    log = town.process.log
    assert "ListCandidates" in log
    assert not any(each.handle in log for each in answer.candidates)
    assert not any(one.profile_id in line for one in people for line in log.splitlines() if "Candidate" in line)
