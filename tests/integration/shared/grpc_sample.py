"""A gRPC service without protos of its own: all four kinds of call over StringValue, and a message with rules."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import grpc.aio
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import StringValue

NAME = "polku.test.v1.EchoService"
Behaviour = Callable[[str], Any]


def thing_class() -> type[Message]:
    """Return a message class {repeated Item items; Item {string title; min_len 3}} with protovalidate's rules."""
    # FieldOptions extension 1159 (buf.validate.field) = FieldRules{string (14): StringRules{min_len (2): 3}}
    rules = bytes([0xBA, 0x48, 0x04, 0x72, 0x02, 0x10, 0x03])
    file = descriptor_pb2.FileDescriptorProto(name="thing.proto", package="polku.test", syntax="proto3")
    item = file.message_type.add(name="Item")
    item.field.add(name="title", number=1, label=1, type=9).options.MergeFromString(rules)
    thing = file.message_type.add(name="Thing")
    thing.field.add(name="items", number=1, label=3, type=11, type_name=".polku.test.Item")
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    made: type[Message] = message_factory.GetMessageClass(pool.FindMessageTypeByName("polku.test.Thing"))
    return made


class EchoService:
    """Answers what `behaviour(text)` returns or awaits; it may raise."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    async def unary(self, request: StringValue, _: Any) -> Any:
        """One request, one answer."""
        return await self._answer(request.value)

    async def down(self, request: StringValue, _: Any) -> AsyncIterator[Any]:
        """One request, its words as answers."""
        for word in request.value.split():
            yield await self._answer(word)

    async def up(self, requests: AsyncIterator[StringValue], _: Any) -> Any:
        """Many requests, one answer."""
        return await self._answer(" ".join([request.value async for request in requests]))

    async def both(self, requests: AsyncIterator[StringValue], _: Any) -> AsyncIterator[Any]:
        """Many requests, an answer for each."""
        async for request in requests:
            yield await self._answer(request.value)

    async def thing(self, request: Message, _: Any) -> Any:
        """A request with rules."""
        return await self._answer("valid")

    async def _answer(self, text: str) -> Any:
        result = self._behaviour(text)
        if asyncio.iscoroutine(result):
            result = await result
        return StringValue(value=result) if isinstance(result, str) else result


def add_to_server(servicer: Any, server: grpc.aio.Server) -> None:
    """Register an EchoService, as generated code does."""
    read, write = StringValue.FromString, StringValue.SerializeToString
    handlers: dict[str, Any] = {
        "Unary": grpc.unary_unary_rpc_method_handler(servicer.unary, read, write),
        "Down": grpc.unary_stream_rpc_method_handler(servicer.down, read, write),
        "Up": grpc.stream_unary_rpc_method_handler(servicer.up, read, write),
        "Both": grpc.stream_stream_rpc_method_handler(servicer.both, read, write),
        "Thing": grpc.unary_unary_rpc_method_handler(servicer.thing, thing_class().FromString, write),
        "Open": grpc.unary_unary_rpc_method_handler(servicer.unary, read, write),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(NAME, handlers),))


class Echo:
    """A client of the service; requests may be raw bytes."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel

    async def call(self, kind: str, *texts: str | bytes, timeout: float | None = 5.0, metadata: Any = ()) -> list[str]:
        """Call a method and return the answers."""
        raw = [text if isinstance(text, bytes) else StringValue(value=text).SerializeToString() for text in texts]
        method: Any = getattr(self._channel, self._shape(kind))(
            f"/{NAME}/{kind}", request_serializer=None, response_deserializer=StringValue.FromString
        )
        upward = kind in ("Up", "Both")
        result = method(iter(raw) if upward else raw[0], timeout=timeout, metadata=metadata)
        if kind in ("Down", "Both"):
            return [answer.value async for answer in result]
        return [(await result).value]

    def _shape(self, kind: str) -> str:
        shapes = {"Down": "unary_stream", "Up": "stream_unary", "Both": "stream_stream"}
        return shapes.get(kind, "unary_unary")
