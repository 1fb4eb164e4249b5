"""Whether this worker can answer: found out by probing the store every second, told by the standard health service."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from ..errors import GateError, StoreDown
from ..ledger.writer import ReceiptWriter
from . import metrics
from .health import Health
from .in_force import RulesInForce

PROBE_SECONDS = 1.0
"""Seconds from one probe to the next."""

_log = structlog.get_logger("creditgate.readiness")


class Probe:
    """Finds out whether questions can be answered: a rule set is in force here, and the store takes receipts."""

    def __init__(self, rules: RulesInForce, writer: ReceiptWriter, seconds: float) -> None:
        """`seconds`: longest wait for the store."""
        self._rules = rules
        self._writer = writer
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(1, "probe")
        self._tried: Future[None] | None = None

    def __call__(self) -> None:
        """Raises NotReady, StoreDown, StoreFault, NotAllowed."""
        self._rules.take()
        if self._tried is None:  # else the last try is still under way
            self._tried = self._pool.submit(self._writer.probe)
        try:
            self._tried.result(self._seconds)
        except TimeoutError as fault:
            raise StoreDown(f"存储 {self._seconds:g} 秒内没有回应", "检查数据库") from fault
        finally:
            if self._tried.done():
                self._tried = None


class Readiness:
    """The worker's health."""

    def __init__(self, probe: Callable[[], None], health: Health) -> None:
        """`probe` raises a GateError where no question can be answered. Not serving until the first good one."""
        self._health = health
        self._probe = probe
        self._good: bool | None = None
        self._leaving = False

    def check(self) -> None:
        """Probe once, and tell: to be done every PROBE_SECONDS."""
        try:
            self._probe()
        except GateError as fault:
            self._tell(good=False, why=str(fault))
        else:
            self._tell(good=True, why="")

    def leave(self) -> None:
        """Not serving from now on: the worker drains."""
        self._leaving = True
        metrics.SERVING.set(0)
        self._health.tell(good=False)

    def _tell(self, *, good: bool, why: str) -> None:
        if good == self._good or self._leaving:
            return
        self._good = good
        metrics.SERVING.set(int(good))
        self._health.tell(good=good)
        if good:
            _log.info("serving")
        else:
            _log.error("not serving", why=why)
