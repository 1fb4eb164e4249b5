"""A call's message is received before a thread takes the call, and its answer may be sent after the thread has left it.

The one module that knows grpcio's insides. grpcio gives a thread to a call that has sent its headers, and lets it wait
there for the message, and for whatever the answer waits for. So a caller that never sends a message holds a thread, and
every call wakes a thread three times. Where grpcio is not as it is known here, it stays so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from grpc import _server
from grpc._cython import cygrpc  # type: ignore[attr-defined]

from .deferred import DeferredAnswer, Deferring

Work = Callable[[], DeferredAnswer | None]
"""Handles a call to its end, or up to an answer that comes later."""

_NEEDED = (
    *("_receive_message", "_abort", "_RECEIVE_MESSAGE_TOKEN", "_CLOSED", "_unary_response_in_pool"),
    *("_call_behavior", "_status", "_Context"),
)
_KNOWN = all(hasattr(_server, name) for name in (*_NEEDED, "_stream_response_in_pool"))


def receive(within: Callable[..., Any], given: tuple[Any, ...], put: Callable[[Work], None]) -> bool:
    """Receive the message of a call that grpcio submits to a pool, then `put` the work; False: can't be done.

    `within`, `given`: what grpcio submits. `put` is called in grpcio's own thread.
    """
    if not _KNOWN or len(given) != 7:
        return False
    run, event, state, behaviour, argument, read, write = given
    if argument.__name__ != "unary_request":
        return False  # a stream of messages
    receiving = _server._receive_message(state, event.call, read)

    def received(receive_event: Any) -> Any:  # noqa: ANN401 - grpcio's own
        answer = receiving(receive_event)
        request, state.request = state.request, None
        if request is not None:
            deferring = getattr(behaviour, "deferring", None)
            if deferring is None:
                put(partial(within, run, event, state, behaviour, lambda: request, read, write))
            else:
                put(partial(within, _handle, event, state, deferring, request))
        else:
            _end(event, state)
        return answer

    event.call.start_server_batch((cygrpc.ReceiveMessageOperation(0),), received)
    state.due.add(_server._RECEIVE_MESSAGE_TOKEN)
    return True


def resume(deferred: DeferredAnswer) -> None:
    """Make and send a deferred answer."""
    event, state = deferred.route
    try:
        answer = deferred.made()
    except Exception as fault:  # grpcio makes a status of it
        _fail(event, state, fault)
    else:
        _server._status(event, state, answer)


def _handle(event: Any, state: Any, handle: Deferring, request: bytes) -> DeferredAnswer | None:  # noqa: ANN401 - grpcio's own
    try:
        answered = handle(request, _server._Context(event, state, None))
    except Exception as fault:  # as above
        _fail(event, state, fault)
        return None
    if isinstance(answered, DeferredAnswer):
        answered.route = (event, state)
        return answered
    _server._status(event, state, answered)
    return None


def _fail(event: Any, state: Any, fault: Exception) -> None:  # noqa: ANN401 - grpcio's own
    """As when a handler raises it."""

    def behaviour(*_: object) -> NoReturn:
        raise fault

    _server._call_behavior(event, state, behaviour, None, None)


def _end(event: Any, state: Any) -> None:  # noqa: ANN401 - grpcio's own
    """The caller has closed without a message, or is gone."""
    with state.condition:
        if state.client is _server._CLOSED:
            _server._abort(state, event.call, cygrpc.StatusCode.unimplemented, b"exactly one message is needed")
