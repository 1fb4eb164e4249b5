"""The standard health service, told what holds by `Readiness`.

Not grpcio's own servicer: in it one who goes while a change is being sent waits for the sender's lock in gRPC's one
thread, on which the sender waits in turn.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import grpc
from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2 import HealthCheckResponse as Response

from ..errors import TooMuch
from .pools import Pool, Room, refusal
from .status import abort

MOST_WATCHERS = 256
"""Who follows the health holds no thread, so there is room for more of them than of other streams."""
_THREADS = 2

Status = int
"""As the proto numbers it."""
Send = Callable[[Response], None]

NAME = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
_SERVING = Response.SERVING
_NOT_SERVING = Response.NOT_SERVING
_UNKNOWN = Response.SERVICE_UNKNOWN


class _Watcher:
    """One who follows the health of a service."""

    def __init__(self, service: str, send: Send) -> None:
        self.service = service
        self._send = send
        self._lock = threading.Lock()
        self._said: Status | None = None

    def tell(self, status: Callable[[str], Status | None]) -> None:
        """Say what holds now where it is not what was said last."""
        with self._lock:
            now = status(self.service)
            now = _UNKNOWN if now is None else now
            if now != self._said:
                self._said = now
                self._send(Response(status=now))


class Health:
    """Whether the worker serves, as a whole and by service. Not before the first word on it."""

    def __init__(self, services: Iterable[str]) -> None:
        self._names = frozenset({"", *services})
        self._good = False
        self._lock = threading.Lock()
        self._watchers: set[_Watcher] = set()
        self._pool = Pool("health", _THREADS, Room(MOST_WATCHERS, "同时查询健康状态的过多"))

    def tell(self, *, good: bool) -> None:
        """From now on it serves, or does not."""
        with self._lock:
            self._good = good
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher.tell(self._status)

    def handlers(self) -> dict[str, grpc.RpcMethodHandler[Any, Any]]:
        """GRPC's handlers for the service."""

        def check(request: health_pb2.HealthCheckRequest, context: grpc.ServicerContext) -> Response:
            return self._check(request.service, context)

        def watch(request: health_pb2.HealthCheckRequest, context: grpc.ServicerContext, send: Send) -> None:
            self._watch(_Watcher(request.service, send), context)

        watch.experimental_non_blocking = True  # type: ignore[attr-defined]
        read, write = health_pb2.HealthCheckRequest.FromString, Response.SerializeToString
        return {
            "Check": grpc.unary_unary_rpc_method_handler(self._pool.take(check), read, write),
            "Watch": grpc.unary_stream_rpc_method_handler(self._pool.take(watch), read, write),
        }

    def _check(self, service: str, context: grpc.ServicerContext) -> Response:
        refused = refusal()
        if refused is not None:
            abort(context, refused)
        status = self._status(service)
        if status is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "")
        return Response(status=status)

    def _watch(self, watcher: _Watcher, context: grpc.ServicerContext) -> None:
        with self._lock:
            full = len(self._watchers) >= MOST_WATCHERS
            if not full:
                self._watchers.add(watcher)
        refused = TooMuch(f"同时关注健康状态的超过 {MOST_WATCHERS} 个", "请稍后重试") if full else refusal()
        if refused is not None:
            abort(context, refused)
        if context.add_callback(lambda: self._forget(watcher)):
            watcher.tell(self._status)
        else:
            self._forget(watcher)

    def _forget(self, watcher: _Watcher) -> None:
        """In gRPC's own thread, which must not wait for one who sends: `tell` sends without this lock."""
        with self._lock:
            self._watchers.discard(watcher)

    def _status(self, service: str) -> Status | None:
        if service not in self._names:
            return None
        return int(_SERVING if self._good else _NOT_SERVING)
