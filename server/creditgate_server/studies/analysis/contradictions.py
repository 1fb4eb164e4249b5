"""Contradictions: for one and the same cause, one rule orders an incentive and another a restraint."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ...rulebook.catalogue import MeasureKind
from ...rulebook.language import Book, Condition, Leaf, Rule, fold
from .effects import kind_of, yields
from .findings import RuleFinding, RuleFindingKind
from .query import Undecided, meeting
from .scopes import RuleGroup


def contradictions(scopes: tuple[RuleGroup, ...]) -> Iterator[RuleFinding]:
    """One finding for each pair."""
    seen: set[tuple[str, str]] = set()
    for scope in scopes:
        if scope.book is not Book.MEASURES:
            continue
        catalogue = scope.books.rule_set.catalogue
        incentives = [rule for rule in scope.rules if kind_of(catalogue, rule) is MeasureKind.INCENTIVE]
        restraints = [rule for rule in scope.rules if kind_of(catalogue, rule) is MeasureKind.RESTRAINT]
        for incentive in incentives:
            for restraint in restraints:
                pair = (incentive.key, restraint.key)
                if pair in seen or yields(catalogue, incentive, restraint) or not _shared(incentive, restraint):
                    continue
                seen.add(pair)
                yield from _pair(scope, incentive, restraint)


def _pair(scope: RuleGroup, incentive: Rule, restraint: Rule) -> Iterator[RuleFinding]:
    keys = (incentive.key, restraint.key)
    try:
        witness = meeting(scope, incentive, restraint)
    except Undecided:
        yield RuleFinding(RuleFindingKind.UNDECIDED, keys, "两条规则会不会同时成立, 在时限内没有得出结论")
        return
    if witness is not None:
        message = f"同一情形, 规则 {incentive.id} 给予激励, 规则 {restraint.id} 给予惩戒, 且激励不让位"
        yield RuleFinding(RuleFindingKind.CONTRADICTION, keys, message, witness)


def _shared(one: Rule, other: Rule) -> frozenset[Leaf]:
    """Tests that both rules need to be true: their common cause."""
    return _causes(one.when) & _causes(other.when)


@cache
def _causes(condition: Condition | None) -> frozenset[Leaf]:
    """Tests without whose truth the condition can't hold."""
    if condition is None:
        return frozenset()
    return fold(
        condition,
        all_of=lambda parts: frozenset[Leaf]().union(*(_causes(part) for part in parts)),
        any_of=lambda parts: _causes(parts[0]).intersection(*(_causes(part) for part in parts[1:])),
        none_of=lambda _: frozenset(),
        test=lambda test: frozenset({test}),
    )
