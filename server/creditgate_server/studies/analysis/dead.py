"""Dead rules: no subject on any of the rule's days makes it fire."""

from __future__ import annotations

from collections.abc import Iterator

from .findings import RuleFinding, RuleFindingKind
from .query import Query, Undecided
from .scopes import RuleGroup


def dead_rules(scopes: tuple[RuleGroup, ...]) -> Iterator[RuleFinding]:
    """One finding a rule."""
    where: dict[str, list[RuleGroup]] = {}
    for scope in scopes:
        for rule in scope.rules:
            days = [known.day for known in where.setdefault(rule.key, [])]
            if scope.day not in days:
                where[rule.key].append(scope)
    for key, places in where.items():
        rule = next(rule for rule in places[0].rules if rule.key == key)
        try:
            alive = any(_can_fire(scope, key) for scope in places)
        except Undecided:
            yield RuleFinding(RuleFindingKind.UNDECIDED, (key,), f"规则 {rule.id} 能不能成立, 在时限内没有得出结论")
            continue
        if not alive:
            yield RuleFinding(RuleFindingKind.DEAD, (key,), f"规则 {rule.id} 永远不会成立: 它的条件互相矛盾")


def _can_fire(scope: RuleGroup, key: str) -> bool:
    rule = next(rule for rule in scope.rules if rule.key == key)
    query = Query(scope, (rule,))
    return query.possible(query.side.holds(rule))
