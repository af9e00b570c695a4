"""The embedded stack: everything on one machine, started, watched and stopped by one process.

async with EmbeddedStack(Path("var"), progress=PlainProgress()) as stack:
    print(stack.endpoints.gateway)
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from signal import Signals
from types import TracebackType
from typing import IO, Any, BinaryIO, Self, cast

import structlog

from deploy.embedded import credentials, memory, postgres_place, services, sign_in
from deploy.embedded import nats as nats_server
from deploy.embedded import postgres as postgres_server
from deploy.embedded.endpoints import Endpoints
from deploy.embedded.errors import StackError
from deploy.embedded.folders import VarFolder, lock, open_log
from deploy.embedded.issuer import ISSUER, DevIssuer
from deploy.embedded.parts import run_once
from deploy.embedded.ports import HOST, assign
from deploy.embedded.postgres_install import SYSTEM_DIR
from deploy.embedded.prepare import built_model, together
from deploy.embedded.processes import Register, end_leftovers
from deploy.embedded.progress import Progress, Silent
from deploy.embedded.supervisor import Supervisor

OPERATOR = "operator"
"""The `sub` of the operator's token in endpoints.json."""
STOP_ORDER = (("gateway", "issuer"), ("matching", "encoder"), ("openings", "profiles"), ("nats",), ("postgres",))
"""Reverse order of the start; parts of a group drain side by side."""
PURGED = ("profiles", "matching")
"""The databases that keep people."""
PORTS = ("postgres", "nats", "nats_monitor", *services.SERVICES)


