"""The decision: values that the receipt stores and the answer shows."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from ...rulebook.catalogue import Citation, MeasureKind
from ...rulebook.language import Duty, Role
from ..knowledge import Knowledge


class Outcome(StrEnum):
    """What it comes to, gravest first where two apply: prohibited, undetermined, measures, incentives, clear."""

    CLEAR = "clear"
    INCENTIVES = "incentives"
    MEASURES = "measures"
    PROHIBITED = "prohibited"
    UNDETERMINED = "undetermined"


class EvidenceRef(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a finding rests on."""

    source: str
    document_number: str
    kind: str
    list: str
    title: str
    organ: str
    decided_on: date
    until: date | None


def evidence_order(ref: EvidenceRef) -> tuple[date, str, str, str, str]:
    """The order in which evidence is shown: by day, then by what names it."""
    return (ref.decided_on, ref.kind, ref.list, ref.source, ref.document_number)


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """How and when the subject can end it."""

    repairable: bool
    condition: str
    earliest_on: date | None
    channel: str


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


class Unsettled(msgspec.Struct, frozen=True, kw_only=True):
    """Something not known that a rule waits for."""

    subject: int
    what: str
    """Fact name, `feed:CODE`, `subject` or `engine`."""
    label: str
    supplier: str
    reason: str
    rules: tuple[str, ...]


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """A grade or level with the rule that gave it; empty code where it could not be settled."""

    code: str
    title: str
    rule: str
    basis: tuple[Citation, ...]
    frequency: str = ""


class LadderRating(msgspec.Struct, frozen=True, kw_only=True):
    """A sector's rating on record."""

    ladder: str
    title: str
    rating: str
    decided_on: date


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What one subject is, seen by its credit."""

    subject: int
    identifier: str
    role: Role
    grade: Graded
    level: Graded
    ratings: tuple[LadderRating, ...]
    evidence: tuple[EvidenceRef, ...]
    """Records that the grade and the level rest on."""


class FeedUsed(msgspec.Struct, frozen=True, kw_only=True):
    """Age of a feed that the decision used."""

    feed: str
    title: str
    data_day: date | None
    age_days: int
    max_age_days: int
    stale: bool


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a credit check. The same rules, facts and day give the same bytes."""

    outcome: Outcome
    standings: tuple[Standing, ...]
    measures: tuple[MeasureApplied, ...]
    set_aside: tuple[SetAside, ...]
    undetermined: tuple[Unsettled, ...]
    feeds: tuple[FeedUsed, ...]
    known: tuple[Knowledge, ...]
    """What the registry knew of each subject: with the question, all that the decision rests on."""
    rule_set: str
    day: date


class LevelDecision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a level question."""

    standing: Standing
    undetermined: tuple[Unsettled, ...]
    feeds: tuple[FeedUsed, ...]
    known: Knowledge
    rule_set: str
    day: date


class NearMiss(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that failed by one condition."""

    subject: int
    rule: str
    title: str
    condition: str
    found: str
    would_give: str


def canonical(value: msgspec.Struct) -> bytes:
    """Canonical JSON of a value made of text, whole numbers, days and enums: equals RFC 8785."""
    return msgspec.json.encode(value, order="sorted")
