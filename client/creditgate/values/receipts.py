"""A stored receipt, and its explanation: what was known, what fired and what nearly did, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .._contract import (
    ErasedPart,
    ExplainedFact,
    ExplainedFinding,
    ExplainedLine,
    ExplainedNearMiss,
    ExplainedObjection,
    ExplainedRemedy,
    ExplainedSource,
    ExplainedUndetermined,
    ReceiptKind,
    ReceiptSummary,
)
from ..wire import plain
from .check import CheckResult
from .leniency import LeniencyResult
from .level import LevelResult


@dataclass(frozen=True, slots=True)
class ReceiptResult:
    """A stored receipt."""

    summary: ReceiptSummary
    previous_digest: str
    chain: str
    number: int
    canonical_json: bytes
    """Payload, question and decision with their salts; an erased part is null."""
    check: CheckResult | None
    """None for the receipt of another question, and once the decision was erased."""
    level: LevelResult | None = None
    """The answer to a level question."""
    leniency: LeniencyResult | None = None
    """The answer to a leniency question, without suggestions."""
    erased: tuple[ErasedPart, ...] = ()

    @property
    def receipt_id(self) -> str:
        """Its id."""
        return self.summary.receipt_id

    @property
    def digest(self) -> str:
        """Its digest, with the algorithm."""
        return self.summary.digest

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Explanation:
    """A receipt in plain words. Texts are Chinese; lists are in reading order."""

    receipt_id: str
    kind: ReceiptKind
    kind_title: str
    digest: str
    chain: str
    number: int
    issued_at: datetime
    rule_set: str
    as_of: date | None
    """Legal day of the decision; None for what was decided on none."""
    headline: str
    next_steps: tuple[str, ...]
    question: tuple[ExplainedLine, ...]
    subjects: tuple[str, ...]
    known: tuple[ExplainedFact, ...]
    sources: tuple[ExplainedSource, ...]
    findings: tuple[ExplainedFinding, ...]
    near_misses: tuple[ExplainedNearMiss, ...]
    precedence: tuple[str, ...]
    undetermined: tuple[ExplainedUndetermined, ...]
    remedies: tuple[ExplainedRemedy, ...]
    steps: tuple[ExplainedLine, ...]
    objections: tuple[ExplainedObjection, ...]
    reports: tuple[ExplainedLine, ...]
    erased: tuple[str, ...]
    notes: tuple[str, ...]
    html: str = ""
    """The same as one self-contained page, where it was asked for."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without the page."""
        return {name: value for name, value in plain(self).items() if name != "html"}
