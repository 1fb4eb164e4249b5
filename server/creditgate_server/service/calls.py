"""What every call goes through: the limit on calls at a time, the mapping of errors, the counters and the log line.

A wrapper around the servicers' methods, not a gRPC interceptor: an aio interceptor looks the handler up anew for every
call, which this costs nothing of.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message
from prometheus_client import Counter, Histogram

from ..clock import rfc3339
from ..errors import NotReady, TooMuch
from ..ledger import trace
from . import metrics
from .logs import CallLog
from .status import abort, code_of, readable

Answer = TypeVar("Answer", bound=Message)
MOST_STREAMS = 32
"""Streams that one worker handles at the same time."""
Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(slots=True)
class Notes:
    """What the log says of a call; filled in on the way. Nothing personal belongs here."""

    caller: str = ""
    organ: str = ""
    item: str = ""
    outcome: str = ""
    receipt: str = ""
    questions: int = 0


class Calls:
    """The calls of one worker."""

    def __init__(self, most: int, log: CallLog, now: Callable[[], datetime]) -> None:
        """`most`: calls handled at the same time."""
        self._most = most
        self.log = log
        self._now = now
        self.running = 0
        self._refusing = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._streams = 0
        self.leaving = asyncio.Event()
        """Set when the worker drains: streams end."""

    async def handle(self, method: str, context: Context, answer: Callable[[Notes], Awaitable[Answer]]) -> Answer:
        """Handle one call; on an error, end it with the error's status."""
        started = time.perf_counter()
        notes = Notes()
        status = "CANCELLED"
        self._enter()
        try:
            if self._refusing:
                raise leaving()
            if self.running > self._most:
                raise TooMuch(f"同时处理的请求超过 {self._most} 个", "请稍后重试")
            trace.current.set(trace_of(context))
            result = await answer(notes)
            status = "OK"
            return result
        except Exception as exception:  # the edge: everything becomes a typed status
            fault = readable(exception)
            status = code_of(fault).name
            await abort(context, fault)
        finally:
            self._leave()
            self._record(method, status, time.perf_counter() - started, notes)

    async def stream(
        self, method: str, context: Context, events: Callable[[Notes], AsyncGenerator[Answer, None]]
    ) -> AsyncIterator[Answer]:
        """Handle one call that is answered with a stream, for as long as its caller stays.

        A worker that drains does not wait for it: `events` has to look at `leaving`.
        """
        started = time.perf_counter()
        notes = Notes()
        status = "CANCELLED"
        self._streams += 1
        try:
            if self._refusing:
                raise leaving()
            if self._streams > MOST_STREAMS:
                raise TooMuch(f"同时进行的订阅超过 {MOST_STREAMS} 个", "请稍后重试")
            async with aclosing(events(notes)) as answers:
                async for answer in answers:
                    yield answer
            status = "OK"
        except Exception as exception:  # the edge, as above
            fault = readable(exception)
            status = code_of(fault).name
            await abort(context, fault)
        finally:
            self._streams -= 1
            self._record(method, status, time.perf_counter() - started, notes)

    def refuse(self) -> None:
        """From now on every new call is told to try again, and streams end."""
        self._refusing = True
        self.leaving.set()

    async def idle(self) -> None:
        """Wait until no call is being handled."""
        await self._idle.wait()

    def _enter(self) -> None:
        self.running += 1
        self._idle.clear()

    def _leave(self) -> None:
        self.running -= 1
        if self.running == 0:
            self._idle.set()

    def _record(self, method: str, status: str, seconds: float, notes: Notes) -> None:
        _counter(method, status).inc()
        _timer(method).observe(seconds)
        event: dict[str, str | int | float] = {"method": method, "status": status, "ms": round(seconds * 1000, 2)}
        for name in ("caller", "organ", "item", "outcome", "receipt", "questions"):
            value = getattr(notes, name)
            if value:
                event[name] = value
        self.log.write(rfc3339(self._now()), event)


def leaving() -> NotReady:
    """The worker drains."""
    return NotReady("服务正在停止", "请用同一 request_id 重试")


@cache
def _counter(method: str, status: str) -> Counter:
    return metrics.CALLS.labels(method, status)


@cache
def _timer(method: str) -> Histogram:
    return metrics.CALL_SECONDS.labels(method)


def trace_of(context: Context) -> trace.Caller | None:
    """The trace context that a call brings; None where it brings none, or a wrong one."""
    for key, value in context.invocation_metadata() or ():
        if key == trace.HEADER and isinstance(value, str):
            return trace.read_traceparent(value)
    return None
