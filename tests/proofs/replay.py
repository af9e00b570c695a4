"""Proof: recorded lists come out the same when they are worked out again, after an index rebuild and other weights.

    python -m tests.proofs.replay [DECISIONS] [SEED]

Generated people ask for lists of generated openings over a real PostgreSQL: with feedback, filters, later pages, opted
out of ranking, in three languages. Then half of the openings are withdrawn, the others come in newer versions with
other vectors of another model into a new index, the profiles change, and the weights come from another file. Ends with
status 1 where a list does not come out as it was recorded.
"""

import asyncio
import sys
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

from services.matching.__main__ import MIGRATIONS
from services.matching.adapters.efforts import read_efforts
from services.matching.adapters.live import LiveOpeningsInMemory
from services.matching.adapters.live.openings import Held
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.adapters.postgres.inputs import KnownInputs
from services.matching.adapters.weights import DEFAULT, read_weights
from services.matching.application.decisions import ReplayDecision, replay_decision
from services.matching.application.engine import Engine
from services.matching.application.feedback import GiveFeedback, give_feedback
from services.matching.application.lists import ListMatches, list_matches
from services.matching.application.people import stored_profile
from services.matching.application.ports import Owner, StoredVector, Vector
from services.matching.application.records import RequestKey
from services.matching.domain.candidates import Candidate, prepare
from services.matching.domain.feedback import FeedbackKind, FeedbackReason
from services.matching.domain.linking import link_opening
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import OpeningKind, Purpose
from services.matching.domain.weights import Weights
from services.matching.domain.work import Choices
from shared.kernel.ids import new_id
from shared.kernel.paging import PageTokens
from shared.kernel.principal import Principal, Role
from shared.runtime.migrations import migrate
from shared.runtime.postgres import Pool, open_pool
from tests.builders.matching import NOW, vocabulary
from tests.builders.matching_generated import Generator
from tests.fakes.matching import FakeAccessGate, FakeProfileSource, vector
from tests.servers import PostgresServer

OPENINGS = 600
NUMBERS = 8
"""Of a vector; what they mean is of no account here."""
SEEKER = Principal(Role.SEEKER, "user-1")
OWN = Purpose.OWN_DATA
MODELS = ("model-1", "model-2")


@dataclass
class Replays:
    """What was recorded and what came out."""

    decisions: list[str] = field(default_factory=list)
    items: int = 0
    identical: int = 0
    differing: list[str] = field(default_factory=list)


