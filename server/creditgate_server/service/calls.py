"""What every call goes through: its thread, the limits, who calls, the request's bytes, errors, counters, the log line.

Handlers are registered with the bytes as they come, so that what can't be decoded is a call like any other. Not gRPC
interceptors: they look the handler up anew for every call.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import datetime
from functools import cache
from typing import Any, Protocol

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from prometheus_client import Counter, Histogram

from ..clock import rfc3339
from ..errors import InvalidQuestion
from ..ledger import trace
from . import metrics
from .callers import Caller, Callers
from .deferred import DeferredAnswer, Deferring, waiting
from .logs import CallLog
from .pools import Pool, Room, leaving, refusal
from .status import Abandoned, abort, code_of, readable

THREADS = 32
"""For short calls: beyond so many at a time only the queue grows."""
THREADS_ASIDE = 16
"""For those that take long. All pools together stay below the hundred threads that a hanging worker can tell of."""
MOST_STREAMS = 32
"""Streams that one worker handles at the same time; each has a thread."""

Context = grpc.ServicerContext


class Servicer(Protocol):
    """A service of the contract: a method for each of its methods, named in small letters, `(request, call)`.

    It gives the answer, the answer's bytes, or the answer that comes with its receipt.
    """

    @property
    def SERVICE(self) -> ServiceDescriptor:  # noqa: N802 - a constant of the class
        """Of the contract."""
        ...

    @property
    def QUICK(self) -> frozenset[str]:  # noqa: N802 - as above
        """Names in the contract of methods that are short: the others have threads of their own."""
        ...


class Call:
    """One call: who calls, and what the log says of it. Nothing personal belongs into the latter."""

    __slots__ = (
        *("_calls", "_context", "_over", "caller", "item", "method", "organ", "outcome", "questions", "receipt"),
        "started",
    )

    caller: Caller

    def __init__(self, calls: Calls, method: str, context: Context, over: threading.Event | None = None) -> None:
        """`over`: set when a stream has lost its caller, or the worker drains."""
        self._calls = calls
        self.method = method
        self._context = context
        self._over = over
        self.started = time.perf_counter()
        self.organ = self.item = self.outcome = self.receipt = ""
        self.questions = 0

    def require_awaited(self) -> None:
        """Raises Abandoned where nobody waits for the answer any more: cancelled, or past its deadline."""
        if not self._context.is_active() or self._context.time_remaining() <= 0:
            raise Abandoned("调用方已不再等待", "请用同一 request_id 重试")

    def answered(self, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - bytes, or what comes later
        """The bytes of what `make` gives, recorded; a deferred answer as it is. At the edge faults become a status."""
        status = "OK"
        try:
            made = make()
            if isinstance(made, DeferredAnswer):
                status = ""
                return made
            return made if isinstance(made, bytes) else made.SerializeToString()
        except Exception as exception:
            fault = readable(exception)
            status = code_of(fault).name
            abort(self._context, fault)
        finally:
            if status:
                self._calls.record(self, status)

    def pause(self, seconds: float) -> None:
        """Of a stream: wait for the next look. Raises NotReady when the worker drains, Abandoned like the above."""
        if self._over is not None:
            self._over.wait(seconds)
        if self._calls.draining:
            raise leaving()
        self.require_awaited()


class Calls:
    """The calls of one worker."""

    def __init__(self, callers: Callers, most: int, log: CallLog, now: Callable[[], datetime]) -> None:
        """`most`: calls handled at the same time, queued ones among them."""
        self._callers = callers
        self._now = now
        self.log = log
        self.draining = False
        self._room = Room(most, f"同时处理的请求超过 {most} 个")
        self._stream_room = Room(MOST_STREAMS, f"同时进行的订阅超过 {MOST_STREAMS} 个")
        self.pool = Pool("call", THREADS, self._room)
        self._aside = Pool("aside", THREADS_ASIDE, self._room)
        self.streams = Pool("stream", MOST_STREAMS, self._stream_room)
        """For whatever holds a thread as long as its caller stays."""
        self._lock = threading.Lock()
        self._followed: set[threading.Event] = set()

    @property
    def running(self) -> int:
        """Calls being handled or queued; streams not counted."""
        return self._room.present

    def handlers(self, servicer: Servicer) -> dict[str, grpc.RpcMethodHandler[bytes, bytes]]:
        """GRPC's handlers for a service, by the method's name in the contract."""
        return {method.name: self._handler(servicer, method) for method in servicer.SERVICE.methods}

    def refuse(self) -> None:
        """From now on every new call is told to try again, and streams end."""
        self._room.close()
        self._stream_room.close()
        with self._lock:
            self.draining = True
            followed = list(self._followed)
        for over in followed:
            over.set()

    def await_idle(self, seconds: float) -> None:
        """Wait until no call is being handled, but no longer."""
        self._room.await_idle(seconds)

    def close(self, seconds: float) -> None:
        """End the threads of calls and the log."""
        for pool in (self.pool, self._aside, self.streams):
            pool.end(seconds)
        self.log.close()

    # -- one call -----------------------------------------------------------------------------------------------------

    def _handler(self, servicer: Servicer, method: MethodDescriptor) -> grpc.RpcMethodHandler[bytes, bytes]:
        answer = getattr(servicer, re.sub(r"(?<!^)(?=[A-Z])", "_", method.name).lower())
        kind = GetMessageClass(method.input_type)
        if method.server_streaming:
            return grpc.unary_stream_rpc_method_handler(self.streams.take(self._stream(method.name, kind, answer)))
        pool = self.pool if method.name in servicer.QUICK else self._aside
        return grpc.unary_unary_rpc_method_handler(pool.take(waiting(self._unary(method.name, kind, answer))))

    def _unary(
        self, method: str, kind: type[Message], answer: Callable[[Any, Call], Message | bytes | DeferredAnswer]
    ) -> Deferring:
        def handle(sent: bytes, context: Context) -> bytes | DeferredAnswer:
            call = Call(self, method, context)
            answered: bytes | DeferredAnswer = call.answered(
                lambda: answer(self._admitted(call, context, kind, sent), call)
            )
            if isinstance(answered, DeferredAnswer):
                answered.edge = call.answered
            return answered

        return handle

    def _stream(
        self, method: str, kind: type[Message], events: Callable[[Any, Call], Generator[Message, None, None]]
    ) -> Callable[[bytes, Context], Iterator[bytes]]:
        def follow(sent: bytes, context: Context) -> Iterator[bytes]:
            over = self._followed_until(context)
            call = Call(self, method, context, over)
            status = "CANCELLED"
            try:
                with closing(events(self._admitted(call, context, kind, sent), call)) as answers:
                    for answer in answers:
                        yield answer.SerializeToString()
                status = "OK"
            except Exception as exception:  # the edge, as above
                fault = readable(exception)
                status = code_of(fault).name
                abort(context, fault)
            finally:
                with self._lock:
                    self._followed.discard(over)
                self.record(call, status)

        return follow

    def _admitted(self, call: Call, context: Context, kind: type[Message], sent: bytes) -> Message:
        """The request of a call that is to be answered.

        Raises TooMuch, NotReady, Abandoned, WhoAreYou, InvalidQuestion.
        """
        refused = refusal()
        if refused is not None:
            raise refused
        call.require_awaited()
        metadata = context.invocation_metadata() or ()
        call.caller = self._callers.of(metadata)
        trace.current.set(_trace_of(metadata))
        try:
            return kind.FromString(sent)
        except DecodeError as fault:
            raise InvalidQuestion("请求的内容不能解码", "请用本服务的 proto 生成的代码编码") from fault

    def _followed_until(self, context: Context) -> threading.Event:
        """An event that is set when the caller of a stream goes, or the worker drains."""
        over = threading.Event()
        with self._lock:
            self._followed.add(over)
            if self.draining:
                over.set()
        if not context.add_callback(over.set):
            over.set()
        return over

    def record(self, call: Call, status: str) -> None:
        """A call has ended: count it and log it."""
        method = call.method
        seconds = time.perf_counter() - call.started
        _counter(method, status).inc()
        _timer(method).observe(seconds)
        event: dict[str, str | int | float] = {"method": method, "status": status, "ms": round(seconds * 1000, 2)}
        caller = getattr(call, "caller", None)
        if caller is not None:
            event["caller"] = caller.name
        for name in ("organ", "item", "outcome", "receipt", "questions"):
            value = getattr(call, name)
            if value:
                event[name] = value
        self.log.write(rfc3339(self._now()), event)


@cache
def _counter(method: str, status: str) -> Counter:
    return metrics.CALLS.labels(method, status)


@cache
def _timer(method: str) -> Histogram:
    return metrics.CALL_SECONDS.labels(method)


def _trace_of(metadata: Any) -> trace.TraceParent | None:  # noqa: ANN401 - gRPC's own
    """The trace context that a call brings; None where it brings none, or a wrong one."""
    for key, value in metadata:
        if key == trace.HEADER and isinstance(value, str):
            return trace.read_traceparent(value)
    return None
