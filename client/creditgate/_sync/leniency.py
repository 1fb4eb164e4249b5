# Generated from calls/leniency.py by tools/generate_sync.py. Do not edit.
"""Lenient enforcement."""

from __future__ import annotations

from collections.abc import Sequence

from creditgate.v1 import leniency_pb2

from ..transport import Method
from ..values.common import QuestionFailed
from ..values.leniency import LeniencyResult, Violation
from ..wire import of_kind, unpack
from .caller import Caller

EVALUATE = Method("LeniencyService/EvaluateLeniency", leniency_pb2.EvaluateLeniencyResponse)
BATCH_EVALUATE = Method("LeniencyService/BatchEvaluateLeniency", leniency_pb2.BatchEvaluateLeniencyResponse)


class LeniencyCalls(Caller):
    """A part of the client. All of it is safe to retry."""

    def evaluate(
        self, violation: Violation, *, timeout: float | None = None, traceparent: str | None = None
    ) -> LeniencyResult:
        """Whether a violation may go without a penalty. Raises CreditGateError."""
        request = of_kind(Violation, violation, "violation").to_proto()
        answered = self._call(EVALUATE, request, timeout, traceparent)
        return unpack(LeniencyResult, answered.answer)

    def evaluate_batch(
        self, violations: Sequence[Violation], *, timeout: float | None = None, traceparent: str | None = None
    ) -> list[LeniencyResult | QuestionFailed]:
        """Answers in the order of the questions; a wrong one fails alone. The timeout is for each 200 questions."""
        request = leniency_pb2.BatchEvaluateLeniencyRequest
        return self._batch(BATCH_EVALUATE, request, Violation, LeniencyResult, violations, timeout, traceparent)
