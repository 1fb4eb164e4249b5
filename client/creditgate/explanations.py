"""The explanation of a receipt, as plain values: what was known, what fired and what nearly did, what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from creditgate.v1 import explanation_pb2, ledger_pb2

from .errors import readable
from .results import plain


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """Something with its name."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ExplainedBasis:
    """A citation in words."""

    title: str
    number: str
    article: str
    rank: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ExplainedFact:
    """A record, rating or attribute that was known of a subject."""

    subject: int
    what: str
    detail: str
    source: str
    as_of: date | None
    age_days: int
    counted: bool
    note: str


@dataclass(frozen=True, slots=True)
class ExplainedSource:
    """A delivery of data that the answer rests on."""

    title: str
    data_day: date | None
    age_days: int
    max_age_days: int
    stale: bool


@dataclass(frozen=True, slots=True)
class ExplainedPoint:
    """One sentence of a condition."""

    depth: int
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class ExplainedRule:
    """A rule that fired."""

    rule: str
    title: str
    days: str
    condition: tuple[ExplainedPoint, ...]
    counts: bool
    """False: it held, and another one prevailed."""
    verified: bool


@dataclass(frozen=True, slots=True)
class ExplainedFinding:
    """What came of rules that fired."""

    subject: int
    kind: str
    """grade, level, prohibition, restraint, incentive or leniency."""
    title: str
    duty: str
    instruction: str
    until: date | None
    """Last day, inclusive, if nothing changes."""
    applies: bool
    """False: it was set aside."""
    rules: tuple[ExplainedRule, ...]
    basis: tuple[ExplainedBasis, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplainedNearMiss:
    """A rule that nearly fired."""

    subject: int
    rule: str
    title: str
    condition: str
    found: str
    gap: str
    """By how little; empty where that can't be counted."""
    would_give: str


@dataclass(frozen=True, slots=True)
class ExplainedMissing:
    """Something that is not known and decides."""

    subject: int
    label: str
    supplier: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExplainedRemedy:
    """How something can be ended."""

    subject: int
    record: str
    """The record that has to be repaired; empty where it rests on none."""
    ends: str
    repairable: bool
    condition: str
    earliest_on: date | None
    """First day on which repair may be asked for; None: as soon as the condition is met."""
    where: str
    ends_on: date | None
    """Last day, inclusive, on which the record counts if nothing is done."""
    basis: tuple[ExplainedBasis, ...]


@dataclass(frozen=True, slots=True)
class ExplainedObjection:
    """A way to object: against an organ's act or against data."""

    code: str
    title: str
    text: str
    where: str
    period: str
    last_day: date | None
    """Last day, inclusive, for who learned of the organ's decision on its day; None: it can't be told."""
    note: str
    basis: tuple[ExplainedBasis, ...]
    verified: bool


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
        result: dict[str, Any] = plain(asdict(self))
        del result["html"]
        return result


@readable
def explanation(answer: ledger_pb2.ExplainResponse) -> Explanation:
    """From the proto."""
    told = answer.explanation
    return Explanation(
        receipt=told.receipt,
        kind=told.kind,
        kind_title=told.kind_title,
        hash=told.hash,
        chain=told.chain,
        number=told.number,
        issued_at=datetime.fromisoformat(told.issued_at),
        rule_set=told.rule_set,
        day=date.fromisoformat(told.day),
        headline=told.headline,
        next_steps=tuple(told.next_steps),
        question=_lines(told.question),
        subjects=tuple(told.subjects),
        known=tuple(_fact(one) for one in told.known),
        sources=tuple(_source(one) for one in told.sources),
        findings=tuple(_finding(one) for one in told.findings),
        near_misses=tuple(_near_miss(one) for one in told.near_misses),
        precedence=tuple(told.precedence),
        missing=tuple(ExplainedMissing(one.subject, one.label, one.supplier, one.reason) for one in told.missing),
        remedies=tuple(_remedy(one) for one in told.remedies),
        steps=_lines(told.steps),
        objections=tuple(_objection(one) for one in told.objections),
        reports=_lines(told.reports),
        erased=tuple(told.erased),
        notes=tuple(told.notes),
        html=answer.html,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _lines(lines: Iterable[explanation_pb2.ExplainedLine]) -> tuple[ExplainedLine, ...]:
    return tuple(ExplainedLine(line.label, line.text) for line in lines)


def _basis(basis: Iterable[explanation_pb2.ExplainedBasis]) -> tuple[ExplainedBasis, ...]:
    return tuple(ExplainedBasis(one.title, one.number, one.article, one.rank, one.verified) for one in basis)


def _fact(one: explanation_pb2.ExplainedFact) -> ExplainedFact:
    as_of = _day(one.as_of)
    return ExplainedFact(
        one.subject, one.what, one.detail, one.source, as_of, one.age_days, counted=one.counted, note=one.note
    )


def _source(one: explanation_pb2.ExplainedSource) -> ExplainedSource:
    return ExplainedSource(one.title, _day(one.data_day), one.age_days, one.max_age_days, stale=one.stale)


def _rule(one: explanation_pb2.ExplainedRule) -> ExplainedRule:
    return ExplainedRule(
        rule=one.rule,
        title=one.title,
        days=one.days,
        condition=tuple(ExplainedPoint(point.depth, point.number, point.text) for point in one.condition),
        counts=one.counts,
        verified=one.verified,
    )


def _finding(one: explanation_pb2.ExplainedFinding) -> ExplainedFinding:
    return ExplainedFinding(
        subject=one.subject,
        kind=one.kind,
        title=one.title,
        duty=one.duty,
        instruction=one.instruction,
        until=_day(one.until),
        applies=one.applies,
        rules=tuple(_rule(rule) for rule in one.rules),
        basis=_basis(one.basis),
        evidence=tuple(one.evidence),
    )


def _near_miss(one: explanation_pb2.ExplainedNearMiss) -> ExplainedNearMiss:
    return ExplainedNearMiss(
        subject=one.subject,
        rule=one.rule,
        title=one.title,
        condition=one.condition,
        found=one.found,
        gap=one.gap,
        would_give=one.would_give,
    )


def _remedy(one: explanation_pb2.ExplainedRemedy) -> ExplainedRemedy:
    return ExplainedRemedy(
        subject=one.subject,
        record=one.record,
        ends=one.ends,
        repairable=one.repairable,
        condition=one.condition,
        earliest_on=_day(one.earliest_on),
        where=one.where,
        ends_on=_day(one.ends_on),
        basis=_basis(one.basis),
    )


def _objection(one: explanation_pb2.ExplainedObjection) -> ExplainedObjection:
    return ExplainedObjection(
        code=one.code,
        title=one.title,
        text=one.text,
        where=one.where,
        period=one.period,
        last_day=_day(one.last_day),
        note=one.note,
        basis=_basis(one.basis),
        verified=one.verified,
    )
