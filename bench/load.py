"""Load: h2load (a C client, one fixed request), and a generator of our own (any requests) in its own process.

`python -m bench.load TARGET METHOD REQUESTS_FILE IN_FLIGHT CALLS START` prints one JSON object. Either has a core of
its own; what counts is the processor time that a call takes of the server's processes, not the rate.
"""

import json
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import grpc

from . import processor


@dataclass(frozen=True)
class Figures:
    """Of one row in one round."""

    per_second: float
    """Calls."""
    p50: float
    """Milliseconds."""
    p99: float
    processor_us: float = 0.0
    """Processor time of the server's processes for a call."""


@dataclass(frozen=True)
class Target:
    """A server under load."""

    address: str
    method: str
    pid: int


def measured(target: Target, run: Callable[[], tuple[int, Figures]]) -> Figures:
    """Figures of a run, with the processor time that a call took. `run` tells how many calls it made."""
    before = processor.tree(target.pid)
    calls, figures = run()
    return replace(figures, processor_us=(processor.tree(target.pid) - before) / calls * 1_000_000)


def h2load(target: Target, request: bytes, in_flight: int, calls: int) -> Figures:
    """One request over and over, by h2load on so many connections."""
    return measured(target, lambda: _h2load(target, request, in_flight, calls))


def _h2load(target: Target, request: bytes, in_flight: int, calls: int) -> tuple[int, Figures]:
    with tempfile.NamedTemporaryFile() as body, tempfile.NamedTemporaryFile("r") as log:
        body.write(b"\0" + len(request).to_bytes(4, "big") + request)
        body.flush()
        command = ["h2load", "-n", str(calls), "-c", str(in_flight), "-m", "1", "-d", body.name]
        command += ["--log-file", log.name, "-H", "content-type: application/grpc", "-H", "te: trailers"]
        command = processor.pinned(processor.CLIENT_CORE, [*command, f"http://{target.address}{target.method}"])
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - started
        lines = [line.split("\t") for line in log]
    if len(lines) != calls or any(line[1] != "200" for line in lines):
        raise RuntimeError("calls failed")  # a gRPC status is not seen here: `answered` asks for one first
    return calls, _figures([int(line[2]) / 1_000_000 for line in lines], seconds)


def own(target: Target, requests: list[bytes], in_flight: int, calls: int, start: int = 0) -> Figures:
    """Any requests, by the generator of our own, each asked once where there are enough. `start`: place of the first."""
    return measured(target, lambda: _own(target, requests, in_flight, calls, start))


def _own(target: Target, requests: list[bytes], in_flight: int, calls: int, start: int) -> tuple[int, Figures]:
    with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
        pickle.dump(requests, file)
        file.flush()
        command = [sys.executable, "-m", "bench.load", target.address, target.method, file.name]
        command = processor.pinned(processor.CLIENT_CORE, [*command, str(in_flight), str(calls), str(start)])
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return calls, Figures(**json.loads(done.stdout))


def generate(address: str, method: str, requests: list[bytes], in_flight: int, calls: int, start: int) -> Figures:
    """Closed loop: so many callers, each on a connection of its own, ask one request after another."""
    places, lock = iter(range(start, start + calls)), threading.Lock()
    times: list[float] = []

    def caller() -> None:
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", 64 << 20)]
        with grpc.insecure_channel(address, options=options) as channel:
            call = channel.unary_unary(method)  # bytes out, bytes in: nothing is parsed
            while True:
                with lock:
                    place = next(places, None)
                if place is None:
                    return
                asked = time.perf_counter()
                answer = call(requests[place % len(requests)])
                times.append(time.perf_counter() - asked)
                if len(answer) < 20:
                    raise RuntimeError("an answer without content")

    started = time.perf_counter()
    with ThreadPoolExecutor(in_flight) as pool:
        for running in [pool.submit(caller) for _ in range(in_flight)]:
            running.result()
    return _figures(times, time.perf_counter() - started)


def answered(target: Target, request: bytes) -> int:
    """Bytes of the answer to a request, which must be a good one."""
    with grpc.insecure_channel(target.address) as channel:
        return len(channel.unary_unary(target.method)(request))


def _figures(times: list[float], seconds: float) -> Figures:
    times.sort()
    return Figures(
        per_second=len(times) / seconds,
        p50=times[len(times) // 2] * 1000,
        p99=times[int(len(times) * 0.99)] * 1000,
    )


if __name__ == "__main__":
    asked = pickle.loads(Path(sys.argv[3]).read_bytes())  # our own file
    print(json.dumps(vars(generate(sys.argv[1], sys.argv[2], asked, *(int(number) for number in sys.argv[4:7])))))
