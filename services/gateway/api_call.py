"""One call of the HTTP API: its credentials, parameters and body, read and checked."""

import asyncio
import re
import uuid
from collections.abc import AsyncGenerator
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from google.protobuf.message import Message
from polku.openings.v1.opening_service_pb2 import OpeningKind
from polku.profiles.v1.suggestion_service_pb2 import Document
from polku.type.v1.types_pb2 import Purpose
from starlette.requests import ClientDisconnect, Request

from services.gateway import wire
from services.gateway.clients import IMPORT_SECONDS, READ_SECONDS, WRITE_SECONDS, Backends, Caller, Method
from services.gateway.health import Draining
from services.gateway.languages import best_language
from services.gateway.operations import KINDS, PURPOSES, Operation
from services.gateway.uploads import LONGEST_UPLOAD, document_of, is_form, read_upload
from shared.kernel.errors import DeadlineExceeded, FieldViolation, InvalidArgument, ResourceExhausted
from shared.kernel.ids import new_id
from shared.kernel.principal import Role
from shared.vocabulary import LANGUAGES

LONGEST_BODY = 64 * 1024
LONGEST_QUERY = 2 * 1024
BODY_SECONDS = 10.0
"""The longest wait for the next byte of a body."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PUBLISHER = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
EXTERNAL_ID = re.compile(r"[A-Za-z0-9._~:/-]{1,200}")
HANDLE = re.compile(r"[A-Za-z0-9_-]{22}")
_JSON = re.compile(r"application/([\w.-]+\+)?json")
_ETAG = re.compile(r'"[!#-~]{1,62}"')


class ApiCall:
    """A request for an operation by a caller."""

    def __init__(
        self, request: Request, operation: Operation, caller: Caller, backends: Backends, draining: Draining
    ) -> None:
        self.request = request
        self.operation = operation
        self.caller = caller
        self.backends = backends
        self.draining = draining

    def check(self) -> None:
        """Check what every operation checks: the parameters are known, and given once. Raises InvalidArgument."""
        if len(self.request.url.query) > LONGEST_QUERY:
            raise InvalidArgument("QUERY_TOO_LONG", f"The query is longer than {LONGEST_QUERY} characters.")
        known = [parameter.name for parameter in self.operation.query]
        given = [name for name, _ in self.request.query_params.multi_items()]
        for name in given:
            if name not in known:
                nearest = next(iter(get_close_matches(name[:100], known, 1)), "")
                raise _invalid("PARAMETER_UNKNOWN", name[:100], "is not a parameter of this operation.", nearest)
            if given.count(name) > 1:
                raise _invalid("PARAMETER_TWICE", name, "may be given once.")

    async def invoke(self, method: Method, request: Message) -> Any:
        """Call a service on the caller's behalf."""
        seconds = READ_SECONDS if self.operation.method == "GET" else WRITE_SECONDS
        seconds = IMPORT_SECONDS if self.operation.uploads else seconds
        return await self.backends.call(method, request, self.caller, seconds=seconds)

    # -- the path --------------------------------------------------------------------------------------------------

    def name(self, collection: str, parameter: str) -> str:
        """Return the resource name of an id in the path: "profiles/<id>". Raises InvalidArgument NAME_INVALID."""
        value = self.request.path_params[parameter]
        if _ID.fullmatch(value) is None:
            raise _invalid("NAME_INVALID", parameter, "must be an id in its lower-case UUID form.")
        return f"{collection}/{value}"

    @property
    def publisher(self) -> str:
        """The publisher's id in the path."""
        value: str = self.request.path_params["publisher"]
        if PUBLISHER.fullmatch(value) is None:
            raise _invalid(
                "PUBLISHER_INVALID", "publisher", "must be lower-case letters, digits and dashes, 63 at most."
            )
        return value

    @property
    def external_id(self) -> str:
        """The publisher's own id in the path."""
        value: str = self.request.path_params["external_id"]
        if EXTERNAL_ID.fullmatch(value) is None:
            raise _invalid(
                "EXTERNAL_ID_INVALID", "external_id", "must be 1 to 200 characters of A–Z a–z 0–9 . _ ~ : / -"
            )
        return value

    @property
    def handle(self) -> str:
        """The handle of a candidate in the path."""
        value: str = self.request.path_params["handle"]
        if HANDLE.fullmatch(value) is None:
            raise _invalid("HANDLE_INVALID", "handle", "must be exactly as a list of candidates has it.")
        return value

    # -- query and headers -----------------------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """Return a query parameter, empty when left out."""
        return self.request.query_params.get(name, "")

    def flag(self, name: str) -> bool:
        """Return a true/false query parameter, false when left out."""
        value = self.text(name) or "false"
        if value not in ("true", "false"):
            raise _invalid("PARAMETER_INVALID", name, "must be true or false.")
        return value == "true"

    @property
    def page(self) -> dict[str, Any]:
        """page_size and page_token for a List request."""
        size = self.request.query_params.get("page_size")
        if size is None:
            return {"page_token": self.text("page_token")}
        if not (size.isascii() and size.isdigit() and len(size) < 4 and 1 <= int(size) <= 100):
            raise _invalid("PAGE_SIZE_OUT_OF_RANGE", "page_size", "must be a whole number from 1 to 100.")
        return {"page_size": int(size), "page_token": self.text("page_token")}

    @property
    def kind(self) -> Any:
        """The kind of opening asked for."""
        value = self.text("kind")
        if value not in ("", *KINDS):
            raise _invalid("PARAMETER_INVALID", "kind", f"must be one of {', '.join(KINDS)}.")
        return OpeningKind.Value.Value(f"VALUE_{value.upper()}" if value else "VALUE_UNSPECIFIED")

    @property
    def language(self) -> str:
        """The language of the texts: of reasons and names, which come in more languages than the pages."""
        accepted = self.request.headers.get("accept-language", "")
        return self.text("language") or best_language(accepted, among=LANGUAGES)

    def purpose(self, *, own: str = "KIND_JOB_MATCHING", others: str = "KIND_JOB_MATCHING") -> Any:
        """What the read is for; `own` is a seeker's default, `others` that of all but auditors."""
        defaults = {Role.SEEKER: own, Role.AUDITOR: "KIND_AUDIT"}
        value = self.text("purpose") or defaults.get(self.caller.principal.role, others)
        if value not in PURPOSES:
            raise _invalid("PURPOSE_INVALID", "purpose", f"must be one of {', '.join(PURPOSES)}.")
        return Purpose.Kind.Value(value)

    @cached_property
    def request_id(self) -> str:
        """The Idempotency-Key, or a new id."""
        key = self.request.headers.get("idempotency-key")
        if key is None:
            return new_id()
        try:
            # Some clients send the key as a quoted string, as the IETF draft for this header has it.
            return str(uuid.UUID(re.sub(r'^"(.*)"$', r"\1", key)))
        except ValueError:
            raise _invalid("IDEMPOTENCY_KEY_INVALID", "Idempotency-Key", "must be a UUID.") from None

    def etag(self, in_body: str = "") -> str:
        """Return If-Match, or the etag of the body where the header is missing. Raises where they differ."""
        header = self.request.headers.get("if-match", "")
        if header and _ETAG.fullmatch(header) is None:
            raise _invalid("ETAG_INVALID", "If-Match", "must be one etag exactly as it was received.")
        if header and in_body not in ("", header):
            raise _invalid("ETAG_INVALID", "etag", "differs from If-Match: send one of them.")
        return header or in_body

    @property
    def conditional(self) -> bool:
        """Whether the request has If-Match."""
        return "if-match" in self.request.headers

    # -- the body --------------------------------------------------------------------------------------------------

    async def json(self) -> dict[str, Any]:
        """Return the body as a JSON object. Raises InvalidArgument, ResourceExhausted, DeadlineExceeded."""
        media_type = self.request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if not _JSON.fullmatch(media_type):
            raise InvalidArgument("MEDIA_TYPE_UNSUPPORTED", "Send the body as application/json.")
        return wire.read_object(await read_body(self.request))

    async def document(self) -> Document:
        """Return the document of the body: JSON of a Document, or multipart/form-data with one file.

        Raises as `json` and `uploads.read_upload`, with 2 MB as the limit.
        """
        body = await read_body(self.request, LONGEST_UPLOAD)
        content_type = self.request.headers.get("content-type", "application/json")
        if is_form(content_type):
            return document_of(await read_upload(body, content_type))
        if not _JSON.fullmatch(content_type.partition(";")[0].strip().lower()):
            message = "Send the body as application/json, or a file as multipart/form-data."
            raise InvalidArgument("MEDIA_TYPE_UNSUPPORTED", message)
        return wire.to_message(wire.read_object(body), Document)


