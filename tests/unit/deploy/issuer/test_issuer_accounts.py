"""The development issuer's accounts: passwords, tries, a file that changes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.issuer.accounts import Account, Accounts, AccountsRefused
from deploy.issuer.passwords import hash_password, verify_password
from tests.fakes.gateway_site import PASSWORD, write_accounts

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HERE = "192.0.2.7"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """The accounts of the tests' file."""
    return Accounts(write_accounts(tmp_path))


def test_a_hash_fits_its_password_only() -> None:
    """The same password gives another hash each time; other passwords and broken hashes match nothing."""
    one, other = hash_password("right"), hash_password("right")
    assert one != other
    assert verify_password("right", one)
    assert not verify_password("wrong", one)
    for broken in ("", "scrypt$1", one.replace("scrypt", "plain"), one + "$", "scrypt$0$8$1$YQ==$YQ=="):
        assert not verify_password("right", broken)


async def test_the_right_password_says_who_it_is(accounts: Accounts) -> None:
    """Subject, role and unit come from the file."""
    found = await accounts.sign_in("counsellor", PASSWORD, HERE, NOW)
    assert found is not None
    assert (found.subject, found.role, found.unit) == ("counsellor-1", "counsellor", "leppavaara")


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


async def test_a_changed_file_counts_at_once(accounts: Accounts, tmp_path: Path) -> None:
    """An account that is taken away is nobody any more; one that is added can sign in."""
    path = tmp_path / "accounts.json"
    content = json.loads(path.read_text())
    seeker = content["accounts"][0]
    path.write_text(json.dumps({"accounts": [{**seeker, "user": "added"}]}))
    assert accounts.current("seeker") is None
    assert isinstance(accounts.current("added"), Account)


async def test_a_file_that_breaks_later_changes_nothing(accounts: Accounts, tmp_path: Path) -> None:
    """Half a file, or none, leaves the accounts as they were."""
    path = tmp_path / "accounts.json"
    path.write_text("{")
    assert await accounts.sign_in("seeker", PASSWORD, HERE, NOW) is not None
    path.unlink()
    assert await accounts.sign_in("seeker", PASSWORD, HERE, NOW) is not None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"accounts": [{"user": "x"}]}'])
def test_a_file_of_another_form_stops_the_start(tmp_path: Path, content: str) -> None:
    """The fault says where the form is written down, and quotes nothing of the file."""
    path = tmp_path / "accounts.json"
    path.write_text(content)
    with pytest.raises(AccountsRefused, match=r"deploy/issuer/accounts\.py"):
        Accounts(path)
