"""The matching service as a real process over real servers, with an encoder of words and a stand-in for profiles."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.matching.adapters.embedding.folder import read_folder
from services.matching.adapters.embedding_worker import EmbeddingWorker
from services.matching.adapters.postgres import PostgresUnitOfWork
from shared.runtime import bus
from shared.runtime.postgres import open_pool
from tests.contract.matching.profiles_stand_in import Keys, People
from tests.contract.matching.word_encoder import DIMENSION, WordEncoder
from tests.servers import Database, NatsServer, free_port, until

ROOT = Path(__file__).parents[3]
PRODUCERS = ("openings", "profiles")


def word_model(folder: Path) -> Path:
    """A model folder that says of itself no more than the serving process reads: name, content and dimension."""
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"name": "word-model", "content": "1"}))
    (folder / "config.json").write_text(json.dumps({"hidden_size": DIMENSION}))
    return folder


@dataclass
class MatchingProcess:
    """`python -m services.matching` with its settings. `profiles_port` is that of the stand-in."""

    folder: Path
    database: Database
    nats: NatsServer
    keys: Keys = field(default_factory=Keys)
    people: People = field(default_factory=People)
    changes: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    profiles_port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> str:
        """What the process has logged."""
        return (self.folder / "log").read_text()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    def run(self, command: str, environment: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "services.matching", command],
            env=self.environment() if environment is None else dict(environment),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    async def migrate(self) -> None:
        """Prepare the producers' streams as their owners do, then tables, stream and consumers."""
        await bus.declare(self.nats.owner_url, [bus.stream_of(service) for service in PRODUCERS])
        done = await asyncio.to_thread(self.run, "migrate")
        assert done.returncode == 0, done.stderr

    def spawn(self, command: str = "serve") -> None:
        """Start a process and go on."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.matching", command],
                env=self.environment(),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    async def start(self) -> None:
        """Start serving and wait until it is ready; the loop stays free for the stand-in."""
        self.spawn()
        await asyncio.to_thread(until, self.is_ready, "readiness of matching")

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.stop_now(signal.SIGKILL) == -signal.SIGKILL

    async def stop(self) -> int:
        """Ask it to stop; the exit code."""
        return await asyncio.to_thread(self.stop_now, signal.SIGTERM)

    def stop_now(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(30)
        self._process = None
        return code

    def remove(self) -> None:
        """Kill it if it still runs."""
        if self._process is not None:
            self.kill()

    def is_ready(self) -> bool:
        """Whether its service says SERVING."""
        return self.health("polku.matching.v1.MatchingService") == int(health_pb2.HealthCheckResponse.SERVING)

    def health(self, service: str = "") -> int:
        """What health says of a service, "" for the process itself; UNKNOWN where it does not answer."""
        assert self._process is not None
        assert self._process.poll() is None, self.log
        with grpc.insecure_channel(self.address) as channel:
            request = health_pb2.HealthCheckRequest(service=service)
            try:
                return int(health_pb2_grpc.HealthStub(channel).Check(request, timeout=1).status)
            except grpc.RpcError:
                return int(health_pb2.HealthCheckResponse.UNKNOWN)

    def environment(self) -> dict[str, str]:
        """All settings."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{ROOT / 'protos' / 'gen'}",
            "POLKU_LISTEN": self.address,
            "POLKU_POSTGRES_DSN": self.database.runtime_dsn,
            "POLKU_NATS_URL": self.nats.url("matching"),
            "POLKU_NATS_MONITOR_URL": self.nats.monitor_url,
            "POLKU_PROFILES_ADDRESS": f"127.0.0.1:{self.profiles_port}",
            "POLKU_TOKEN_ISSUERS_FILE": str(self.keys.issuers_file(self.folder)),
            "POLKU_SERVICE_KEY_FILE": str(self.keys.service_key_file(self.folder)),
            "POLKU_PAGE_TOKEN_SECRET": "0123456789abcdef0123456789abcdef",
            "POLKU_MODEL_DIR": str(word_model(self.folder / "word-model")),
            "POLKU_OWNER_DSN": self.database.owner_dsn,
            "POLKU_RUNTIME_ROLE": self.database.runtime_role,
            "POLKU_NATS_OWNER_URL": self.nats.owner_url,
            "POLKU_LOG_FORMAT": "json",
            **self.changes,
        }

    @asynccontextmanager
    async def encoding(self) -> AsyncIterator[WordEncoder]:
        """An encoder of words at work in this process."""
        encoder, stop = WordEncoder(read_folder(word_model(self.folder / "word-model")).model_id()), asyncio.Event()
        pool = await open_pool(self.database.runtime_dsn, application_name="encoder", max_size=2)
        worker = EmbeddingWorker(lambda: PostgresUnitOfWork(pool), self.database.runtime_dsn, encoder)
        working = asyncio.create_task(worker.run(stop))
        try:
            yield encoder
        finally:
            stop.set()
            await working
            await pool.close()
