"""Reports, and what the service tells of them, from plain values to messages and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from creditgate.v1 import credit_check_pb2, outcomes_pb2

from .answers import day_of, stamp_of
from .errors import readable
from .outcomes import (
    DepartureReason,
    FollowedReceipt,
    FollowUpState,
    MeasureDone,
    MeasureDue,
    OutcomeEvent,
    OutcomeReport,
    OutcomeResult,
    OutcomeStatistics,
    Override,
    PenaltyDecision,
    PenaltyKind,
    PenaltyResult,
    PendingPage,
    ReasonCount,
    ReportResult,
    Revision,
    RuleFollowUp,
    WatchEvent,
)
from .questions import new_request_id, text_of, unsendable_is_invalid
from .results import Duty


def report_proto(report: OutcomeReport) -> outcomes_pb2.ReportRequest:
    """The request; it gets a request id where it has none. Raises InvalidQuestion for what no message can hold."""
    with unsendable_is_invalid():
        request = outcomes_pb2.ReportRequest(
            receipt=report.receipt,
            measures=[_done_proto(one) for one in report.measures],
            decided_on=text_of(report.decided_on),
            post=report.post,
            note=report.note,
            request_id=report.request_id or new_request_id(),
        )
        if isinstance(report.result, PenaltyDecision):
            request.penalty.CopyFrom(_penalty_proto(report.result))
        else:
            request.approval = outcomes_pb2.ApprovalResult.Value(f"APPROVAL_RESULT_{report.result.upper()}")
        return request


def withdrawal_proto(
    receipt: str, reason: str, post: str, request_id: str | None
) -> outcomes_pb2.WithdrawReportRequest:
    """The request that takes back what was reported."""
    with unsendable_is_invalid():
        return outcomes_pb2.WithdrawReportRequest(
            receipt=receipt, reason=reason, post=post, request_id=request_id or new_request_id()
        )


def outcome_proto(receipt: str) -> outcomes_pb2.GetOutcomeRequest:
    """The request for all that was reported on a receipt."""
    with unsendable_is_invalid():
        return outcomes_pb2.GetOutcomeRequest(receipt=receipt)


def pending_proto(organ: str, item: str, overdue: bool, limit: int, cursor: str) -> outcomes_pb2.ListPendingRequest:
    """The request for a page of what is open."""
    with unsendable_is_invalid():
        return outcomes_pb2.ListPendingRequest(organ=organ, item=item, overdue=overdue, limit=limit, cursor=cursor)


def watch_proto(organ: str, cursor: str) -> outcomes_pb2.WatchRequest:
    """The request for a stream."""
    with unsendable_is_invalid():
        return outcomes_pb2.WatchRequest(organ=organ, cursor=cursor)


def statistics_proto(
    organ: str, rule: str, since: date | str | None, until: date | str | None
) -> outcomes_pb2.GetOutcomeStatisticsRequest:
    """The request for counts."""
    with unsendable_is_invalid():
        return outcomes_pb2.GetOutcomeStatisticsRequest(
            organ=organ, rule=rule, since=text_of(since), until=text_of(until)
        )


def _done_proto(given: MeasureDone | str) -> outcomes_pb2.MeasureDone:
    done = MeasureDone(given) if isinstance(given, str) else given
    return outcomes_pb2.MeasureDone(
        measure=done.measure,
        subject=done.subject,
        applied=done.applied,
        reason=_reason_proto(done.reason),
        words=done.words,
    )


def _penalty_proto(decision: PenaltyDecision) -> outcomes_pb2.PenaltyDecision:
    return outcomes_pb2.PenaltyDecision(
        result=outcomes_pb2.PenaltyResult.Value(f"PENALTY_RESULT_{decision.result.upper()}"),
        kinds=[outcomes_pb2.PenaltyKind.Value(f"PENALTY_KIND_{kind.upper()}") for kind in decision.kinds],
        fine_fen=decision.fine_fen,
        reason=_reason_proto(decision.reason),
        words=decision.words,
    )


def _reason_proto(reason: str | None) -> outcomes_pb2.DepartureReason.ValueType:
    return outcomes_pb2.DepartureReason.Value(f"DEPARTURE_REASON_{(reason or 'unspecified').upper()}")


@readable
def report_result(answer: outcomes_pb2.ReportResponse) -> ReportResult:
    """From the proto."""
    return ReportResult(
        receipt=stamp_of(answer.receipt),
        revision=answer.revision,
        state=_state(answer.state),
        due_on=day_of(answer.due_on),
        late=answer.late,
        overrides=_overrides(answer.overrides),
    )


@readable
def withdrawal_result(answer: outcomes_pb2.WithdrawReportResponse) -> ReportResult:
    """From the proto."""
    return ReportResult(
        receipt=stamp_of(answer.receipt),
        revision=answer.revision,
        state=_state(answer.state),
        due_on=day_of(answer.due_on),
        late=False,
        overrides=(),
    )


@readable
def outcome_result(answer: outcomes_pb2.GetOutcomeResponse) -> OutcomeResult:
    """From the proto."""
    return OutcomeResult(
        receipt=_followed(answer.receipt), revisions=tuple(_revision(revision) for revision in answer.revisions)
    )


@readable
def pending_page(answer: outcomes_pb2.ListPendingResponse) -> PendingPage:
    """From the proto."""
    return PendingPage(
        receipts=tuple(_followed(receipt) for receipt in answer.receipts),
        next=answer.next,
        open=answer.open,
        overdue=answer.overdue,
    )


@readable
def outcome_event(answer: outcomes_pb2.WatchResponse) -> OutcomeEvent:
    """From the proto."""
    return OutcomeEvent(
        event=_coded(WatchEvent, outcomes_pb2.WatchEvent.Name(answer.event), "WATCH_EVENT_"),
        cursor=answer.cursor,
        receipt=_followed(answer.receipt) if answer.HasField("receipt") else None,
        revision=_revision(answer.revision) if answer.HasField("revision") else None,
    )


@readable
def outcome_statistics(answer: outcomes_pb2.GetOutcomeStatisticsResponse) -> OutcomeStatistics:
    """From the proto."""
    return OutcomeStatistics(
        rules=tuple(_rule(rule) for rule in answer.rules),
        receipts=answer.receipts,
        settled=answer.settled,
        settled_late=answer.settled_late,
        settled_by_later=answer.settled_by_later,
        open=answer.open,
        overdue=answer.overdue,
        volunteered=answer.volunteered,
        since=date.fromisoformat(answer.since),
        until=date.fromisoformat(answer.until),
    )


def _rule(rule: outcomes_pb2.RuleFollowUp) -> RuleFollowUp:
    return RuleFollowUp(
        rule=rule.rule,
        title=rule.title,
        ordered=rule.ordered,
        mandatory=rule.mandatory,
        applied=rule.applied,
        not_applied=rule.not_applied,
        silent=rule.silent,
        reasons=tuple(ReasonCount(_reason(one.reason), one.title, one.count) for one in rule.reasons),
        overrides=rule.overrides,
        against_prohibition=rule.against_prohibition,
    )


def _followed(receipt: outcomes_pb2.FollowedReceipt) -> FollowedReceipt:
    return FollowedReceipt(
        id=receipt.id,
        kind=receipt.kind,
        organ=receipt.organ,
        item=receipt.item,
        case_number=receipt.case_number,
        answer=receipt.answer,
        answer_title=receipt.answer_title,
        issued_at=receipt.issued_at,
        due_on=day_of(receipt.due_on),
        state=_state(receipt.state),
        in_progress=receipt.in_progress,
        measures=tuple(
            MeasureDue(
                measure=one.measure,
                title=one.title,
                subject=one.subject,
                duty=_coded(Duty, credit_check_pb2.Duty.Name(one.duty), "DUTY_"),
                prohibits=one.prohibits,
                rules=tuple(one.rules),
            )
            for one in receipt.measures
        ),
        erased=receipt.erased,
    )


def _revision(revision: outcomes_pb2.Revision) -> Revision:
    penalty = _penalty(revision.penalty) if revision.WhichOneof("result") == "penalty" else None
    approval = ""
    if revision.WhichOneof("result") == "approval":
        approval = outcomes_pb2.ApprovalResult.Name(revision.approval).removeprefix("APPROVAL_RESULT_").lower()
    return Revision(
        number=revision.number,
        receipt=stamp_of(revision.receipt),
        withdrawal=revision.kind == outcomes_pb2.REVISION_KIND_WITHDRAWAL,
        counts=revision.counts,
        result=approval if penalty is None else str(penalty.result),
        measures=tuple(
            MeasureDone(
                measure=one.measure,
                applied=one.applied,
                reason=_reason(one.reason),
                words=one.words,
                subject=one.subject if one.HasField("subject") else None,
            )
            for one in revision.measures
        ),
        penalty=penalty,
        decided_on=day_of(revision.decided_on),
        post=revision.post,
        note=revision.note,
        caller=revision.caller,
        late=revision.late,
        overrides=_overrides(revision.overrides),
        erased=revision.erased,
    )


def _penalty(decision: outcomes_pb2.PenaltyDecision) -> PenaltyDecision:
    return PenaltyDecision(
        result=_coded(PenaltyResult, outcomes_pb2.PenaltyResult.Name(decision.result), "PENALTY_RESULT_"),
        kinds=tuple(
            _coded(PenaltyKind, outcomes_pb2.PenaltyKind.Name(kind), "PENALTY_KIND_") for kind in decision.kinds
        ),
        fine_fen=decision.fine_fen,
        reason=_reason(decision.reason),
        words=decision.words,
    )


def _overrides(overrides: Iterable[outcomes_pb2.Override]) -> tuple[Override, ...]:
    return tuple(
        Override(
            rule=one.rule,
            rule_title=one.rule_title,
            measure=one.measure,
            title=one.title,
            subject=one.subject,
            reason=_reason(one.reason),
            reason_title=one.reason_title,
            against_prohibition=one.against_prohibition,
        )
        for one in overrides
    )


def _reason(reason: outcomes_pb2.DepartureReason.ValueType) -> DepartureReason | None:
    if reason == outcomes_pb2.DEPARTURE_REASON_UNSPECIFIED:
        return None
    return _coded(DepartureReason, outcomes_pb2.DepartureReason.Name(reason), "DEPARTURE_REASON_")


def _state(state: outcomes_pb2.FollowUpState.ValueType) -> FollowUpState:
    return _coded(FollowUpState, outcomes_pb2.FollowUpState.Name(state), "FOLLOW_UP_STATE_")


Code = TypeVar("Code", bound=StrEnum)


def _coded(kind: type[Code], name: str, prefix: str) -> Code:
    return kind(name.removeprefix(prefix).lower())
