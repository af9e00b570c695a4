"""What the development issuer grants, and to whom."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from deploy.embedded.issuer import DevIssuer
from deploy.issuer.accounts import Account
from deploy.issuer.provider import ACCESS_LIFE, CODE_LIFE, REFRESH_LIFE, Client, Provider, Refused
from shared.kernel.errors import Unauthenticated
from shared.runtime.auth import TokenVerifier
from tests.fakes.gateway_site import ISSUER, new_key

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
BACK = "https://polku.example/sign-in/callback"
SECRET = "the-clients-secret"
CLIENT = ("gateway", SECRET)
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "client_id": "gateway",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid",
    "state": "s",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
SOMEBODY = Account("c", "-", "counsellor-1", "counsellor", unit="leppavaara")


@pytest.fixture
def accounts() -> dict[str, Account]:
    """Who there is."""
    return {"c": SOMEBODY}


@pytest.fixture
def issuer() -> DevIssuer:
    """A signing issuer."""
    return DevIssuer(new_key(), ISSUER)


@pytest.fixture
def provider(issuer: DevIssuer, accounts: dict[str, Account]) -> Provider:
    """The provider of one client."""
    return Provider(issuer, Client("gateway", SECRET, frozenset({BACK})), accounts.get)


def redeem(provider: Provider, code: str, now: datetime = NOW, **other: str) -> dict[str, object]:
    """Ask for tokens."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER, **other}
    return provider.exchange(form, CLIENT, now)


def test_tokens_are_what_the_services_and_the_client_believe(provider: Provider, issuer: DevIssuer) -> None:
    """The access token speaks for the account at the services; the identity token answers this client's nonce."""
    tokens = redeem(provider, provider.code(provider.check(ASKED), SOMEBODY, NOW))
    keys = {ISSUER: {"keys": [issuer.key.as_dict(private=False)]}}
    verifier = TokenVerifier(keys, "polku", clock=NOW.timestamp)
    principal = verifier.verify(str(tokens["access_token"]))
    assert (principal.role, principal.subject, principal.unit) == ("counsellor", "counsellor-1", "leppavaara")
    assert verifier.verify_identity(str(tokens["id_token"]), ISSUER, "gateway", "n") == "counsellor-1"
    assert tokens["expires_in"] == ACCESS_LIFE.total_seconds()
    for issuer_name, client, nonce in ((ISSUER, "gateway", "m"), (ISSUER, "other", "n"), ("https://x", "gateway", "n")):
        with pytest.raises(Unauthenticated):
            verifier.verify_identity(str(tokens["id_token"]), issuer_name, client, nonce)
    with pytest.raises(Unauthenticated):
        verifier.verify(str(tokens["id_token"]))  # it says who signed in, and opens nothing


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "other"},
        {"redirect_uri": "https://evil.example/"},
        {"response_type": "token"},
        {"scope": "profile"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
    ],
)
def test_a_request_out_of_order_is_refused(provider: Provider, change: dict[str, str]) -> None:
    """Another client, another way back, another flow, or a code that whoever steals it could redeem."""
    with pytest.raises(Refused) as refusal:
        provider.check({**ASKED, **change})
    assert refusal.value.told == (not change.keys() & {"client_id", "redirect_uri"})


def test_a_code_is_good_once_and_for_a_minute(provider: Provider) -> None:
    """A second use, and a use after its time, get nothing."""
    code = provider.code(provider.check(ASKED), SOMEBODY, NOW)
    redeem(provider, code)
    with pytest.raises(Refused):
        redeem(provider, code)
    with pytest.raises(Refused):
        redeem(provider, provider.code(provider.check(ASKED), SOMEBODY, NOW), NOW + CODE_LIFE)


@pytest.mark.parametrize("other", [{"code_verifier": "w" * 43}, {"redirect_uri": "https://evil.example/"}])
def test_a_stolen_code_is_worth_nothing(provider: Provider, other: dict[str, str]) -> None:
    """Without the verifier of whoever asked, or from another place, there are no tokens."""
    code = provider.code(provider.check(ASKED), SOMEBODY, NOW)
    with pytest.raises(Refused):
        redeem(provider, code, **other)


def test_only_the_client_gets_tokens(provider: Provider) -> None:
    """The client's secret counts, and no other client's name."""
    code = provider.code(provider.check(ASKED), SOMEBODY, NOW)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    for client in (("gateway", "wrong"), ("other", SECRET), ("", "")):
        with pytest.raises(Refused, match="invalid_client"):
            provider.exchange(form, client, NOW)


def test_refresh_tokens_change_and_end_with_the_account(provider: Provider, accounts: dict[str, Account]) -> None:
    """Each is good once; an account whose role has changed gets the new role, one that has ended gets nothing."""
    tokens = redeem(provider, provider.code(provider.check(ASKED), SOMEBODY, NOW))
    form = {"grant_type": "refresh_token", "refresh_token": str(tokens["refresh_token"])}
    renewed = provider.exchange(form, CLIENT, NOW + timedelta(minutes=4))
    with pytest.raises(Refused):
        provider.exchange(form, CLIENT, NOW + timedelta(minutes=4))
    form["refresh_token"] = str(renewed["refresh_token"])
    del accounts["c"]
    with pytest.raises(Refused):
        provider.exchange(form, CLIENT, NOW + timedelta(minutes=5))


def test_a_grant_ends_after_a_working_day(provider: Provider) -> None:
    """A refresh token that nobody used for eight hours is worth nothing."""
    tokens = redeem(provider, provider.code(provider.check(ASKED), SOMEBODY, NOW))
    form = {"grant_type": "refresh_token", "refresh_token": str(tokens["refresh_token"])}
    with pytest.raises(Refused):
        provider.exchange(form, CLIENT, NOW + REFRESH_LIFE)
