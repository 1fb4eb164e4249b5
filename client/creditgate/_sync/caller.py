# Generated from calls/caller.py by tools/generate_sync.py. Do not edit.
"""What every part of a client shares: the connection, and a call with its time, retries and trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self, TypeVar

from google.protobuf.message import Message

from ..batches import Sendable, parts
from ..calling import LONG_TIMEOUT, Attempts, Endpoint, Policy
from ..errors import CreditGateError
from ..transport import Method, Transport
from ..values.common import QuestionFailed

Answer = TypeVar("Answer", bound=Message)
Value = TypeVar("Value")


class Caller:
    """The connection to a service.

    Every call takes `timeout`, in seconds, for all its attempts, and `traceparent` (W3C Trace Context), whose trace id
    the receipt keeps. A key is sent over TLS or to this machine only.
    """

    def __init__(
        self,
        target: str,
        *,
        key: str | None = None,
        timeout: float = 3.0,
        retries: int = 6,
        tls: bool = False,
        root_certificates: bytes | None = None,
    ) -> None:
        """Raises InvalidTarget, and WhoAreYou for a key that can't be sent."""
        self._policy = Policy(timeout, retries)
        self._transport = Transport(Endpoint(target, key, tls, root_certificates))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection. A call that runs, and each later one, fails with ClientClosed."""
        self._transport.close()

    def _call(
        self,
        method: Method[Answer],
        request: Message,
        timeout: float | None,
        traceparent: str | None,
        *,
        least: float = 0.0,
        retries: int | None = None,
    ) -> Answer:
        """`least`: seconds that the call has where the caller names no time and the client's own is shorter."""
        seconds = max(self._policy.timeout, least) if timeout is None else timeout
        attempts = Attempts(Policy(seconds, self._policy.retries if retries is None else retries))
        while True:
            try:
                return self._transport.ask(method, request, attempts.remaining(), traceparent)
            except CreditGateError as error:
                pause = attempts.pause_after(error)
            self._transport.sleep(pause)

    def _batch(
        self,
        method: Method[Message],
        request: Callable[..., Message],
        question: type[Sendable],
        kind: type[Value],
        questions: Iterable[Sendable],
        timeout: float | None,
        traceparent: str | None,
    ) -> list[Value | QuestionFailed]:
        """Answers in the order of the questions, asked by up to 200 in a call; a wrong one fails alone."""
        results: list[Value | QuestionFailed] = []
        for part in parts(question, questions):
            answers: Any = method.answer()
            if part.requests:
                asked = request(questions=part.requests, pin=part.pin)
                answers = self._call(method, asked, timeout, traceparent, least=LONG_TIMEOUT)
            results += part.results(kind, answers)
        return results
