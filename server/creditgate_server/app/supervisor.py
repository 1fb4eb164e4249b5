"""Keeps N workers serving: starts them, hears their heartbeats, replaces the dead, drains them at the end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from prometheus_client import multiprocess

from ..errors import SetupFault
from ..service.metrics import SHARED_FOLDER
from ..settings import Settings
from .child import Child

_log = structlog.get_logger("creditgate.supervisor")

BACK_OFF_SECONDS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Wait before a worker's first, second, … restart in a row; the last holds for all that follow."""
SOUND_SECONDS = 30.0
"""A worker that lived so long was sound: its next restart counts as the first."""
LAST_WORD_SECONDS = 5.0
"""Beyond the drain time, before a worker that does not end is killed."""


class Supervisor:
    """The workers of one service."""

    def __init__(self, settings: Settings, commissions: tuple[bytes, ...], metrics_folder: str) -> None:
        """One commission a worker. `metrics_folder`: where workers share counters; empty where metrics are off."""
        self._settings = settings
        self._commissions = commissions
        self._metrics_folder = metrics_folder
        self._stop = asyncio.Event()
        self._children: dict[int, Child] = {}

    async def run(self, announce: Callable[[], None]) -> None:
        """Serve until SIGTERM or SIGINT. `announce` is called once, when every worker serves.

        Raises SetupFault where a worker can't start the first time.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        numbers = range(len(self._commissions))
        try:
            ready = asyncio.gather(*(self._start(number) for number in numbers))
            stopped = asyncio.create_task(self._stop.wait())
            either: set[asyncio.Future[Any]] = {ready, stopped}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if self._stop.is_set():
                ready.cancel()
            else:
                self._require_ready(await ready)
                announce()
            keepers = [asyncio.create_task(self._keep(number)) for number in numbers if number in self._children]
            await stopped
            await self._drain(keepers)
        finally:
            for child in self._children.values():
                await child.kill()

    async def _start(self, number: int) -> Child:
        child = await Child.start(self._commissions[number], _environment(os.environ, self._metrics_folder))
        self._children[number] = child
        if await child.become_ready(self._settings.start_seconds):
            _log.info("worker ready", number=number + 1, pid=child.pid)
        else:
            await child.kill()
        return child

    @staticmethod
    def _require_ready(children: list[Child]) -> None:
        for child in children:
            if not child.ready:
                raise SetupFault(child.failure or "工作进程启动时异常退出", "原因见上面的日志")

    async def _keep(self, number: int) -> None:
        """Replace this worker each time it dies, with growing waits, until the service stops."""
        deaths = 0
        while not self._stop.is_set():
            since = time.monotonic()
            child = self._children[number]
            status = await child.live(self._settings.silence_seconds) if child.ready else await child.kill()
            self._forget(child)
            if self._stop.is_set():
                return
            deaths = 0 if time.monotonic() - since >= SOUND_SECONDS else deaths
            wait = BACK_OFF_SECONDS[min(deaths, len(BACK_OFF_SECONDS) - 1)]
            deaths += 1
            _log.error("worker died", number=number + 1, pid=child.pid, status=status, restart_in_seconds=wait)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), wait)
            if not self._stop.is_set():
                await self._start(number)

    async def _drain(self, keepers: list[asyncio.Task[None]]) -> None:
        _log.info("draining", workers=len(keepers), seconds=self._settings.drain_seconds)
        for child in self._children.values():
            child.terminate()
        if keepers:
            await asyncio.wait(keepers, timeout=self._settings.drain_seconds + LAST_WORD_SECONDS)
        for keeper in keepers:
            keeper.cancel()

    def _forget(self, child: Child) -> None:
        if self._metrics_folder:
            multiprocess.mark_process_dead(child.pid, self._metrics_folder)  # type: ignore[no-untyped-call]


def _environment(own: Mapping[str, str], metrics_folder: str) -> dict[str, str]:
    """A worker's environment. Its settings come with the commission, so the variables for them stay out."""
    kept = {name: value for name, value in own.items() if not name.startswith("CREDITGATE_")}
    return {**kept, SHARED_FOLDER: metrics_folder} if metrics_folder else kept
