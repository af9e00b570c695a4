"""The HTTP API as data: one Operation for each method and path. The routes and the OpenAPI document come from it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message

if TYPE_CHECKING:
    from services.gateway.api_call import ApiCall


class Access(StrEnum):
    """Who may call an operation, before the service decides."""

    ANYONE = "anyone"
    PARTNER = "partner"
    """A partner's key or a token."""
    TOKEN = "token"  # noqa: S105  # the word, not a token
    """A user's token."""


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A query parameter. `schema` is its JSON Schema."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers."""

    message: Message
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Streamed:
    """What an operation answers bit by bit, as server-sent events.

    frames  the events as bytes
    close   lets go of what they come from, whether or not any of them was asked for
    """

    frames: AsyncGenerator[bytes, None]
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path.

    path       OpenAPI template; `external_id` may hold slashes
    body       message of the body, None for none
    answer     message of the answer
    prefix     path of the body inside the gRPC request, for the paths of violations
    repeatable takes an Idempotency-Key
    matches    takes If-Match
    conflicts  a read that the current state may not allow
    streams    answers server-sent events, each with an `answer` as its data
    uploads    takes a file as well, as multipart/form-data, and a body of 2 MB
    """

    id: str
    method: str
    path: str
    tag: str
    summary: str
    access: Access
    handle: "Callable[[ApiCall], Awaitable[Answer | Streamed]]"
    answer: type[Message]
    answer_text: str
    body: type[Message] | None = None
    prefix: str = ""
    query: tuple[QueryParameter, ...] = ()
    creates: bool = False
    repeatable: bool = False
    matches: bool = False
    conflicts: bool = False
    streams: bool = False
    uploads: bool = False
    example: Mapping[str, Any] | None = None
    answer_example: Mapping[str, Any] | None = None

    @property
    def route(self) -> str:
        """The path as Starlette writes it."""
        return self.path.replace("{external_id}", "{external_id:path}")


PURPOSES = ("KIND_JOB_MATCHING", "KIND_INTEGRATION_PLAN", "KIND_STATISTICS", "KIND_AUDIT", "KIND_OWN_DATA")
KINDS = ("vacancy", "training", "service")

PAGE = (
    QueryParameter(
        "page_size",
        "At most so many items, 1 to 100; 20 when left out.",
        {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    ),
    QueryParameter("page_token", "`nextPageToken` of the page before.", {"type": "string", "maxLength": 1000}),
)
PURPOSE = QueryParameter(
    "purpose",
    "What the read is for. When left out: `KIND_OWN_DATA` where a seeker reads their own profile, `KIND_AUDIT` for an "
    "auditor, else `KIND_JOB_MATCHING`.",
    {"type": "string", "enum": list(PURPOSES)},
)
LANGUAGE = QueryParameter(
    "language",
    "Language of the texts as a BCP 47 tag: fi, sv, en, uk, ru, ar or so. When left out, Accept-Language decides.",
    {"type": "string", "examples": ["fi"]},
)
KIND = QueryParameter("kind", "Only this kind of opening.", {"type": "string", "enum": list(KINDS)})
MUNICIPALITY = QueryParameter(
    "municipality",
    'Only in this Finnish municipality, by code ("049" is Espoo).',
    {"type": "string", "pattern": "^[0-9]{3}$"},
)
