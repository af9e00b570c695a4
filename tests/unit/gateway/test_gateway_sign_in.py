"""The plain sign-in: accounts, tries, tokens."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from services.gateway.passwords import hash_password, verify_password
from services.gateway.sessions import SignedIn
from services.gateway.sign_in import TOKEN_LIFE, Accounts
from shared.kernel.principal import Role
from shared.runtime.auth import TokenVerifier
from shared.runtime.env import SettingsError
from tests.fakes.gateway_site import ISSUER, PASSWORD, SEEKER_PROFILE, new_key, write_accounts

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HERE = "192.0.2.7"


@pytest.fixture
def key() -> ECKey:
    """The development issuer's key."""
    return new_key()


@pytest.fixture
def accounts(tmp_path: Path, key: ECKey) -> Accounts:
    """The accounts of the tests' file."""
    return Accounts(write_accounts(tmp_path, key), "polku")


def test_a_hash_fits_its_password_only() -> None:
    """The same password gives another hash each time; other passwords and broken hashes match nothing."""
    one, other = hash_password("right"), hash_password("right")
    assert one != other
    assert verify_password("right", one)
    assert not verify_password("wrong", one)
    for broken in ("", "scrypt$1", one.replace("scrypt", "plain"), one + "$", "scrypt$0$8$1$YQ==$YQ=="):
        assert not verify_password("right", broken)


async def test_the_right_password_says_who_it_is(accounts: Accounts) -> None:
    """Subject, role and profile come from the file."""
    found = await accounts.sign_in("seeker", PASSWORD, HERE, NOW)
    assert found == SignedIn("user-1", Role.SEEKER, profile=SEEKER_PROFILE)


async def test_wrong_names_and_wrong_passwords_look_the_same(accounts: Accounts) -> None:
    """Both give nothing; so does what is longer than any of them."""
    assert await accounts.sign_in("seeker", "wrong", HERE, NOW) is None
    assert await accounts.sign_in("nobody", PASSWORD, HERE, NOW) is None
    assert await accounts.sign_in("seeker", PASSWORD + "x" * 200, HERE, NOW) is None


async def test_after_five_failures_the_right_password_waits_for_a_minute(accounts: Accounts) -> None:
    """Five failures of an account from one address within a minute refuse a sixth try; a minute later it works."""
    for second in range(5):
        assert await accounts.sign_in("seeker", "wrong", HERE, NOW + timedelta(seconds=second)) is None
    assert await accounts.sign_in("seeker", PASSWORD, HERE, NOW + timedelta(seconds=10)) is None
    assert await accounts.sign_in("seeker", PASSWORD, "192.0.2.8", NOW + timedelta(seconds=10)) is not None
    assert await accounts.sign_in("counsellor", PASSWORD, HERE, NOW + timedelta(seconds=10)) is not None
    assert await accounts.sign_in("seeker", PASSWORD, HERE, NOW + timedelta(seconds=65)) is not None


async def test_tokens_are_the_issuers_and_are_renewed(accounts: Accounts, key: ECKey) -> None:
    """A token passes the services' own check, stays the same while it is fresh, and is signed anew in time."""
    user = SignedIn("counsellor-1", Role.COUNSELLOR, unit="leppavaara")
    first = accounts.token(user, NOW)
    verifier = TokenVerifier({ISSUER: {"keys": [key.as_dict(private=False)]}}, "polku", clock=NOW.timestamp)
    principal = verifier.verify(first)
    assert (principal.role, principal.subject, principal.unit) == (Role.COUNSELLOR, "counsellor-1", "leppavaara")
    assert accounts.token(user, NOW + timedelta(minutes=2)) == first
    assert accounts.token(user, NOW + timedelta(minutes=4)) != first
    assert accounts.token(user, NOW + TOKEN_LIFE + timedelta(days=1)) != first


async def test_a_changed_file_counts_at_once(accounts: Accounts, tmp_path: Path) -> None:
    """An account that is taken away is nobody any more; a profile that is added shows."""
    path = tmp_path / "sign_in.json"
    content = json.loads(path.read_text())
    seeker, newcomer = content["accounts"][0], content["accounts"][1]
    path.write_text(json.dumps({**content, "accounts": [{**newcomer, "profile": "new"}]}))
    assert accounts.current(SignedIn(seeker["subject"], Role.SEEKER)) is None
    assert accounts.current(SignedIn(newcomer["subject"], Role.SEEKER)) == SignedIn("user-2", Role.SEEKER, "", "new")


async def test_a_file_that_breaks_later_changes_nothing(accounts: Accounts, tmp_path: Path) -> None:
    """Half a file, or none, leaves the accounts as they were."""
    path = tmp_path / "sign_in.json"
    path.write_text("{")
    assert await accounts.sign_in("seeker", PASSWORD, HERE, NOW) is not None
    path.unlink()
    assert await accounts.sign_in("seeker", PASSWORD, HERE, NOW) is not None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"issuer_key_file": "none.json", "accounts": []}'])
def test_a_file_of_another_form_stops_the_start(tmp_path: Path, content: str) -> None:
    """The fault says where the form is written down, and quotes nothing of the file."""
    path = tmp_path / "sign_in.json"
    path.write_text(content)
    with pytest.raises(SettingsError, match=r"services/gateway/sign_in\.py"):
        Accounts(path, "polku")


async def test_a_publishers_token_says_for_whom_they_act(accounts: Accounts, key: ECKey) -> None:
    """The publisher of the file is in the token, where the services look for it."""
    found = await accounts.sign_in("publisher", PASSWORD, HERE, datetime.now(UTC))
    assert found == SignedIn("publisher-1", Role.PUBLISHER, publisher="kielo-jobs")
    verifier = TokenVerifier({ISSUER: {"keys": [key.as_dict(private=False)]}}, "polku")
    principal = verifier.verify(accounts.token(found, datetime.now(UTC)))
    assert (principal.role, principal.publisher) == (Role.PUBLISHER, "kielo-jobs")
