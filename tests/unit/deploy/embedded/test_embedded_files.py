"""Files of the var folder: private, whole, kept between runs, and locked against a second supervisor."""

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from deploy.embedded import folders, sign_in
from deploy.embedded.credentials import load_or_create, service_key_file, write_issuers, write_person_keys
from deploy.embedded.endpoints import Endpoints, Tokens
from deploy.embedded.errors import StackError
from deploy.embedded.folders import VarFolder, is_running, lock, log_tail, open_log
from deploy.embedded.issuer import ISSUER, DevIssuer
from deploy.issuer.accounts import Account, Accounts
from services.gateway.openid import read_registration
from services.profiles.adapters.sealing import key_ring_file
from shared.kernel.errors import Unauthenticated
from shared.runtime.auth import ServiceSigner, TokenVerifier, read_key
from shared.runtime.issuers import read_issuers


@pytest.fixture
def var(tmp_path: Path) -> VarFolder:
    """A new var folder below a path with a space."""
    folder = VarFolder(tmp_path / "a city" / "var")
    folder.create()
    return folder


def mode(path: Path) -> int:
    """The permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_once_and_private(var: VarFolder) -> None:
    """A second run reads the same secrets; nobody else may read them; no two are alike."""
    first = load_or_create(var)
    assert load_or_create(var) == first
    assert mode(var.secrets) == 0o600
    every = [first.postgres_superuser, *first.postgres_roles.values(), *first.nats_users.values()]
    assert len(set(every)) == len(every) == 12


def test_a_missing_secret_is_added_and_the_others_stay(var: VarFolder) -> None:
    """A secrets file of an older version gets what is new without a change to what databases already know."""
    first = load_or_create(var)
    kept = json.loads(var.secrets.read_text())
    del kept["nats_users"]["matching"], kept["partner_key_pepper"]
    var.secrets.write_text(json.dumps(kept))
    second = load_or_create(var)
    assert second.postgres_roles == first.postgres_roles
    assert second.nats_users["matching"] not in ("", first.nats_users["matching"])


def test_person_keys_are_made_once_and_private(var: VarFolder) -> None:
    """The profiles service can read the file; a second run leaves it as it is, or nobody's data could be opened."""
    write_person_keys(var)
    first = var.person_keys.read_bytes()
    write_person_keys(var)
    assert var.person_keys.read_bytes() == first
    assert mode(var.person_keys) == 0o600
    ring = key_ring_file(str(var.person_keys))
    assert len({ring.index, *ring.keys.values()}) == 2


def test_issuers_file_has_the_public_keys_of_everyone_and_no_private_part(var: VarFolder) -> None:
    """The development issuer and each service; the private numbers stay in files of their own, mode 0600."""
    issuer = DevIssuer.load_or_create(var.keys)
    write_issuers(var, {ISSUER: issuer.key})
    issuers = json.loads(var.issuers.read_text())["issuers"]
    assert set(issuers) == {
        ISSUER,
        *(f"polku:service:{name}" for name in ("profiles", "openings", "matching", "gateway")),
    }
    assert not [key for entry in issuers.values() for key in entry["jwks"]["keys"] if "d" in key]
    assert {mode(path) for path in var.keys.iterdir()} == {0o600}
    private = ECKey.import_key(json.loads(service_key_file(var, "gateway").read_text()))
    assert private.is_private
    assert private.kid == issuers["polku:service:gateway"]["jwks"]["keys"][0]["kid"]


def test_development_tokens_are_what_services_accept(var: VarFolder) -> None:
    """A token of the issuer passes the verifier of the services with its role, subject, and unit or publisher."""
    issuer = DevIssuer.load_or_create(var.keys)
    write_issuers(var, {ISSUER: issuer.key})
    verifier = TokenVerifier(read_issuers(var.issuers), "polku")
    principal = verifier.verify(issuer.token("c-1", "counsellor", unit="u-1"))
    assert (principal.role, principal.subject, principal.unit) == ("counsellor", "c-1", "u-1")
    principal = verifier.verify(issuer.token("k-1", "publisher", publisher="p-1"))
    assert (principal.role, principal.subject, principal.publisher) == ("publisher", "k-1", "p-1")


def test_service_keys_are_what_services_sign_with(var: VarFolder) -> None:
    """A token signed with the key file of a service is that service's to everyone with the issuers file."""
    write_issuers(var, {ISSUER: DevIssuer.load_or_create(var.keys).key})
    signer = ServiceSigner(read_key(service_key_file(var, "gateway")), "gateway")
    principal = TokenVerifier(read_issuers(var.issuers), "polku").verify(signer.token(datetime.now(UTC)))
    assert (principal.role, principal.service) == ("service", "gateway")


