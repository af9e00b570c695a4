"""Kernel errors as google.rpc.Status (https://google.aip.dev/193) and back."""

from collections.abc import Iterable

from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status
from grpc import StatusCode

from shared.kernel.errors import BY_CODE, DeadlineExceeded, FieldViolation, Internal, PolkuError, Unavailable

DOMAIN = "polku"
DETAILS_KEY = "grpc-status-details-bin"
_MOST_VIOLATIONS = 20
_LONGEST_TEXT = 300
_LARGEST = 4096  # bytes; base64 makes them 5.5 kB, and a client takes 8 kB of metadata in all


def status_of(error: PolkuError) -> Status:
    """Return the status of an error: ErrorInfo, the first 20 violations, RetryInfo where waiting helps.

    Violations are left out from the end where the whole would be too large for the trailers.
    """
    violations = error.violations[:_MOST_VIOLATIONS]
    while True:
        status = _status(error, violations)
        if status.ByteSize() <= _LARGEST or not violations:
            return status
        violations = violations[:-1]


def error_of(code: StatusCode, details: bytes | None) -> PolkuError:
    """Return the error that a peer sent; without details of ours, one that says only what kind of failure it was."""
    status = Status.FromString(details) if details else Status()
    info, violations, retry_after = _unpack(status)
    if info is None or info.domain != DOMAIN:
        return _foreign(code)
    metadata = {key: value for key, value in info.metadata.items() if not key.startswith("violation-")}
    kind = BY_CODE.get(code.name, Internal)
    return kind(
        info.reason,
        status.message,
        metadata=metadata,
        violations=tuple(_violation(index, found, info) for index, found in enumerate(violations)),
        retry_after=retry_after,
    )


def _status(error: PolkuError, violations: tuple[FieldViolation, ...]) -> Status:
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=dict(error.metadata))
    for index, violation in enumerate(violations):
        # google.rpc has no place for these two, and a client wants to offer the nearest known code.
        for part, text in (("value", violation.value), ("nearest", violation.nearest)):
            if text:
                info.metadata[f"violation-{index}-{part}"] = text[:_LONGEST_TEXT]
    number: int = StatusCode[error.code].value[0]
    status = Status(code=number, message=error.message[:_LONGEST_TEXT])
    status.details.add().Pack(info)
    if violations:
        status.details.add().Pack(_bad_request(violations))
    if error.retry_after is not None:
        delay = Duration()
        delay.FromMilliseconds(int(error.retry_after * 1000))
        status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    return status


def _bad_request(violations: Iterable[FieldViolation]) -> error_details_pb2.BadRequest:
    return error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(
                field=found.field[:_LONGEST_TEXT],
                reason=found.reason[:_LONGEST_TEXT],
                description=found.description[:_LONGEST_TEXT],
            )
            for found in violations
        ]
    )


_Unpacked = tuple[error_details_pb2.ErrorInfo | None, list[error_details_pb2.BadRequest.FieldViolation], float | None]


def _unpack(status: Status) -> _Unpacked:
    info: error_details_pb2.ErrorInfo | None = None
    request, retry = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    retry_after: float | None = None
    for detail in status.details:
        if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
            info = error_details_pb2.ErrorInfo()
            detail.Unpack(info)
        elif detail.Unpack(retry):
            retry_after = retry.retry_delay.ToMilliseconds() / 1000
        else:
            detail.Unpack(request)
    return info, list(request.field_violations), retry_after


def _violation(
    index: int, found: error_details_pb2.BadRequest.FieldViolation, info: error_details_pb2.ErrorInfo
) -> FieldViolation:
    return FieldViolation(
        field=found.field,
        reason=found.reason,
        description=found.description,
        value=info.metadata.get(f"violation-{index}-value", ""),
        nearest=info.metadata.get(f"violation-{index}-nearest", ""),
    )


def _foreign(code: StatusCode) -> PolkuError:
    """The text of a status that we did not make may quote addresses or values: it is not passed on."""
    if code is StatusCode.DEADLINE_EXCEEDED:
        return DeadlineExceeded("DEADLINE_EXCEEDED", "The call took longer than its deadline allowed.")
    if code in (StatusCode.UNAVAILABLE, StatusCode.CANCELLED):
        return Unavailable("SERVICE_UNAVAILABLE", "A service that is needed cannot be reached just now. Try again.")
    kind = BY_CODE.get(code.name)
    if kind is None or kind is Internal:
        return Internal("SERVICE_FAILED", "A service that is needed failed.")
    return kind(code.name, f"The call was refused: {code.name.lower().replace('_', ' ')}.")
