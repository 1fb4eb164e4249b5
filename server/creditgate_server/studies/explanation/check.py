"""The explanation of a credit check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ...decision.check.decide import JudgedSubject
from ...decision.check.decision import Decision, MeasureApplied, Outcome
from ...decision.check.question import Question
from ...decision.parts import Graded, Standing, Unsettled
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import MeasureKind
from ...rulebook.titles import DUTIES, ROLES, STAGES
from .known import facts_given
from .values import Basis, Finding, FindingKind, Line, Missing, RuleSaid
from .words import bases, evidence_said, iso, masked, rule_said, shown_subject

OPEN = "不能确定"


def question_lines(rule_set: RuleSet | None, question: Question) -> tuple[Line, ...]:
    """What was asked."""
    return (
        Line(label="部门", text=organ_title(rule_set, question.organ)),
        Line(label="事项", text=item_title(rule_set, question.item)),
        Line(label="环节", text=STAGES[question.stage]),
        Line(label="办件编号", text=masked(question.case_number)),
        Line(label="查询事由", text=masked(question.purpose)),
        *facts_given(rule_set, question.facts),
        *known_at_lines(question.known_at),
    )


def known_at_lines(known_at: object) -> Iterator[Line]:
    """That an earlier state of knowledge was asked for."""
    if known_at is not None:
        yield Line(label="按哪一时刻所知", text=str(known_at))


def subject_lines(question: Question) -> tuple[str, ...]:
    """Each subject with its part."""
    return tuple(f"{shown_subject(one.identifier)}({ROLES[one.role]})" for one in question.subjects)


def organ_title(rule_set: RuleSet | None, code: str) -> str:
    """An organ by title."""
    organs = rule_set.catalogue.organs if rule_set is not None else {}
    return organs[code].title if code in organs else code or "没有指明"


def item_title(rule_set: RuleSet | None, code: str) -> str:
    """An item by title."""
    items = rule_set.catalogue.items if rule_set is not None else {}
    return items[code].title if code in items else code or "没有指明"


def headline(decision: Decision) -> str:
    """The answer in one sentence."""
    restraints = [one for one in decision.measures if one.kind is MeasureKind.RESTRAINT]
    incentives = [one for one in decision.measures if one.kind is MeasureKind.INCENTIVE]
    if decision.outcome is Outcome.PROHIBITED:
        return f"法律规定这次不能办理: {_titles([one for one in restraints if one.prohibits])}。"
    if decision.outcome is Outcome.UNDETERMINED:
        return f"现有的信息不够, 还不能下结论, 要由工作人员核实: {'、'.join(labels(decision.undetermined))}。"
    if decision.outcome is Outcome.MEASURES:
        also = f"; 同时可以享受: {_titles(incentives)}" if incentives else ""
        return f"可以继续办理, 但部门要按下面的要求办: {_with_duty(restraints)}{also}。"
    if decision.outcome is Outcome.INCENTIVES:
        return f"信用状况符合条件, 可以享受: {_titles(incentives)}。"
    return "没有发现影响这次办理的信用情况, 按一般程序办理。"


def labels(undetermined: Sequence[Unsettled]) -> list[str]:
    """What is not known, each once."""
    return list(dict.fromkeys(entry.label for entry in undetermined))


def _titles(measures: Sequence[MeasureApplied]) -> str:
    return "、".join(dict.fromkeys(one.title for one in measures))


def _with_duty(measures: Sequence[MeasureApplied]) -> str:
    return "、".join(dict.fromkeys(f"{one.title}({DUTIES[one.duty]})" for one in measures))


def findings(rule_set: RuleSet | None, decision: Decision, subjects: Sequence[JudgedSubject]) -> tuple[Finding, ...]:
    """Measures first, then what was set aside, then grades and levels."""
    return (
        *(_measure(rule_set, decision.day, one) for one in decision.measures),
        *_set_aside(rule_set, decision),
        *(
            one
            for standing in decision.standings
            for one in standing_findings(rule_set, decision.day, standing, subjects)
        ),
    )


def _measure(rule_set: RuleSet | None, day: date, measure: MeasureApplied) -> Finding:
    rules = [rule_said(rule_set, measure.rule, day, title=measure.rule_title)]
    rules += [rule_said(rule_set, rule, day) for rule in measure.other_rules if rule != measure.rule]
    return Finding(
        subject=measure.subject,
        kind=_kind(measure),
        title=measure.title,
        duty=DUTIES[measure.duty],
        instruction=measure.instruction,
        until=iso(measure.until),
        applies=True,
        rules=tuple(rules),
        basis=bases(rule_set, measure.basis),
        evidence=evidence_said(measure.evidence),
    )


def _kind(measure: MeasureApplied) -> FindingKind:
    if measure.prohibits:
        return FindingKind.PROHIBITION
    return FindingKind.RESTRAINT if measure.kind is MeasureKind.RESTRAINT else FindingKind.INCENTIVE


def _set_aside(rule_set: RuleSet | None, decision: Decision) -> Iterator[Finding]:
    for one in decision.set_aside:
        rule = rule_said(rule_set, one.rule, decision.day, counts=False)
        found = rule_basis(rule_set, one.rule, decision.day)
        yield Finding(
            subject=one.subject,
            kind=FindingKind.INCENTIVE,
            title=one.title,
            duty="",
            instruction="因惩戒优先, 这次不适用",
            until="",
            applies=False,
            rules=(rule,),
            basis=found,
            evidence=(),
        )


def rule_basis(rule_set: RuleSet | None, rule_id: str, day: date) -> tuple[Basis, ...]:
    """The basis of the version of a rule that was in force."""
    if rule_set is None:
        return ()
    return tuple(
        one
        for rule in rule_set.rules
        if rule.id == rule_id and rule.effective.holds_on(day)
        for one in bases(rule_set, rule.basis)
    )


def standing_findings(
    rule_set: RuleSet | None, day: date, standing: Standing, subjects: Sequence[JudgedSubject]
) -> Iterator[Finding]:
    """Grade and level of one subject, each with all rules of it that held."""
    judged = subjects[standing.subject] if standing.subject < len(subjects) else None
    evidence = evidence_said(standing.evidence)
    for kind, graded in ((FindingKind.GRADE, standing.grade), (FindingKind.LEVEL, standing.level)):
        yield Finding(
            subject=standing.subject,
            kind=kind,
            title=_graded_title(kind, graded),
            duty="",
            instruction=graded.frequency,
            until="",
            applies=True,
            rules=tuple(_standing_rules(rule_set, day, kind, graded, judged)),
            basis=bases(rule_set, graded.basis),
            evidence=evidence,
        )


def _graded_title(kind: FindingKind, graded: Graded) -> str:
    name = "公共信用等级" if kind is FindingKind.GRADE else "监管等级"
    if not graded.code:
        return f"{name}: {OPEN}"
    return f"{name}: {graded.code}({graded.title})" if kind is FindingKind.GRADE else f"{name}: {graded.title}"


def _standing_rules(
    rule_set: RuleSet | None, day: date, kind: FindingKind, graded: Graded, judged: JudgedSubject | None
) -> Iterator[RuleSaid]:
    if judged is None:
        if graded.rule:
            yield rule_said(rule_set, graded.rule, day)
        return
    profile = judged.profile
    book, result = (
        (profile.grade_book, profile.grade) if kind is FindingKind.GRADE else (profile.level_book, profile.level)
    )
    held = [rule for key, rule in book.rules.items() if key in book.verdicts.holds]
    for rule in sorted(held, key=lambda rule: (rule.key not in result.rules, rule.id)):
        yield rule_said(rule_set, rule.id, day, counts=rule.key in result.rules)


def missing(undetermined: Sequence[Unsettled]) -> tuple[Missing, ...]:
    """What is not known, and who can say it."""
    return tuple(
        Missing(subject=one.subject, label=one.label, supplier=one.supplier, reason=one.reason) for one in undetermined
    )
