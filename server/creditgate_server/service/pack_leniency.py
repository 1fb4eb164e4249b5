"""From a leniency decision to the answer that is sent."""

from __future__ import annotations

from collections.abc import Iterable

from creditgate.v1 import leniency_pb2

from ..decision.leniency.decision import ConditionFound, Ground, LawDay, LeniencyDecision, State
from ..rulebook.language import Leniency
from .pack import Packer, pack_day, pack_evidence, pack_feed, pack_undetermined

_LENIENCIES = {one: leniency_pb2.Leniency.Value(f"LENIENCY_{one.value.upper()}") for one in Leniency}
_STATES = {one: leniency_pb2.ConditionState.Value(f"CONDITION_STATE_{one.value.upper()}") for one in State}
_LAW_DAYS = {one: leniency_pb2.LawDay.Value(f"LAW_DAY_{one.value.upper()}") for one in LawDay}


def pack_leniency(decision: LeniencyDecision, packer: Packer) -> leniency_pb2.EvaluateResponse:
    """The answer, still without receipt and suggestions."""
    answer = leniency_pb2.EvaluateResponse(
        decision=_LENIENCIES[decision.leniency],
        summary=decision.summary,
        exemption=decision.exemption,
        exemption_title=decision.exemption_title,
        grounds=[_ground(ground, packer) for ground in decision.grounds],
        decided_by=decision.decided_by,
        missing=[pack_undetermined(entry) for entry in decision.missing],
        basis=packer.basis(decision.basis),
        verified=decision.verified,
        feeds=[pack_feed(feed) for feed in decision.feeds],
        rule_set=decision.rule_set,
        as_of=decision.day.isoformat(),
    )
    for measure in decision.soft_measures:
        answer.soft_measures.add(
            code=measure.code,
            title=measure.title,
            due_on=pack_day(measure.due_on),
            basis=packer.basis(measure.basis),
        )
    for step in decision.steps:
        answer.steps.add(code=step.code, title=step.title, due_on=pack_day(step.due_on), note=step.note)
    for warning in decision.warnings:
        answer.warnings.add(
            rule=warning.rule,
            message=warning.message,
            basis=packer.basis(warning.basis),
            evidence=pack_evidence(warning.evidence),
        )
    return answer


def _ground(ground: Ground, packer: Packer) -> leniency_pb2.Ground:
    return leniency_pb2.Ground(
        rule=ground.rule,
        title=ground.title,
        leniency=_LENIENCIES[ground.leniency],
        list=ground.list,
        list_title=ground.list_title,
        state=_STATES[ground.state],
        law_day=_LAW_DAYS[ground.law_day],
        conditions=_conditions(ground.conditions),
        basis=packer.basis(ground.basis),
        circumstances=ground.circumstances,
        remark=ground.remark,
        verified=ground.verified,
    )


def _conditions(conditions: Iterable[ConditionFound]) -> list[leniency_pb2.Condition]:
    return [
        leniency_pb2.Condition(
            title=condition.title,
            state=_STATES[condition.state],
            found=condition.found,
            facts=condition.facts,
            supplier=condition.supplier,
            evidence=pack_evidence(condition.evidence),
        )
        for condition in conditions
    ]
