# Generated from calls/outcomes.py by tools/generate_sync.py. Do not edit.
"""Outcomes: what was done about answers, what is still open, and the stream that follows an organ."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from datetime import date

from creditgate.v1 import outcomes_pb2

from .._contract import ApprovalResult, OutcomeStatistics, PendingPage, ReportResult
from ..calling import LONG_TIMEOUT
from ..errors import CreditGateError
from ..transport import Method
from ..values.common import new_request_id
from ..values.outcomes import MeasureDone, OutcomeEvent, OutcomeReport, OutcomeResult, PenaltyDecision
from ..watching import STREAM_SECONDS, Watching
from ..wire import listed, pack, unpack
from .caller import Caller

REPORT = Method("OutcomeService/Report", outcomes_pb2.ReportResponse)
WITHDRAW_REPORT = Method("OutcomeService/WithdrawReport", outcomes_pb2.WithdrawReportResponse)
GET_OUTCOME = Method("OutcomeService/GetOutcome", outcomes_pb2.GetOutcomeResponse)
LIST_PENDING = Method("OutcomeService/ListPending", outcomes_pb2.ListPendingResponse)
WATCH = Method("OutcomeService/Watch", outcomes_pb2.WatchResponse)
GET_OUTCOME_STATISTICS = Method("OutcomeService/GetOutcomeStatistics", outcomes_pb2.GetOutcomeStatisticsResponse)


class OutcomeCalls(Caller):
    """A part of the client. All of it is safe to retry."""

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
        traceparent: str | None = None,
    ) -> ReportResult:
        """Report what was done about a receipt. A measure that was applied may be named by its code alone.

        Raises CreditGateError: InvalidQuestion where a mandatory measure is left out without a reason.
        """
        report = OutcomeReport(
            receipt=receipt,
            result=result,
            post=post,
            measures=listed(measures, "measures"),
            decided_on=decided_on,
            note=note,
            request_id=request_id,
        )
        return unpack(ReportResult, self._call(REPORT, report.to_proto(), timeout, traceparent))

    def withdraw_report(
        self,
        receipt: str,
        *,
        reason: str,
        post: str,
        request_id: str | None = None,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ReportResult:
        """Take back what was reported on a receipt so far. The receipt is open again."""
        request = pack(
            outcomes_pb2.WithdrawReportRequest,
            receipt=receipt,
            reason=reason,
            post=post,
            request_id=request_id or new_request_id(),
        )
        return unpack(ReportResult, self._call(WITHDRAW_REPORT, request, timeout, traceparent))

    def outcome(self, receipt: str, *, timeout: float | None = None, traceparent: str | None = None) -> OutcomeResult:
        """Where a receipt stands, with every revision of what was reported on it."""
        request = pack(outcomes_pb2.GetOutcomeRequest, receipt=receipt)
        return unpack(OutcomeResult, self._call(GET_OUTCOME, request, timeout, traceparent))

    def pending(
        self,
        *,
        organ: str = "",
        item: str = "",
        overdue: bool = False,
        limit: int = 50,
        cursor: str = "",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> PendingPage:
        """A page of the receipts that need a report, the oldest first. `cursor`: `next` of the page before."""
        request = pack(
            outcomes_pb2.ListPendingRequest, organ=organ, item=item, overdue=overdue, limit=limit, cursor=cursor
        )
        answer = self._call(LIST_PENDING, request, timeout, traceparent, least=LONG_TIMEOUT)
        return unpack(PendingPage, answer)

    def watch(
        self, organ: str, *, cursor: str = "", patience: float = 60.0, traceparent: str | None = None
    ) -> Generator[OutcomeEvent, None, None]:
        """Follow an organ's receipts: those that need a report, those that become overdue, and reports as they come.

        Never ends by itself. Keep each event's cursor once it is handled; without one the stream begins with all that
        is open. A stream that breaks off is taken up again, nothing left out or told twice. `patience`: seconds without
        service after which its error is raised.
        """
        watching = Watching(organ, cursor, patience)
        while True:
            stream = self._transport.stream(WATCH, watching.request(), STREAM_SECONDS, traceparent)
            try:
                with closing(stream) as answers:
                    for answer in answers:
                        yield watching.told(answer)
                pause = 0.0
            except CreditGateError as error:
                pause = watching.pause_after(error)
            self._transport.sleep(pause)

    def outcome_statistics(
        self,
        *,
        organ: str = "",
        rule: str = "",
        since: date | str | None = None,
        until: date | str | None = None,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> OutcomeStatistics:
        """How often what each rule called for was applied, was not, and why. `since`, `until`: days of the receipts."""
        request = pack(outcomes_pb2.GetOutcomeStatisticsRequest, organ=organ, rule=rule, since=since, until=until)
        answer = self._call(GET_OUTCOME_STATISTICS, request, timeout, traceparent, least=LONG_TIMEOUT)
        return unpack(OutcomeStatistics, answer)
