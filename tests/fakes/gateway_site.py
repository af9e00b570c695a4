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

from services.gateway.app import Parts, build_app
from services.gateway.clients import Backends
from services.gateway.health import Draining
from services.gateway.passwords import hash_password
from services.gateway.sessions import MemorySessions
from services.gateway.sign_in import Accounts
from shared.runtime.auth import ServiceSigner, TokenVerifier
from shared.runtime.rpc.client import open_channel
from tests.fakes.gateway_services import FakeServices

ISSUER = "https://issuer.test"
PASSWORD = "a-password-for-tests"
CONTACT = "09 000 0000"
SEEKER_PROFILE = "019a4c1e-7d52-7c31-9a64-2f8e5b6d1c07"
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
    """A gateway that answers at `url`."""

    url: str
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


def write_accounts(folder: Path, issuer: ECKey) -> Path:
    """The sign-in file with a seeker, a seeker without a profile, a counsellor, a publisher and an operator."""
    hashed = hash_password(PASSWORD)
    (folder / "issuer.json").write_text(json.dumps({"iss": ISSUER, "key": issuer.as_dict(private=True)}))
    accounts = [
        {"user": "seeker", "subject": "user-1", "role": "seeker", "profile": SEEKER_PROFILE},
        {"user": "newcomer", "subject": "user-2", "role": "seeker"},
        {"user": "counsellor", "subject": "counsellor-1", "role": "counsellor", "unit": "leppavaara"},
        {"user": "publisher", "subject": "publisher-1", "role": "publisher", "publisher": "kielo-jobs"},
        {"user": "operator", "subject": "operator-1", "role": "operator"},
    ]
    path = folder / "sign_in.json"
    content = {
        "issuer_key_file": "issuer.json",
        "accounts": [{**account, "password_hash": hashed} for account in accounts],
    }
    path.write_text(json.dumps(content))
    return path


@asynccontextmanager
async def gateway_site(services: FakeServices, folder: Path, *, clock: Clock | None = None) -> AsyncIterator[Site]:
    """Serve the gateway until the block ends."""
    issuer, own = new_key(), new_key()
    accounts_file = write_accounts(folder, issuer)
    accounts = Accounts(accounts_file, "polku")
    verifier = TokenVerifier(
        {
            ISSUER: {"keys": [issuer.as_dict(private=False)]},
            "polku:service:gateway": {"keys": [own.as_dict(private=False)]},
        },
        "polku",
    )
    signer = ServiceSigner(own.as_dict(private=True), "gateway")
    channels = {name: open_channel(address, signer) for name, address in services.addresses.items()}
    parts = Parts(
        Backends(channels),
        verifier,
        MemorySessions(),
        clock or Clock(),
        sign_in=accounts,
        tokens=accounts,
        cookie_secure=False,
        contact=CONTACT,
    )
    draining = Draining()
    async with _served(build_app(parts, draining)) as url:
        yield Site(url, services, draining, issuer, accounts_file)
    for channel in channels.values():
        await channel.close()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _served(app: object) -> AsyncIterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, http="h11", ws="none", lifespan="off", log_config=None, access_log=False)  # type: ignore[arg-type]
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    deadline = asyncio.get_running_loop().time() + 10
    while not server.started:
        assert asyncio.get_running_loop().time() < deadline, "the gateway did not start within 10 s"
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
