"""The explanation of a leniency answer: every ground was stored with its conditions, so nothing is judged again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...decision.leniency.decision import (
    ConditionFound,
    ConditionState,
    Ground,
    LawDay,
    LeniencyDecision,
    ProcedureStep,
)
from ...decision.leniency.question import LeniencyQuestion
from ...rulebook.bundle import RuleSet
from ...rulebook.language import Leniency
from ...rulebook.titles import LENIENCIES
from .explainer import Explainer, Parts, question_lines
from .values import FindingKind, FindingSaid, LabelledLine, NearMissSaid, Point, RuleSaid
from .words import bases, evidence_said, masked

_STATES = {ConditionState.MET: "符合", ConditionState.NOT_MET: "不符合", ConditionState.UNKNOWN: "没有查清"}
_LAW_DAYS = {
    LawDay.ACT: "只依违法行为发生时的规定成立, 该规定现已变动",
    LawDay.DECISION: "只依作出决定时的规定成立, 行为发生时还没有这项规定",
}
_NEXT = {
    Leniency.UNDETERMINED: "还有情况没有查清, 现在不能下结论",
    Leniency.ORDINARY: "没有发现可以不罚的情形, 部门按一般程序处理",
    Leniency.EXCLUDED: "属于清单规定不能免罚的情形, 部门按一般程序处理",
}


def _question_lines(rule_set: RuleSet | None, question: LeniencyQuestion) -> tuple[LabelledLine, ...]:
    catalogue = rule_set.catalogue if rule_set is not None else None
    entry = catalogue.exemptions.get(question.exemption) if catalogue is not None else None
    region = catalogue.regions.get(question.region) if catalogue is not None else None
    own = []
    if question.exemption:
        own.append(LabelledLine(label="违法行为", text=entry.title if entry is not None else question.exemption))
    if question.description:
        own.append(LabelledLine(label="行为的说明", text=masked(question.description)))
    own += [
        LabelledLine(label="行为发生地", text=region.title if region is not None else question.region),
        LabelledLine(label="案件编号", text=masked(question.case_number)),
    ]
    return question_lines(rule_set, question, own)


def _parts(rule_set: RuleSet | None, _: LeniencyQuestion | None, decision: LeniencyDecision) -> Parts:
    return Parts(
        findings=findings(rule_set, decision),
        near_misses=near_misses(decision),
        precedence=tuple(precedence(decision)),
        steps=step_lines(decision),
    )


def headline(decision: LeniencyDecision) -> str:
    """The answer in one sentence."""
    said = _NEXT.get(decision.leniency)
    if said is None:
        return f"{decision.summary}。"
    undetermined = decision.leniency is Leniency.UNDETERMINED
    return f"{said}。{decision.summary}。" if undetermined else f"{said}。"


def findings(rule_set: RuleSet | None, decision: LeniencyDecision) -> tuple[FindingSaid, ...]:
    """Grounds that are met: those that the answer rests on first."""
    met = [ground for ground in decision.grounds if ground.state is ConditionState.MET]
    ranked = sorted(met, key=lambda ground: ground.rule not in decision.decided_by)
    return tuple(_finding(rule_set, decision, ground) for ground in ranked)


def _finding(rule_set: RuleSet | None, decision: LeniencyDecision, ground: Ground) -> FindingSaid:
    counts = ground.rule in decision.decided_by
    said = RuleSaid(
        rule=ground.rule,
        title=ground.title,
        days="",
        condition=tuple(
            Point(depth=1, number=str(number), text=_condition(one))
            for number, one in enumerate(ground.conditions, start=1)
        ),
        counts=counts,
        verified=ground.verified,
    )
    evidence = dict.fromkeys(line for one in ground.conditions for line in evidence_said(one.evidence))
    return FindingSaid(
        subject=0,
        kind=FindingKind.GROUND,
        title=LENIENCIES[ground.leniency] + (f"({ground.list_title})" if ground.list_title else ""),
        instruction=ground.circumstances,
        applies=counts,
        rules=(said,),
        basis=bases(rule_set, ground.basis),
        evidence=tuple(evidence),
    )


def _condition(one: ConditionFound) -> str:
    found = f"({masked(one.found)})" if one.found not in ("", one.title) else ""
    return f"{_STATES[one.state]}: {one.title}{found}"


def near_misses(decision: LeniencyDecision) -> tuple[NearMissSaid, ...]:
    """Grounds that fail by one condition alone, all others being met."""
    return tuple(miss for ground in decision.grounds for miss in _near(ground))


def _near(ground: Ground) -> Iterator[NearMissSaid]:
    failing = [one for one in ground.conditions if one.state is not ConditionState.MET]
    if ground.state is not ConditionState.NOT_MET or len(failing) != 1 or len(ground.conditions) == 1:
        return
    yield NearMissSaid(
        subject=0,
        rule=ground.rule,
        title=ground.title,
        condition=failing[0].title,
        found=masked(failing[0].found) or "不符合",
        gap="",
        would_give=LENIENCIES[ground.leniency] + (f"({ground.list_title})" if ground.list_title else ""),
    )


def step_lines(decision: LeniencyDecision) -> tuple[LabelledLine, ...]:
    """Soft measures and steps of the procedure, with their days."""
    soft = [
        LabelledLine(label=one.title, text=f"最迟 {one.due_on}" if one.due_on else "") for one in decision.soft_measures
    ]
    steps = [LabelledLine(label=one.title, text=_step(one)) for one in decision.steps]
    warnings = [LabelledLine(label="提示", text=one.message) for one in decision.warnings]
    return (*soft, *steps, *warnings)


def _step(step: ProcedureStep) -> str:
    return ", ".join(part for part in (step.due_on.isoformat() if step.due_on else "", step.note) if part)


def precedence(decision: LeniencyDecision) -> Iterator[str]:
    """The lightest of what holds, and the law of which day (行政处罚法 第三十七条)."""
    met = [ground for ground in decision.grounds if ground.state is ConditionState.MET]
    decided = [ground for ground in met if ground.rule in decision.decided_by]
    for ground in decided:
        if ground.law_day in _LAW_DAYS:
            yield f"“{ground.title}”{_LAW_DAYS[ground.law_day]}; 新旧规定中选对当事人较轻的(行政处罚法第三十七条)"
    beaten = [ground for ground in met if ground.rule not in decision.decided_by]
    if decided and beaten:
        lost = "、".join(dict.fromkeys(f"“{ground.title}”({LENIENCIES[ground.leniency]})" for ground in beaten))
        yield f"几条规则都成立时, 取优先的一条: “{_named(decided)}”; 同时成立但没有采用的: {lost}"
    if decision.leniency is Leniency.UNDETERMINED and met:
        titles = "、".join(dict.fromkeys(f"“{ground.title}”" for ground in met))
        yield f"{titles}已经成立, 但还有可能更优先的规则没有查清, 所以不能先下结论"


def _named(grounds: Iterable[Ground]) -> str:
    return "”、“".join(dict.fromkeys(ground.title for ground in grounds))


EXPLAINER = Explainer(question=_question_lines, headline=headline, parts=_parts, party="当事人")
