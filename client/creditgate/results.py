"""Answers as plain frozen values, made from the protos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from creditgate.v1 import common_pb2, credit_check_pb2, supervision_pb2

from .errors import CreditGateError, of_reason


class Outcome(StrEnum):
    """What an answer comes to."""

    CLEAR = "CLEAR"
    INCENTIVES = "INCENTIVES"
    MEASURES = "MEASURES"
    PROHIBITED = "PROHIBITED"
    UNDETERMINED = "UNDETERMINED"


class MeasureKind(StrEnum):
    """Incentive (守信激励) or restraint (失信惩戒)."""

    INCENTIVE = "incentive"
    RESTRAINT = "restraint"


class Duty(StrEnum):
    """Must (应当) or may (可以)."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Basis:
    """Legal basis: an instrument and its article."""

    instrument: str
    title: str
    number: str
    article: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record that a measure, grade or level rests on."""

    kind: str
    list: str
    title: str
    document_number: str
    organ: str
    decided_on: date | None
    until: date | None
    """Last day on which it counts, inclusive; None: open."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """How and when the subject can end a restraint."""

    repairable: bool
    condition: str
    earliest_on: date | None
    channel: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that applies."""

    code: str
    title: str
    kind: MeasureKind
    duty: Duty
    prohibits: bool
    subject: int
    basis: tuple[Basis, ...]
    evidence: tuple[Evidence, ...]
    rule: str
    rule_title: str
    other_rules: tuple[str, ...]
    in_force_until: date | None
    remedies: tuple[Remedy, ...]
    verified: bool
    instruction: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """An incentive that yielded to restraints."""

    code: str
    title: str
    rule: str
    yields_to: tuple[str, ...]
    subject: int


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Something that could not be settled, and who can supply it."""

    what: str
    label: str
    supplier: str
    reason: str
    subject: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that failed by one condition."""

    rule: str
    title: str
    condition: str
    found: str
    would_give: str
    subject: int


