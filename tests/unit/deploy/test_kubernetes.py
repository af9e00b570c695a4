"""deploy/kubernetes cannot be applied where there is no cluster; it is compared with what the services need."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.embedded.services import COMMANDS
from tests.unit.deploy.test_compose import NEEDS, variables

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((ROOT / "deploy" / "kubernetes" / "polku.yaml").read_text(encoding="utf-8"))
)
PODS = {
    document["metadata"]["name"]: document["spec"]["template"]["spec"]
    for document in DOCUMENTS
    if document["kind"] in ("Deployment", "Job")
}
PORTS = {
    document["metadata"]["name"]: document["spec"]["ports"][0]["port"]
    for document in DOCUMENTS
    if document["kind"] == "Service"
}


@pytest.mark.parametrize("name", NEEDS)
def test_each_process_gets_what_it_needs_and_nothing_else(name: str) -> None:
    """Every variable without a default is given, and no variable is given that nobody reads."""
    given = {each["name"] for each in PODS[name]["containers"][0]["env"]}
    assert variables(NEEDS[name], needed_only=True) <= given
    assert given <= variables(NEEDS[name])


@pytest.mark.parametrize("name", [name for name in COMMANDS if name in NEEDS])
def test_commands_ports_and_probes_are_the_processes_own(name: str) -> None:
    """The command is that of the embedded stack; the port that it listens on is exposed, served and probed."""
    container = PODS[name]["containers"][0]
    assert container["command"] == ["python", "-m", *COMMANDS[name]]
    environment = {each["name"]: each.get("value") for each in container["env"]}
    port = int(environment["POLKU_LISTEN"].rpartition(":")[2])
    assert container["ports"] == [{"containerPort": port}]
    assert PORTS.get(name, port) == port
    probe = container["readinessProbe"]
    assert (probe.get("grpc") or probe["httpGet"])["port"] == port


def test_addresses_lead_to_services_of_the_file() -> None:
    """POLKU_<SERVICE>_ADDRESS names a Service and its port."""
    for pod in PODS.values():
        for each in pod["containers"][0].get("env", ()):
            if each["name"].endswith("_ADDRESS"):
                host, _, port = each["value"].partition(":")
                assert PORTS[host] == int(port)


def test_no_process_runs_as_root_or_may_write_its_own_image() -> None:
    """Non-root, no privilege escalation, read-only file system, no service account token."""
    for name, pod in PODS.items():
        container = pod["containers"][0]
        assert pod["securityContext"]["runAsNonRoot"], name
        assert not pod["automountServiceAccountToken"], name
        assert container["securityContext"]["readOnlyRootFilesystem"], name
        assert not container["securityContext"]["allowPrivilegeEscalation"], name


def test_every_mounted_volume_is_declared() -> None:
    """volumeMounts and volumes agree in each pod."""
    for name, pod in PODS.items():
        mounted = {each["name"] for each in pod["containers"][0]["volumeMounts"]}
        assert mounted == {each["name"] for each in pod["volumes"]}, name


def test_no_secret_value_stands_in_the_file() -> None:
    """What a settings class calls secret comes from a Secret."""
    secret = {"POLKU_POSTGRES_DSN", "POLKU_NATS_URL", "POLKU_PAGE_TOKEN_SECRET", "POLKU_PARTNER_KEY_PEPPER"}
    secret |= {"POLKU_OWNER_DSN", "POLKU_NATS_OWNER_URL"}
    for pod in PODS.values():
        for each in pod["containers"][0].get("env", ()):
            assert (each["name"] in secret) == ("valueFrom" in each)
