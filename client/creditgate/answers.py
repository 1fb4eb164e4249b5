"""From the service's messages to plain values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from creditgate.v1 import common_pb2, credit_check_pb2, supervision_pb2

from .errors import of_reason, readable
from .results import (
    Basis,
    CheckResult,
    Duty,
    Evidence,
    FeedAge,
    Graded,
    LevelResult,
    Measure,
    MeasureKind,
    NearMiss,
    Outcome,
    QuestionFailed,
    ReceiptStamp,
    Remedy,
    SectorRating,
    SetAside,
    Standing,
    Undetermined,
)


@readable
def check_result(answer: credit_check_pb2.CheckResponse) -> CheckResult:
    """From the proto."""
    standings = tuple(_standing(standing) for standing in answer.standings)
    return CheckResult(
        outcome=Outcome(credit_check_pb2.Outcome.Name(answer.outcome).removeprefix("OUTCOME_")),
        grade=standings[0].grade.code if standings else "",
        level=standings[0].level.code if standings else "",
        measures=tuple(_measure(measure) for measure in answer.measures),
        undetermined=undetermined_of(answer.undetermined),
        rule_set=answer.rule_set,
        activation=answer.activation,
        decided_at=answer.decided_at,
        receipt=stamp_of(answer.receipt),
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
        feeds=feeds_of(answer.feeds),
    )


@readable
def level_result(answer: supervision_pb2.GetLevelResponse) -> LevelResult:
    """From the proto."""
    standing = _standing(answer.standing)
    return LevelResult(
        grade=standing.grade.code,
        level=standing.level.code,
        standing=standing,
        evidence=tuple(evidence_of(evidence) for evidence in answer.evidence),
        undetermined=undetermined_of(answer.undetermined),
        feeds=feeds_of(answer.feeds),
        rule_set=answer.rule_set,
        activation=answer.activation,
        decided_at=answer.decided_at,
        as_of=date.fromisoformat(answer.as_of),
        receipt=stamp_of(answer.receipt),
    )


def batch_result(result: credit_check_pb2.BatchResult) -> CheckResult | QuestionFailed:
    """From the proto."""
    if result.WhichOneof("result") == "answer":
        return check_result(result.answer)
    return failed_of(result.error)


def failed_of(error: common_pb2.QuestionError) -> QuestionFailed:
    """The error of a question that was not answered."""
    return QuestionFailed(of_reason(error.reason)(error.message, error.hint, error.field, error.reason))


def _measure(measure: credit_check_pb2.Measure) -> Measure:
    return Measure(
        code=measure.code,
        title=measure.title,
        kind=MeasureKind(credit_check_pb2.MeasureKind.Name(measure.kind).removeprefix("MEASURE_KIND_").lower()),
        duty=Duty(credit_check_pb2.Duty.Name(measure.duty).removeprefix("DUTY_").lower()),
        prohibits=measure.prohibits,
        subject=measure.subject,
        basis=basis_of(measure.basis),
        evidence=tuple(evidence_of(evidence) for evidence in measure.evidence),
        rule=measure.rule,
        rule_title=measure.rule_title,
        other_rules=tuple(measure.other_rules),
        in_force_until=day_of(measure.in_force_until),
        remedies=tuple(
            Remedy(remedy.repairable, remedy.condition, day_of(remedy.earliest_on), remedy.channel)
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
        grade=Graded(grade.code, grade.title, grade.rule, basis_of(grade.basis)),
        level=Graded(level.code, level.title, level.rule, basis_of(level.basis), level.frequency),
        ratings=tuple(
            SectorRating(rating.ladder, rating.title, rating.rating, day_of(rating.decided_on))
            for rating in standing.ratings
        ),
    )


def basis_of(entries: Iterable[common_pb2.Basis]) -> tuple[Basis, ...]:
    """Legal bases."""
    return tuple(Basis(entry.instrument, entry.title, entry.number, entry.article) for entry in entries)


def evidence_of(evidence: common_pb2.Evidence) -> Evidence:
    """A record."""
    return Evidence(
        kind=evidence.kind,
        list=evidence.list,
        title=evidence.title,
        document_number=evidence.document_number,
        organ=evidence.organ,
        decided_on=day_of(evidence.decided_on),
        until=day_of(evidence.until),
    )


def undetermined_of(entries: Iterable[common_pb2.Undetermined]) -> tuple[Undetermined, ...]:
    """What could not be settled."""
    return tuple(
        Undetermined(entry.what, entry.label, entry.supplier, entry.reason, entry.subject, tuple(entry.rules))
        for entry in entries
    )


def feeds_of(entries: Iterable[common_pb2.FeedAge]) -> tuple[FeedAge, ...]:
    """Ages of feeds."""
    return tuple(
        FeedAge(entry.feed, entry.title, day_of(entry.data_day), entry.age_days, entry.max_age_days, entry.stale)
        for entry in entries
    )


def stamp_of(stamp: common_pb2.ReceiptStamp) -> ReceiptStamp:
    """Where the receipt is."""
    return ReceiptStamp(stamp.id, stamp.hash, datetime.fromisoformat(stamp.issued_at))


def day_of(text: str) -> date | None:
    """A day; None where the text is empty."""
    return date.fromisoformat(text) if text else None
