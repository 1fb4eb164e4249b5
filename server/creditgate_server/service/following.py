"""What the outcome streams of a worker share: one look at the store, and one turn at reading."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from ..ledger.stream import StreamState, look
from ..storage.database import Store

_LOOK_SECONDS = 0.5
"""From one look at the store to the next, at least, and from a look to the last stream's taking note of it, at most."""
PAGE = 20
"""Events that a stream reads in a turn: some milliseconds of the interpreter."""
_REST = 3.0
"""Streams rest so many times what they took while calls are handled: theirs is a quarter of the interpreter at most."""
_NOTICE_SECONDS = 0.5
"""A stream that waits for another one sees within this time that its caller has gone."""


class StreamTurns:
    """Streams that are quiet look together; those that read do so one at a time, and give way to calls."""

    def __init__(self, store: Store, now: Callable[[], datetime], busy: Callable[[], bool]) -> None:
        """`busy`: whether calls are being handled."""
        self._store = store
        self._now = now
        self._busy = busy
        self._lock = threading.Lock()
        self._organs: Counter[str] = Counter()
        self._looking = threading.Lock()
        self._look: StreamState | None = None
        self._next_look = 0.0
        self._reading = threading.Lock()

    @contextmanager
    def organ(self, organ: str) -> Iterator[None]:
        """An organ is looked at as long as someone follows it."""
        with self._lock:
            self._organs[organ] += 1
        try:
            yield
        finally:
            with self._lock:
                self._organs[organ] -= 1
                self._organs += Counter()  # without those that nobody follows

    def look(self) -> StreamState | None:
        """The last look, made now where it is due: by whoever comes first. Raises StoreDown."""
        if time.monotonic() < self._next_look or not self._looking.acquire(timeout=_NOTICE_SECONDS):
            return self._look
        try:
            if time.monotonic() >= self._next_look:
                with self._lock:
                    organs = sorted(self._organs)
                self._look = look(self._store, organs, self._now())
                self._next_look = time.monotonic() + _LOOK_SECONDS
            return self._look
        finally:
            self._looking.release()

    def until_look(self) -> float:
        """Seconds until a quiet stream looks again: not all at once, which calls would notice."""
        due = max(0.0, self._next_look - time.monotonic())
        return due + _LOOK_SECONDS * random.random()  # noqa: S311 - spreads them

    @contextmanager
    def turn(self, pause: Callable[[float], None]) -> Iterator[None]:
        """Read as long as the block lasts. `pause` waits so many seconds, and raises where nobody waits any more."""
        while not self._reading.acquire(timeout=_NOTICE_SECONDS):
            pause(0)
        try:
            began = time.thread_time()
            yield
            if self._busy():
                pause(_REST * (time.thread_time() - began))
        finally:
            self._reading.release()
