"""One subject on the scales, and rules in groups that are asked once for it, however many items pick them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...decision.knowledge import Feeds, Knowledge
from ...judging.plans import Plan
from ...rulebook.language import Rule
from .scales import MeasureSummary, PlanAnswer, ScaleResult, Scales


@dataclass(frozen=True, slots=True)
class WeighedRules:
    """Rules that are asked together."""

    plan: Plan
    looks_at_level: bool


Groups = tuple[WeighedRules, ...]
"""Groups that together are all rules of a question."""


def grouped(scales: Scales, questions: Sequence[tuple[Rule, ...]]) -> tuple[Groups, ...]:
    """Split the rules of some questions into groups that they share: rules that always come together.

    The rows of a decision table that one question asks stay together: they compete.
    """
    picked_by: dict[str, list[int]] = {}
    for number, rules in enumerate(questions):
        for rule in rules:
            picked_by.setdefault(rule.key, []).append(number)
    result: list[Groups] = []
    made: dict[tuple[str, ...], WeighedRules] = {}
    for rules in questions:
        parts: dict[object, list[Rule]] = {}
        for rule in rules:
            parts.setdefault(rule.row.table if rule.row is not None else tuple(picked_by[rule.key]), []).append(rule)
        groups: list[WeighedRules] = []
        for part in parts.values():
            keys = tuple(rule.key for rule in part)
            if keys not in made:
                plan = scales.plan_of(tuple(part))
                made[keys] = WeighedRules(plan, scales.looks_at_level(plan))
            groups.append(made[keys])
        result.append(tuple(groups))
    return tuple(result)


class SubjectWeight:
    """A subject under one rule set: its grade, its level before one organ at a time, and answers to groups."""

    def __init__(self, scales: Scales, knowledge: Knowledge, feeds: Feeds) -> None:
        self._scales = scales
        self.dossier = scales.dossier(knowledge, feeds)
        self._kept: dict[int, PlanAnswer] = {}
        self._of_organ: dict[int, PlanAnswer] = {}

    def grade(self) -> ScaleResult:
        """The grade. To be asked first."""
        return self._scales.grade(self.dossier)

    def level(self, organ: str) -> ScaleResult:
        """The level before an organ, for which groups are asked from now on."""
        self._of_organ = {}
        return self._scales.level(self.dossier, organ)

    def answers(self, groups: Groups) -> tuple[PlanAnswer, ...]:
        """What groups say, callers' facts at their defaults."""
        return tuple([self._answer(group) for group in groups])

    def _answer(self, group: WeighedRules) -> PlanAnswer:
        kept = self._of_organ if group.looks_at_level else self._kept
        answer = kept.get(group.plan.number)
        if answer is None:
            answer = kept[group.plan.number] = self._scales.measures(group.plan, self.dossier, {})
        return answer


def judged(answers: Sequence[PlanAnswer]) -> MeasureSummary:
    """What several groups said, as one."""
    return MeasureSummary(
        {key: rule for answer in answers for key, rule in answer.said.rules.items()},
        frozenset().union(*(answer.said.verdicts.holds for answer in answers)),
        frozenset().union(*(answer.said.verdicts.open for answer in answers)),
    )
