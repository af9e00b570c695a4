"""Real processes around a world: PostgreSQL, NATS, profiles and matching, with people who may ask for their lists."""

import asyncio
import itertools
import json
import multiprocessing
import shutil
import time
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc
import psycopg
from joserfc.jwk import ECKey
from polku.matching.v1 import matching_service_pb2 as pb
from polku.matching.v1.matching_service_pb2_grpc import MatchingServiceStub
from polku.profiles.v1 import profile_pb2
from polku.profiles.v1 import profile_service_pb2 as profiles_pb
from polku.profiles.v1.profile_service_pb2_grpc import ProfileServiceStub
from polku.type.v1 import types_pb2

from services.matching.adapters.embedding.folder import read_folder
from shared.kernel.ids import new_id
from shared.runtime import bus
from shared.vocabulary import Vocabulary
from tests.bench.people import wishes, work_profile
from tests.bench.store import fill_store, save_index
from tests.bench.world import World
from tests.contract.matching.profiles_stand_in import Keys, Metadata
from tests.integration.matching.process import MatchingProcess
from tests.integration.profiles.process import ProfilesProcess
from tests.servers import NatsServer, PostgresServer, free_port, until

TIMEOUT = 25.0
_SIGNERS = ("profiles", "matching")
_OWN_DATA = types_pb2.Purpose.KIND_OWN_DATA


@dataclass(frozen=True)
class _Issuers:
    """The issuers' public keys and a service's own, as ProfilesProcess asks for them."""

    keys: Keys
    folder: Path

    def file(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.keys.issuers_file(self.folder).read_text())
        return content

    def key(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.keys.service_key_file(self.folder, name).read_text())
        return content


@dataclass(frozen=True)
class Seeker:
    """A person with a profile, and the metadata of their calls."""

    name: str
    metadata: Metadata


class _InTurns:
    """Stubs that take calls in turns; each call is of one of them."""

    def __init__(self, stubs: list[Any]) -> None:
        self._stubs = itertools.cycle(stubs)

    def __getattr__(self, method: str) -> Any:
        return getattr(next(self._stubs), method)


@dataclass
class City:
    """Matching over a world. `number` calls go round the people."""

    world: World
    matching: MatchingProcess
    profiles: ProfilesProcess
    stub: Any
    dsn: str
    people: list[Seeker] = field(default_factory=list)

    async def list(self, number: int) -> pb.ListMatchesResponse:
        """The first page of a person's list."""
        seeker = self._seeker(number)
        request = pb.ListMatchesRequest(profile=seeker.name, purpose=_OWN_DATA, language="fi")
        return await self.stub.ListMatches(request, metadata=seeker.metadata, timeout=TIMEOUT)

    async def steps(self, number: int) -> pb.ListNextStepsResponse:
        """The first page of a person's next steps."""
        seeker = self._seeker(number)
        request = pb.ListNextStepsRequest(profile=seeker.name, purpose=_OWN_DATA, language="fi")
        return await self.stub.ListNextSteps(request, metadata=seeker.metadata, timeout=TIMEOUT)

    async def explain(self, opening: str, number: int = 0) -> pb.ExplainMatchResponse:
        """One opening beside a person."""
        seeker = self._seeker(number)
        request = pb.ExplainMatchRequest(profile=seeker.name, opening=opening, purpose=_OWN_DATA, language="fi")
        return await self.stub.ExplainMatch(request, metadata=seeker.metadata, timeout=TIMEOUT)

    @asynccontextmanager
    async def replicas(self, processes: int) -> AsyncIterator["City"]:
        """The same city with so many serving processes in all; calls go round them. Each has an index of its own."""
        added, stubs = [], [self.stub]
        async with AsyncExitStack() as stack:
            for number in range(1, processes):
                folder = self.matching.folder / f"replica-{number}"
                shutil.copytree(self.index, folder / "index")
                changes = {**self.matching.changes, "POLKU_INDEX_DIR": str(folder / "index")}
                process = replace(self.matching, folder=folder, port=free_port(), changes=changes, _process=None)
                process.spawn()
                stack.callback(process.remove)
                added.append(process)
                channel = await stack.enter_async_context(grpc.aio.insecure_channel(process.address))
                stubs.append(MatchingServiceStub(channel))
            for process in added:
                await asyncio.to_thread(until, process.is_ready, "the start of a replica", 120)
            yield replace(self, stub=_InTurns(stubs))

    async def restart(self) -> float:
        """Stop matching and start it again; seconds from the start of the process to the first list."""
        await self.matching.stop()
        return await self.start()

    async def start(self) -> float:
        """Start matching; seconds to the first answer, which is a list once there are people."""
        began = time.perf_counter()
        self.matching.spawn()
        while True:
            try:
                if self.people:
                    await self.list(0)
                elif not await asyncio.to_thread(self.matching.is_ready):
                    await asyncio.sleep(0.05)
                    continue
                return time.perf_counter() - began
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
                await asyncio.sleep(0.02)

    def drop_index(self) -> None:
        """Forget the saved index: the next start reads the store."""
        shutil.rmtree(self.index)

    @property
    def index(self) -> Path:
        """Where matching saves its index."""
        return Path(self.matching.changes["POLKU_INDEX_DIR"])

    def memory(self) -> int:
        """Bytes of matching's own memory (proportional set size)."""
        process = self.matching._process  # the process has no other handle
        assert process is not None
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
        return 1024 * int(line.split()[1])

    def _seeker(self, number: int) -> Seeker:
        return self.people[number % len(self.people)]


