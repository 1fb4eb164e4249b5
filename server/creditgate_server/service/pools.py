"""Threads that calls are handled in: a fixed number for each sort of call, so that no sort starves another."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import structlog

from ..errors import GateError, NotReady, TooMuch
from .deferred import DeferredAnswer
from .early import Work, receive, resume

_log = structlog.get_logger("creditgate.pools")
_here = threading.local()

Behaviour = TypeVar("Behaviour", bound=Callable[..., Any])


class Room:
    """How many calls a worker has at the same time, queued ones among them; shared by its pools."""

    def __init__(self, most: int, full: str) -> None:
        """`full`: what is said to a call beyond."""
        self._most = most
        self._full = full
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._leaving = False
        self.present = 0

    def enter(self) -> bool:
        """A call comes; False where it has to be refused."""
        with self._lock:
            if self._leaving or self.present >= self._most:
                return False
            self.present += 1
            if self.present == 1:
                self._idle.clear()
            return True

    def leave(self) -> None:
        """A call that had entered has ended."""
        with self._lock:
            self.present -= 1
            if self.present == 0:
                self._idle.set()

    def close(self) -> None:
        """Refuse every call from now on."""
        with self._lock:
            self._leaving = True

    def await_idle(self, seconds: float) -> None:
        """Wait until every call that had entered has ended, but no longer."""
        self._idle.wait(seconds)

    def refusal(self) -> GateError:
        """Why a call is refused."""
        return leaving() if self._leaving else TooMuch(self._full, "请稍后重试")


class _Crew:
    """Some threads and a queue. The one that went to sleep last is woken first: what it works with is still near.

    One thread is woken at a time, and wakes the next when it has work and more is there. Where the first ones have done
    it all before the next had the interpreter, no more are woken; as soon as one waits for something, the next comes.
    """

    def __init__(self, name: str, threads: int, handle: Callable[[Work], None]) -> None:
        self._handle = handle
        self._lock = threading.Lock()
        self._asleep: list[threading.Lock] = []
        """Of each sleeping thread the lock that wakes it."""
        self._waking = False
        self._queue: deque[Work] = deque()
        self._ending = False
        self._threads = [
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, work: Work) -> None:
        """Have something done, as soon as a thread is free."""
        with self._lock:
            self._queue.append(work)
            self._wake()

    def end(self, until: float) -> None:
        """Let the threads end when nothing is left to do, and wait for them until then by `time.monotonic`."""
        with self._lock:
            self._ending = True
            asleep, self._asleep = self._asleep, []
        for woken in asleep:
            woken.release()
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        woken = threading.Lock()
        woken.acquire()
        while True:
            work = self._next(woken)
            if work is None:
                return
            self._handle(work)
            del work  # holds the call's parts, which are to go before the next comes

    def _next(self, woken: threading.Lock) -> Work | None:
        while True:
            with self._lock:
                if self._queue:
                    work = self._queue.popleft()
                    self._wake()
                    return work
                if self._ending:
                    return None
                self._asleep.append(woken)
            woken.acquire()
            self._waking = False

    def _wake(self) -> None:
        """Another thread, where there is work for it and none is on its way. With the lock held."""
        if self._queue and self._asleep and not self._waking:
            self._waking = True
            self._asleep.pop().release()


class Pool(ThreadPoolExecutor):
    """Threads for calls. What finds no room goes to one more thread, in which `refusal` tells why.

    A ThreadPoolExecutor by name alone: grpcio takes nothing else. Its own submit costs a call several locks and a
    future that nobody looks at.
    """

    def __init__(self, name: str, threads: int, room: Room) -> None:
        super().__init__(1)  # starts no thread before its own submit is called, which never is
        self._room = room
        self._crew = _Crew(name, threads, self._handle)
        self._refusing = _Crew(f"{name}-refusing", 1, self._refuse)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as its base
        """Have a call handled, or refused. The future is never done: grpcio only counts with it."""
        if not receive(fn, args, self._put):
            self._put(partial(fn, *args, **kwargs))
        return _NEVER

    def take(self, behaviour: Behaviour) -> Behaviour:
        """Have this pool handle the calls of a behaviour: grpcio looks at an attribute of it."""
        behaviour.experimental_thread_pool = self  # type: ignore[attr-defined]
        return behaviour

    def end(self, seconds: float) -> None:
        """Let the threads end when they have nothing left to do, and wait for them so long."""
        until = time.monotonic() + seconds
        self._crew.end(until)
        self._refusing.end(until)

    def _put(self, work: Work) -> None:
        (self._crew if self._room.enter() else self._refusing).put(work)

    def _handle(self, work: Work) -> None:
        deferred: DeferredAnswer | None = None
        try:
            deferred = _run(work)
        finally:
            if deferred is None:
                self._room.leave()
        if deferred is not None:
            deferred.begin(self._settled)

    def _settled(self, deferred: DeferredAnswer) -> None:
        """The rest of a call, in the thread that wrote its receipt."""
        rest = partial(resume, deferred)
        if deferred.slow:
            self._crew.put(rest)
        else:
            self._handle(rest)

    def _refuse(self, work: Work) -> None:
        _here.room = self._room
        _run(work)


class _Never(Future[Any]):
    """Stands for a call's end, which nobody waits for."""

    def add_done_callback(self, fn: Callable[[Future[Any]], object]) -> None:
        """Forget it: a count for a limit of grpcio's own, which is not set."""


_NEVER = _Never()


def refusal() -> GateError | None:
    """Why the call that this thread handles is refused; None where it is not."""
    room: Room | None = getattr(_here, "room", None)
    return room.refusal() if room is not None else None


def leaving() -> NotReady:
    """The worker drains."""
    return NotReady("服务正在停止", "请用同一 request_id 重试")


def _run(work: Work) -> DeferredAnswer | None:
    try:
        return work()
    except Exception as fault:  # grpcio catches what a handler raises: this is its own, and the thread goes on
        _log.error("call not handled", exc_info=fault)
        return None
