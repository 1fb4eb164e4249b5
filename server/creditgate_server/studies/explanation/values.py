"""The explanation of a receipt, as plain values. Days are ISO text, empty where there is none."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class LabelledLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something with its name."""

    label: str
    text: str


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """A citation in words."""

    title: str
    number: str
    article: str
    rank: str
    verified: bool


class KnownFact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was known of a subject."""

    subject: int
    what: str
    detail: str
    source: str
    as_of: str
    """Day of the record, or up to which the source is complete."""
    age_days: int
    """From that day to the day of the decision; 0 where there is no such day."""
    counted: bool
    """It counted on the day of the decision; False: repaired, over, revoked."""
    note: str
    """Why it did not count, or until when it does."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery of data that the answer rests on."""

    title: str
    data_day: str
    age_days: int
    max_age_days: int
    stale: bool


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of a condition, with its place among the others."""

    depth: int
    number: str
    text: str


class RuleSaid(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that fired, in words."""

    rule: str
    title: str
    days: str
    condition: tuple[Point, ...]
    counts: bool
    """False: it held, and another one prevailed."""
    verified: bool


class FindingKind(StrEnum):
    """What a finding gives."""

    GRADE = "grade"
    LEVEL = "level"
    PROHIBITION = "prohibition"
    RESTRAINT = "restraint"
    INCENTIVE = "incentive"
    GROUND = "leniency"


class FindingSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What came of rules that fired."""

    subject: int
    kind: FindingKind
    title: str
    duty: str = ""
    """应当 or 可以; empty where there is none."""
    instruction: str
    until: str = ""
    """Last day, inclusive, if nothing changes."""
    applies: bool = True
    """False: it was set aside."""
    rules: tuple[RuleSaid, ...]
    basis: tuple[Basis, ...]
    evidence: tuple[str, ...] = ()


class NearMissSaid(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that nearly fired."""

    subject: int
    rule: str
    title: str
    condition: str
    """What it asks for."""
    found: str
    """What there is instead."""
    gap: str
    """By how little; empty where that can't be counted."""
    would_give: str


class RemedySaid(msgspec.Struct, frozen=True, kw_only=True):
    """How something can be ended."""

    subject: int
    record: str
    """Which record has to be repaired; empty where the measure rests on none."""
    ends: str
    """What that ends."""
    repairable: bool
    condition: str
    earliest_on: str
    """First day on which repair may be asked for; empty: as soon as the condition is met."""
    where: str
    ends_on: str
    """Last day, inclusive, on which the record counts if nothing is done; empty: open."""
    basis: tuple[Basis, ...]


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Something not known that decides."""

    subject: int
    what: str
    """As in `decision.parts.Unsettled`."""
    label: str
    supplier: str
    reason: str


class ObjectionSaid(msgspec.Struct, frozen=True, kw_only=True):
    """A way to object."""

    code: str
    title: str
    text: str
    where: str
    period: str
    last_day: str
    """Last day, inclusive, for who learned of the decision on its day."""
    note: str
    basis: tuple[Basis, ...]
    verified: bool


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, in reading order."""

    receipt: str
    kind: str
    kind_title: str
    digest: str
    chain: str
    number: int
    issued_at: str
    rule_set: str
    day: str
    """Legal day of the decision."""
    headline: str
    next_steps: tuple[str, ...]
    """What the subject can do now, the most useful first."""
    question: tuple[LabelledLine, ...]
    subjects: tuple[str, ...]
    known: tuple[KnownFact, ...] = ()
    sources: tuple[Source, ...] = ()
    findings: tuple[FindingSaid, ...] = ()
    near_misses: tuple[NearMissSaid, ...] = ()
    precedence: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    remedies: tuple[RemedySaid, ...] = ()
    steps: tuple[LabelledLine, ...] = ()
    """What follows in the procedure."""
    objections: tuple[ObjectionSaid, ...] = ()
    reports: tuple[LabelledLine, ...] = ()
    """What was reported on it since."""
    erased: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
