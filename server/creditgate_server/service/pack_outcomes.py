"""From the loop's values to the messages that are sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from creditgate.v1 import credit_check_pb2, outcomes_pb2

from ..decision.outcome.answered import Answered
from ..decision.outcome.cursors import encode
from ..decision.outcome.deadlines import Deadlines
from ..decision.outcome.standing import State, in_progress, state
from ..decision.outcome.tally import RuleFigures
from ..decision.outcome.titles import REASONS, WORDS_ALONE
from ..decision.outcome.values import (
    APPROVALS,
    RETRACTED,
    Findings,
    MeasureDone,
    Ordered,
    Reason,
    Report,
    Result,
    Retraction,
)
from ..errors import StoreFault
from ..judging.kinds import ANSWERS, answered
from ..ledger.figures import Figures, Period
from ..ledger.pending import Followed
from ..ledger.receipt import Receipt, contents
from ..ledger.stream import Event, Happened
from ..rulebook.language import Duty
from .unpack_outcomes import APPROVAL_RESULTS, PENALTY_KINDS, PENALTY_RESULTS
from .unpack_outcomes import REASONS as REASON_NUMBERS

STATES = {one: outcomes_pb2.FollowUpState.Value(f"FOLLOW_UP_STATE_{one.upper()}") for one in State}
_EVENTS = {one: outcomes_pb2.WatchEvent.Value(f"WATCH_EVENT_{one.upper()}") for one in Happened}
Stored = TypeVar("Stored", bound=msgspec.Struct)
_DUTIES = {one: credit_check_pb2.Duty.Value(f"DUTY_{one.upper()}") for one in Duty}


class OutcomePacker:
    """Packs by the deadlines in force, on a legal day."""

    def __init__(self, deadlines: Deadlines, today: date) -> None:
        self._deadlines = deadlines
        self._today = today

    def state(self, followed: Followed) -> State:
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

    def receipt(self, followed: Followed) -> outcomes_pb2.FollowedReceipt:
        """A receipt of the loop, with its measures."""
        row = followed.receipt
        called_for = of_receipt(followed)
        return outcomes_pb2.FollowedReceipt(
            id=row.id,
            kind=row.kind,
            organ=row.organ,
            item=row.item,
            case_number=row.case_number,
            answer=row.answer,
            answer_title=ANSWERS.get(row.answer, ""),
            issued_at=row.issued_at,
            due_on=self.due_on(row),
            state=STATES[self.state(followed)],
            in_progress=in_progress(followed.last_answer),
            measures=[_measure_due(ordered) for ordered in called_for.measures] if called_for else (),
            erased=called_for is None,
        )

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
        packed.receipt.id, packed.receipt.hash, packed.receipt.issued_at = told.id, told.hash, told.issued_at
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


def of_receipt(followed: Followed) -> Answered | None:
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
            reason=REASON_NUMBERS[one.reason],
            reason_title=_title(one.reason),
            against_prohibition=one.against_prohibition,
        )
        for one in findings.overrides
        for rule in one.ordered.rules
    ]


def pack_figures(
    figures: Figures, period: Period, titles: Mapping[str, str]
) -> outcomes_pb2.GetOutcomeStatisticsResponse:
    """Counts. `titles`: of rules by id, where a receipt has none: of a rule that only joins in another's measure."""
    counted = figures.counted
    return outcomes_pb2.GetOutcomeStatisticsResponse(
        rules=[_rule(rule, titles) for rule in figures.rules],
        receipts=counted.needed,
        settled=counted.settled,
        settled_late=counted.settled_late,
        settled_by_later=counted.settled_by_later,
        open=counted.open,
        overdue=counted.overdue,
        volunteered=counted.volunteered,
        since=period.since.isoformat(),
        until=period.until.isoformat(),
    )


def _rule(rule: RuleFigures, titles: Mapping[str, str]) -> outcomes_pb2.RuleFollowUp:
    return outcomes_pb2.RuleFollowUp(
        rule=rule.rule,
        title=rule.title or titles.get(rule.rule, ""),
        ordered=rule.ordered,
        mandatory=rule.mandatory,
        applied=rule.applied,
        not_applied=rule.not_applied,
        silent=rule.silent,
        reasons=[
            outcomes_pb2.ReasonCount(reason=REASON_NUMBERS[reason], title=_title(reason), count=count)
            for reason, count in rule.reasons
        ],
        overrides=rule.overrides,
        against_prohibition=rule.against_prohibition,
    )


def _measure_due(ordered: Ordered) -> outcomes_pb2.MeasureDue:
    return outcomes_pb2.MeasureDue(
        measure=ordered.code,
        title=ordered.title,
        subject=ordered.subject,
        duty=_DUTIES[ordered.duty],
        prohibits=ordered.prohibits,
        rules=[rule.id for rule in ordered.rules],
    )


def _add_report(packed: outcomes_pb2.Revision, report: Report) -> None:
    packed.decided_on, packed.post, packed.note = report.decided_on.isoformat(), report.post, report.note
    packed.measures.extend(_measures(report.measures))
    result = Result(report.result)
    if result in APPROVALS:
        packed.approval = APPROVAL_RESULTS[result]
    else:
        packed.penalty.CopyFrom(
            outcomes_pb2.PenaltyDecision(
                result=PENALTY_RESULTS[result],
                kinds=[PENALTY_KINDS[kind] for kind in report.penalties],
                fine_fen=report.fine_fen,
                reason=REASON_NUMBERS[report.reason],
                words=report.words,
            )
        )


def _measures(measures: Iterable[MeasureDone]) -> list[outcomes_pb2.MeasureDone]:
    return [
        outcomes_pb2.MeasureDone(
            measure=one.code,
            subject=one.subject,
            applied=one.applied,
            reason=REASON_NUMBERS[one.reason],
            words=one.words,
        )
        for one in measures
    ]


def _stored(content: bytes, kind: type[Stored], receipt: Receipt) -> Stored:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as fault:
        raise StoreFault("反馈读不出来", f"回执 {receipt.id}") from fault


def _title(reason: Reason | None) -> str:
    return WORDS_ALONE if reason is None else REASONS[reason]
