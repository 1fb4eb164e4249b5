"""A call's message is received before a thread takes the call: the one module that knows grpcio's insides.

grpcio gives a thread to a call that has sent its headers, and lets it wait there for the message. So a caller that
never sends one holds a thread, and every call wakes a thread twice. Where grpcio is not as it is known here, it stays
so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grpc import _server
from grpc._cython import cygrpc  # type: ignore[attr-defined]

Put = Callable[[tuple[Any, ...]], None]

_NEEDED = ("_receive_message", "_abort", "_RECEIVE_MESSAGE_TOKEN", "_CLOSED", "_unary_response_in_pool")
_KNOWN = all(hasattr(_server, name) for name in (*_NEEDED, "_stream_response_in_pool"))


def receive(given: tuple[Any, ...], put: Put) -> bool:
    """Receive the message of a call that grpcio submits to a pool, then `put` what it submitted; False: can't be done.

    `put` is called in grpcio's own thread.
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
            put((run, event, state, behaviour, lambda: request, read, write))
        else:
            _end(event, state)
        return answer

    event.call.start_server_batch((cygrpc.ReceiveMessageOperation(0),), received)
    state.due.add(_server._RECEIVE_MESSAGE_TOKEN)
    return True


def _end(event: Any, state: Any) -> None:  # noqa: ANN401 - grpcio's own
    """The caller has closed without a message, or is gone."""
    with state.condition:
        if state.client is _server._CLOSED:
            _server._abort(state, event.call, cygrpc.StatusCode.unimplemented, b"exactly one message is needed")
