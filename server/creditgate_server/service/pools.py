"""Threads that calls are handled in: a fixed number for each sort of call, so that no sort starves another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, TypeVar

import structlog

from ..errors import GateError, NotReady, TooMuch

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


class Pool(ThreadPoolExecutor):
    """Some threads and a queue. What finds no room goes to one more thread, in which `refusal` tells why.

    A ThreadPoolExecutor by name alone: grpcio takes nothing else. Its own submit costs a call several locks and a
    future that nobody looks at.
    """

    def __init__(self, name: str, threads: int, room: Room) -> None:
        super().__init__(1)  # starts no thread before its own submit is called, which never is
        self._room = room
        self._work: SimpleQueue[_Work | None] = SimpleQueue()
        self._refused: SimpleQueue[_Work | None] = SimpleQueue()
        self._members = [
            threading.Thread(target=self._handle, name=f"{name}-{number}", daemon=True) for number in range(threads)
        ]
        self._members.append(threading.Thread(target=self._refuse, name=f"{name}-refusing", daemon=True))
        for member in self._members:
            member.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as its base
        """Have a call handled, or refused. The future is never done: grpcio only counts with it."""
        (self._work if self._room.enter() else self._refused).put((fn, args, kwargs))
        return _NEVER

    def take(self, behaviour: Behaviour) -> Behaviour:
        """Have this pool handle the calls of a behaviour: grpcio looks at an attribute of it."""
        behaviour.experimental_thread_pool = self  # type: ignore[attr-defined]
        return behaviour

    def end(self, seconds: float) -> None:
        """Let the threads end when they have nothing left to do, and wait for them so long."""
        for _ in self._members[:-1]:
            self._work.put(None)
        self._refused.put(None)
        until = time.monotonic() + seconds
        for member in self._members:
            member.join(max(0.0, until - time.monotonic()))

    def _handle(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                _run(work)
            finally:
                self._room.leave()
            del work  # holds the call's parts, which are to go before the next comes

    def _refuse(self) -> None:
        _here.room = self._room
        while (work := self._refused.get()) is not None:
            _run(work)


_Work = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


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


def _run(work: _Work) -> None:
    function, given, named = work
    try:
        function(*given, **named)
    except Exception as fault:  # grpcio catches what a handler raises: this is its own, and the thread goes on
        _log.error("call not handled", exc_info=fault)
