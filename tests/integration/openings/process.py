"""The openings service as a real process over real servers, and callers with signed tokens and keys."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from joserfc.jwk import ECKey

from deploy.embedded.issuer import DevIssuer
from shared.runtime.auth import SERVICE_ISSUER, ServiceSigner
from tests.servers import Database, NatsServer, free_port, until

ROOT = Path(__file__).parents[3]
Metadata = tuple[tuple[str, str], ...]


def _new_key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


@dataclass
class OpeningsProcess:
    """`python -m services.openings` with its settings."""

    folder: Path
    database: Database
    nats: NatsServer
    issuer: DevIssuer = field(default_factory=lambda: DevIssuer(_new_key()))
    matching_key: ECKey = field(default_factory=_new_key)
    changes: Mapping[str, str] = field(default_factory=dict)
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

    def user(self, subject: str, role: str) -> Metadata:
        """Metadata of a user."""
        return (("authorization", f"Bearer {self.issuer.token(subject, role)}"),)

    def matching(self) -> Metadata:
        """Metadata of the matching service."""
        signer = ServiceSigner(self.matching_key.as_dict(private=True), "matching")
        return (("x-polku-service", signer.token(datetime.now(UTC))),)

    def run(self, command: str, environment: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "services.openings", command],
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
                [sys.executable, "-m", "services.openings", "serve"],
                env=self.environment(),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        until(self.is_ready, "readiness of openings")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stop or kill it; the exit code."""
        self.signal(number)
        return self.wait()

    def remove(self) -> None:
        """Kill it if it still runs."""
        if self._process is not None:
            self.stop(signal.SIGKILL)

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

    def health(self, service: str = "polku.openings.v1.OpeningService") -> int:
        """What the health service says of a service; UNKNOWN where it does not answer."""
        with grpc.insecure_channel(self.address) as channel:
            request = health_pb2.HealthCheckRequest(service=service)
            try:
                return int(health_pb2_grpc.HealthStub(channel).Check(request, timeout=1).status)
            except grpc.RpcError:
                return int(health_pb2.HealthCheckResponse.UNKNOWN)

    def is_ready(self) -> bool:
        """Whether its services say SERVING."""
        assert self._process is not None
        assert self._process.poll() is None, self.log
        return self.health() == int(health_pb2.HealthCheckResponse.SERVING)

    def environment(self) -> dict[str, str]:
        """All settings."""
        issuers = self.folder / "issuers.json"
        keys = {self.issuer.issuer: self.issuer.key, f"{SERVICE_ISSUER}matching": self.matching_key}
        content = {name: {"jwks": {"keys": [key.as_dict(private=False)]}} for name, key in keys.items()}
        issuers.write_text(json.dumps({"issuers": content}))
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{ROOT / 'protos' / 'gen'}",
            "POLKU_LISTEN": self.address,
            "POLKU_POSTGRES_DSN": self.database.runtime_dsn,
            "POLKU_NATS_URL": self.nats.url("openings"),
            "POLKU_NATS_MONITOR_URL": self.nats.monitor_url,
            "POLKU_TOKEN_ISSUERS_FILE": str(issuers),
            "POLKU_PAGE_TOKEN_SECRET": "0123456789abcdef0123456789abcdef",
            "POLKU_PARTNER_KEY_PEPPER": "fedcba9876543210fedcba9876543210",
            "POLKU_OWNER_DSN": self.database.owner_dsn,
            "POLKU_RUNTIME_ROLE": self.database.runtime_role,
            "POLKU_NATS_OWNER_URL": self.nats.owner_url,
            "POLKU_LOG_FORMAT": "json",
            **self.changes,
        }
