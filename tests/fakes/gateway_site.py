"""The whole gateway on a free port of 127.0.0.1 before fake services, with users that can sign in."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.embedded.issuer import DevIssuer
from deploy.issuer.accounts import Accounts
from deploy.issuer.app import build_app as build_issuer
from deploy.issuer.passwords import hash_password
from deploy.issuer.provider import Client
from services.gateway.app import Parts, build_app
from services.gateway.clients import Backends
from services.gateway.health import Draining
from services.gateway.openid import OpenIdSignIn, Registration
from services.gateway.sessions import MemorySessions
from shared.runtime.auth import ServiceSigner, TokenVerifier
from shared.runtime.rpc.client import open_channel
from tests.fakes.gateway import OWNED
from tests.fakes.gateway_services import FakeServices

ISSUER = "https://issuer.test"
PASSWORD = "a-password-for-tests"
SECRET = "a-client-secret-for-tests"
CONTACT = "09 000 0000"
SEEKER_PROFILE = OWNED["user-1"]
OTHER_PROFILE = "019a4c1e-7d52-7c31-9a64-2f8e5b6d1c08"


@dataclass
class Clock:
    """The time, which a test moves."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def forward(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


@dataclass
class Site:
    """A gateway that answers at `url`, and the issuer at which its users sign in at `issuer_url`."""

    url: str
    issuer_url: str
    services: FakeServices
    draining: Draining
    issuer: ECKey
    accounts_file: Path

    def token(self, role: str = "seeker", *, sub: str = "user-1", issuer: ECKey | None = None, **claims: object) -> str:
        """A user's token; `claims` replace the usual ones."""
        now = int(datetime.now(UTC).timestamp())
        usual = {"iss": ISSUER, "sub": sub, "aud": "polku", "iat": now, "exp": now + 600, "jti": "j", "role": role}
        key = issuer or self.issuer
        return jwt.encode({"alg": "ES256", "kid": key.kid}, {**usual, **claims}, key, algorithms=["ES256"])

    def bearer(self, role: str = "seeker", **more: object) -> dict[str, str]:
        """The header with a user's token."""
        return {"Authorization": f"Bearer {self.token(role, **more)}"}  # type: ignore[arg-type]


def new_key() -> ECKey:
    """A signing key."""
    return ECKey.generate_key("P-256", private=True, auto_kid=True)


def write_accounts(folder: Path) -> Path:
    """The issuer's accounts: two seekers, one without a profile, and one of each other role."""
    hashed = hash_password(PASSWORD)
    accounts = [
        {"user": "seeker", "subject": "user-1", "role": "seeker"},
        {"user": "newcomer", "subject": "user-2", "role": "seeker"},
        {"user": "counsellor", "subject": "counsellor-1", "role": "counsellor", "unit": "leppavaara"},
        {"user": "publisher", "subject": "publisher-1", "role": "publisher", "publisher": "kielo-jobs"},
        {"user": "operator", "subject": "operator-1", "role": "operator"},
        {"user": "auditor", "subject": "auditor-1", "role": "auditor"},
    ]
    path = folder / "accounts.json"
    path.write_text(json.dumps({"accounts": [{**account, "password_hash": hashed} for account in accounts]}))
    return path


@asynccontextmanager
async def gateway_site(services: FakeServices, folder: Path, *, clock: Clock | None = None) -> AsyncIterator[Site]:
    """Serve the gateway until the block ends."""
    clock = clock or Clock()
    issuer, own = new_key(), new_key()
    accounts_file = write_accounts(folder)
    issuers = {
        ISSUER: {"keys": [issuer.as_dict(private=False)]},
        "polku:service:gateway": {"keys": [own.as_dict(private=False)]},
    }
    verifier = TokenVerifier(issuers, "polku")
    # Tests move the time of sessions; the tokens of the pages live in it.
    of_pages = TokenVerifier(issuers, "polku", clock=lambda: clock().timestamp())
    signer = ServiceSigner(own.as_dict(private=True), "gateway")
    channels = {name: open_channel(address, signer) for name, address in services.addresses.items()}
    draining = Draining()
    listener, at_issuer = _listener(), _listener()
    registration = Registration(
        ISSUER, "gateway", f"{_url(listener)}/sign-in/callback", SECRET,
        authorization_endpoint=f"{_url(at_issuer)}/authorize", token_endpoint=f"{_url(at_issuer)}/token",
    )  # fmt: skip
    client = Client("gateway", SECRET, frozenset({registration.redirect_uri}))
    provider = build_issuer(DevIssuer(issuer, ISSUER), Accounts(accounts_file), client, _url(at_issuer), clock)
    parts = Parts(
        Backends(channels),
        verifier,
        MemorySessions(),
        clock,
        sign_in=OpenIdSignIn(registration, of_pages),
        cookie_secure=False,
        contact=CONTACT,
    )
    async with _served(provider, at_issuer), _served(build_app(parts, draining), listener):
        yield Site(_url(listener), _url(at_issuer), services, draining, issuer, accounts_file)
    for channel in channels.values():
        await channel.close()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listener() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def _served(app: object, listener: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(app, http="h11", ws="none", lifespan="off", log_config=None, access_log=False)  # type: ignore[arg-type]
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    deadline = asyncio.get_running_loop().time() + 10
    while not server.started:
        assert asyncio.get_running_loop().time() < deadline, "the server did not start within 10 s"
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await serving
