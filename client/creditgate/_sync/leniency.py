# Generated from calls/leniency.py by tools/generate_sync.py. Do not edit.
"""Lenient enforcement."""

from __future__ import annotations

from collections.abc import Sequence

from creditgate.v1 import leniency_pb2

from ..batches import parts, with_feeds
from ..calling import LONG_TIMEOUT
from ..transport import Method
from ..values.common import QuestionFailed, failed
from ..values.leniency import LeniencyResult, Violation
from ..wire import unpack
from .caller import Caller

EVALUATE = Method("LeniencyService/Evaluate", leniency_pb2.EvaluateResponse)
BATCH_EVALUATE = Method("LeniencyService/BatchEvaluate", leniency_pb2.BatchEvaluateResponse)


class LeniencyCalls(Caller):
    """A part of the client. All of it is safe to retry."""

    def evaluate(
        self, violation: Violation, *, timeout: float | None = None, traceparent: str | None = None
    ) -> LeniencyResult:
        """Whether a violation may go without a penalty. Raises CreditGateError."""
        return unpack(LeniencyResult, self._call(EVALUATE, violation.to_proto(), timeout, traceparent))

    def evaluate_batch(
        self, violations: Sequence[Violation], *, timeout: float | None = None, traceparent: str | None = None
    ) -> list[LeniencyResult | QuestionFailed]:
        """Answers in the order of the questions; a wrong one fails alone. The timeout is for each 1,000 questions."""
        results: list[LeniencyResult | QuestionFailed] = []
        for part in parts(violations):
            answers = leniency_pb2.BatchEvaluateResponse()
            if part.requests:
                request = leniency_pb2.BatchEvaluateRequest(questions=part.requests)
                answers = self._call(BATCH_EVALUATE, request, timeout, traceparent, least=LONG_TIMEOUT)
            results += part.results([_result(one) for one in with_feeds(answers).results])
        return results


def _result(one: leniency_pb2.LeniencyResult) -> LeniencyResult | QuestionFailed:
    return unpack(LeniencyResult, one.answer) if one.WhichOneof("result") == "answer" else failed(one.error)
