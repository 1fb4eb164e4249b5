"""What `Client` asks and tells of outcomes. `outcome_calls_aio.py` has the twin for asyncio."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable
from datetime import date
from typing import TypeVar

import grpc

from creditgate.v1 import outcomes_pb2_grpc

from .calling import LONG_TIMEOUT, Policy
from .errors import from_rpc
from .outcome_messages import (
    outcome_proto,
    outcome_result,
    outcome_statistics,
    pending_page,
    pending_proto,
    report_proto,
    report_result,
    statistics_proto,
    withdrawal_proto,
    withdrawal_result,
)
from .outcomes import (
    ApprovalResult,
    MeasureDone,
    OutcomeEvent,
    OutcomeReport,
    OutcomeResult,
    OutcomeStatistics,
    PenaltyDecision,
    PendingPage,
    ReportResult,
)
from .watching import STREAM_SECONDS, Watching

Answer = TypeVar("Answer")


class OutcomeCalls:
    """A part of `Client`. All of it is safe to retry."""

    _metadata: tuple[tuple[str, str], ...]
    _policy: Policy
    _outcomes: outcomes_pb2_grpc.OutcomeServiceStub

    def report_outcome(
        self,
        receipt: str,
        *,
        result: ApprovalResult | PenaltyDecision | str,
        post: str,
        measures: Iterable[MeasureDone | str] = (),
        decided_on: date | str | None = None,
        note: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> ReportResult:
        """Report what was done about a receipt. A measure that was applied may be named by its code alone.

        Raises CreditGateError: InvalidQuestion where a mandatory measure is left out without a reason.
        """
        report = OutcomeReport(
            receipt=receipt,
            result=result,
            post=post,
            measures=tuple(measures),
            decided_on=decided_on,
            note=note,
            request_id=request_id,
        )
        request = report_proto(report)
        return report_result(
            self._call(lambda left: self._outcomes.Report(request, timeout=left, metadata=self._metadata), timeout)
        )

    def withdraw_report(
        self, receipt: str, *, reason: str, post: str, request_id: str | None = None, timeout: float | None = None
    ) -> ReportResult:
        """Take back what was reported on a receipt so far. The receipt is open again."""
        request = withdrawal_proto(receipt, reason, post, request_id)
        return withdrawal_result(
            self._call(
                lambda left: self._outcomes.WithdrawReport(request, timeout=left, metadata=self._metadata), timeout
            )
        )

    def outcome(self, receipt: str, *, timeout: float | None = None) -> OutcomeResult:
        """Where a receipt stands, with every revision of what was reported on it."""
        request = outcome_proto(receipt)
        return outcome_result(
            self._call(lambda left: self._outcomes.GetOutcome(request, timeout=left, metadata=self._metadata), timeout)
        )

    def pending(
        self,
        *,
        organ: str = "",
        item: str = "",
        overdue: bool = False,
        limit: int = 50,
        cursor: str = "",
        timeout: float | None = None,
    ) -> PendingPage:
        """A page of the receipts that need a report, the oldest first. `cursor`: `next` of the page before."""
        request = pending_proto(organ, item, overdue, limit, cursor)
        return pending_page(
            self._call(
                lambda left: self._outcomes.ListPending(request, timeout=left, metadata=self._metadata),
                max(self._policy.timeout, LONG_TIMEOUT) if timeout is None else timeout,
            )
        )

    def watch(self, organ: str, *, cursor: str = "", patience: float = 60.0) -> Generator[OutcomeEvent, None, None]:
        """Follow an organ's receipts: those that need a report, those that become overdue, and reports as they come.

        Never ends by itself. Keep each event's cursor once it is handled; without one the stream begins with all that
        is open. A stream that breaks off is taken up again, nothing left out or told twice. `patience`: seconds without
        service after which its error is raised.
        """
        watching = Watching(organ, cursor, patience)
        while True:
            stream = self._outcomes.Watch(watching.request(), timeout=STREAM_SECONDS, metadata=self._metadata)
            try:
                for answer in stream:
                    yield watching.told(answer)
                pause = 0.0
            except grpc.RpcError as error:
                pause = watching.pause_after(from_rpc(error))
            finally:
                stream.cancel()
            time.sleep(pause)

    def outcome_statistics(
        self,
        *,
        organ: str = "",
        rule: str = "",
        since: date | str | None = None,
        until: date | str | None = None,
        timeout: float | None = None,
    ) -> OutcomeStatistics:
        """How often what each rule called for was applied, was not, and why. `since`, `until`: days of the receipts."""
        request = statistics_proto(organ, rule, since, until)
        return outcome_statistics(
            self._call(
                lambda left: self._outcomes.GetOutcomeStatistics(request, timeout=left, metadata=self._metadata),
                max(self._policy.timeout, LONG_TIMEOUT) if timeout is None else timeout,
            )
        )

    def _call(self, call: Callable[[float], Answer], timeout: float | None) -> Answer:
        raise NotImplementedError
