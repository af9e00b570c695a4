"""The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0), made from the operations and the protos."""

import json
import re
from collections.abc import Iterable
from typing import Any

from services.gateway import api_call
from services.gateway.event_stream import event
from services.gateway.json_schema import Schemas, read_comments
from services.gateway.operations import Access, Operation, QueryParameter

VERSION = "1.0.0"
_DESCRIPTION = """\
Matching of vacancies, trainings and services with people in a city.

Bodies are the canonical JSON of the protos: `lowerCamelCase` names, fields with their default value left out, 64-bit
numbers as text. Unknown fields are refused. A body may have 64 kB, where a file is taken 2 MB. Errors are problem
details (RFC 9457) with a stable `reason`. Calls about a person need a bearer token; publishing needs a partner key.
"""
_ID = {"type": "string", "format": "uuid"}
_PATH_PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "publisher": ("Id of the publisher.", {"type": "string", "pattern": f"^{api_call.PUBLISHER.pattern}$"}),
    "external_id": (
        "The publisher's own id of the opening. It may hold `/`, as it is or as `%2F`.",
        {"type": "string", "pattern": f"^{api_call.EXTERNAL_ID.pattern}$"},
    ),
    "kid": ("Id of the key.", {"type": "string"}),
    "profile": ("Id of the profile: its name without `profiles/`.", _ID),
    "opening": ("Id of the opening: its name without `openings/`.", _ID),
    "decision": ("Id of the decision: its name without `decisions/`.", _ID),
    "contest": ("Id of the contest: its name without `contests/`.", _ID),
    "handle": (
        "The candidate's handle, as your list of this vacancy has it.",
        {"type": "string", "pattern": f"^{api_call.HANDLE.pattern}$"},
    ),
    "run": ("Id of the run: its name without `bulkRuns/`.", _ID),
}
_SECURITY: dict[Access, list[dict[str, list[str]]]] = {
    Access.ANYONE: [{}, {"bearer": []}, {"partnerKey": []}, {"apiKey": []}],
    Access.PARTNER: [{"partnerKey": []}, {"apiKey": []}, {"bearer": []}],
    Access.TOKEN: [{"bearer": []}],
}
_REFUSALS = {
    "400": "The request is wrong: `violations` says where.",
    "401": "Credentials are missing, wrong or expired.",
    "403": "Not allowed, or not there: both have this answer.",
    "404": "Not found.",
    "409": "The current state does not allow it.",
    "412": "The resource has changed since the etag in If-Match.",
    "413": "The body is larger than 64 kB.",
    "429": "Too many requests: wait as Retry-After says.",
    "503": "Not available just now: try again as Retry-After says.",
    "504": "It took too long; a change may have happened: repeat it with the same Idempotency-Key.",
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "reason", "traceId"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "The kind of problem as a URN."},
        "title": {"type": "string", "description": "The kind of problem in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What happened and what to do."},
        "reason": {"type": "string", "description": "Stable code for programs, such as `ETAG_STALE`."},
        "traceId": {"type": "string", "description": "Tell us this when you ask about the problem."},
        "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
        "violations": {"type": "array", "maxItems": 20, "items": {"$ref": "#/components/schemas/Violation"}},
    },
}
_FILE = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream", "description": "A CV."}},
}
_VIOLATION: dict[str, Any] = {
    "type": "object",
    "description": "A field that broke a rule.",
    "required": ["reason", "description"],
    "properties": {
        "field": {"type": "string", "description": "Path of the field in the body, or name of the parameter."},
        "reason": {"type": "string", "description": "The rule, as a stable code."},
        "description": {"type": "string", "description": "What to do, in English."},
        "value": {"type": "string", "description": "The value that was refused; public codes only."},
        "nearest": {"type": "string", "description": "The nearest value that would be accepted."},
    },
}


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document of the operations."""
    schemas = Schemas(read_comments())
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Polku", "version": VERSION, "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {**dict(sorted(schemas.components.items())), "Problem": _PROBLEM, "Violation": _VIOLATION},
            "securitySchemes": _schemes(),
        },
    }


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *map(_query_parameter, operation.query), *_headers(operation)],
        "security": _SECURITY[operation.access],
        "responses": {**_answers(operation, schemas), **_refusals(operation)},
    }
    if operation.body is not None:
        content = {"schema": schemas.of(operation.body), "example": operation.example}
        file = {"multipart/form-data": {"schema": _FILE}} if operation.uploads else {}
        entry["requestBody"] = {"required": True, "content": {"application/json": content, **file}}
    return entry


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", operation.path)
    return [
        {"name": name, "in": "path", "required": True, "description": text, "schema": schema}
        for name in names
        for text, schema in [_PATH_PARAMETERS[name]]
    ]


def _query_parameter(parameter: QueryParameter) -> dict[str, Any]:
    described = {"name": parameter.name, "in": "query", "required": False, "description": parameter.description}
    return {**described, "schema": dict(parameter.schema)}


def _headers(operation: Operation) -> list[dict[str, Any]]:
    headers = []
    if operation.repeatable:
        text = "A UUID of yours. The same again, with the same body, gives the stored answer and changes nothing."
        headers.append({"name": "Idempotency-Key", "in": "header", "description": text, "schema": _ID})
    if operation.streams:
        text = "Id of the last event: what has changed since is told first. Browsers send it when they connect again."
        headers.append({"name": "Last-Event-ID", "in": "header", "description": text, "schema": {"type": "string"}})
    if operation.matches:
        text = "The etag that you read: the change is refused with 412 where the resource has changed since."
        headers.append({"name": "If-Match", "in": "header", "description": text, "schema": {"type": "string"}})
    return headers


def _answers(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schemas.of(operation.answer)}
    if operation.answer_example is not None:
        content["example"] = operation.answer_example
    if operation.streams:
        return {"200": {"description": operation.answer_text, "content": {"text/event-stream": _events(content)}}}
    answer = {"description": operation.answer_text, "content": {"application/json": content}}
    if not operation.creates:
        return {"200": answer}
    if operation.method == "PUT":
        return {"200": answer, "201": {**answer, "description": f"{operation.answer_text} It is new."}}
    return {"201": answer}


def _events(content: dict[str, Any]) -> dict[str, Any]:
    """The content of a stream: text whose `data` lines are JSON of the schema."""
    schema = {"type": "string", "contentMediaType": "application/json", "contentSchema": content["schema"]}
    data = json.dumps(content["example"], ensure_ascii=False)
    return {"schema": schema, "example": event("change", data, id="b3BhcXVl").decode()}


def _refusals(operation: Operation) -> dict[str, Any]:
    unfit = {"412"} if not operation.matches else set()
    unfit |= {"413"} if operation.body is None else set()
    unfit |= {"404"} if operation.access is Access.TOKEN and not _names_something_public(operation) else set()
    unfit |= {"409"} if operation.method == "GET" and not operation.conflicts else set()
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    texts = {**_REFUSALS, "413": "The body is larger than 2 MB."} if operation.uploads else _REFUSALS
    return {status: {"description": text, "content": content} for status, text in texts.items() if status not in unfit}


def _names_something_public(operation: Operation) -> bool:
    """Whether it names a publisher or an opening: of what is about a person, nobody learns that it is not there."""
    return operation.tag in ("Publishers", "Contests") or "{opening}" in operation.path


def _schemes() -> dict[str, Any]:
    key = "A partner's key in its own scheme: `Authorization: PolkuKey <kid>.<secret>`."
    return {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A user's token."},
        "partnerKey": {"type": "http", "scheme": "PolkuKey", "description": key},
        "apiKey": {
            "type": "apiKey",
            "in": "header",
            "name": "X-API-Key",
            "description": "The same key, `<kid>.<secret>`.",
        },
    }
