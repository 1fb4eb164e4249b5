"""Answers that come when their receipt is durable: no thread waits for them, and none is woken.

Nothing here refers to what refers to it: a call leaves nothing for the collector.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import GateError
from ..ledger.receipt import Draft, Receipt
from ..ledger.writer import ReceiptWriter, Written

_Make = Callable[[], bytes]


class DeferredAnswer:
    """The answer of one call, on its way through the receipt writer."""

    __slots__ = ("_answer", "_draft", "_settled", "_writer", "_written", "edge", "route")

    _written: Written
    edge: Callable[[_Make], bytes]
    """What the making of the answer goes through, as that of every other call."""
    route: Any
    """By which the answer is sent: whose calls these are keeps it here."""

    def __init__(self, writer: ReceiptWriter, draft: Draft, answer: Callable[[Receipt], bytes]) -> None:
        """`answer`: the bytes to send, once the receipt is durable."""
        self._writer = writer
        self._draft = draft
        self._answer = answer

    def begin(self, settled: Callable[[DeferredAnswer], None]) -> None:
        """Have the receipt written. `settled` is called in the writer's thread, or at once where that takes no more."""
        self._settled = settled
        try:
            self._writer.submit(self._draft, self._take)
        except GateError as fault:
            self._take(fault)

    def _take(self, written: Written) -> None:
        self._written = written
        self._settled(self)

    @property
    def slow(self) -> bool:
        """Whether the store may have to be read for it: a retry gets the answer that is there. Not for the writer."""
        return isinstance(self._written, Receipt) and self._written.reused

    def made(self) -> bytes:
        """The answer. Raises what its edge raises where there is none."""
        return self.edge(self._make)

    def awaited(self) -> bytes:
        """The same in a thread that waits."""
        try:
            self._written = self._writer.write(self._draft)
        except GateError as fault:
            self._written = fault
        return self.made()

    def _make(self) -> bytes:
        if isinstance(self._written, GateError):
            raise self._written
        return self._answer(self._written)


Deferring = Callable[[bytes, Any], bytes | DeferredAnswer]
"""Handles a call, with gRPC's context."""


def waiting(handle: Deferring) -> Callable[[bytes, Any], bytes]:
    """The same for a server that knows no deferred answers; `early` finds the original as its attribute `deferring`."""

    def wait(sent: bytes, context: Any) -> bytes:  # noqa: ANN401 - gRPC's own
        answered = handle(sent, context)
        return answered.awaited() if isinstance(answered, DeferredAnswer) else answered

    wait.deferring = handle  # type: ignore[attr-defined]
    return wait
