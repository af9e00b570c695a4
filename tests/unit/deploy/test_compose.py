"""docker-compose.yml cannot be run where there is no Docker engine; it is compared with what the services need."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.embedded.nats import CONSUMES, WORKING
from deploy.embedded.services import COMMANDS
from services.gateway.settings import Settings as GatewaySettings
from services.matching import settings as matching
from services.openings.__main__ import Settings as OpeningsSettings
from services.profiles.settings import Settings as ProfilesSettings
from shared.runtime.bus import permissions, stream_of, work_stream_of
from shared.runtime.process import LogSettings, MigrateSettings

ROOT = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
NEEDS: dict[str, tuple[type, ...]] = {
    "profiles": (ProfilesSettings, LogSettings),
    "openings": (OpeningsSettings, LogSettings),
    "matching": (matching.ServeSettings, LogSettings),
    "encoder": (matching.EncodeSettings, LogSettings),
    "worker": (matching.WorkSettings, LogSettings),
    "gateway": (GatewaySettings,),
    "migrate-profiles": (MigrateSettings, LogSettings),
    "migrate-openings": (MigrateSettings, LogSettings),
    "migrate-matching": (MigrateSettings, LogSettings),
}


def variables(classes: tuple[type, ...], *, needed_only: bool = False) -> set[str]:
    """Names of the environment variables that these settings classes read."""
    fields = [field for cls in classes for field in dataclasses.fields(cls) if "variable" in field.metadata]
    return {field.metadata["variable"] for field in fields if not needed_only or field.default is dataclasses.MISSING}


@pytest.mark.parametrize("name", NEEDS)
def test_compose_gives_each_process_what_it_needs_and_nothing_else(name: str) -> None:
    """Every variable without a default is given, and no variable is given that nobody reads."""
    given = set(SERVICES[name]["environment"])
    assert variables(NEEDS[name], needed_only=True) <= given
    assert given <= variables(NEEDS[name])


@pytest.mark.parametrize("name", ["profiles", "openings", "matching", "encoder", "gateway"])
def test_compose_starts_the_same_commands_as_the_embedded_stack(name: str) -> None:
    """Both ways of starting run the same module with the same verb."""
    assert SERVICES[name]["command"] == ["python", "-m", *COMMANDS[name]]


@pytest.mark.parametrize("name", ["profiles", "openings", "matching"])
def test_addresses_name_services_and_the_ports_on_which_they_listen(name: str) -> None:
    """POLKU_<SERVICE>_ADDRESS is the service's name and the port of its POLKU_LISTEN."""
    port = SERVICES[name]["environment"]["POLKU_LISTEN"].rpartition(":")[2]
    for other in SERVICES.values():
        address = (other.get("environment") or {}).get(f"POLKU_{name.upper()}_ADDRESS")
        assert address in (None, f"{name}:{port}")


def test_gateway_alone_is_published_and_on_loopback() -> None:
    """A TLS-terminating proxy stands before the gateway; nothing else is reachable from outside."""
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    port = SERVICES["gateway"]["environment"]["POLKU_LISTEN"].rpartition(":")[2]
    assert published == {"gateway": [f"127.0.0.1:{port}:{port}"]}


def test_every_image_is_pinned_or_built_here() -> None:
    """Each image is built by a service of the file or carries a version."""
    built = {service["image"] for service in SERVICES.values() if "build" in service}
    for service in SERVICES.values():
        assert service["image"] in built or re.search(r":\d", service["image"])


def test_built_images_name_a_service_that_the_dockerfile_knows() -> None:
    """The SERVICE argument is one of the Dockerfile's cases."""
    recipe = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    for service in SERVICES.values():
        if "build" in service:
            assert re.search(rf"[ |]{service['build']['args']['SERVICE']}[|)]", recipe)
            assert (ROOT / service["build"]["dockerfile"]).is_file()


def test_every_secret_and_dependency_exists() -> None:
    """Secrets, volumes and depends_on name things of the same file."""
    for service in SERVICES.values():
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        assert set(service.get("depends_on", ())) <= set(SERVICES)
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file()


def test_secret_files_are_those_that_the_settings_name() -> None:
    """A variable that points below /run/secrets names a secret that the service mounts."""
    for service in SERVICES.values():
        for value in (service.get("environment") or {}).values():
            if str(value).startswith("/run/secrets/"):
                assert Path(value).name in service["secrets"]


def test_env_example_holds_every_variable_without_a_default() -> None:
    """Each ${NAME:?} of the file stands in the example."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    example = (ROOT / "deploy" / "compose" / "env.example").read_text(encoding="utf-8")
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    assert needed <= set(re.findall(r"^([A-Z_]+)=", example, flags=re.MULTILINE))


@pytest.mark.parametrize("name", ["profiles", "openings", "matching"])
def test_nats_users_may_what_the_bus_computes(name: str) -> None:
    """The permissions in nats.conf are those of shared.runtime.bus, and synchronisation is set to always."""
    config = (ROOT / "deploy" / "compose" / "nats.conf").read_text(encoding="utf-8")
    user = config[config.index(f"user: {name},") :]
    allowed = re.findall(r"allow: (\[[^\]]*\])", user)[:2]
    work = work_stream_of(name) if name in WORKING else None
    computed = permissions(name, stream_of(name), CONSUMES.get(name, ()), work)
    assert [yaml.safe_load(each) for each in allowed] == [
        computed["publish"]["allow"],
        computed["subscribe"]["allow"],
    ]
    assert "sync_interval: always" in config


def test_databases_and_roles_are_those_of_the_addresses() -> None:
    """postgres-init.sql makes each database and role that a DSN of the file names."""
    script = (ROOT / "deploy" / "postgres-init.sql").read_text(encoding="utf-8")
    for service in SERVICES.values():
        for variable in ("POLKU_POSTGRES_DSN", "POLKU_OWNER_DSN"):
            dsn = (service.get("environment") or {}).get(variable)
            if dsn:
                found = re.fullmatch(r"postgresql://(\w+):\$\{(\w+):\?\}@postgres:5432/(\w+)", dsn)
                assert found is not None
                role, password, database = found.groups()
                assert f"create role {role} login password :'{password.lower()}'" in script
                assert f"create database {database} owner {database}_owner" in script
