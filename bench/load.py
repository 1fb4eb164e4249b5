"""Load: h2load where it is installed (one fixed request), and a generator of our own (any requests) in its own process.

`python -m bench.load TARGET METHOD REQUESTS_FILE IN_FLIGHT SECONDS` prints one JSON object.
"""

import asyncio
import json
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import grpc
import grpc.aio
import uvloop


@dataclass(frozen=True)
class Figures:
    """Calls a second, and the time of a call in milliseconds."""

    per_second: float
    p50: float
    p99: float


async def generate(target: str, method: str, requests: list[bytes], in_flight: int, seconds: float) -> dict:
    """Closed loop: so many callers, each on a connection of its own, ask one request after another."""
    times: list[float] = []
    end = time.perf_counter() + seconds

    async def caller(number: int) -> None:
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", 64 << 20)]
        async with grpc.aio.insecure_channel(target, options=options) as channel:
            call = channel.unary_unary(method)  # bytes out, bytes in: nothing is parsed
            place = number
            while time.perf_counter() < end:
                started = time.perf_counter()
                answer = await call(requests[place % len(requests)])
                times.append(time.perf_counter() - started)
                if len(answer) < 20:
                    raise RuntimeError("an answer without content")
                place += in_flight

    started = time.perf_counter()
    await asyncio.gather(*(caller(number) for number in range(in_flight)))
    times.sort()
    return {
        "per_second": len(times) / (time.perf_counter() - started),
        "p50": times[len(times) // 2] * 1000,
        "p99": times[int(len(times) * 0.99)] * 1000,
    }


def own(target: str, method: str, requests: list[bytes], in_flight: int, seconds: float) -> Figures:
    """Figures by the generator of our own."""
    with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
        pickle.dump(requests, file)
        file.flush()
        command = [sys.executable, "-m", "bench.load", target, method, file.name, str(in_flight), str(seconds)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Figures(**json.loads(done.stdout))


def h2load(target: str, method: str, request: bytes, in_flight: int, seconds: float) -> Figures | None:
    """Figures by h2load with one fixed request; None where it is not installed."""
    if shutil.which("h2load") is None:
        return None
    with tempfile.NamedTemporaryFile() as body:
        body.write(b"\0" + len(request).to_bytes(4, "big") + request)
        body.flush()
        command = [
            "h2load",
            "-c",
            str(in_flight),
            "-m",
            "1",
            "-D",
            str(max(1, round(seconds))),
            "--warm-up-time",
            "1",
            "-d",
            body.name,
        ]
        command += ["-H", "content-type: application/grpc", "-H", "te: trailers", f"http://{target}{method}"]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    count = re.search(r"requests: (\d+) total", output)
    mean = re.search(r"time for request:\s+\S+\s+(\S+)\s+(\S+)", output)
    if count is None or mean is None:
        raise RuntimeError(output)
    return Figures(
        int(count[1]) / max(1, round(seconds)), _milliseconds(mean[2]), _milliseconds(mean[1])
    )  # mean and maximum


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


if __name__ == "__main__":
    requests = pickle.loads(Path(sys.argv[3]).read_bytes())  # our own file
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(
            json.dumps(runner.run(generate(sys.argv[1], sys.argv[2], requests, int(sys.argv[4]), float(sys.argv[5]))))
        )