async def read_body(request: Request, longest: int = LONGEST_BODY) -> bytes:
    """Return the body. Raises ResourceExhausted past `longest` bytes, DeadlineExceeded after 10 s without a byte."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > longest:
        raise _too_large(longest)
    body = bytearray()
    chunks = request.stream()
    try:
        while (chunk := await _next(chunks)) is not None:
            body += chunk
            if len(body) > longest:
                raise _too_large(longest)
        return bytes(body)
    except TimeoutError:
        raise DeadlineExceeded("BODY_TIMEOUT", f"No byte of the body came for {BODY_SECONDS:.0f} seconds.") from None
    except ClientDisconnect:
        raise InvalidArgument("BODY_INCOMPLETE", "The connection ended before the body did.") from None


async def _next(chunks: AsyncGenerator[bytes, None]) -> bytes | None:
    async with asyncio.timeout(BODY_SECONDS):
        return await anext(chunks, None)


def path_differs(field: str, rule: str) -> InvalidArgument:
    """Return the refusal of a body that says something which belongs elsewhere."""
    return InvalidArgument("PATH_DIFFERS", f"{field} {rule}", violations=(FieldViolation(field, "PATH_DIFFERS", rule),))


def refuse_given(message: Message, *fields: str) -> None:
    """Raises InvalidArgument PATH_DIFFERS for a body that sets one of these fields."""
    given = {field.name: field.json_name for field, _ in message.ListFields()}
    for name in fields:
        if name in given:
            rule = "is given by the path, a header or the service: leave it out of the body."
            raise path_differs(given[name], rule)


def _too_large(longest: int) -> ResourceExhausted:
    return ResourceExhausted("BODY_TOO_LARGE", f"The body is larger than {longest} bytes. Send fewer or shorter texts.")


def _invalid(reason: str, field: str, rule: str, nearest: str = "") -> InvalidArgument:
    violation = FieldViolation(field, reason, rule, nearest=nearest)
    hint = f" Did you mean {nearest}?" if nearest else ""
    return InvalidArgument(reason, f"{field} {rule}{hint}", violations=(violation,))
