"""The decision: values that the receipt stores and the answer shows."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from ...rulebook.catalogue import Citation, MeasureKind
from ...rulebook.language import Duty
from ..knowledge import Knowledge
from ..parts import EvidenceRef, Judgement, Remedy, Standing, Unsettled


class Outcome(StrEnum):
    """What it comes to, gravest first where two apply: prohibited, undetermined, measures, incentives, clear."""

    CLEAR = "clear"
    INCENTIVES = "incentives"
    MEASURES = "measures"
    PROHIBITED = "prohibited"
    UNDETERMINED = "undetermined"


OUTCOMES: dict[Outcome, str] = {
    Outcome.CLEAR: "无奖惩措施",
    Outcome.INCENTIVES: "适用激励措施",
    Outcome.MEASURES: "适用惩戒措施",
    Outcome.PROHIBITED: "依法不予办理",
    Outcome.UNDETERMINED: "不能确定",
}
"""Chinese titles: the one place where they stand."""


class MeasureApplied(msgspec.Struct, frozen=True, kw_only=True):
    """A measure that applies, for one subject of the question."""

    subject: int
    code: str
    title: str
    kind: MeasureKind
    duty: Duty
    prohibits: bool
    basis: tuple[Citation, ...]
    evidence: tuple[EvidenceRef, ...]
    rule: str
    rule_title: str
    other_rules: tuple[str, ...]
    until: date | None
    """Last day, inclusive, on which it would still apply if nothing changed; None: open."""
    remedies: tuple[Remedy, ...]
    verified: bool
    instruction: str


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """An incentive that yielded to restraints."""

    subject: int
    code: str
    title: str
    rule: str
    yields_to: tuple[str, ...]


class Decision(Judgement, frozen=True, kw_only=True):
    """The answer to a credit check. The same rules, facts and day give the same bytes."""

    outcome: Outcome
    standings: tuple[Standing, ...]
    measures: tuple[MeasureApplied, ...]
    set_aside: tuple[SetAside, ...]
    undetermined: tuple[Unsettled, ...]
    known: tuple[Knowledge, ...]
    """What the registry knew of each subject: with the question, all that the decision rests on."""


class NearMiss(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that failed by one condition."""

    subject: int
    rule: str
    title: str
    condition: str
    found: str
    would_give: str