@dataclass(frozen=True, slots=True)
class FeedAge:
    """Age of a data feed."""

    feed: str
    title: str
    data_day: date | None
    age_days: int
    max_age_days: int
    stale: bool


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade or level; an empty code where it is undetermined."""

    code: str
    title: str
    rule: str
    basis: tuple[Basis, ...]
    frequency: str = ""


@dataclass(frozen=True, slots=True)
class SectorRating:
    """A sector's rating on record."""

    ladder: str
    title: str
    rating: str
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What one subject is, seen by its credit."""

    subject: int
    identifier: str
    grade: Graded
    level: Graded
    ratings: tuple[SectorRating, ...]


@dataclass(frozen=True, slots=True)
class ReceiptStamp:
    """Where the receipt is."""

    id: str
    hash: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to a credit check."""

    outcome: Outcome
    grade: str
    """Grade of the first subject; empty where undetermined."""
    level: str
    measures: tuple[Measure, ...]
    undetermined: tuple[Undetermined, ...]
    rule_set: str
    receipt: ReceiptStamp
    as_of: date
    summary: str
    standings: tuple[Standing, ...]
    set_aside: tuple[SetAside, ...]
    near_misses: tuple[NearMiss, ...]
    feeds: tuple[FeedAge, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: days and instants in ISO form."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


@dataclass(frozen=True, slots=True)
class LevelResult:
    """The answer to a level question."""

    grade: str
    level: str
    standing: Standing
    evidence: tuple[Evidence, ...]
    undetermined: tuple[Undetermined, ...]
    feeds: tuple[FeedAge, ...]
    rule_set: str
    as_of: date
    receipt: ReceiptStamp

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


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
    answer: CheckResult | None
    """None for the receipt of a level question."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


@dataclass(frozen=True, slots=True)
class QuestionFailed:
    """A question of a batch that was not answered."""

    error: CreditGateError


def check_result(answer: credit_check_pb2.CheckResponse) -> CheckResult:
    """From the proto."""
    standings = tuple(_standing(standing) for standing in answer.standings)
    return CheckResult(
        outcome=Outcome(credit_check_pb2.Outcome.Name(answer.outcome).removeprefix("OUTCOME_")),
        grade=standings[0].grade.code if standings else "",
        level=standings[0].level.code if standings else "",
        measures=tuple(_measure(measure) for measure in answer.measures),
        undetermined=_undetermined(answer.undetermined),
        rule_set=answer.rule_set,
        receipt=_stamp(answer.receipt),
        as_of=date.fromisoformat(answer.as_of),
        summary=answer.summary,
        standings=standings,
        set_aside=tuple(
            SetAside(entry.code, entry.title, entry.rule, tuple(entry.yields_to), entry.subject)
            for entry in answer.set_aside
        ),
        near_misses=tuple(
            NearMiss(miss.rule, miss.title, miss.condition, miss.found, miss.would_give, miss.subject)
            for miss in answer.near_misses
        ),
        feeds=_feeds(answer.feeds),
    )


def level_result(answer: supervision_pb2.GetLevelResponse) -> LevelResult:
    """From the proto."""
    standing = _standing(answer.standing)
    return LevelResult(
        grade=standing.grade.code,
        level=standing.level.code,
        standing=standing,
        evidence=tuple(_evidence(evidence) for evidence in answer.evidence),
        undetermined=_undetermined(answer.undetermined),
        feeds=_feeds(answer.feeds),
        rule_set=answer.rule_set,
        as_of=date.fromisoformat(answer.as_of),
        receipt=_stamp(answer.receipt),
    )


def receipt_result(answer: credit_check_pb2.GetReceiptResponse) -> ReceiptResult:
    """From the proto."""
    return ReceiptResult(
        id=answer.id,
        hash=answer.hash,
        previous_hash=answer.previous_hash,
        chain=answer.chain,
        number=answer.number,
        issued_at=datetime.fromisoformat(answer.issued_at),
        canonical_json=answer.canonical_json,
        answer=check_result(answer.answer) if answer.HasField("answer") else None,
    )


def batch_result(result: credit_check_pb2.BatchResult) -> CheckResult | QuestionFailed:
    """From the proto."""
    if result.WhichOneof("result") == "answer":
        return check_result(result.answer)
    error = result.error
    return QuestionFailed(of_reason(error.reason)(error.message, error.hint, error.field, error.reason))


def _measure(measure: credit_check_pb2.Measure) -> Measure:
    return Measure(
        code=measure.code,
        title=measure.title,
        kind=MeasureKind(credit_check_pb2.MeasureKind.Name(measure.kind).removeprefix("MEASURE_KIND_").lower()),
        duty=Duty(credit_check_pb2.Duty.Name(measure.duty).removeprefix("DUTY_").lower()),
        prohibits=measure.prohibits,
        subject=measure.subject,
        basis=_basis(measure.basis),
        evidence=tuple(_evidence(evidence) for evidence in measure.evidence),
        rule=measure.rule,
        rule_title=measure.rule_title,
        other_rules=tuple(measure.other_rules),
        in_force_until=_day(measure.in_force_until),
        remedies=tuple(
            Remedy(remedy.repairable, remedy.condition, _day(remedy.earliest_on), remedy.channel)
            for remedy in measure.remedies
        ),
        verified=measure.verified,
        instruction=measure.instruction,
    )


def _standing(standing: common_pb2.Standing) -> Standing:
    grade, level = standing.grade, standing.level
    return Standing(
        subject=standing.subject,
        identifier=standing.identifier,
        grade=Graded(grade.code, grade.title, grade.rule, _basis(grade.basis)),
        level=Graded(level.code, level.title, level.rule, _basis(level.basis), level.frequency),
        ratings=tuple(
            SectorRating(rating.ladder, rating.title, rating.rating, _day(rating.decided_on))
            for rating in standing.ratings
        ),
    )


def _basis(entries: Iterable[common_pb2.Basis]) -> tuple[Basis, ...]:
    return tuple(Basis(entry.instrument, entry.title, entry.number, entry.article) for entry in entries)


def _evidence(evidence: common_pb2.Evidence) -> Evidence:
    return Evidence(
        kind=evidence.kind,
        list=evidence.list,
        title=evidence.title,
        document_number=evidence.document_number,
        organ=evidence.organ,
        decided_on=_day(evidence.decided_on),
        until=_day(evidence.until),
    )


def _undetermined(entries: Iterable[common_pb2.Undetermined]) -> tuple[Undetermined, ...]:
    return tuple(
        Undetermined(entry.what, entry.label, entry.supplier, entry.reason, entry.subject, tuple(entry.rules))
        for entry in entries
    )


def _feeds(entries: Iterable[common_pb2.FeedAge]) -> tuple[FeedAge, ...]:
    return tuple(
        FeedAge(entry.feed, entry.title, _day(entry.data_day), entry.age_days, entry.max_age_days, entry.stale)
        for entry in entries
    )


def _stamp(stamp: common_pb2.ReceiptStamp) -> ReceiptStamp:
    return ReceiptStamp(stamp.id, stamp.hash, datetime.fromisoformat(stamp.issued_at))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