def test_sign_in_files_are_what_gateway_and_issuer_read(var: VarFolder) -> None:
    """The gateway accepts its registration, the issuer the accounts; accounts outlive a restart."""
    issuer = DevIssuer.load_or_create(var.keys)
    sign_in.prepare(var, issuer, "http://127.0.0.1:1", "http://127.0.0.1:2", "the-clients-secret")
    registration = read_registration(var.openid)
    assert (registration.issuer, registration.redirect_uri) == (ISSUER, "http://127.0.0.1:1/sign-in/callback")
    assert "the-clients-secret" not in repr(registration)
    assert Accounts(var.accounts).current("c") is None
    account = {"user": "c", "password_hash": "scrypt$1", "subject": "c-1", "role": "counsellor", "unit": "u-1"}
    sign_in.save_accounts(var.root, [account])
    sign_in.prepare(var, issuer, "http://127.0.0.1:1", "http://127.0.0.1:2", "the-clients-secret")
    assert sign_in.accounts(var.root) == [account]
    assert Accounts(var.accounts).current("c") == Account("c", "scrypt$1", "c-1", "counsellor", "u-1")
    assert {mode(var.accounts), mode(var.openid)} == {0o600}


def test_development_tokens_expire(var: VarFolder) -> None:
    """A token is refused once its lifetime is over."""
    issuer = DevIssuer.load_or_create(var.keys)
    write_issuers(var, {ISSUER: issuer.key})
    old = issuer.token("s-1", "seeker", lifetime=60, now=1_700_000_000)
    with pytest.raises(Unauthenticated):
        TokenVerifier(read_issuers(var.issuers), "polku").verify(old)


def test_issuer_keeps_its_key(var: VarFolder) -> None:
    """Tokens of an earlier run stay valid: the key is the same."""
    assert DevIssuer.load_or_create(var.keys).key.thumbprint() == DevIssuer.load_or_create(var.keys).key.thumbprint()


def test_endpoints_round_trip_in_the_published_shape(var: VarFolder) -> None:
    """What is saved is loaded again, mode 0600, with the fields that the design names."""
    endpoints = Endpoints(
        gateway="http://127.0.0.1:21000",
        grpc={"profiles": "127.0.0.1:21001"},
        tokens=Tokens(operator="o", counsellor="c", seekers={"p-1": "s"}),
        publisher_keys={"town": "kid.secret"},
    )
    endpoints.save(var.root)
    assert Endpoints.load(var.root) == endpoints
    assert mode(var.endpoints) == 0o600
    assert json.loads(var.endpoints.read_text()) == {
        "gateway": "http://127.0.0.1:21000",
        "grpc": {"profiles": "127.0.0.1:21001"},
        "tokens": {"operator": "o", "counsellor": "c", "seekers": {"p-1": "s"}},
        "publisher_keys": {"town": "kid.secret"},
    }


def test_endpoints_show_no_credentials() -> None:
    """repr, which ends up in logs, holds no token and no key."""
    endpoints = Endpoints(tokens=Tokens(operator="secret", seekers={"p": "secret"}), publisher_keys={"t": "secret"})
    assert "secret" not in repr(endpoints)


@pytest.mark.parametrize(
    ("text", "says"), [(None, "start the stack"), ("{", "not JSON"), ('{"x": 1}', "unknown field")]
)
def test_unusable_endpoints_say_what_to_do(var: VarFolder, text: str | None, says: str) -> None:
    """A missing, broken or foreign file is an error with the way out, not a traceback."""
    if text is not None:
        var.endpoints.write_text(text)
    with pytest.raises(StackError, match=says):
        Endpoints.load(var.root)


def test_second_lock_is_refused_while_the_first_is_held(var: VarFolder) -> None:
    """One supervisor a folder; the refusal names the process that has it, and the lock ends with its holder."""
    assert not is_running(var.root)
    with lock(var):
        assert is_running(var.root)
        with pytest.raises(StackError, match=f"already running.*{os.getpid()}"):
            lock(var)
    assert not is_running(var.root)
    lock(var).close()


def test_folder_of_another_user_is_refused(var: VarFolder) -> None:
    """Files that this user could write but their maker then not read are never mixed into a folder."""
    load_or_create(var)
    if os.geteuid() == 0:
        os.chown(var.secrets, 65534, 65534)
        with pytest.raises(StackError, match="made by user id 65534"):
            var.create()
    else:
        var.create()  # A normal user cannot give files away; the folder stays theirs.
        assert var.secrets.stat().st_uid == os.geteuid()


def test_large_log_is_set_aside_and_a_small_one_continued(tmp_path: Path) -> None:
    """A log past the limit starts anew at the next start; the former stays as .log.1; below it is appended to."""
    path = tmp_path / "log" / "nats.log"
    for text in (b"one\n", b"two\n"):
        with open_log(path) as log:
            log.write(text)
    assert path.read_text() == "one\ntwo\n"
    assert mode(path) == 0o600
    os.truncate(path, folders.LARGEST_LOG + 1)
    open_log(path).close()
    assert path.stat().st_size == 0
    assert path.with_name("nats.log.1").stat().st_size == folders.LARGEST_LOG + 1


def test_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    """Errors quote the end of a log; a log that does not exist is empty."""
    path = tmp_path / "x.log"
    assert log_tail(path) == ""
    path.write_text("".join(f"line {number}\n" for number in range(5000)))
    assert log_tail(path, 2) == "line 4998\nline 4999"


def test_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """A file is replaced whole or not at all, and nothing is left lying beside it."""
    path = tmp_path / "f.json"
    folders.write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        folders.write_json(path, {"a": object()})
    assert folders.read_json(path) == {"a": 1}
    assert [entry.name for entry in tmp_path.iterdir()] == ["f.json"]
