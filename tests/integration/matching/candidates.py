"""People who are willing to be shown for a vacancy, and who asks for the candidates."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from polku.matching.v1 import candidate_service_pb2 as pb
from polku.matching.v1.candidate_service_pb2_grpc import CandidateServiceStub
from polku.openings.v1 import opening_pb2
from polku.profiles.v1 import profile_pb2
from polku.type.v1 import types_pb2

from shared.kernel.ids import new_id
from tests.contract.matching.profiles_stand_in import Metadata
from tests.integration.matching.calls import SECONDS, City, Seeker, a_vacancy

FOR_MATCHING = types_pb2.Purpose.KIND_JOB_MATCHING
YES, NO = types_pb2.Answer.VALUE_YES, types_pb2.Answer.VALUE_NO
WILLING = profile_pb2.Choices(matching=YES, employer_requests=YES)


def work(level: types_pb2.Cefr.Level = types_pb2.Cefr.LEVEL_B1) -> profile_pb2.WorkProfile:
    """Somebody who knows Finnish and lives in Suurpelto."""
    told = profile_pb2.WorkProfile()
    known = told.languages.add(language="fi").levels
    for activity in ("listening", "reading", "speaking", "writing"):
        setattr(known, activity, level)
    told.limits.home.municipality = "049"
    told.limits.home.district = "Suurpelto"
    told.right_to_work.status = profile_pb2.RightToWork.STATUS_UNLIMITED
    return told


async def somebody(town: City, choices: profile_pb2.Choices = WILLING, **kind: Any) -> Seeker:
    """A new person of whom matching knows."""
    seeker = Seeker(town, new_id(), f"seeker-{new_id()}")
    await seeker.change("siivooja", choices=choices, work=work(**kind))
    return seeker


@asynccontextmanager
async def crowd(town: City, number: int) -> AsyncIterator[list[Seeker]]:
    """So many people who are alike; they rest when the test is over."""
    people = [await somebody(town) for _ in range(number)]
    try:
        yield people
    finally:
        for one in people:
            if f"profiles/{one.profile_id}" in town.process.people.profiles:
                await one.change("siivooja", choices=profile_pb2.Choices(matching_paused=True))


async def vacancy(town: City) -> opening_pb2.Opening:
    """A published vacancy that asks for Finnish A2."""
    opening = a_vacancy()
    demand = opening.vacancy.language_demand
    demand.statement = opening_pb2.LanguageDemand.STATEMENT_LISTED
    asked = demand.languages.add(language="fi", necessity=opening_pb2.Necessity.KIND_REQUIRED)
    asked.levels.speaking = types_pb2.Cefr.LEVEL_A2
    await town.publish(opening)
    await town.taken(opening.name, 1)
    return opening


def counsellor(town: City, subject: str = "counsellor-1") -> Metadata:
    """Metadata of a counsellor."""
    return town.process.keys.user(subject, "counsellor")


async def ask(
    town: City, opening: opening_pb2.Opening, metadata: Metadata | None = None, **fields: Any
) -> pb.ListCandidatesResponse:
    """The candidates for a vacancy."""
    given: dict[str, Any] = {"purpose": FOR_MATCHING, "language": "fi", "page_size": 100} | fields
    request = pb.ListCandidatesRequest(opening=opening.name, **given)
    stub: Any = CandidateServiceStub(town.channel)
    answer: pb.ListCandidatesResponse = await stub.ListCandidates(
        request, metadata=metadata or counsellor(town), timeout=SECONDS
    )
    return answer
