"""From the loop's values to the messages that are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from creditgate.v1 import common_pb2, outcomes_pb2

from ..decision.outcome.cursors import encode
from ..decision.outcome.standing import Deadlines, LoopState, in_progress, state
from ..decision.outcome.tally import RuleFigures
from ..decision.outcome.values import (
    APPROVALS,
    REASONS,
    RETRACTED,
    WORDS_ALONE,
    AnswerDuties,
    Findings,
    MeasureDone,
    OrderedDuty,
    Reason,
    Report,
    Result,
    Retraction,
)
from ..errors import StoreFault
from ..judging.kinds import ANSWERS, answered
from ..ledger.figures import FigurePeriod, LoopFigures
from ..ledger.pending import LoopReceipt
from ..ledger.receipt import Receipt, contents
from ..ledger.stream import Event, StreamEvent
from .receipts import stamp as fill_stamp
from .wire import Shape, Wire, numbers

STATES = numbers(LoopState, outcomes_pb2.FollowUpState.DESCRIPTOR)
_EVENTS = numbers(StreamEvent, outcomes_pb2.WatchEvent.DESCRIPTOR)
_APPROVALS = numbers(Result, outcomes_pb2.ApprovalResult.DESCRIPTOR)
_REASONS = numbers(Reason, outcomes_pb2.DepartureReason.DESCRIPTOR)
Stored = TypeVar("Stored", bound=msgspec.Struct)

SHAPES = (
    Shape(
        LoopReceipt,
        outcomes_pb2.FollowedReceipt,
        within=("receipt",),
        made={
            "answer_title": lambda followed, _: ANSWERS.get(followed.receipt.answer),
            "due_on": lambda followed, packer: packer.due_on(followed.receipt),
            "state": lambda followed, packer: STATES[packer.state(followed)],
            "in_progress": lambda followed, _: in_progress(followed.last_answer),
        },
        later=("measures", "erased"),
    ),
    Shape(
        OrderedDuty,
        outcomes_pb2.MeasureDue,
        named={"measure": "code"},
        made={"rules": lambda ordered, _: [rule.id for rule in ordered.rules]},
    ),
    Shape(MeasureDone, outcomes_pb2.MeasureDone, named={"measure": "code"}),
    Shape(Report, outcomes_pb2.PenaltyDecision, named={"kinds": "penalties"}),
    Shape(
        RuleFigures,
        outcomes_pb2.RuleFollowUp,
        made={
            "title": lambda rule, titles: rule.title or titles.get(rule.rule),
            "reasons": lambda rule, _: [_reason_count(reason, count) for reason, count in rule.reasons],
        },
    ),
    Shape(
        LoopFigures,
        outcomes_pb2.GetOutcomeStatisticsResponse,
        within=("counted",),
        named={"receipts": "counted.needed"},
        later=("since", "until"),
    ),
)
WIRE = Wire(SHAPES)


class OutcomePacker:
    """Packs by the deadlines in force, on a legal day."""

    def __init__(self, deadlines: Deadlines, today: date) -> None:
        self._deadlines = deadlines
        self._today = today

    def state(self, followed: LoopReceipt) -> LoopState:
        """Where a receipt stands."""
        row = followed.receipt
        return state(
            needed=row.needs_outcome and not followed.erased,
            last=followed.last_answer,
            by_later=followed.by_later,
            overdue=self._deadlines.due_on(row.organ, row.issued_at) < self._today,
        )

    def due_on(self, row: Receipt) -> str:
        """Last day for a report on a receipt; empty where it needs none."""
        return self._deadlines.due_on(row.organ, row.issued_at).isoformat() if row.needs_outcome else ""

    def late(self, about: Receipt, told: Receipt) -> bool:
        """Whether a report came after the last day."""
        return about.needs_outcome and self._deadlines.late(about.organ, about.issued_at, told.issued_at)

    def receipt(self, followed: LoopReceipt) -> outcomes_pb2.FollowedReceipt:
        """A receipt of the loop, with its measures."""
        packed = WIRE.pack(outcomes_pb2.FollowedReceipt, followed, self)
        called_for = of_receipt(followed)
        if called_for is None:
            packed.erased = True
        else:
            packed.measures.extend([WIRE.pack(outcomes_pb2.MeasureDue, ordered) for ordered in called_for.measures])
        return packed

    def revisions(self, about: Receipt, told: Sequence[Receipt]) -> list[outcomes_pb2.Revision]:
        """Every revision, the oldest first."""
        return [
            self.revision(about, one, number, counts=number == len(told)) for number, one in enumerate(told, start=1)
        ]

    def revision(self, about: Receipt, told: Receipt, number: int, *, counts: bool) -> outcomes_pb2.Revision:
        """One revision. `number`: its place; `counts`: it is the last one."""
        withdrawal = told.answer == RETRACTED
        packed = outcomes_pb2.Revision(
            number=number,
            kind=outcomes_pb2.REVISION_KIND_WITHDRAWAL if withdrawal else outcomes_pb2.REVISION_KIND_REPORT,
            counts=counts and not withdrawal,
            caller=told.caller,
            late=not withdrawal and self.late(about, told),
        )
        packed.receipt.CopyFrom(stamp(told))
        held = contents(told)
        if held.question is None or held.decision is None:
            packed.erased = True
        elif withdrawal:
            said = _stored(held.question, Retraction, told)
            packed.post, packed.note = said.post, said.note
        else:
            _add_report(packed, _stored(held.question, Report, told))
            packed.overrides.extend(overrides(_stored(held.decision, Findings, told)))
        return packed

    def event(self, event: Event) -> outcomes_pb2.WatchResponse:
        """An event of a stream."""
        packed = outcomes_pb2.WatchResponse(
            event=_EVENTS[event.happened], cursor=encode(event.cursor), receipt=self.receipt(event.followed)
        )
        for number, told in enumerate(event.told, start=1):
            if told.id == event.revision:
                counts = number == len(event.told)
                packed.revision.CopyFrom(self.revision(event.followed.receipt, told, number, counts=counts))
        return packed


def of_receipt(followed: LoopReceipt) -> AnswerDuties | None:
    """What a receipt called for; None where its contents were erased. Raises StoreFault for unreadable contents."""
    decision = contents(followed.receipt).decision
    if decision is None:
        return None
    try:
        return answered(followed.receipt.kind, decision)
    except ValueError as fault:
        raise StoreFault("回执里的结论读不出来", f"回执 {followed.receipt.id}") from fault


def overrides(findings: Findings) -> list[outcomes_pb2.Override]:
    """What a report departs from, once for each rule."""
    return [
        outcomes_pb2.Override(
            rule=rule.id,
            rule_title=rule.title,
            measure=one.ordered.code,
            title=one.ordered.title,
            subject=one.ordered.subject,
            reason=_reason(one.reason),
            reason_title=_title(one.reason),
            against_prohibition=one.against_prohibition,
        )
        for one in findings.overrides
        for rule in one.ordered.rules
    ]


def pack_figures(
    figures: LoopFigures, period: FigurePeriod, titles: Mapping[str, str]
) -> outcomes_pb2.GetOutcomeStatisticsResponse:
    """Counts. `titles`: of rules by id, where a receipt has none: of a rule that only joins in another's measure."""
    packed = WIRE.pack(outcomes_pb2.GetOutcomeStatisticsResponse, figures, titles)
    packed.since, packed.until = period.since.isoformat(), period.until.isoformat()
    return packed


