"""Work that a worker does beside its calls, again and again, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

_log = structlog.get_logger("creditgate.worker")


class Repetition:
    """Does something at once and then every so many seconds, until it is stopped."""

    def __init__(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        self._seconds = seconds
        self._work = work
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Do it no more; what is being done is waited for."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._work()
            except Exception:  # recorded, and tried again: nothing else would do it
                _log.exception("work beside the calls failed", work=self._thread.name)
            if self._stopping.wait(self._seconds):
                return
