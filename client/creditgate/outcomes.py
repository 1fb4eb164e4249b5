"""What became of answers (反馈): reports on receipts, what is still open, counts by rule, as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from .results import Duty, ReceiptStamp, plain


class ApprovalResult(StrEnum):
    """What became of an application that was checked."""

    GRANTED = "granted"
    GRANTED_WITH_CONDITIONS = "granted_with_conditions"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """The application was withdrawn."""
    PENDING = "pending"
    """Not decided yet: the receipt stays open."""


class PenaltyResult(StrEnum):
    """What became of a violation."""

    NOT_PENALISED = "not_penalised"
    PENALISED = "penalised"
    OTHER = "other"


class PenaltyKind(StrEnum):
    """A kind of penalty. Source: 行政处罚法 第九条."""

    WARNING = "warning"
    CRITICISM = "criticism"
    FINE = "fine"
    INCOME_CONFISCATED = "income_confiscated"
    PROPERTY_CONFISCATED = "property_confiscated"
    LICENCE_WITHHELD = "licence_withheld"
    QUALIFICATION_LOWERED = "qualification_lowered"
    LICENCE_REVOKED = "licence_revoked"
    BUSINESS_RESTRICTED = "business_restricted"
    BUSINESS_STOPPED = "business_stopped"
    CLOSED = "closed"
    PRACTICE_RESTRICTED = "practice_restricted"
    DETENTION = "detention"
    OTHER = "other"


class DepartureReason(StrEnum):
    """Why what an answer called for was not done."""

    LEGAL = "legal"
    DATA_WRONG = "data_wrong"
    REPAIRED = "repaired"
    NOT_APPLICABLE = "not_applicable"
    OTHER_ORGAN = "other_organ"
    OTHER = "other"


class FollowUpState(StrEnum):
    """Where a receipt stands."""

    NOT_NEEDED = "not_needed"
    OPEN = "open"
    OVERDUE = "overdue"
    SETTLED = "settled"
    SETTLED_BY_LATER = "settled_by_later"
    """By a report on a later check of the same case."""


class WatchEvent(StrEnum):
    """What a stream tells."""

    NEEDED = "needed"
    OVERDUE = "overdue"
    REPORTED = "reported"
    WITHDRAWN = "withdrawn"
    CAUGHT_UP = "caught_up"
    """All that happened so far was told."""


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


@dataclass(frozen=True, slots=True)
class Override:
    """Something that had to be done and was not."""

    rule: str
    rule_title: str
    measure: str
    title: str
    subject: int
    reason: DepartureReason | None
    reason_title: str
    against_prohibition: bool


@dataclass(frozen=True, slots=True)
class ReportResult:
    """The report, or the withdrawal, is durable."""

    receipt: ReceiptStamp
    revision: int
    state: FollowUpState
    due_on: date | None
    """Last day for a report; None: the receipt needs none."""
    late: bool
    overrides: tuple[Override, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = plain(asdict(self))
        return values


@dataclass(frozen=True, slots=True)
class MeasureDue:
    """A measure that a report has to speak of."""

    measure: str
    title: str
    subject: int
    duty: Duty
    prohibits: bool
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FollowedReceipt:
    """A receipt in the loop."""

    id: str
    kind: str
    organ: str
    item: str
    case_number: str
    answer: str
    answer_title: str
    issued_at: str
    due_on: date | None
    state: FollowUpState
    in_progress: bool
    measures: tuple[MeasureDue, ...]
    erased: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of what was reported."""

    number: int
    receipt: ReceiptStamp
    withdrawal: bool
    counts: bool
    """What counts: the last revision, where it is a report."""
    result: str
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

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = plain(asdict(self))
        return values


@dataclass(frozen=True, slots=True)
class PendingPage:
    """Receipts that are open, the oldest first."""

    receipts: tuple[FollowedReceipt, ...]
    next: str
    """Cursor of the next page; empty: there is none."""
    open: int
    """On the first page: all that are open, those overdue included."""
    overdue: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = plain(asdict(self))
        return values


@dataclass(frozen=True, slots=True)
class OutcomeEvent:
    """An event of a stream. Keep the cursor once it is handled: a stream resumed from there goes on after it."""

    event: WatchEvent
    cursor: str
    receipt: FollowedReceipt | None
    revision: Revision | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = plain(asdict(self))
        return values


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often a reason was given; no reason: in words alone."""

    reason: DepartureReason | None
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class RuleFollowUp:
    """What became of what one rule called for."""

    rule: str
    title: str
    ordered: int
    mandatory: int
    applied: int
    not_applied: int
    silent: int
    reasons: tuple[ReasonCount, ...]
    overrides: int
    against_prohibition: int


@dataclass(frozen=True, slots=True)
class OutcomeStatistics:
    """Counts by rule, those with the most overrides first, and of receipts."""

    rules: tuple[RuleFollowUp, ...]
    receipts: int
    settled: int
    settled_late: int
    settled_by_later: int
    open: int
    overdue: int
    volunteered: int
    since: date
    until: date

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = plain(asdict(self))
        return values
