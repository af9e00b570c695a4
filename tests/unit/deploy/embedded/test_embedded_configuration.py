"""What PostgreSQL, NATS and the services are told: durability, isolation, and nothing of the user's environment."""

import json
import re
from pathlib import Path

import pytest

from deploy.embedded import nats, postgres, services
from deploy.embedded.credentials import DATABASES, Credentials, database_roles
from deploy.embedded.folders import VarFolder
from deploy.issuer.settings import IssuerSettings
from tests.unit.deploy.test_compose import NEEDS, variables

PASSWORDS = {name: f"secret-of-{name}" for name in (*database_roles(), "owner", "system", *services.SERVICES)}
NATS = nats.NatsAccess(21001, 21002, PASSWORDS)
POSTGRES = postgres.PostgresAccess(21000, "secret-of-postgres", PASSWORDS)
SURROUNDINGS = services.Surroundings(
    var=VarFolder(Path("/srv/a city/var")),
    ports={name: 21010 + number for number, name in enumerate(services.SERVICES)},
    credentials=Credentials("secret-of-postgres", {}, {}, "secret-of-pages", "secret-of-pepper", "secret-of-client"),
    postgres=POSTGRES,
    nats=NATS,
    model_dir=Path("/srv/a city/model"),
)


def test_postgres_is_durable_and_on_loopback_without_socket_files() -> None:
    """fsync, full pages and synchronous commit are on; socket files, limited to 107 bytes, are off."""
    options = postgres.server_options(21000)
    settings = dict(option.split("=", 1) for option in options[1::2])
    assert set(options[::2]) == {"-c"}
    assert settings["fsync"] == settings["full_page_writes"] == settings["synchronous_commit"] == "on"
    assert settings["listen_addresses"] == "127.0.0.1"
    assert settings["unix_socket_directories"] == ""
    assert settings["port"] == "21000"


def test_postgres_log_carries_no_statements() -> None:
    """Neither statements nor details of errors, which hold people's data, reach PostgreSQL's log."""
    assert postgres.SETTINGS["log_statement"] == "none"
    assert postgres.SETTINGS["log_min_error_statement"] == "panic"
    assert postgres.SETTINGS["log_error_verbosity"] == "terse"
    assert postgres.SETTINGS["log_parameter_max_length_on_error"] == "0"


def test_nats_syncs_always_and_limits_messages() -> None:
    """An acknowledgement means that the message is on the disk; 64 kB of payload fit beside the headers."""
    text = nats.config(NATS, Path("/srv/store"))
    assert re.search(r"^  sync_interval: always$", text, re.MULTILINE)
    assert re.search(r"^max_payload: 73728$", text, re.MULTILINE)
    assert 'http: "127.0.0.1:21002"' in text


def test_nats_store_may_lie_anywhere() -> None:
    """Spaces, quotes and letters of any language in the path stay what they are."""
    text = nats.config(NATS, Path('/srv/a "city" of Espoo ä/store'))
    assert 'store_dir: "/srv/a \\"city\\" of Espoo ä/store"' in text


@pytest.mark.parametrize("service", ["profiles", "openings", "matching"])
def test_nats_user_may_publish_its_own_events_only(service: str) -> None:
    """A service's user has no subject of another service and no inbox but its own."""
    line = next(line for line in nats.config(NATS, Path("/s")).splitlines() if f"user: {service}," in line)
    allowed = json.loads(line[line.index("permissions: ") + len("permissions: ") : line.rindex("}")])
    events = [subject for subject in allowed["publish"]["allow"] if not subject.startswith("$JS.")]
    work = [f"polku.work.{service}.>"] if service in nats.WORKING else []
    assert events == [f"polku.{service}.>", *work]
    assert allowed["subscribe"]["allow"] == [f"_INBOX_{service}.>"]


def test_access_objects_show_no_password() -> None:
    """repr, which ends up in logs and tracebacks, holds none of the secrets."""
    assert "secret-of" not in repr(NATS) + repr(POSTGRES) + repr(SURROUNDINGS) + repr(SURROUNDINGS.credentials)


@pytest.mark.parametrize("name", services.SERVICES)
def test_no_secret_stands_on_a_command_line(name: str) -> None:
    """Command lines are for every user of the machine to read: secrets travel in the environment."""
    part = services.part(SURROUNDINGS, name)
    assert "secret-of" not in " ".join(part.command)
    assert "secret-of" not in repr(part)


@pytest.mark.parametrize("name", services.SERVICES)
def test_service_gets_only_the_database_it_serves(name: str) -> None:
    """No service knows the DSN of another's database, nor any owner role."""
    settings = services.environment(SURROUNDINGS, name)
    allowed = {"encoder": "matching"}.get(name, name)
    found = set(re.findall(r"postgresql://(\w+):", " ".join(settings.values())))
    assert found <= {f"{allowed}_runtime"}


@pytest.mark.parametrize("name", services.SERVICES)
def test_environment_of_each_service_is_what_it_needs(name: str) -> None:
    """Every variable that its settings class needs, and none that nobody reads."""
    given = set(services.environment(SURROUNDINGS, name))
    needs = {**NEEDS, "issuer": (IssuerSettings,)}[name]
    assert variables(needs, needed_only=True) <= given <= variables(needs)


@pytest.mark.parametrize("database", DATABASES)
def test_environment_of_each_migration_is_what_it_needs(database: str) -> None:
    """Every variable that its settings class needs, and none that nobody reads."""
    given = set(services.migrate_environment(SURROUNDINGS, database))
    needs = NEEDS[f"migrate-{database}"]
    assert variables(needs, needed_only=True) <= given <= variables(needs)


def test_migrations_get_the_owner_roles() -> None:
    """migrate runs as the owner of its one database and as NATS' owner."""
    settings = services.migrate_environment(SURROUNDINGS, "openings")
    assert (
        settings["POLKU_OWNER_DSN"] == "postgresql://openings_owner:secret-of-openings_owner@127.0.0.1:21000/openings"
    )
    assert settings["POLKU_RUNTIME_ROLE"] == "openings_runtime"
    assert settings["POLKU_NATS_OWNER_URL"] == "nats://owner:secret-of-owner@127.0.0.1:21001"


def test_the_users_own_settings_do_not_leak_into_services() -> None:
    """POLKU_ names of the shell are dropped, the rest stays, and loopback never goes through a proxy."""
    got = services.inherited({"POLKU_LISTEN": "0.0.0.0:1", "LANG": "fi_FI.UTF-8", "no_proxy": "intra"})
    assert "POLKU_LISTEN" not in got
    assert got["LANG"] == "fi_FI.UTF-8"
    assert got["no_proxy"] == got["NO_PROXY"] == "intra,127.0.0.1,localhost"
    assert got["PYTHONPATH"].split(":")[0] == str(Path(services.__file__).resolve().parents[2])
