"""A world of matching in memory: one person, some openings, and everything around the use cases."""

from dataclasses import dataclass, field

from services.matching.adapters.efforts import read_efforts
from services.matching.application.engine import Engine
from services.matching.application.lists import ListMatches, MatchPage, list_matches
from services.matching.application.people import stored_profile
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import Concept, Purpose
from services.matching.domain.work import Goals
from shared.kernel.paging import PageTokens
from shared.kernel.principal import Principal, Role
from tests.builders.matching import NOW, PROFILE_ID, candidate, profile, vocabulary, weights
from tests.builders.matching_vocabulary import CLEANER
from tests.fakes.matching import (
    MODEL,
    FakeAccessGate,
    FakeLiveOpenings,
    FakeProfileSource,
    FakeUnitOfWork,
)

SEEKER = Principal(Role.SEEKER, "user-1")
OTHER = Principal(Role.COUNSELLOR, "user-2", unit="west")
PERSON = profile(goals=Goals((Concept(CLEANER),)))


@dataclass
class World:
    """Everything that a use case needs, in memory."""

    person: ProfileSnapshot = PERSON
    openings: tuple[OpeningSnapshot, ...] = ()
    uow: FakeUnitOfWork = field(default_factory=FakeUnitOfWork)
    gate: FakeAccessGate = field(default_factory=lambda: FakeAccessGate({SEEKER.subject}))
    source: FakeProfileSource = field(default_factory=FakeProfileSource)

    def __post_init__(self) -> None:
        self.live = FakeLiveOpenings([candidate(snapshot) for snapshot in self.openings])
        self.change(self.person)

    def change(self, person: ProfileSnapshot) -> None:
        """Keep another version of the profile."""
        self.uow.state.profiles[PROFILE_ID] = stored_profile(person, vocabulary(), MODEL)

    @property
    def engine(self) -> Engine:
        """The use cases' engine over this world."""
        tokens = PageTokens(b"a secret for page tokens")
        return Engine(vocabulary(), weights(), self.live, self.gate, self.source, tokens, read_efforts())

    async def ask(self, **fields: object) -> MatchPage:
        """Ask for a page as the seeker."""
        given: dict[str, object] = {"caller": SEEKER, "profile_id": PROFILE_ID, "purpose": Purpose.OWN_DATA} | fields
        cmd = ListMatches(**given)  # type: ignore[arg-type]
        return await list_matches(cmd, self.uow, self.engine, NOW, lambda page: page)
