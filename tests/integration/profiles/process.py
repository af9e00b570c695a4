"""The profiles service as a real process over real servers, and callers with signed tokens."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from joserfc import jwt
from joserfc.jwk import ECKey

from shared.runtime.auth import SERVICE_ISSUER
from tests.servers import Database, NatsServer, free_port, until

ROOT = Path(__file__).parents[3]
_ISSUER = "https://issuer.test"
PERSON_KEYS: dict[str, Any] = {"current": "1", "keys": {"1": "1" * 43}, "index": "2" * 43}
"""Content of the file of person keys: the last of 43 base64url digits holds two bits that no byte uses."""
_SERVICES = ("profiles", "matching", "gateway", "openings")


class Issuer:
    """Signs tokens of users and of services."""

    def __init__(self) -> None:
        self._keys = {name: ECKey.generate_key("P-256", auto_kid=True) for name in (_ISSUER, *_SERVICES)}

    def file(self) -> dict[str, Any]:
        """Content of the issuers file."""
        names = {name: name if name == _ISSUER else f"{SERVICE_ISSUER}{name}" for name in self._keys}
        return {
            "issuers": {
                names[name]: {"jwks": {"keys": [key.as_dict(private=False)]}} for name, key in self._keys.items()
            }
        }

    def user(self, subject: str, role: str, unit: str = "", publisher: str = "") -> str:
        """A user's token."""
        claims = {name: value for name, value in (("unit", unit), ("publisher", publisher)) if value}
        return self._sign(_ISSUER, _ISSUER, subject, role, claims)

    def private(self, name: str) -> dict[str, Any]:
        """The private key of a service, for that service's own settings."""
        return dict(self._keys[name].as_dict(private=True))

    def service(self, name: str) -> str:
        """A service's token."""
        return self._sign(name, f"{SERVICE_ISSUER}{name}", f"service:{name}", "service", {})

    def key(self, name: str) -> dict[str, Any]:
        """The private key of a service."""
        return dict(self._keys[name].as_dict(private=True))

    def _sign(self, key: str, issuer: str, subject: str, role: str, more: Mapping[str, str]) -> str:
        now = int(time.time())
        claims = {"iss": issuer, "sub": subject, "aud": "polku", "role": role, "iat": now, "exp": now + 600, **more}
        return jwt.encode({"alg": "ES256", "kid": self._keys[key].kid}, claims, self._keys[key], algorithms=["ES256"])


@dataclass
class ProfilesProcess:
    """`python -m services.profiles` with its settings; `module` serves in its place."""

    folder: Path
    database: Database
    nats: NatsServer
    issuer: Issuer = field(default_factory=Issuer)
    changes: Mapping[str, str] = field(default_factory=dict)
    module: str = "services.profiles"
    port: int = field(default_factory=free_port)
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
            [sys.executable, "-m", "services.profiles", command],
            env=self.environment() if environment is None else dict(environment),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def migrate(self) -> None:
        """Prepare tables and stream."""
        done = self.run("migrate")
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start serving and wait until it is ready."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module, "serve"],
                env=self.environment(),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        until(self.is_ready, "readiness of profiles")

    def remove(self) -> None:
        """Kill it if it still runs."""
        if self._process is not None:
            self.stop(signal.SIGKILL)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stop or kill it; the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(30)
        self._process = None
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send a signal and go on."""
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait for its end; the exit code."""
        assert self._process is not None
        code = self._process.wait(30)
        self._process = None
        return code

    def is_ready(self) -> bool:
        """Whether its services say SERVING."""
        assert self._process is not None
        assert self._process.poll() is None, self.log
        with grpc.insecure_channel(self.address) as channel:
            request = health_pb2.HealthCheckRequest(service="polku.profiles.v1.ProfileService")
            try:
                answer = health_pb2_grpc.HealthStub(channel).Check(request, timeout=1)
            except grpc.RpcError:
                return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    def environment(self) -> dict[str, str]:
        """All settings."""
        issuers = self.folder / "issuers.json"
        issuers.write_text(json.dumps(self.issuer.file()))
        key = self.folder / "key.json"
        key.write_text(json.dumps(self.issuer.key("profiles")))
        keys = self.folder / "person-keys.json"
        keys.write_text(json.dumps(PERSON_KEYS))
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{ROOT / 'protos' / 'gen'}",
            "POLKU_LISTEN": self.address,
            "POLKU_POSTGRES_DSN": self.database.runtime_dsn,
            "POLKU_NATS_URL": self.nats.url("profiles"),
            "POLKU_NATS_MONITOR_URL": self.nats.monitor_url,
            "POLKU_TOKEN_ISSUERS_FILE": str(issuers),
            "POLKU_SERVICE_KEY_FILE": str(key),
            "POLKU_PERSON_KEYS_FILE": str(keys),
            "POLKU_PAGE_TOKEN_SECRET": "0123456789abcdef0123456789abcdef",
            "POLKU_OWNER_DSN": self.database.owner_dsn,
            "POLKU_RUNTIME_ROLE": self.database.runtime_role,
            "POLKU_NATS_OWNER_URL": self.nats.owner_url,
            "POLKU_LOG_FORMAT": "json",
            **self.changes,
        }


@dataclass(frozen=True)
class Caller:
    """Metadata of a caller."""

    subject: str
    metadata: tuple[tuple[str, str], ...]

    def through(self, service_token: str) -> "Caller":
        """The same caller, forwarded by a service."""
        return Caller(self.subject, (*self.metadata, ("x-polku-service", service_token)))
