"""A running EchoService with every interceptor, and callers of it."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from shared.kernel.errors import (
    PolkuError,
)
from shared.kernel.principal import Principal, Role
from shared.runtime.auth import ServiceSigner, TokenVerifier, token_invalid
from shared.runtime.rpc import (
    RpcServer,
    build_server,
    open_channel,
    standard_interceptors,
    translated_errors,
)
from tests.integration.shared.grpc_sample import NAME, Behaviour, Echo, EchoService, add_to_server

USER_KEY = ECKey.generate_key("P-256", {"kid": "u"})


SERVICE_KEY = ECKey.generate_key("P-256", {"kid": "s"})


SIGNER = ServiceSigner(SERVICE_KEY.as_dict(private=True), "gateway")


KINDS = ("Unary", "Down", "Up", "Both")


def user_token(role: str = "seeker", subject: str = "user-1") -> str:
    """Return a signed token of a user."""
    now = int(time.time())
    claims = {"iss": "https://id", "sub": subject, "aud": "polku", "iat": now, "exp": now + 3600, "role": role}
    return jwt.encode({"alg": "ES256", "kid": "u"}, claims, USER_KEY, algorithms=["ES256"])


USER = Principal(Role.SEEKER, "user-1", token=user_token())


async def _partner_keys(kid: str, secret: str) -> Principal:
    if (kid, secret) != ("kid1", "secret-of-kid1-xyz"):
        raise token_invalid()
    return Principal(Role.PUBLISHER, "key:kid1", publisher="pub-1", scopes=frozenset({"vacancies"}))


@asynccontextmanager
async def serving(behaviour: Behaviour, **options: Any) -> AsyncIterator[RpcServer]:
    """Run a server with the behaviour; options are those of build_server."""
    keys = {"https://id": USER_KEY, "polku:service:gateway": SERVICE_KEY}
    jwks = {issuer: {"keys": [key.as_dict(private=False)]} for issuer, key in keys.items()}
    interceptors = standard_interceptors(
        TokenVerifier(jwks, "polku"), partner_keys=_partner_keys, public=[f"/{NAME}/Open"]
    )
    server = build_server(listen="127.0.0.1:0", interceptors=interceptors, **options)
    server.add(add_to_server, EchoService(behaviour), NAME)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def client(server: RpcServer, signer: ServiceSigner | None = SIGNER, **options: Any) -> AsyncIterator[Echo]:
    """Connect to a server; without a signer the calls carry no service token."""
    async with open_channel(f"127.0.0.1:{server.port}", signer, **options) as channel:
        yield Echo(channel)


async def failure(call: Any) -> PolkuError:
    """Await a call that must fail and return its kernel error."""
    with pytest.raises(PolkuError) as caught, translated_errors():
        await call
    return caught.value


def raising(error: BaseException) -> Callable[[str], str]:
    """Return a behaviour that raises."""

    def behaviour(_: str) -> str:
        raise error

    return behaviour
