"""The least that a call to a gRPC service in Python takes: a server that gives back what it is sent.

python -m tests.bench.echo    prints its port and serves until its input ends
"""

import asyncio
import sys
from typing import Any

import grpc
import uvloop


async def _echo(request: bytes, context: Any) -> bytes:
    return request


async def _serve() -> None:
    server = grpc.aio.server()
    handlers = {"Echo": grpc.unary_unary_rpc_method_handler(_echo)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", handlers),))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    await server.start()
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(0)


if __name__ == "__main__":
    uvloop.run(_serve())