def stamp(receipt: Receipt) -> common_pb2.ReceiptStamp:
    """Where a receipt is."""
    packed = common_pb2.ReceiptStamp()
    fill_stamp(packed, receipt)
    return packed


def _reason_count(reason: Reason | None, count: int) -> outcomes_pb2.ReasonCount:
    return outcomes_pb2.ReasonCount(reason=_reason(reason), title=_title(reason), count=count)


def _reason(reason: Reason | None) -> outcomes_pb2.DepartureReason.ValueType:
    return outcomes_pb2.DEPARTURE_REASON_UNSPECIFIED if reason is None else _REASONS[reason]


def _add_report(packed: outcomes_pb2.Revision, report: Report) -> None:
    packed.decided_on, packed.post, packed.note = report.decided_on.isoformat(), report.post, report.note
    packed.measures.extend([WIRE.pack(outcomes_pb2.MeasureDone, one) for one in report.measures])
    if report.result in APPROVALS:
        packed.approval = _APPROVALS[report.result]
    else:
        packed.penalty.CopyFrom(WIRE.pack(outcomes_pb2.PenaltyDecision, report))


def _stored(content: bytes, kind: type[Stored], receipt: Receipt) -> Stored:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as fault:
        raise StoreFault("反馈读不出来", f"回执 {receipt.id}") from fault


def _title(reason: Reason | None) -> str:
    return WORDS_ALONE if reason is None else REASONS[reason]
