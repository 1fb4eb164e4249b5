"""One worker process: `python -m creditgate_server.app.worker FD`, started by the supervisor alone.

Its commission comes on standard input, which stays open: its end is the supervisor's end. FD is the pipe for its own
messages.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import os
import signal
import sys

import structlog
import uvloop

from ..errors import GateError
from ..service import logs, metrics
from ..service.calls import Calls
from ..service.presence import Presence
from ..service.readiness import Probe, Readiness
from ..service.rule_sets import RuleSets
from ..service.server import SERVICES, build_server, drain
from .build import build_gate, close_gate
from .messages import BEAT_SECONDS, Beat, Commission, Failed, Message, Ready, decode_commission, encode

_SWITCH_SECONDS = 0.0005
"""Longest wait of the receipt writer's thread for the interpreter while the loop is busy: some in every commit."""

_log = structlog.get_logger("creditgate.worker")


def main() -> int:
    """Run until SIGTERM or the supervisor's end. Exit status 1 where it can't start."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    messages = int(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the supervisor says when to end
    commission = decode_commission(sys.stdin.buffer.readline())
    settings = commission.read_settings()
    logs.configure(settings.log_level, settings.log_format, worker=commission.worker)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(commission, messages))
    except GateError as fault:
        _tell(messages, Failed(str(fault)))
        return 1
    return 0


async def _serve(commission: Commission, messages: int) -> None:
    settings = commission.read_settings()
    stop = _stop_event()
    gate, signers = await build_gate(commission.callers, settings, commission.worker)
    try:
        readiness = Readiness(Probe(gate.rules, gate.writer, settings.store_seconds), SERVICES)
        presence = Presence(gate, commission.address, commission.worker)
        rule_sets = RuleSets(gate, signers, presence, settings.prove_seconds)
        server = build_server(gate, rule_sets, readiness, settings, commission.address)
        await gate.rules.begin()
        await readiness.check()
        await server.start()
        await presence.say()  # who hears that it is ready finds it in the status
        _tell(messages, Ready())
        tasks = [
            asyncio.create_task(_beat(messages, settings.silence_seconds, gate.calls)),
            asyncio.create_task(readiness.watch()),
            asyncio.create_task(gate.rules.follow()),
            asyncio.create_task(presence.tell()),
        ]
        await stop.wait()
        await drain(server, gate.calls, readiness, settings.drain_seconds)
        for task in tasks:
            task.cancel()
        await presence.end()
    finally:
        faulthandler.cancel_dump_traceback_later()
        await close_gate(gate)


def _stop_event() -> asyncio.Event:
    """Set by SIGTERM, and by the end of standard input: the supervisor is gone."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def on_input() -> None:
        if not os.read(sys.stdin.fileno(), 1024):
            loop.remove_reader(sys.stdin.fileno())
            _log.error("supervisor gone, draining")
            stop.set()

    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_reader(sys.stdin.fileno(), on_input)
    return stop


async def _beat(messages: int, silence_seconds: float, calls: Calls) -> None:
    """Tell the supervisor every second that the loop is alive.

    Should the loop hang, in the engine with the GIL held even, a C thread writes where and ends the process: that
    works without a supervisor too.
    """
    while True:
        faulthandler.dump_traceback_later(silence_seconds, exit=True)
        _tell(messages, Beat())
        metrics.RUNNING.set(calls.running)
        await asyncio.sleep(BEAT_SECONDS)


def _tell(messages: int, message: Message) -> None:
    with contextlib.suppress(BrokenPipeError):  # the supervisor is gone, which standard input tells
        os.write(messages, encode(message))


if __name__ == "__main__":
    sys.exit(main())
