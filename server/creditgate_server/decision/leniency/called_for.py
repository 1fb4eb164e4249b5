"""What a leniency answer calls for, and whether somebody has to report what was done about it."""

from __future__ import annotations

import msgspec

from ...rulebook.language import Duty, Leniency
from ...rulebook.titles import LENIENCIES
from ..outcome.values import AnswerDuties, Contrary, OrderedDuty, OrderingRule, Penalty, Result
from .decision import LeniencyDecision
from .question import LeniencyQuestion

NO_PENALTY = (
    Leniency.PAST_LIMITATION,
    Leniency.NO_PENALTY_CAPACITY,
    Leniency.NO_PENALTY_MINOR,
    Leniency.NO_PENALTY_NO_FAULT,
)
"""Answers by which there shall be no penalty."""
BINDING = (*NO_PENALTY, Leniency.EXCLUDED)
"""Answers that bind: a decision that departs from one needs a reason."""
_CONTRARY = {
    **dict.fromkeys((*NO_PENALTY, Leniency.MAY_BE_EXEMPT), Contrary(results=(Result.PENALISED,))),
    Leniency.FINE_MAY_BE_WAIVED: Contrary(penalties=(Penalty.FINE,)),
    Leniency.EXCLUDED: Contrary(results=(Result.NOT_PENALISED,)),
}


class _Ground(msgspec.Struct, frozen=True):
    rule: str
    title: str


class _SoftMeasure(msgspec.Struct, frozen=True):
    code: str
    title: str


class LeniencyBrief(msgspec.Struct, frozen=True):
    """What a report depends on, of a decision that holds much more."""

    leniency: Leniency
    summary: str
    grounds: tuple[_Ground, ...]
    decided_by: tuple[str, ...]
    soft_measures: tuple[_SoftMeasure, ...]


def leniency_needs_outcome(question: LeniencyQuestion, decision: LeniencyDecision | LeniencyBrief) -> bool:
    """Whether a leniency answer needs a report: unless it is undetermined, or asks again what was known once."""
    return question.known_at is None and decision.leniency is not Leniency.UNDETERMINED


def called_for_by_leniency(decision: LeniencyBrief) -> AnswerDuties:
    """The answer itself, and the soft measures that go with it."""
    titles = {ground.rule: ground.title for ground in decision.grounds}
    verdict = OrderedDuty(
        code=decision.leniency.value,
        title=decision.summary,
        duty=Duty.MANDATORY if decision.leniency in BINDING else Duty.OPTIONAL,
        rules=tuple(OrderingRule(id=rule, title=titles.get(rule, "")) for rule in decision.decided_by),
    )
    measures = tuple(
        OrderedDuty(code=soft.code, title=soft.title, duty=Duty.OPTIONAL, rules=()) for soft in decision.soft_measures
    )
    return AnswerDuties(
        answer=decision.leniency.value,
        title=LENIENCIES[decision.leniency],
        measures=measures,
        verdict=verdict,
        contrary=_CONTRARY.get(decision.leniency, Contrary()),
    )
