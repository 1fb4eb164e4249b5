"""What became of answers (反馈): reports on receipts, what is still open, counts by rule, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from creditgate.v1 import outcomes_pb2

from .._contract import (
    ApprovalResult,
    DepartureReason,
    FollowedReceipt,
    Override,
    PenaltyKind,
    PenaltyResult,
    ReceiptStamp,
    WatchEvent,
)
from ..wire import Read, pack, plain
from .common import new_request_id


@dataclass(frozen=True, slots=True)
class MeasureDone:
    """What was done about a measure."""

    measure: str
    applied: bool = True
    reason: DepartureReason | str | None = None
    words: str = ""
    subject: int | None = None
    """Index into the receipt's subjects; None: every subject who has the measure."""


@dataclass(frozen=True, slots=True)
class PenaltyDecision:
    """What was decided about a violation."""

    result: PenaltyResult | str
    kinds: tuple[PenaltyKind | str, ...] = ()
    fine_fen: int = 0
    reason: DepartureReason | str | None = None
    """Why the decision departs from the answer."""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeReport:
    """A report on a receipt. A measure that was applied may be named by its code alone."""

    receipt: str
    result: ApprovalResult | PenaltyDecision | str
    post: str
    """Post that decided (岗位). No person's name."""
    measures: tuple[MeasureDone | str, ...] = ()
    decided_on: date | str | None = None
    """Legal day of the decision; None: today."""
    note: str = ""
    request_id: str | None = None

    def to_proto(self) -> outcomes_pb2.ReportRequest:
        """The request; it gets a request id where it has none. Raises InvalidQuestion for what no message can hold."""
        decided, penal = self.result, isinstance(self.result, PenaltyDecision)
        return pack(
            outcomes_pb2.ReportRequest,
            receipt=self.receipt,
            approval=None if penal else decided,
            penalty=decided if penal else None,
            measures=[MeasureDone(one) if isinstance(one, str) else one for one in self.measures],
            decided_on=self.decided_on,
            post=self.post,
            note=self.note,
            request_id=self.request_id or new_request_id(),
        )


def _is_withdrawal(revision: outcomes_pb2.Revision) -> bool:
    return revision.kind == outcomes_pb2.REVISION_KIND_WITHDRAWAL


def _result(revision: outcomes_pb2.Revision) -> str:
    match revision.WhichOneof("result"):
        case "approval":
            return outcomes_pb2.ApprovalResult.Name(revision.approval).removeprefix("APPROVAL_RESULT_").lower()
        case "penalty":
            return outcomes_pb2.PenaltyResult.Name(revision.penalty.result).removeprefix("PENALTY_RESULT_").lower()
    return ""


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of what was reported."""

    number: int
    receipt: ReceiptStamp
    withdrawal: Annotated[bool, Read(_is_withdrawal, ("kind",))]
    counts: bool
    """What counts: the last revision, where it is a report."""
    result: Annotated[str, Read(_result, ("approval", "penalty"))]
    """Of the approval or of the decision on a violation; empty for a withdrawal."""
    measures: tuple[MeasureDone, ...]
    penalty: PenaltyDecision | None
    decided_on: date | None
    post: str
    note: str
    caller: str
    late: bool
    overrides: tuple[Override, ...]
    erased: bool


@dataclass(frozen=True, slots=True)
class OutcomeResult:
    """All that was reported on a receipt."""

    receipt: FollowedReceipt
    revisions: tuple[Revision, ...]

    to_dict = plain


@dataclass(frozen=True, slots=True)
class OutcomeEvent:
    """An event of a stream. Keep the cursor once it is handled: a stream resumed from there goes on after it."""

    event: WatchEvent
    cursor: str
    receipt: FollowedReceipt | None
    revision: Revision | None

    to_dict = plain