@dataclass
class Office:
    """A matching service over a pool, without a server: people ask, and later everything changes."""

    pool: Pool
    seed: int

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.generator = Generator(self.seed)
        self.known = KnownInputs()
        self.candidates = [self.generator.candidate() for _ in range(OPENINGS)]
        self.engine = self._engine(self.candidates, MODELS[0], read_weights())

    def uow(self) -> PostgresUnitOfWork:
        """A unit of work."""
        return PostgresUnitOfWork(self.pool, known=self.known)

    async def ask(self, done: Replays) -> None:
        """A person of whom nothing was known comes, says something to an opening, and reads one or two pages."""
        person = replace(self.generator.profile(), id=new_id())
        if self.random.random() < 0.1:
            person = replace(person, choices=Choices(ranking_opt_out=True))
        await self._keep(person, MODELS[0], encoded=self.random.random() < 0.8)
        if self.random.random() < 0.5:
            await self._say(person.id)
        cmd = ListMatches(
            SEEKER,
            person.id,
            OWN,
            kind=self.random.choice((None, None, *OpeningKind)),
            municipality=self.random.choice(("", "", "", "049")),
            language=self.random.choice(("fi", "sv", "en")),
            page_size=self.random.choice((0, 5)),
        )
        page = await list_matches(cmd, self.uow(), self.engine, NOW, lambda page: page)
        done.decisions.append(page.decision_id)
        done.items += len(page.matches)
        if page.next_page_token:
            following = replace(cmd, page_token=page.next_page_token)
            later = await list_matches(following, self.uow(), self.engine, NOW, lambda page: page)
            done.items += len(later.matches)
        await self._keep(replace(self.generator.profile(), id=person.id, version=2), MODELS[1], encoded=True)

    def rebuild(self, weights: Weights) -> None:
        """Another index over other openings and vectors, and other weights; nothing is known to be stored."""
        half = self.candidates[::2]
        newer = [replace(each.snapshot, version=each.snapshot.version + 1, organisation="Another") for each in half]
        prepared = [prepare(each, link_opening(each, vocabulary()), vocabulary()) for each in newer]
        self.engine = self._engine(prepared, MODELS[1], weights)
        self.known = KnownInputs()

    async def replay(self, decision_id: str, done: Replays) -> None:
        """Work one list out again, months later."""
        cmd = ReplayDecision(SEEKER, decision_id, OWN)
        _, replayed = await replay_decision(cmd, self.uow(), self.engine, NOW + timedelta(days=200))
        done.identical += replayed.identical
        if not replayed.identical:
            done.differing.append(f"{decision_id}: {(*replayed.obstacles, *replayed.differences)[:3]}")

    def _engine(self, candidates: list[Candidate], model: str, weights: Weights) -> Engine:
        live = LiveOpeningsInMemory(model, NUMBERS, vocabulary())
        live.put_all(
            Held(each, "text", self._vector(model) if place % 7 else None) for place, each in enumerate(candidates)
        )
        live.is_current(NOW)
        gate, tokens = FakeAccessGate({SEEKER.subject}), PageTokens(b"a secret for page tokens")
        return Engine(vocabulary(), weights, live, gate, FakeProfileSource(), tokens, read_efforts())

    def _vector(self, model: str) -> Vector:
        return vector(*(self.random.gauss(0, 1) for _ in range(NUMBERS)), model=model)

    async def _keep(self, person: ProfileSnapshot, model: str, *, encoded: bool) -> None:
        stored = stored_profile(person, vocabulary(), model)
        async with self.uow() as uow:
            await uow.profiles.put(stored)
            if encoded:
                await uow.vectors.put(StoredVector(Owner.PROFILE, person.id, stored.digest, self._vector(model)))
            await uow.commit()

    async def _say(self, profile_id: str) -> None:
        for candidate in self.random.sample(self.candidates, 8):
            key = RequestKey(SEEKER.subject, new_id(), "GiveFeedback", b"")
            kind = self.random.choice(tuple(FeedbackKind))
            reason = FeedbackReason.OTHER if kind is FeedbackKind.NOT_FITTING else FeedbackReason.NONE
            cmd = GiveFeedback(SEEKER, key, profile_id, OWN, candidate.id, kind, reason)
            await give_feedback(cmd, self.uow(), self.engine, NOW)


def other_weights(folder: Path) -> Weights:
    """The weights of a file in which every number of the shipped one is another, and the version too."""
    text = DEFAULT.read_text(encoding="utf-8")
    shipped = read_weights()
    changed = text.replace(f'"{shipped.version}"', '"another"').replace("text_high = 0.50", "text_high = 0.75")
    changed = changed.replace("occupation = 0.24", "occupation = 0.05").replace("travel = 0.08", "travel = 0.40")
    path = folder / "weights.toml"
    path.write_text(changed, encoding="utf-8")
    return read_weights(path)


async def prove(pool: Pool, decisions: int, seed: int, *, quiet: bool = True) -> Replays:
    """Record so many lists, change everything, and work all of them out again."""
    office, done, started = Office(pool, seed), Replays(), monotonic()
    for number in range(1, decisions + 1):
        await office.ask(done)
        if not quiet and number % 100 == 0:
            print(f"{number:>6,} recorded, {monotonic() - started:.0f} s", file=sys.stderr)
    with TemporaryDirectory() as folder:
        office.rebuild(other_weights(Path(folder)))
    for number, decision_id in enumerate(done.decisions, start=1):
        await office.replay(decision_id, done)
        if not quiet and number % 100 == 0:
            print(f"{number:>6,} replayed, {monotonic() - started:.0f} s", file=sys.stderr)
    return done


async def _prove(dsn: str, decisions: int, seed: int) -> Replays:
    pool = await open_pool(dsn, application_name="replay")
    try:
        return await prove(pool, decisions, seed, quiet=False)
    finally:
        await pool.close()


def main(arguments: list[str]) -> int:
    """Run the proof on a PostgreSQL of its own and print what was found."""
    decisions, seed = (int(text) for text in (*arguments, *("1000", "7")[len(arguments) :]))
    server = PostgresServer()
    try:
        server.create()
        database = server.fresh_database()
        migrate(database.owner_dsn, [MIGRATIONS], database.runtime_role)
        done = asyncio.run(_prove(database.runtime_dsn, decisions, seed))
    finally:
        server.remove()
    for differing in done.differing[:10]:
        print(differing)
    print(f"{done.identical:,} of {len(done.decisions):,} identical ({done.items:,} items)")
    return 0 if done.identical == decisions else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
