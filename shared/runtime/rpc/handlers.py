"""Wrapping a handler of any of the four kinds of call, so that each interceptor is written once."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, TypeAlias

import grpc
import grpc.aio

if TYPE_CHECKING:  # generic in the stubs only
    Context: TypeAlias = grpc.aio.ServicerContext[Any, Any]
    Handler: TypeAlias = grpc.RpcMethodHandler[Any, Any]
else:
    Context, Handler = grpc.aio.ServicerContext, grpc.RpcMethodHandler
Continuation: TypeAlias = Callable[[grpc.HandlerCallDetails], Any]
Around: TypeAlias = Callable[[Context], AbstractAsyncContextManager[None]]
Inspect: TypeAlias = Callable[[Any], Any]

_EXEMPT = ("/grpc.health.v1.Health/", "/grpc.reflection.")


def is_infrastructure(method: str) -> bool:
    """Say whether a method belongs to health or reflection, which need no deadline and no credentials."""
    return method.startswith(_EXEMPT)


def header(context: Context, name: str) -> list[str]:
    """Return the values of a metadata key (lower case), text only."""
    return [str(value) for key, value in context.invocation_metadata() or () if key == name and isinstance(value, str)]


def wrapped(
    handler: Handler,
    around: Around,
    *,
    request: Inspect = lambda message: message,
    response: Inspect = lambda message: message,
    deserialise: Inspect | None = None,
    serialise: Inspect | None = None,
) -> Handler:
    """Return the handler run inside `around(context)`, with each request and response message passed through.

    `deserialise` and `serialise` replace those of the handler.
    """
    inner: Any = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream

    def incoming(given: Any) -> Any:
        return _each(given, request) if handler.request_streaming else request(given)

    async def answer_once(given: Any, context: Context) -> Any:
        async with around(context):
            return response(await inner(incoming(given), context))

    async def answer_many(given: Any, context: Context) -> AsyncIterator[Any]:
        async with around(context):
            result = inner(incoming(given), context)
            if hasattr(result, "__aiter__"):
                async for message in result:
                    yield response(message)
            else:
                await result  # a handler that writes through the context, as the health service does

    build: Any = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, False): grpc.stream_unary_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }[bool(handler.request_streaming), bool(handler.response_streaming)]
    made: Handler = build(
        answer_many if handler.response_streaming else answer_once,
        request_deserializer=deserialise or handler.request_deserializer,
        response_serializer=serialise or handler.response_serializer,
    )
    return made


async def _each(messages: AsyncIterator[Any], inspect: Inspect) -> AsyncIterator[Any]:
    async for message in messages:
        yield inspect(message)
