"""Comparing what rules give."""

from __future__ import annotations

from ...rulebook.catalogue import Catalogue, MeasureKind
from ...rulebook.language import Duty, GiveGrade, GiveLevel, GiveMeasure, Rule


def gravity(catalogue: Catalogue, rule: Rule) -> tuple[str, int]:
    """What a rule's effect competes for, and how grave it is there: higher counts."""
    then = rule.then
    if isinstance(then, GiveGrade):
        return "grade", list(catalogue.grades).index(then.grade)
    if isinstance(then, GiveLevel):
        return "level", list(catalogue.levels).index(then.level)
    if isinstance(then, GiveMeasure):
        return then.measure, int(then.duty is Duty.MANDATORY)
    raise TypeError(f"{rule.key} is no rule of a credit book")


def kind_of(catalogue: Catalogue, rule: Rule) -> MeasureKind | None:
    """Incentive or restraint; None for grades and levels."""
    return catalogue.measures[rule.then.measure].kind if isinstance(rule.then, GiveMeasure) else None


def yields(catalogue: Catalogue, incentive: Rule, restraint: Rule) -> bool:
    """The incentive gives way to the restraint."""
    assert isinstance(incentive.then, GiveMeasure)
    assert isinstance(restraint.then, GiveMeasure)
    return restraint.then.measure in catalogue.measures[incentive.then.measure].yields_to