class EmbeddedStack:
    """One stack on one var folder. Start it once; a second start needs a second object.

    services: which of `services.SERVICES` to migrate and start; none leaves PostgreSQL and NATS with the databases
    and users made. system_dir: see postgres_install.SYSTEM_DIR, for root only. model_dir: a finished model; without
    it one is built below the var folder when a service needs it. keep_data=False deletes PostgreSQL's data at the
    stop (tests; root's data lie outside the var folder).
    """

    supervisor: Supervisor
    issuer: DevIssuer
    around: services.Surroundings

    def __init__(
        self,
        var_dir: Path,
        *,
        services: Collection[str] = services.SERVICES,
        progress: Progress | None = None,
        system_dir: Path = SYSTEM_DIR,
        model_dir: Path | None = None,
        keep_data: bool = True,
    ) -> None:
        self.var = VarFolder.at(var_dir)
        self.services = tuple(services)
        self._progress: Progress = Silent() if progress is None else progress
        self._system_dir = system_dir
        self._model_dir = model_dir
        self._keep_data = keep_data
        self._lock: IO[str] | None = None
        self._log: IO[bytes] | None = None
        self._stopping: asyncio.Task[None] | None = None

    @property
    def endpoints(self) -> Endpoints:
        """What endpoints.json says now."""
        return Endpoints.load(self.var.root)

    @property
    def postgres(self) -> postgres_server.PostgresAccess:
        """The databases' addresses."""
        return self.around.postgres

    @property
    def nats(self) -> nats_server.NatsAccess:
        """The message server's addresses."""
        return self.around.nats

    def environment(self, service: str) -> dict[str, str]:
        """The settings that this service is started with."""
        return services.environment(self.around, service)

    def migrate_environment(self, database: str) -> dict[str, str]:
        """The settings that this database's `migrate` is started with."""
        return services.migrate_environment(self.around, database)

    def memory(self) -> dict[str, int]:
        """Resident bytes (PSS) by part, the supervising process itself as `supervisor`."""
        return {**self.supervisor.memory(), "supervisor": memory.own()}

    async def start(self) -> None:
        """Starts everything and returns when all of it is ready. StackError when that fails; then call stop()."""
        if sys.platform != "linux":
            raise StackError(f"The embedded stack needs Linux, and this is {sys.platform}: use docker compose.")
        self.var.create()
        self._lock = lock(self.var)
        self._log = open_log(self.var.log("supervisor"))
        register = Register(self.var.processes)
        for name in await end_leftovers(register):
            self._progress.note(f"ended {name}, which an earlier run had left behind")
        self.supervisor = Supervisor(register, self._progress, _logger(self._log))
        place = await self._prepare()
        model, _ = await together(self._model(), self._infrastructure(place))
        self.around = replace(self.around, model_dir=model)
        parts = [services.part(self.around, name) for name in services.SERVICES if name in self.services]
        await together(*(self.supervisor.start(part) for part in parts))
        if self.services:
            self._write_endpoints()

    async def stop(self) -> None:
        """Stops everything in reverse order. Nothing interrupts it: a cancelled caller hears of that afterwards."""
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop(), name="stop")
        cancelled = False
        while not self._stopping.done():
            try:
                await asyncio.shield(self._stopping)
            except asyncio.CancelledError:
                cancelled = True
        self._stopping.result()
        if cancelled:
            raise asyncio.CancelledError

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def purge(self) -> None:
        """Makes what was erased physically gone, where somebody was. StackError when that fails; then call it again."""
        for database in (name for name in PURGED if name in self.services):
            name = f"purge {database}"
            settings = {**services.inherited(os.environ), **self.migrate_environment(database)}
            await run_once(name, services.purge_command(database), settings, self.var.log(f"purge-{database}"))

    async def kill(self, part: str, number: Signals = Signals.SIGKILL) -> int:
        """See Supervisor.kill."""
        return await self.supervisor.kill(part, number)

    def hurry(self) -> None:
        """Shortens the patience of a stop that is under way or to come."""
        if hasattr(self, "supervisor"):
            self.supervisor.hurry.set()

    async def wait_ready(self, part: str, within: float = 30.0) -> None:
        """See Supervisor.wait_ready."""
        await self.supervisor.wait_ready(part, within)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        self._progress.began(name)
        yield
        self._progress.done(name, time.monotonic() - began)

    async def _prepare(self) -> postgres_place.Place:
        with self._step("folders, ports and keys"):
            place = await postgres_place.find(self.var, self._system_dir)
            kept = credentials.load_or_create(self.var)
            self.issuer = DevIssuer.load_or_create(self.var.keys)
            credentials.write_person_keys(self.var)
            credentials.write_issuers(self.var, {ISSUER: self.issuer.key})
            ports = assign(self.var.ports, PORTS)
            gateway, provider = (f"http://{HOST}:{ports[name]}" for name in ("gateway", "issuer"))
            sign_in.prepare(self.var, self.issuer, gateway, provider, kept.openid_client_secret)
        self.around = services.Surroundings(
            var=self.var,
            ports=ports,
            credentials=kept,
            postgres=postgres_server.PostgresAccess(ports["postgres"], kept.postgres_superuser, kept.postgres_roles),
            nats=nats_server.NatsAccess(ports["nats"], ports["nats_monitor"], kept.nats_users),
            model_dir=self._model_dir,
        )
        return place

    async def _infrastructure(self, place: postgres_place.Place) -> None:
        await together(self._databases(place), self.supervisor.start(nats_server.part(self.nats, self.var)))
        migrated = [database for database in credentials.DATABASES if database in self.services]
        await together(*(self._migrate(database) for database in migrated))

    async def _databases(self, place: postgres_place.Place) -> None:
        if not place.exists():
            with self._step("database cluster"):
                await postgres_server.create_cluster(place, self.postgres.superuser_password, self.var.log("initdb"))
                postgres_place.keep_pointer(self.var, place)
        await self.supervisor.start(postgres_server.part(place, self.postgres, self.var))
        with self._step("databases and roles"):
            await postgres_server.declare_databases(self.postgres)

    async def _migrate(self, database: str) -> None:
        name = f"migrate {database}"
        with self._step(name):
            settings = {**services.inherited(os.environ), **self.migrate_environment(database)}
            await run_once(name, services.migrate_command(database), settings, self.var.log(f"migrate-{database}"))

    async def _model(self) -> Path | None:
        if self._model_dir is not None or not {"matching", "encoder"} & set(self.services):
            return self._model_dir
        with self._step("model"):
            return await built_model(self.var, self._progress)

    def _write_endpoints(self) -> None:
        former = Endpoints.load_or_empty(self.var.root)
        served = [service for service in credentials.DATABASES if service in self.services]
        Endpoints(
            gateway=f"http://{self.around.address('gateway')}" if "gateway" in self.services else "",
            grpc={service: self.around.address(service) for service in served},
            tokens=replace(former.tokens, operator=self.issuer.token(OPERATOR, "operator")),
            publisher_keys=former.publisher_keys,
        ).save(self.var.root)

    async def _stop(self) -> None:
        if hasattr(self, "supervisor"):
            await self.supervisor.stop(*STOP_ORDER)
            if not self._keep_data:
                postgres_place.remove(self.var)
        for handle in (self._log, self._lock):
            if handle is not None:
                handle.close()


def _logger(stream: IO[bytes]) -> Any:
    """JSON lines in the supervisor's own log, whatever the program around it does with structlog."""
    processors: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(serializer=lambda event, **_: json.dumps(event, default=str).encode()),
    ]
    return structlog.wrap_logger(structlog.BytesLogger(cast("BinaryIO", stream)), processors=processors)
