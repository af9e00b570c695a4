"""The HTTP API: the table of operations, and the routes made from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.gateway import (
    api_access_log,
    api_bulk,
    api_candidates,
    api_casework,
    api_consents,
    api_contests,
    api_feedback,
    api_identity,
    api_matching,
    api_profiles,
    api_rights,
    api_suggestions,
    api_texts,
    api_watch,
    operators,
    partners,
    wire,
)
from services.gateway.api_call import ApiCall
from services.gateway.auth import Verifier, caller_of, require_credentials, require_token
from services.gateway.clients import Backends
from services.gateway.event_stream import EventStream
from services.gateway.health import Draining
from services.gateway.incidents import internal
from services.gateway.operations import Access, Answer, Operation, Streamed
from services.gateway.problems import problem
from services.gateway.request_log import record_of
from shared.kernel.errors import PolkuError

OPERATIONS: tuple[Operation, ...] = (
    *partners.OPERATIONS,
    *api_profiles.OPERATIONS,
    *api_identity.OPERATIONS,
    *api_rights.OPERATIONS,
    *api_access_log.OPERATIONS,
    *api_casework.OPERATIONS,
    *api_suggestions.OPERATIONS,
    *api_consents.OPERATIONS,
    *api_matching.OPERATIONS,
    *api_watch.OPERATIONS,
    *api_texts.OPERATIONS,
    *api_feedback.OPERATIONS,
    *api_contests.OPERATIONS,
    *api_candidates.OPERATIONS,
    *api_bulk.OPERATIONS,
    *operators.OPERATIONS,
)


@dataclass(frozen=True, slots=True)
class Api:
    """What the API needs."""

    backends: Backends
    verifier: Verifier
    draining: Draining = field(default_factory=Draining)

    def routes(self) -> list[Route]:
        """The routes, the more specific ones first: `…:withdraw` before an id that takes everything."""
        ordered = sorted(OPERATIONS, key=lambda operation: ":" not in operation.path.rsplit("}", 1)[-1])
        return [
            Route(operation.route, self._endpoint(operation), methods=[operation.method], name=operation.id)
            for operation in ordered
        ]

    def _endpoint(self, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            record = record_of(request.scope)
            record.route = operation.path
            try:
                caller = caller_of(request, self.verifier)
                record.role = caller.principal.role
                call = ApiCall(request, operation, caller, self.backends, self.draining)
                _check_access(operation, call)
                call.check()
                return _response(await operation.handle(call))
            except PolkuError as error:
                return _refusal(error, operation, request)
            except Exception as error:
                return _refusal(internal(error, operation.id), operation, request)

        return endpoint


def _check_access(operation: Operation, call: ApiCall) -> None:
    if operation.access is Access.TOKEN:
        require_token(call.caller)
    elif operation.access is Access.PARTNER:
        require_credentials(call.caller)


def _response(answer: Answer | Streamed) -> Response:
    if isinstance(answer, Streamed):
        return EventStream(answer.frames, answer.close)
    headers = {"Cache-Control": "no-store", **answer.headers}
    return JSONResponse(wire.to_json(answer.message), answer.status, headers)


def _refusal(error: PolkuError, operation: Operation, request: Request) -> Response:
    record_of(request.scope).reason = error.reason
    return problem(error, conditional="if-match" in request.headers, prefix=operation.prefix)
