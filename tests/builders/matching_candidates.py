"""A world of matching in memory with a vacancy and people who are willing to be shown for it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from polku.matching.v1 import candidate_service_pb2 as pb

from services.matching.adapters.candidate_texts import load_candidate_texts
from services.matching.adapters.texts import load_texts
from services.matching.adapters.wire.candidates import CandidateWire
from services.matching.adapters.wire.matches import Wire
from services.matching.application.candidates import ListCandidates, Showing, list_candidates
from services.matching.application.people import stored_profile
from services.matching.application.willing import CandidateList
from services.matching.domain.anonymity import Handles
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import Answer, CefrLevel, Concept, Place, Purpose, TravelMode
from services.matching.domain.work import (
    Choices,
    EverydayLimits,
    Goals,
    LanguageSkill,
    RightStatus,
    RightToWork,
    WorkExperience,
)
from shared.kernel.principal import Principal, Role
from tests.builders.matching import NOW, asks, levels, opening_id, profile, vacancy, vocabulary, weights
from tests.builders.matching_vocabulary import CLEANER
from tests.builders.matching_world import World
from tests.fakes.matching import MODEL
from tests.fakes.matching_candidates import FakeCandidateUnitOfWork, FakeConsents

COUNSELLOR = Principal(Role.COUNSELLOR, "counsellor-1", unit="west")
PUBLISHER = Principal(Role.PUBLISHER, "key-1", publisher="p-1")
WILLING = Choices(matching=Answer.YES, employer_requests=Answer.YES)
VACANCY = vacancy(
    publisher="p-1",
    occupation=Concept(CLEANER),
    language_demand=asks("fi", CefrLevel.A2),
    experience_months=12,
    places=(Place("049"),),
)
SECRET = b"a secret for handles"


def person_id(number: int) -> str:
    """A valid id for the person with a number."""
    return f"01970000-0000-7000-8000-0000000{number:05x}"


def somebody(number: int, *, choices: Choices = WILLING, **work: Any) -> ProfileSnapshot:
    """Somebody who fits the vacancy well and is willing, with other parts of the work profile where they are given."""
    told: dict[str, Any] = {
        "experiences": (WorkExperience(Concept(CLEANER), 24),),
        "languages": (LanguageSkill("fi", levels(CefrLevel.B1)),),
        "right_to_work": RightToWork(RightStatus.UNLIMITED),
        "limits": EverydayLimits(home=Place("049"), travel_modes=(TravelMode.BICYCLE,), max_travel_minutes=60),
        "goals": Goals((Concept(CLEANER),)),
    }
    return replace(profile(**(told | work)), id=person_id(number), choices=choices)


@dataclass
class CandidateWorld(World):
    """Vacancies, people, and the profiles service's word on who has said yes."""

    openings: tuple[OpeningSnapshot, ...] = (VACANCY,)
    uow: FakeCandidateUnitOfWork = field(default_factory=FakeCandidateUnitOfWork)
    consents: FakeConsents = field(default_factory=FakeConsents)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.uow.state.profiles.clear()

    def add(self, *people: ProfileSnapshot) -> None:
        """More people, or newer versions of those who are there."""
        for person in people:
            self.uow.state.profiles[person.id] = stored_profile(person, vocabulary(), MODEL)

    def people(self) -> list[ProfileSnapshot]:
        """Those who are there."""
        return [stored.snapshot for stored in self.uow.state.profiles.values()]

    def say_yes(self, number: int, opening: str = VACANCY.id) -> None:
        """Somebody says yes to a vacancy."""
        self.consents.given.add((person_id(number), opening))

    async def candidates(
        self,
        caller: Principal = COUNSELLOR,
        opening: str = opening_id(1),
        *,
        size: int = 100,
        purpose: Purpose = Purpose.JOB_MATCHING,
        now: datetime = NOW,
    ) -> CandidateList:
        """Ask for the candidates."""
        cmd = ListCandidates(caller, opening, purpose, page_size=size)
        return await list_candidates(cmd, self.uow, self.engine, Showing(self.consents, Handles(SECRET)), now)


def crowd(number: int) -> CandidateWorld:
    """A world with so many people who fit alike."""
    world = CandidateWorld()
    world.add(*(somebody(place) for place in range(1, number + 1)))
    return world


def answer(made: CandidateList) -> pb.ListCandidatesResponse:
    """The list as it leaves."""
    matches, own = Wire(load_texts(vocabulary()), made.language), load_candidate_texts(vocabulary())
    return CandidateWire(own, matches, weights(), made.language).candidates(made)


def sent(made: CandidateList) -> bytes:
    """The list as it leaves, without the name of its record, which is new each time."""
    return answer(replace(made, id="")).SerializeToString(deterministic=True)
