"""A bulk run over real processes: workers share it, and the death of one leaves everybody with one list."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from polku.matching.v1 import bulk_service_pb2 as pb
from polku.matching.v1.bulk_service_pb2_grpc import BulkServiceStub
from polku.profiles.v1.profile_events_pb2 import ProfileUpdated

from shared.kernel.ids import new_id
from tests.integration.matching.calls import OWN_DATA, SECONDS, City, Seeker, a_vacancy, eventually, refusal
from tests.integration.matching.conftest import city_of
from tests.integration.matching.process import ROOT
from tests.servers import NatsServer, PostgresServer, free_port, until

CLONES = 3_000
_CLONE = (
    "insert into profile (id, version, snapshot, signals, digest)"
    " select made, version, jsonb_set(snapshot::jsonb, '{id}', to_jsonb(made))::json, signals, digest"
    " from profile, unnest(%s::uuid[]) as made where id = %s"
)


@dataclass
class WorkerProcess:
    """`python -m services.matching work` of a city."""

    city: City
    folder: Path
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start, and wait until it works."""
        environment = self.city.process.environment() | {"POLKU_LISTEN": f"127.0.0.1:{self.port}"}
        with self.log_file.open("ab") as log:
            command = [sys.executable, "-m", "services.matching", "work"]
            self._process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        until(self.is_ready, "readiness of a worker")

    def is_ready(self) -> bool:
        """Whether it answers."""
        assert self._process is not None
        assert self._process.poll() is None, self.log_file.read_text()
        with grpc.insecure_channel(f"127.0.0.1:{self.port}") as channel:
            try:
                answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=1)
            except grpc.RpcError:
                return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait; the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(30)
        self._process = None
        return code

    @property
    def log_file(self) -> Path:
        """Its log."""
        return self.folder / f"worker-{self.port}.log"

    @property
    def items(self) -> int:
        """How many items it says to have done."""
        lines = self.log_file.read_text().splitlines()
        return sum("lists.prepared" in line and '"lists": null' not in line for line in lines)

    def remove(self) -> None:
        """Kill it if it still runs."""
        if self._process is not None:
            self.end(signal.SIGKILL)


@pytest.fixture(scope="module")
async def town(
    postgres_server: PostgresServer, broker: NatsServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    """A city of this module's own, with some vacancies; nobody encodes."""
    async with city_of(postgres_server, broker, tmp_path_factory.mktemp("bulk")) as made:
        await made.process.start()
        for _ in range(30):
            await made.publish(a_vacancy())
        await made.settled()
        yield made


@pytest.fixture
def workers(town: City, tmp_path: Path) -> Iterator[tuple[WorkerProcess, WorkerProcess]]:
    """Two workers that are not started."""
    pair = WorkerProcess(town, tmp_path), WorkerProcess(town, tmp_path)
    try:
        yield pair
    finally:
        for worker in pair:
            worker.remove()


def stub(town: City) -> Any:
    """The bulk service."""
    return BulkServiceStub(town.channel)


async def start_run(town: City) -> pb.BulkRun:
    """Start a run as an operator."""
    metadata = town.process.keys.user("operator-1", "operator")
    answer = await stub(town).StartBulkRun(pb.StartBulkRunRequest(), metadata=metadata, timeout=SECONDS)
    run: pb.BulkRun = answer.run
    return run


async def progress(town: City, run: pb.BulkRun) -> pb.BulkRun:
    """How far a run has come."""
    metadata = town.process.keys.user("operator-1", "operator")
    answer = await stub(town).GetBulkRun(pb.GetBulkRunRequest(name=run.name), metadata=metadata, timeout=SECONDS)
    found: pb.BulkRun = answer.run
    return found


async def prepared_matches(seeker: Seeker) -> pb.ListPreparedMatchesResponse:
    """The prepared list, as the seeker."""
    request = pb.ListPreparedMatchesRequest(profile=seeker.name, purpose=OWN_DATA, language="fi", page_size=100)
    metadata = seeker.city.process.keys.user(seeker.subject)
    answer: pb.ListPreparedMatchesResponse = await stub(seeker.city).ListPreparedMatches(
        request, metadata=metadata, timeout=SECONDS
    )
    return answer


async def done(town: City, run: pb.BulkRun, items: int, seconds: float = 60.0) -> pb.BulkRun:
    """Wait until so many items are done."""

    async def enough() -> bool:
        return (await progress(town, run)).items_done >= items

    await eventually(enough, f"{items} items", seconds)
    return await progress(town, run)


async def test_two_workers_share_a_run_and_the_death_of_one_costs_nothing(
    town: City, workers: tuple[WorkerProcess, WorkerProcess]
) -> None:
    """Killed in the middle: what it had in hand goes to the other, and each person has exactly one list of the run."""
    seeker = await town.person()
    town.rows.execute(_CLONE, ([new_id() for _ in range(CLONES)], seeker.profile_id))
    first, second = workers
    await asyncio.gather(*(asyncio.to_thread(worker.start) for worker in workers))
    run = await start_run(town)
    assert run.items == -(-run.people // 100)
    assert (await start_run(town)).name == run.name  # it is under way

    async def both_at_work() -> bool:
        return first.items > 0 and second.items > 0

    await eventually(both_at_work, "work of both", 60.0)
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    before = await progress(town, run)
    assert before.items_done < run.items, "it was over before the kill"
    end = await done(town, run, run.items)
    assert (end.people_done, end.lists, end.items_failed) == (run.people, run.people, 0)
    bare = run.name.removeprefix("bulkRuns/")
    assert town.one("select count(*) from prepared_list where run_id = %s", bare) == run.people
    assert town.one("select count(*) from profile where id not in (select profile_id from prepared_list)") == 0
    served = await prepared_matches(seeker)
    assert [match.opening.name for match in served.matches] == list(await seeker.listed())
    assert town.one("select count(*) from decision where id = %s", served.decision[10:]) == 1
    assert await asyncio.to_thread(second.end) == 0


async def test_erasing_a_person_deletes_their_list(town: City, workers: tuple[WorkerProcess, WorkerProcess]) -> None:
    """A prepared list goes with the person, and with every newer version of the profile."""
    kept, gone = await town.person(), await town.person()
    await asyncio.to_thread(workers[0].start)
    run = await start_run(town)
    await done(town, run, run.items)
    query = "select count(*) from prepared_list where profile_id = any(%s)"
    assert town.one(query, [kept.profile_id, gone.profile_id]) == 2
    town.process.people.remove(gone.profile_id)
    gone.version += 1
    await town.profiles.publish(ProfileUpdated(profile=gone.name, version=gone.version), gone.profile_id, gone.version)
    await kept.change("kokki")

    async def both_gone() -> bool:
        return bool(town.one(query, [kept.profile_id, gone.profile_id]) == 0)

    await eventually(both_gone, "the end of the lists")


async def test_only_operators_start_runs(town: City) -> None:
    """A seeker may neither start a run nor see how far one has come."""
    metadata = town.process.keys.user("seeker-1")
    started = stub(town).StartBulkRun(pb.StartBulkRunRequest(), metadata=metadata, timeout=SECONDS)
    assert (await refusal(started))[0] == "PERMISSION_DENIED"
    name = "bulkRuns/01960000-0000-7000-8000-00000000aaaa"
    asked = stub(town).GetBulkRun(pb.GetBulkRunRequest(name=name), metadata=metadata, timeout=SECONDS)
    assert (await refusal(asked))[0] == "PERMISSION_DENIED"
