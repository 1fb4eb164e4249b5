"""The answer to a leniency question: values that the receipt stores and the answer shows."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from ...rulebook.catalogue import Citation
from ...rulebook.language import Leniency
from ..knowledge import Knowledge
from ..parts import EvidenceRef, Judgement, Unsettled


class ConditionState(StrEnum):
    """What is known of a condition."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class ConditionFound(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of a ground."""

    title: str
    """What it asks, in Chinese."""
    state: ConditionState
    found: str
    """What was found, in Chinese; empty where nothing is known."""
    facts: tuple[str, ...]
    """Facts and feeds that it looks at, by name. Sorted."""
    supplier: str
    """Who must supply what is not known, in Chinese; empty where it is known."""
    evidence: tuple[EvidenceRef, ...]
    """Records that speak for or against it."""


class LawDay(StrEnum):
    """By the law of which day a ground stands (从旧兼从轻, 行政处罚法 37)."""

    ACT = "act"
    """The day on which the act ended, alone: the law has changed since."""
    DECISION = "decision"
    """The day of the decision, alone: the law is newer than the act."""
    BOTH = "both"


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that was asked, with each of its conditions."""

    rule: str
    title: str
    leniency: Leniency
    list: str
    """Exemption list; empty for the law's own rules."""
    list_title: str
    state: ConditionState
    law_day: LawDay
    conditions: tuple[ConditionFound, ...]
    basis: tuple[Citation, ...]
    circumstances: str
    remark: str
    verified: bool


class SoftMeasureDue(msgspec.Struct, frozen=True, kw_only=True):
    """A soft measure that goes with the answer."""

    code: str
    title: str
    due_on: date | None
    """Last day, inclusive; None: at once or without a day."""
    basis: tuple[Citation, ...]


class ProcedureStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the procedure that follows."""

    code: str
    title: str
    due_on: date | None
    """Day or last day; None where it has none, or where the calendar of that year is not known."""
    note: str


class WarningFound(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the answer warns of."""

    rule: str
    message: str
    basis: tuple[Citation, ...]
    evidence: tuple[EvidenceRef, ...]


class LeniencyDecision(Judgement, frozen=True, kw_only=True):
    """The answer. The same rules, facts and day give the same bytes."""

    leniency: Leniency
    summary: str
    """One sentence in Chinese."""
    exemption: str
    exemption_title: str
    grounds: tuple[Ground, ...]
    """Every rule that was asked: by precedence; of one rank those that are met first, then by id."""
    decided_by: tuple[str, ...]
    """Ids of the rules that the answer rests on. Empty for the ordinary procedure and where it is undetermined."""
    missing: tuple[Unsettled, ...]
    """Where undetermined: the shortest list of facts that settles it whatever they turn out to be."""
    soft_measures: tuple[SoftMeasureDue, ...]
    steps: tuple[ProcedureStep, ...]
    warnings: tuple[WarningFound, ...]
    basis: tuple[Citation, ...]
    """Of the answer: of the rules it rests on."""
    verified: bool
    known: Knowledge