@asynccontextmanager
async def city_of(vocabulary: Vocabulary, model: Path, number: int, *, seed: int = 7) -> AsyncIterator[City]:
    """Everything, started, with so many openings; `model` is the folder of the model."""
    described = read_folder(model)
    world = World(vocabulary, number, model=described.model_id(), dimension=described.dimension, seed=seed)
    postgres, nats = PostgresServer(), NatsServer()
    with TemporaryDirectory(prefix="polku-bench-") as folder:
        processes: list[Any] = []
        try:
            postgres.create()
            nats.start()
            matching, profiles = _processes(Path(folder), postgres, nats, model)
            processes += (matching, profiles)
            await bus.declare(nats.owner_url, [bus.stream_of("openings")])
            await asyncio.to_thread(profiles.migrate)
            done = await asyncio.to_thread(matching.run, "migrate")
            assert done.returncode == 0, done.stderr
            await asyncio.to_thread(_fill, world, matching.database.owner_dsn, Path(folder) / "index")
            profiles.start()
            async with grpc.aio.insecure_channel(matching.address) as channel:
                city = City(world, matching, profiles, MatchingServiceStub(channel), matching.database.owner_dsn)
                await city.start()
                await _settle(city)
                yield city
        finally:
            for process in processes:
                process.remove()
            nats.remove()
            postgres.remove()


def _processes(
    folder: Path, postgres: PostgresServer, nats: NatsServer, model: Path
) -> tuple[MatchingProcess, ProfilesProcess]:
    own, keys = (
        folder / "profiles",
        Keys(services={name: ECKey.generate_key("P-256", auto_kid=True) for name in _SIGNERS}),
    )
    own.mkdir()
    profiles = ProfilesProcess(own, postgres.fresh_database(), nats, _Issuers(keys, own))  # type: ignore[arg-type]
    changes = {"POLKU_MODEL_DIR": str(model), "POLKU_INDEX_DIR": str(folder / "index"), "POLKU_LOG_LEVEL": "info"}
    matching = MatchingProcess(
        folder, postgres.fresh_database(), nats, keys, changes=changes, profiles_port=profiles.port
    )
    return matching, profiles


def _fill(world: World, dsn: str, index: Path) -> None:
    """Store and saved index are written at the same time, by a process each."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        saving = pool.submit(save_index, index, world.number, world.model, world.dimension, world.seed)
        fill_store(dsn, world)
        saving.result()


async def _settle(city: City, people: int = 8) -> None:
    """People make their profiles; wait until matching has them, and give their texts vectors."""
    made = list(enumerate(wishes(city.world.vocabulary, people)))
    async with grpc.aio.insecure_channel(city.profiles.address) as channel:
        stub: Any = ProfileServiceStub(channel)
        for number, wish in made:
            metadata = city.matching.keys.user(f"seeker-{new_id()}")
            work = work_profile(wish, number, city.world.vocabulary)
            request = profiles_pb.CreateProfileRequest(profile=profile_pb2.Profile(work=work), request_id=new_id())
            answer = await stub.CreateProfile(request, metadata=metadata, timeout=TIMEOUT)
            city.people.append(Seeker(answer.profile.name, metadata))
    give_up_at = time.monotonic() + 30
    for (number, wish), seeker in zip(made, city.people, strict=True):
        vector = city.world.vectors_near(wish, 1, number)[0]
        while not _put_vector(city, seeker.name.removeprefix("profiles/"), vector.tobytes()):
            assert time.monotonic() < give_up_at, f"matching has not taken {seeker.name}: {city.matching.log[-2000:]}"
            await asyncio.sleep(0.1)


def _put_vector(city: City, profile_id: str, numbers: bytes) -> bool:
    """Whether matching has the profile, which then has a vector, as if its text had been encoded."""
    with psycopg.connect(city.dsn, autocommit=True) as connection:
        found = connection.execute("select digest from profile where id = %s", (profile_id,)).fetchone()
        if found is None:
            return False
        connection.execute("delete from embedding_task where owner = 'profile' and owner_id = %s", (profile_id,))
        connection.execute(
            "insert into vector (owner, owner_id, digest, model, numbers, stored_at, indexed)"
            " values ('profile', %s, %s, %s, %s, %s, true)",
            (profile_id, found[0], city.world.model, numbers, datetime.now(UTC)),
        )
        return True
