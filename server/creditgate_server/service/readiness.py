"""Whether this worker can answer: told by the standard health service, found out by probing the store every second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from grpc_health.v1 import health, health_pb2

from ..errors import GateError, StoreDown
from ..ledger.writer import ReceiptWriter
from . import metrics
from .in_force import RulesInForce

PROBE_SECONDS = 1.0
"""Seconds from one probe to the next."""

_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING

_log = structlog.get_logger("creditgate.readiness")


class Probe:
    """Finds out whether questions can be answered: a rule set is in force here, and the store takes receipts."""

    def __init__(self, rules: RulesInForce, writer: ReceiptWriter, seconds: float) -> None:
        """`seconds`: longest wait for the store."""
        self._rules = rules
        self._writer = writer
        self._seconds = seconds

    async def __call__(self) -> None:
        """Raises NotReady, StoreDown, StoreFault, NotAllowed."""
        await self._rules.take()
        try:
            await asyncio.wait_for(asyncio.to_thread(self._writer.probe), self._seconds)
        except TimeoutError as fault:
            raise StoreDown(f"存储 {self._seconds:g} 秒内没有回应", "检查数据库") from fault


class Readiness:
    """The worker's health, for the whole and for each service."""

    def __init__(self, probe: Callable[[], Awaitable[None]], services: tuple[str, ...]) -> None:
        """`probe` raises a GateError where no question can be answered. Not serving until the first good one."""
        self.servicer = health.aio.HealthServicer()
        self._probe = probe
        self._names = ("", *services)
        self._good: bool | None = None
        self._leaving = False

    async def check(self) -> bool:
        """Probe once, and tell."""
        try:
            await self._probe()
        except GateError as fault:
            await self._tell(good=False, why=str(fault))
            return False
        await self._tell(good=True, why="")
        return True

    async def watch(self) -> None:
        """Probe every second, for ever."""
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            await self.check()

    async def leave(self) -> None:
        """Not serving from now on: the worker drains."""
        self._leaving = True
        metrics.SERVING.set(0)
        await self.servicer.enter_graceful_shutdown()

    async def _tell(self, *, good: bool, why: str) -> None:
        if good == self._good or self._leaving:
            return
        self._good = good
        metrics.SERVING.set(int(good))
        for name in self._names:
            await self.servicer.set(name, _SERVING if good else _NOT_SERVING)
        if good:
            _log.info("serving")
        else:
            _log.error("not serving", why=why)
