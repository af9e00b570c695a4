"""The services of the stack as parts: their commands and the environment each of them needs."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.credentials import DATABASES, Credentials, service_key_file
from deploy.embedded.folders import VarFolder
from deploy.embedded.nats import NatsAccess
from deploy.embedded.parts import ROOT, Part
from deploy.embedded.ports import HOST
from deploy.embedded.postgres import PostgresAccess
from deploy.embedded.probes import grpc_serving, http_ok

SERVICES = ("profiles", "openings", "encoder", "matching", "issuer", "gateway")
"""In the order of their start."""
CONTACT = "09 000 0000 (demo)"
"""How a person reaches a human, as the pages say it. Whoever runs Polku for people puts a real way there."""
COMMANDS = {
    "profiles": ("services.profiles", "serve"),
    "openings": ("services.openings", "serve"),
    "encoder": ("services.matching", "encode"),
    "matching": ("services.matching", "serve"),
    "issuer": ("deploy.issuer", "serve"),
    "gateway": ("services.gateway", "serve"),
}
SIGNERS = ("profiles", "matching", "gateway")
"""The services that sign: that it is they who call others, and profiles the heads of the access log as well."""
READINESS = {
    "profiles": "polku.profiles.v1.ProfileService",
    "openings": "polku.openings.v1.OpeningService",
    "matching": "polku.matching.v1.MatchingService",
    "encoder": "",
}
"""The name under which each says by gRPC health that it is ready, not only alive; the encoder listens when it is."""
HTTP_READINESS = {"gateway": "/readyz", "issuer": "/healthz"}
READY_WITHIN = 120.0
"""Seconds; the encoder imports torch, on a busy machine from a cold disk."""


@dataclass(frozen=True)
class Surroundings:
    """Everything that the environments of the services are made of."""

    var: VarFolder
    ports: Mapping[str, int]
    credentials: Credentials
    postgres: PostgresAccess
    nats: NatsAccess
    model_dir: Path | None = None

    def address(self, service: str) -> str:
        """Where a service listens."""
        return f"{HOST}:{self.ports[service]}"


def command(name: str) -> tuple[str, ...]:
    """How a service is started."""
    module, verb = COMMANDS[name]
    return (sys.executable, "-m", module, verb)


def migrate_command(database: str) -> tuple[str, ...]:
    """How a database, its stream and its consumers are brought up to date."""
    return (sys.executable, "-m", f"services.{database}", "migrate")


def purge_command(database: str) -> tuple[str, ...]:
    """How what was erased from a database is made physically gone."""
    return (sys.executable, "-m", f"services.{database}", "purge")


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's environment without any setting of Polku's, with the checkout importable and loopback unproxied."""
    kept = {name: value for name, value in environ.items() if not name.startswith("POLKU_")}
    paths = [str(ROOT), str(ROOT / "protos" / "gen"), kept.get("PYTHONPATH", "")]
    direct = ",".join(host for host in (kept.get("no_proxy") or kept.get("NO_PROXY", ""), HOST, "localhost") if host)
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PYTHONUNBUFFERED": "1",
        "no_proxy": direct,
        "NO_PROXY": direct,
    }


def migrate_environment(around: Surroundings, database: str) -> dict[str, str]:
    """What `migrate` of a service needs: the owner roles."""
    return {
        "POLKU_OWNER_DSN": around.postgres.dsn(database, "owner"),
        "POLKU_RUNTIME_ROLE": f"{database}_runtime",
        "POLKU_NATS_OWNER_URL": around.nats.owner_url,
    }


def environment(around: Surroundings, name: str) -> dict[str, str]:
    """The settings of a service: those of all, those of whoever keeps data, and its own."""
    if name == "issuer":
        return {
            "POLKU_LISTEN": around.address(name),
            "POLKU_ISSUER_KEYS_DIR": str(around.var.keys),
            "POLKU_ISSUER_ACCOUNTS_FILE": str(around.var.accounts),
            "POLKU_OPENID_FILE": str(around.var.openid),
        }
    settings = {
        "POLKU_LISTEN": around.address(name),
        "POLKU_LOG_FORMAT": "json",
        "POLKU_TOKEN_ISSUERS_FILE": str(around.var.issuers),
        "POLKU_TOKEN_AUDIENCE": "polku",
    }
    if name in SIGNERS:
        settings["POLKU_SERVICE_KEY_FILE"] = str(service_key_file(around.var, name))
    return settings | _of_data_keepers(around, name) | _own(around, name)


def _of_data_keepers(around: Surroundings, name: str) -> dict[str, str]:
    if name == "encoder":
        return {"POLKU_POSTGRES_DSN": around.postgres.dsn("matching"), "POLKU_REFLECTION": "true"}
    if name not in DATABASES:
        return {}
    return {
        "POLKU_POSTGRES_DSN": around.postgres.dsn(name),
        "POLKU_NATS_URL": around.nats.url(name),
        "POLKU_NATS_MONITOR_URL": around.nats.monitor_url,
        "POLKU_PAGE_TOKEN_SECRET": around.credentials.page_token_secret,
        "POLKU_REFLECTION": "true",
    }


def _own(around: Surroundings, name: str) -> dict[str, str]:
    addresses = {f"POLKU_{service.upper()}_ADDRESS": around.address(service) for service in DATABASES}
    model = {"POLKU_MODEL_DIR": str(around.model_dir)} if around.model_dir else {}
    match name:
        case "profiles":
            linking = {"POLKU_LINKING_ADDRESS": around.address("encoder")} if "encoder" in around.ports else {}
            return {"POLKU_PERSON_KEYS_FILE": str(around.var.person_keys), **linking}
        case "openings":
            return {"POLKU_PARTNER_KEY_PEPPER": around.credentials.partner_key_pepper}
        case "matching":
            index = {"POLKU_INDEX_DIR": str(around.var.index)}
            return {"POLKU_PROFILES_ADDRESS": addresses["POLKU_PROFILES_ADDRESS"], **index, **model}
        case "encoder":
            return model
        case "gateway":
            pages = {"POLKU_OPENID_FILE": str(around.var.openid), "POLKU_COOKIE_SECURE": "false"}
            return {**addresses, **pages, "POLKU_CONTACT": CONTACT}
    return {}


def part(around: Surroundings, name: str) -> Part:
    """A service as a part."""
    path = HTTP_READINESS.get(name)
    return Part(
        name=name,
        command=command(name),
        ready=http_ok(around.ports[name], path) if path else grpc_serving(around.address(name), READINESS[name]),
        log=around.var.log(name),
        environment={**inherited(os.environ), **environment(around, name)},
        ready_within=READY_WITHIN,
    )
