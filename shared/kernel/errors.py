"""The errors of every use case. Each carries a stable `reason` for programs and a message for people.

    PolkuError
    ├── InvalidArgument      the request is wrong whatever the state is
    ├── Unauthenticated      who is calling could not be established
    ├── PermissionDenied     not allowed, or absent: both give the same answer
    ├── NotFound             absent, where absence may be known (public records only)
    ├── AlreadyExists        the caller's own id is taken
    ├── Aborted              lost a race (stale etag): read again, then retry
    ├── FailedPrecondition   the state does not allow it
    ├── ResourceExhausted    a quota or a size limit
    ├── Unavailable          passing: retry with backoff
    ├── DeadlineExceeded     passing: the time was used up
    └── Internal             a defect of ours

Messages, metadata and violations must hold no personal data: they travel to clients and into logs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field that broke a rule.

    `field` is the path in the request ("opening.title"), `reason` the rule (UPPER_SNAKE), `description` what to do.
    `value` and `nearest` are for public codes only (an unknown ESCO code and its nearest known one), never a person's.
    """

    field: str
    reason: str
    description: str
    value: str = ""
    nearest: str = ""


class PolkuError(Exception):
    """The base of all errors that a caller may see. `retry_after` is in seconds, where waiting helps."""

    code: ClassVar[str] = "INTERNAL"

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        metadata: Mapping[str, str] | None = None,
        violations: tuple[FieldViolation, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message
        self.metadata: Mapping[str, str] = MappingProxyType(dict(metadata or {}))
        self.violations = tuple(violations)
        self.retry_after = retry_after


class InvalidArgument(PolkuError):
    """The request breaks a rule that does not depend on the state."""

    code = "INVALID_ARGUMENT"


class Unauthenticated(PolkuError):
    """There are no valid credentials."""

    code = "UNAUTHENTICATED"


class PermissionDenied(PolkuError):
    """Not allowed, or absent. The defaults make both cases answer with the same bytes: use them."""

    code = "PERMISSION_DENIED"

    def __init__(
        self,
        reason: str = "ACCESS_DENIED",
        message: str = "The resource does not exist, or you may not use it.",
        *,
        metadata: Mapping[str, str] | None = None,
        violations: tuple[FieldViolation, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason, message, metadata=metadata, violations=violations, retry_after=retry_after)


class NotFound(PolkuError):
    """Absent, where the caller may know that it is absent."""

    code = "NOT_FOUND"


class AlreadyExists(PolkuError):
    """The id that the caller chose is taken."""

    code = "ALREADY_EXISTS"


class Aborted(PolkuError):
    """The caller's copy is stale, or it lost a race: read again and retry."""

    code = "ABORTED"


class FailedPrecondition(PolkuError):
    """The state does not allow this; retrying alone does not help."""

    code = "FAILED_PRECONDITION"


class ResourceExhausted(PolkuError):
    """A quota, a rate or a size limit is used up."""

    code = "RESOURCE_EXHAUSTED"


class Unavailable(PolkuError):
    """A passing failure of something that we need: retry with backoff."""

    code = "UNAVAILABLE"


class DeadlineExceeded(PolkuError):
    """The caller's time was used up; a change may or may not have happened."""

    code = "DEADLINE_EXCEEDED"


class Internal(PolkuError):
    """A defect of ours."""

    code = "INTERNAL"


BY_CODE: Mapping[str, type[PolkuError]] = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            InvalidArgument,
            Unauthenticated,
            PermissionDenied,
            NotFound,
            AlreadyExists,
            Aborted,
            FailedPrecondition,
            ResourceExhausted,
            Unavailable,
            DeadlineExceeded,
            Internal,
        )
    }
)
"""Canonical gRPC code name → error class."""
