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
    ExplainedMissing,
    ExplainedNearMiss,
    ExplainedObjection,
    ExplainedRemedy,
    ExplainedSource,
)
from ..wire import plain
from .check import CheckResult
from .leniency import LeniencyResult


@dataclass(frozen=True, slots=True)
class ReceiptResult:
    """A stored receipt."""

    id: str
    hash: str
    previous_hash: str
    chain: str
    number: int
    issued_at: datetime
    canonical_json: str
    """Payload, question and decision with their salts; an erased part is null."""
    answer: CheckResult | None
    """None for the receipt of another question than a credit check, and once the decision was erased."""
    leniency: LeniencyResult | None = None
    """The answer to a leniency question, without suggestions."""
    erased: tuple[ErasedPart, ...] = ()

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Explanation:
    """A receipt in plain words. Texts are Chinese; lists are in reading order."""

    receipt: str
    kind: str
    """check, level, leniency, outcome or erasure."""
    kind_title: str
    hash: str
    chain: str
    number: int
    issued_at: datetime
    rule_set: str
    day: date
    """Legal day of the decision."""
    headline: str
    next_steps: tuple[str, ...]
    question: tuple[ExplainedLine, ...]
    subjects: tuple[str, ...]
    known: tuple[ExplainedFact, ...]
    sources: tuple[ExplainedSource, ...]
    findings: tuple[ExplainedFinding, ...]
    near_misses: tuple[ExplainedNearMiss, ...]
    precedence: tuple[str, ...]
    missing: tuple[ExplainedMissing, ...]
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
