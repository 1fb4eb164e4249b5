"""A bare gRPC echo on grpcio's own server, with bytes of an answer's size: `python -m bench.echo SIZE`."""

import sys
from concurrent import futures

import grpc

METHOD = "/bench.Echo/Echo"
THREADS = 4


def main(answer: bytes) -> None:
    server = grpc.server(futures.ThreadPoolExecutor(THREADS))
    handler = grpc.unary_unary_rpc_method_handler(lambda request, context: answer)
    server.add_registered_method_handlers("bench.Echo", {"Echo": handler})
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main(b"x" * int(sys.argv[1]))
