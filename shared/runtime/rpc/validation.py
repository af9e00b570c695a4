"""The rules of the protos (protovalidate), checked before a request reaches its handler."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message
from protovalidate import FieldPathPb, Validator, ViolationPb

from shared.kernel.errors import FieldViolation, InvalidArgument
from shared.runtime.rpc.handlers import Context, Continuation, Handler, is_infrastructure, wrapped

_validator = Validator()


def check_message(message: Message) -> None:
    """Check a message against the rules of its proto. Raises InvalidArgument FIELDS_INVALID.

    A violation holds the path of the field, the id of the rule and its message, never the value of the field.
    """
    found = _validator.collect_violations(message)
    if found:
        violations = tuple(_violation(violation.proto) for violation in found)
        names = ", ".join(sorted({violation.field for violation in violations if violation.field})[:5])
        raise InvalidArgument("FIELDS_INVALID", f"Correct these fields: {names or 'request'}.", violations=violations)


class ValidationInterceptor(grpc.aio.ServerInterceptor):
    """Checks every request message, each message of a stream too."""

    async def intercept_service(
        self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails
    ) -> Handler | None:
        """Wrap the handler."""
        handler: Handler | None = await continuation(handler_call_details)
        if handler is None or is_infrastructure(handler_call_details.method):
            return handler
        return wrapped(handler, _nothing, request=_checked)


@asynccontextmanager
async def _nothing(_: Context) -> AsyncIterator[None]:
    yield


def _checked(message: Any) -> Any:
    if isinstance(message, Message):
        check_message(message)
    return message


def _violation(found: ViolationPb) -> FieldViolation:
    return FieldViolation(
        field=_path(found.field) if found.field is not None else "",
        reason=_reason(found.rule_id or "invalid"),
        description=found.message or f"must satisfy {found.rule_id}",
    )


def _reason(rule_id: str) -> str:
    return "".join(character if character.isalnum() else "_" for character in rule_id).upper()


def _path(path: FieldPathPb) -> str:
    """Return "work.tasks[2].title"; the key of a map is left out, since it may be somebody's word."""
    parts: list[str] = []
    for element in path.elements:
        subscript = element.subscript
        index = "" if subscript is None else f"[{subscript.value}]" if subscript.field == "index" else "[*]"
        parts.append(f"{element.field_name}{index}")
    return ".".join(parts)
