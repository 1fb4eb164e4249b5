"""One sentence in Chinese for the approver. Built from the decision alone, so that a stored one reads the same."""

from __future__ import annotations

from collections.abc import Iterable

from ..decision.check.decision import Decision, MeasureApplied, Outcome
from ..rulebook.catalogue import Catalogue, MeasureKind
from ..rulebook.language import Duty
from ..studies.sources.overruled import overruled_lines

_MOST_NAMED = 3
"""Titles named in the sentence; the rest are counted."""


def summary(decision: Decision, catalogue: Catalogue) -> str:
    """What the decision comes to, in one sentence; in a second what sources said that does not count."""
    overruled = [line for known in decision.known for line in overruled_lines(known, catalogue)]
    if not overruled:
        return _answer(decision)
    more = f" 等 {len(overruled)} 项" if len(overruled) > _MOST_NAMED else ""
    return f"{_answer(decision)}注意, 来源之间不一致, {'; '.join(overruled[:_MOST_NAMED])}{more}。"


def _answer(decision: Decision) -> str:
    restraints = [measure for measure in decision.measures if measure.kind is MeasureKind.RESTRAINT]
    incentives = [measure for measure in decision.measures if measure.kind is MeasureKind.INCENTIVE]
    if decision.outcome is Outcome.PROHIBITED:
        return f"法律、行政法规规定不得准予:{_named(measure for measure in restraints if measure.prohibits)}。"
    if decision.outcome is Outcome.UNDETERMINED:
        labels = list(dict.fromkeys(entry.label for entry in decision.undetermined))
        certain = f";已确定的惩戒措施 {len(restraints)} 项:{_named(restraints)}" if restraints else ""
        return f"尚有情况无法确定,请人工核实:{_some(labels)}{certain}。"
    if decision.outcome is Outcome.MEASURES:
        mandatory = sum(measure.duty is Duty.MANDATORY for measure in restraints)
        return (
            f"适用惩戒措施 {len(restraints)} 项(应当 {mandatory} 项,可以 {len(restraints) - mandatory} 项):"
            f"{_named(restraints)};符合法定条件的仍应依法准予许可。"
        )
    if decision.outcome is Outcome.INCENTIVES:
        return f"可适用激励措施 {len(incentives)} 项:{_named(incentives)}。"
    return "没有需要适用的奖惩措施,按一般程序办理。"


def _named(measures: Iterable[MeasureApplied]) -> str:
    return _some(list(dict.fromkeys(measure.title for measure in measures)))


def _some(names: list[str]) -> str:
    more = f"等 {len(names)} 项" if len(names) > _MOST_NAMED else ""
    return "、".join(names[:_MOST_NAMED]) + more
