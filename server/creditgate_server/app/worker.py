"""One worker process: `python -m creditgate_server.app FD`, started by the supervisor alone.

Its commission comes on standard input, which stays open: its end is the supervisor's end. FD is the pipe for its own
messages.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import select
import signal
import sys

import structlog

from ..errors import GateError
from ..ledger.clock_watch import ClockWatch
from ..ledger.environment import here
from ..ledger.writer import ReceiptWriter
from ..present import steady_seconds, utc_now
from ..publication.rule_sets import require_rule_set
from ..publication.signers import Signers
from ..registry.identity import PersonKey, key_path
from ..registry.lookup import Registry
from ..service import logs, metrics
from ..service.callers import Caller, Callers
from ..service.calls import Calls
from ..service.gate import Gate
from ..service.health import Health
from ..service.in_force import POLL_SECONDS, RulesInForce
from ..service.logs import CallLog
from ..service.pack import Packers
from ..service.presence import Presence
from ..service.readiness import PROBE_SECONDS, Probe, Readiness
from ..service.repeated import Repetition
from ..service.rule_sets import RuleSets
from ..service.second_opinion import SecondOpinions
from ..service.server import SERVICES, build_server, drain
from ..service.turns import Turns
from ..settings import Settings
from ..storage.database import open_store
from .messages import BEAT_SECONDS, Beat, Commission, Message, Ready, StartFailure, decode_commission, encode

_LAST_SECONDS = 1.0
"""For threads of calls that did not end in time."""


def build_gate(callers: tuple[Caller, ...], settings: Settings, worker: int = 0) -> tuple[Gate, Signers | None]:
    """A worker's parts. To be closed with `close_gate`. Raises SetupFault."""
    signers = Signers.read(settings.signers) if settings.signers else None
    store = open_store(settings.store)
    opinions = SecondOpinions(settings.second_opinion_share, settings.second_opinion_queue)
    opinions.start()
    gate = Gate(
        rules=RulesInForce(store, signers, utc_now, patience_seconds=settings.store_seconds),
        registry=Registry(store),
        writer=ReceiptWriter(
            store,
            now=utc_now,
            patience_seconds=settings.store_seconds,
            algorithm=settings.ledger_hash,
            environment=here().digest(),
            watch=ClockWatch(store, utc_now, steady=steady_seconds, excused=settings.clock_excused),
        ),
        store=store,
        person_key=PersonKey.load(key_path(store, settings.person_key)),
        calls=Calls(
            Callers(callers),
            settings.concurrent_calls,
            CallLog(settings.log_level, settings.log_format, worker=worker),
            utc_now,
        ),
        turns=Turns(),
        opinions=opinions,
        packers=Packers(lambda digest: require_rule_set(store, digest)),
        now=utc_now,
        region=settings.region,
    )
    return gate, signers


def close_gate(gate: Gate) -> None:
    """Write what waits, end the threads, close the store."""
    gate.writer.close()
    gate.opinions.close()
    gate.rules.close()
    gate.calls.close(_LAST_SECONDS)
    gate.store.close()


_COLLECT_AFTER = 10_000
"""Objects more than before, and the collector looks at the young ones. A call leaves next to none behind."""

_log = structlog.get_logger("creditgate.worker")


def main() -> int:
    """Run until SIGTERM or the supervisor's end. Exit status 1 where it can't start."""
    messages = int(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the supervisor says when to end
    commission = decode_commission(sys.stdin.buffer.readline())
    settings = commission.read_settings()
    logs.configure(settings.log_level, settings.log_format, worker=commission.worker)
    try:
        _serve(commission, messages)
    except GateError as fault:
        _tell(messages, StartFailure(str(fault)))
        return 1
    return 0


def _serve(commission: Commission, messages: int) -> None:
    settings = commission.read_settings()
    end = _End()
    gate, signers = build_gate(commission.callers, settings, commission.worker)
    try:
        health = Health(SERVICES)
        readiness = Readiness(Probe(gate.rules, gate.writer, settings.store_seconds), health)
        presence = Presence(gate, commission.address, commission.worker)
        rule_sets = RuleSets(gate, signers, presence, settings.prove_seconds)
        server = build_server(gate, rule_sets, health, settings, commission.address)
        gate.rules.begin()
        readiness.check()
        _settle_memory()
        server.start()
        presence.say()  # who hears that it is ready finds it in the status
        _tell(messages, Ready())
        beside = [
            Repetition("readiness", PROBE_SECONDS, readiness.check),
            Repetition("rules", POLL_SECONDS, gate.rules.follow),
            Repetition("presence", POLL_SECONDS, presence.tell),
            Repetition("beat", BEAT_SECONDS, lambda: _beat(messages, settings.silence_seconds, gate.turns, gate.calls)),
        ]
        end.wait()
        drain(server, gate.calls, readiness, settings.drain_seconds)
        for work in beside:
            work.stop()
        presence.end()
    finally:
        faulthandler.cancel_dump_traceback_later()
        close_gate(gate)


def _settle_memory() -> None:
    """What was loaded stays: the collector is not to look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)


class _End:
    """Comes with SIGTERM, and with the end of standard input: the supervisor is gone."""

    def __init__(self) -> None:
        self._signals, woken = os.pipe()
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(woken)
        signal.signal(signal.SIGTERM, lambda *_: None)  # the byte in the pipe is what counts

    def wait(self) -> None:
        """Wait for it."""
        commissioner = sys.stdin.fileno()
        while True:
            ready, _, _ = select.select([self._signals, commissioner], [], [])
            if self._signals in ready:
                return
            if not os.read(commissioner, 1024):
                _log.error("supervisor gone, draining")
                return


def _beat(messages: int, silence_seconds: float, turns: Turns, calls: Calls) -> None:
    """Tell the supervisor every second that the engine moves.

    Should it hang, with the GIL held even, a C thread writes where and ends the process: that works without a
    supervisor too.
    """
    faulthandler.dump_traceback_later(silence_seconds, exit=True)
    if turns.move(2 * silence_seconds):  # longer than the other's patience: that one is to fire
        _tell(messages, Beat())
        metrics.RUNNING.set(calls.running)


def _tell(messages: int, message: Message) -> None:
    with contextlib.suppress(BrokenPipeError):  # the supervisor is gone, which standard input tells
        os.write(messages, encode(message))
