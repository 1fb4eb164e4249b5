"""Counts by rule of what became of what was called for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from ...rulebook.language import Duty
from .values import AnswerDuties, Done, FollowUp, Reason


class RuleFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What became of what one rule called for. ordered = applied + not_applied + silent."""

    rule: str
    title: str
    ordered: int
    mandatory: int
    applied: int
    not_applied: int
    silent: int
    reasons: tuple[tuple[Reason | None, int], ...]
    """Of what was not applied, in the order of the set; None: in words alone."""
    overrides: int
    against_prohibition: int


@dataclass(slots=True)
class _Counts:
    title: str = ""
    mandatory: int = 0
    done: Counter[Done] = field(default_factory=Counter)
    reasons: Counter[Reason | None] = field(default_factory=Counter)
    overrides: int = 0
    against_prohibition: int = 0


class Tally:
    """Counts as receipts are added, one after the other; memory grows with the rules, not with the receipts."""

    def __init__(self, rule: str = "") -> None:
        """`rule`: count this one alone; empty: all."""
        self._wanted = rule
        self._rules: dict[str, _Counts] = {}

    def add(self, followed: Iterable[FollowUp]) -> None:
        """What one report said. What several rules call for is counted for each of them."""
        for one in followed:
            for rule in one.ordered.rules:
                if not self._wanted or rule.id == self._wanted:
                    self._count(one, rule.id, rule.title)

    def add_unreported(self, answered: AnswerDuties) -> None:
        """A receipt on which nothing is reported."""
        self.add(FollowUp(ordered=ordered, done=Done.SILENT) for ordered in answered.ordered)

    def _count(self, one: FollowUp, rule: str, title: str) -> None:
        counts = self._rules.setdefault(rule, _Counts())
        counts.title = title or counts.title
        counts.mandatory += one.ordered.duty is Duty.MANDATORY
        counts.done[one.done] += 1
        if one.done is Done.NOT_APPLIED:
            counts.reasons[one.reason] += 1
        counts.overrides += one.override
        counts.against_prohibition += one.against_prohibition

    def figures(self) -> tuple[RuleFigures, ...]:
        """Those with the most overrides first, then by id."""
        found = [_figures(rule, counts) for rule, counts in self._rules.items()]
        return tuple(sorted(found, key=lambda one: (-one.overrides, one.rule)))


def _figures(rule: str, counts: _Counts) -> RuleFigures:
    return RuleFigures(
        rule=rule,
        title=counts.title,
        ordered=counts.done.total(),
        mandatory=counts.mandatory,
        applied=counts.done[Done.APPLIED],
        not_applied=counts.done[Done.NOT_APPLIED],
        silent=counts.done[Done.SILENT],
        reasons=tuple((reason, counts.reasons[reason]) for reason in (*Reason, None) if counts.reasons[reason]),
        overrides=counts.overrides,
        against_prohibition=counts.against_prohibition,
    )
