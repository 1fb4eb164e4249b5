"""Answers as the ledger keeps them, for reports to speak of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from creditgate_server.decision.check.decision import Decision, MeasureApplied, Outcome
from creditgate_server.decision.check.question import Question
from creditgate_server.decision.knowledge import Knowledge
from creditgate_server.decision.leniency.decision import (
    ConditionState,
    Ground,
    LawDay,
    LeniencyDecision,
    SoftMeasureDue,
)
from creditgate_server.decision.leniency.question import LeniencyQuestion
from creditgate_server.decision.outcome.values import AnswerDuties, MeasureDone, Penalty, Report, Result
from creditgate_server.decision.parts import canonical
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.kinds import CHECK, LENIENCY, answered
from creditgate_server.rulebook.catalogue import Citation, MeasureKind
from creditgate_server.rulebook.language import Duty, Leniency, Role, Stage

FIRM = "91441900YL0000012Y"
DAY = date(2026, 11, 2)
DIGEST = "sha256:" + "0" * 64
BASIS = (Citation(instrument="credit-law", article="第十条"),)
TITLES = {
    "strict-review": "从严审查",
    "no-priority": "不优先安排",
    "no-licence": "不予许可",
    "green-channel": "绿色通道",
    "fewer-inspections": "降低抽查",
}


def measure(code: str, duty: Duty = Duty.MANDATORY, **changes: Any) -> MeasureApplied:
    """A restraint that rule `r-CODE` calls for, unless said otherwise."""
    values: dict[str, Any] = {
        "subject": 0,
        "code": code,
        "title": TITLES[code],
        "kind": MeasureKind.RESTRAINT,
        "duty": duty,
        "prohibits": code == "no-licence",
        "basis": BASIS,
        "evidence": (),
        "rule": f"r-{code}",
        "rule_title": f"规则 {TITLES[code]}",
        "other_rules": (),
        "until": None,
        "remedies": (),
        "verified": True,
        "instruction": "",
    }
    return MeasureApplied(**(values | changes))


def decision(outcome: Outcome, *measures: MeasureApplied) -> Decision:
    """A check's decision."""
    return Decision(
        outcome=outcome,
        standings=(),
        measures=measures,
        set_aside=(),
        undetermined=(),
        feeds=(),
        known=(),
        rule_set=DIGEST,
        day=DAY,
    )


def question(**changes: Any) -> Question:
    """A check's question."""
    values: dict[str, Any] = {
        "organ": "market-regulation",
        "item": "food-business-licence",
        "case_number": "虚构-1",
        "stage": Stage.ACCEPTANCE,
        "subjects": (SubjectInRole(identifier=FIRM, role=Role.APPLICANT),),
        "facts": {},
        "purpose": "测试",
        "day": DAY,
    }
    return Question(**(values | changes))


def leniency_question(known_at: datetime | None = None) -> LeniencyQuestion:
    return LeniencyQuestion(
        organ="market-regulation",
        case_number="虚构-1",
        subject=SubjectInRole(identifier=FIRM, role=Role.APPLICANT),
        facts={},
        region="441900",
        purpose="测试",
        day=DAY,
        known_at=known_at,
    )


def leniency(
    code: Leniency, *, rules: tuple[str, ...] = ("list-first",), soft: tuple[str, ...] = ()
) -> LeniencyDecision:
    """A leniency answer."""
    grounds = tuple(
        Ground(
            rule=rule,
            title=f"规则 {rule}",
            leniency=code,
            list="",
            list_title="",
            state=ConditionState.MET,
            law_day=LawDay.BOTH,
            conditions=(),
            basis=BASIS,
            circumstances="",
            remark="",
            verified=True,
        )
        for rule in rules
    )
    return LeniencyDecision(
        leniency=code,
        summary="结论",
        exemption="",
        exemption_title="",
        grounds=grounds,
        decided_by=rules,
        missing=(),
        soft_measures=tuple(SoftMeasureDue(code=one, title=f"柔性措施 {one}", due_on=None, basis=()) for one in soft),
        steps=(),
        warnings=(),
        basis=BASIS,
        verified=True,
        feeds=(),
        known=Knowledge(identifier=FIRM, present=True, attributes={}, records=(), ratings=()),
        rule_set=DIGEST,
        day=DAY,
    )


def check_with(*measures: MeasureApplied, outcome: Outcome = Outcome.MEASURES) -> AnswerDuties:
    return answered(CHECK.code, canonical(decision(outcome, *measures)))


def lenient(code: Leniency, **changes: Any) -> AnswerDuties:
    return answered(LENIENCY.code, canonical(leniency(code, **changes)))


def report(*measures: MeasureDone, result: Result = Result.GRANTED, **changes: Any) -> Report:
    return Report(about="r-1", result=result, decided_on=DAY, post="审批岗", measures=measures, **changes)


def fined(fen: int = 500_000, **changes: Any) -> Report:
    return report(result=Result.PENALISED, penalties=(Penalty.FINE,), fine_fen=fen, **changes)
