"""A stream that is taken up again where it broke off. Shared by the two clients."""

from __future__ import annotations

import random
import time

from creditgate.v1 import outcomes_pb2

from .calling import require_seconds
from .errors import CreditGateError, DeadlineExceeded, NoService, TlsFault
from .values.outcomes import OutcomeEvent
from .wire import pack, unpack

STREAM_SECONDS = 300.0
"""A stream is begun anew after so long, so that a connection that died unnoticed is found out."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class Watching:
    """Where a stream is, and when to give up."""

    def __init__(self, organ: str, cursor: str, patience: float) -> None:
        """`patience`: seconds without service after which its error is raised."""
        self._organ = organ
        self._cursor = cursor
        require_seconds(patience, "patience")
        self._patience = patience
        self._pause = _FIRST_PAUSE
        self._end = time.monotonic() + patience

    def request(self) -> outcomes_pb2.WatchRequest:
        """The request that goes on after the last event."""
        return pack(outcomes_pb2.WatchRequest, organ=self._organ, cursor=self._cursor)

    def told(self, answer: outcomes_pb2.WatchResponse) -> OutcomeEvent:
        """The event, which the stream is behind now."""
        event = unpack(OutcomeEvent, answer)
        self._cursor = event.cursor
        self._pause = _FIRST_PAUSE
        self._end = time.monotonic() + self._patience
        return event

    def pause_after(self, error: CreditGateError) -> float:
        """Seconds to wait before the stream is taken up again. Raises the error where that would not help."""
        if isinstance(error, DeadlineExceeded):
            return 0.0
        if not isinstance(error, NoService) or isinstance(error, TlsFault) or time.monotonic() >= self._end:
            raise error
        pause = max(error.retry_after or 0.0, self._pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, no secret
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        return pause
