"""A bare gRPC echo server that answers with bytes of an answer's size: `python -m bench.echo KIND SIZE`."""

import asyncio
import sys
from concurrent import futures

import grpc
import grpc.aio
import uvloop

METHOD = "/bench.Echo/Echo"


def handlers(behaviour):
    handler = grpc.unary_unary_rpc_method_handler(behaviour)
    return (grpc.method_handlers_generic_handler("bench.Echo", {"Echo": handler}),)


def sync(answer: bytes) -> None:
    """The ordinary grpcio server with 4 threads."""
    server = grpc.server(futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers(handlers(lambda request, context: answer))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()


async def aio(answer: bytes) -> None:
    """The service's own kind: asyncio with uvloop."""

    async def echo(request, context):
        return answer

    server = grpc.aio.server()
    server.add_generic_rpc_handlers(handlers(echo))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    kind, size = sys.argv[1], int(sys.argv[2])
    if kind == "sync":
        sync(b"x" * size)
    else:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(aio(b"x" * size))
