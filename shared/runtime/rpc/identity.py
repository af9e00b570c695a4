"""Who is calling: verified once per call, then read by use cases through `current_principal` and `require`."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace

import grpc
import grpc.aio

from shared.kernel.errors import PermissionDenied, Unauthenticated
from shared.kernel.principal import ANONYMOUS, Principal, Role
from shared.runtime.auth import TokenVerifier, token_invalid
from shared.runtime.rpc.handlers import Context, Continuation, Handler, header, is_infrastructure, wrapped

VerifyPartnerKey = Callable[[str, str], Awaitable[Principal]]
"""(kid, secret) → Principal. Raises `token_invalid()`, in the same time for an unknown kid as for a wrong secret."""

_PARTNER_KEY = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{16,128})")
_principal: ContextVar[Principal] = ContextVar("polku_principal", default=ANONYMOUS)


def current_principal() -> Principal:
    """Return the caller of the current call, ANONYMOUS in public methods and outside of calls."""
    return _principal.get()


def require(*roles: Role) -> Principal:
    """Return the caller if it has one of the roles. Raises Unauthenticated or PermissionDenied."""
    caller = _principal.get()
    if caller.role is Role.ANONYMOUS:
        raise _missing()
    if caller.role not in roles:
        raise PermissionDenied()
    return caller


def begin_identity() -> None:
    """Forget whoever called before: the call that starts here is anonymous until verified."""
    _principal.set(ANONYMOUS)


class IdentityInterceptor(grpc.aio.ServerInterceptor):
    """Verifies `authorization` (Bearer or PolkuKey) and `x-polku-service`; refuses calls with neither."""

    def __init__(
        self, verifier: TokenVerifier, *, partner_keys: VerifyPartnerKey | None = None, public: Collection[str] = ()
    ) -> None:
        """`public` holds full method names that need no credentials, besides health and reflection."""
        self._verifier = verifier
        self._partner_keys = partner_keys
        self._public = frozenset(public)

    async def intercept_service(
        self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails
    ) -> Handler | None:
        """Wrap a handler that is not public."""
        handler: Handler | None = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or method in self._public or is_infrastructure(method):
            return handler
        return wrapped(handler, self._identified)

    @asynccontextmanager
    async def _identified(self, context: Context) -> AsyncIterator[None]:
        _principal.set(await self._identify(context))
        yield

    async def _identify(self, context: Context) -> Principal:
        service = self._service(header(context, "x-polku-service"))
        if service is not None and not _shown_by(context, service.service):
            raise token_invalid()  # somebody else has got hold of the service's token
        user = await self._user(header(context, "authorization"))
        if user is not None:
            return replace(user, service=service.service if service else "")
        if service is None:
            raise _missing()
        return service

    def _service(self, tokens: list[str]) -> Principal | None:
        if not tokens:
            return None
        found = self._verifier.verify(_only(tokens))
        if found.role is not Role.SERVICE:
            raise token_invalid()
        return found

    async def _user(self, credentials: list[str]) -> Principal | None:
        if not credentials:
            return None
        scheme, _, value = _only(credentials).partition(" ")
        if scheme.lower() == "bearer":
            found = self._verifier.verify(value)
            if found.role is Role.SERVICE:
                raise token_invalid()  # a service identifies itself in its own header only
            return found
        parts = _PARTNER_KEY.fullmatch(value) if scheme == "PolkuKey" else None
        if parts is None or self._partner_keys is None:
            raise token_invalid()
        return await self._partner_keys(parts.group(1), parts.group(2))


def _shown_by(context: Context, service: str) -> bool:
    """Whether the connection's certificate names the service, where the connection has one."""
    shown = context.auth_context()
    if shown.get("transport_security_type") != [b"ssl"]:
        return True
    return service.encode() in shown.get("x509_subject_alternative_name", [])


def _only(values: list[str]) -> str:
    if len(values) != 1:
        raise token_invalid()  # two of them: a proxy and we might each believe another one
    return values[0]


def _missing() -> Unauthenticated:
    return Unauthenticated("CREDENTIALS_MISSING", "Send credentials in the authorization metadata.")
