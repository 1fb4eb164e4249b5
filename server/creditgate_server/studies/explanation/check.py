"""The explanation of a credit check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ...decision.check.decide import decided_check, judged_question
from ...decision.check.decision import Decision, MeasureApplied, Outcome
from ...decision.check.question import Question
from ...decision.judged import JudgedSubject
from ...decision.parts import Graded, Standing, Unsettled
from ...judging.second_opinion import SecondOpinion
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import MeasureKind
from ...rulebook.saying import titles_of
from ...rulebook.titles import DUTIES, STAGES
from . import precedence, remedies
from .explainer import Explainer, Parts, feeds_then, if_same, question_lines
from .near import near_misses
from .values import Basis, FindingKind, FindingSaid, LabelledLine, Missing, RuleSaid
from .words import bases, evidence_said, iso, item_title, masked, rule_said

OPEN = "不能确定"


def _question_lines(rule_set: RuleSet | None, question: Question) -> tuple[LabelledLine, ...]:
    own = (
        LabelledLine(label="事项", text=item_title(rule_set, question.item)),
        LabelledLine(label="环节", text=STAGES[question.stage]),
        LabelledLine(label="办件编号", text=masked(question.case_number)),
    )
    return question_lines(rule_set, question, own)


def _parts(rule_set: RuleSet | None, question: Question | None, decision: Decision) -> Parts:
    subjects, notes = _judged_again(rule_set, question, decision)
    given = question.facts if question is not None else {}
    return Parts(
        findings=findings(rule_set, decision, subjects),
        near_misses=near_misses(subjects, given, titles_of(rule_set)) if rule_set is not None else (),
        precedence=precedence.of_check(rule_set, decision, subjects, given),
        remedies=remedies.of_check(rule_set, decision),
        notes=notes,
    )


def _judged_again(
    rule_set: RuleSet | None, question: Question | None, decision: Decision
) -> tuple[tuple[JudgedSubject, ...], tuple[str, ...]]:
    """Each subject with all that held and failed; nothing where it can't be had or would not be what was decided."""
    if rule_set is None or question is None:
        return (), ()
    opinion = SecondOpinion(rule_set)
    known = {one.identifier: one for one in decision.known}
    judged = judged_question(opinion, question, known, feeds_then(decision.feeds))
    return if_same(judged.subjects, decided_check(opinion, judged), decision)


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


def findings(
    rule_set: RuleSet | None, decision: Decision, subjects: Sequence[JudgedSubject]
) -> tuple[FindingSaid, ...]:
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


def _measure(rule_set: RuleSet | None, day: date, measure: MeasureApplied) -> FindingSaid:
    rules = [rule_said(rule_set, measure.rule, day, title=measure.rule_title)]
    rules += [rule_said(rule_set, rule, day) for rule in measure.other_rules if rule != measure.rule]
    return FindingSaid(
        subject=measure.subject,
        kind=_kind(measure),
        title=measure.title,
        duty=DUTIES[measure.duty],
        instruction=measure.instruction,
        until=iso(measure.until),
        rules=tuple(rules),
        basis=bases(rule_set, measure.basis),
        evidence=evidence_said(measure.evidence),
    )


def _kind(measure: MeasureApplied) -> FindingKind:
    if measure.prohibits:
        return FindingKind.PROHIBITION
    return FindingKind.RESTRAINT if measure.kind is MeasureKind.RESTRAINT else FindingKind.INCENTIVE


def _set_aside(rule_set: RuleSet | None, decision: Decision) -> Iterator[FindingSaid]:
    for one in decision.set_aside:
        rule = rule_said(rule_set, one.rule, decision.day, counts=False)
        found = rule_basis(rule_set, one.rule, decision.day)
        yield FindingSaid(
            subject=one.subject,
            kind=FindingKind.INCENTIVE,
            title=one.title,
            instruction="因惩戒优先, 这次不适用",
            applies=False,
            rules=(rule,),
            basis=found,
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
) -> Iterator[FindingSaid]:
    """Grade and level of one subject, each with all rules of it that held."""
    judged = subjects[standing.subject] if standing.subject < len(subjects) else None
    evidence = evidence_said(standing.evidence)
    for kind, graded in ((FindingKind.GRADE, standing.grade), (FindingKind.LEVEL, standing.level)):
        yield FindingSaid(
            subject=standing.subject,
            kind=kind,
            title=_graded_title(kind, graded),
            instruction=graded.frequency,
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
        Missing(subject=one.subject, what=one.what, label=one.label, supplier=one.supplier, reason=one.reason)
        for one in undetermined
    )


EXPLAINER = Explainer(question=_question_lines, headline=headline, parts=_parts)
