"""Errors over HTTP: RFC 9457 problem details from the kernel errors, and their statuses."""

import re
from collections.abc import Mapping
from math import ceil
from types import MappingProxyType
from typing import Any

from starlette.responses import JSONResponse

from shared.kernel.errors import FieldViolation, PolkuError
from shared.runtime.trace import current_trace_id

MEDIA_TYPE = "application/problem+json"
MOST_VIOLATIONS = 20
RETRY_AFTER_SECONDS = 1

STATUS: Mapping[str, int] = MappingProxyType(
    {
        "INVALID_ARGUMENT": 400,
        "UNAUTHENTICATED": 401,
        "PERMISSION_DENIED": 403,
        "NOT_FOUND": 404,
        "ALREADY_EXISTS": 409,
        "ABORTED": 409,
        "FAILED_PRECONDITION": 409,
        "RESOURCE_EXHAUSTED": 429,
        "INTERNAL": 500,
        "UNAVAILABLE": 503,
        "DEADLINE_EXCEEDED": 504,
    }
)
"""gRPC code → HTTP status (google/rpc/code.proto, with 409 for both kinds of conflict)."""

_STATUS_OF_REASON = {
    "BODY_TOO_LARGE": 413,
    "MESSAGE_TOO_LARGE": 413,
    "REQUEST_TOO_LARGE": 413,
    "BODY_TIMEOUT": 408,
    "MEDIA_TYPE_UNSUPPORTED": 415,
    "ROUTE_NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "CSRF_REFUSED": 403,
}
_TITLES = {
    400: "The request cannot be used",
    401: "Credentials are needed",
    403: "Not allowed, or not there",
    404: "Not found",
    405: "The method is not allowed here",
    408: "The request came too slowly",
    409: "The request conflicts with the current state",
    412: "The resource has changed",
    413: "The request is too large",
    415: "The media type is not supported",
    429: "Too many requests",
    500: "An error of ours",
    503: "Not available just now",
    504: "It took too long",
}
CHALLENGE = 'Bearer realm="polku", PolkuKey realm="polku"'


def status_of(error: PolkuError, *, conditional: bool = False) -> int:
    """Return the HTTP status. `conditional`: the request had If-Match, so that a stale etag is 412, not 409."""
    if conditional and error.code == "ABORTED" and error.reason == "ETAG_STALE":
        return 412
    return _STATUS_OF_REASON.get(error.reason, STATUS.get(error.code, 500))


def problem(error: PolkuError, *, conditional: bool = False, prefix: str = "") -> JSONResponse:
    """Return the problem document of an error.

    prefix  path of the HTTP body inside the gRPC request ("opening."): taken off the paths of the violations
    """
    status = status_of(error, conditional=conditional)
    return JSONResponse(
        document_of(error, prefix, conditional=conditional), status, _headers(error, status), media_type=MEDIA_TYPE
    )


def document_of(error: PolkuError, prefix: str = "", *, conditional: bool = False) -> dict[str, Any]:
    """Return the problem document of an error as JSON; for the arguments see `problem`."""
    status = status_of(error, conditional=conditional)
    document: dict[str, Any] = {
        "type": f"urn:polku:problem:{error.reason.lower().replace('_', '-')}",
        "title": _TITLES[status],
        "status": status,
        "detail": error.message,
        "reason": error.reason,
        "traceId": current_trace_id(),
    }
    if error.metadata:
        document["metadata"] = dict(error.metadata)
    if error.violations:
        document["violations"] = [_violation(found, prefix) for found in error.violations[:MOST_VIOLATIONS]]
    return document


def _violation(found: FieldViolation, prefix: str) -> dict[str, str]:
    document = {
        "field": json_path(found.field.removeprefix(prefix)),
        "reason": found.reason,
        "description": found.description,
        "value": found.value,
        "nearest": found.nearest,
    }
    return {key: value for key, value in document.items() if value}


def _headers(error: PolkuError, status: int) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = CHALLENGE
    if status in (429, 503):
        headers["Retry-After"] = str(ceil(error.retry_after or RETRY_AFTER_SECONDS))
    if status in (409, 412) and "etag" in error.metadata:
        headers["ETag"] = error.metadata["etag"]
    return headers


def json_path(path: str) -> str:
    """Return the path of a field with the names that JSON has: "vacancy.language_demand" → "vacancy.languageDemand"."""
    return re.sub(r"_([a-z0-9])", lambda found: found.group(1).upper(), path)
