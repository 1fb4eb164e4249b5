"""The engine's turn: one thread at a time looks up, judges and drafts."""

from __future__ import annotations

import threading
import time

_WAY_SECONDS = 0.0002
"""Long enough for a thread that waits to be woken and to have the lock."""


class Turns:
    """A lock that knows whether someone waits for it, and whether it moves: `with turns:`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = threading.Lock()
        self._waiting = 0
        self._taken = 0

    def __enter__(self) -> None:
        """Have the engine for as long as the block lasts."""
        if not self._lock.acquire(blocking=False):
            self._wait(1)
            self._lock.acquire()
            self._wait(-1)
        self._taken += 1

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def _wait(self, change: int) -> None:
        with self._count:
            self._waiting += change

    def give_way(self) -> None:
        """Between two questions of a batch: whoever waits comes first. A lock alone would go to who had it last."""
        if self._waiting > 0:
            time.sleep(_WAY_SECONDS)

    def move(self, seconds: float) -> bool:
        """Whether the engine can be had, or has changed hands, within so long: it hangs otherwise."""
        before = self._taken
        if self._lock.acquire(timeout=seconds):
            self._lock.release()
            return True
        return self._taken != before
