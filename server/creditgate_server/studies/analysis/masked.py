"""Masked rules: wherever one fires, others give at least the same on the same ground, so that it never shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import z3

from ...engine.reference import Opinion
from ...rulebook.language import Hit, Rule
from .effects import gravity
from .findings import RuleFinding, RuleFindingKind
from .query import Query, Undecided, fired
from .scopes import RuleGroup


def masked_rules(scopes: tuple[RuleGroup, ...]) -> Iterator[RuleFinding]:
    """One finding a rule that is masked in every scope where it is asked."""
    places: dict[str, dict[tuple[str, ...], tuple[RuleGroup, tuple[Rule, ...]]]] = defaultdict(dict)
    for scope in scopes:
        for rule in scope.rules:
            rivals = _rivals(scope, rule)
            places[rule.key].setdefault(tuple(rival.key for rival in rivals), (scope, rivals))
    for key, found in places.items():
        if () in found:
            continue  # somewhere nothing competes with it
        yield from _masked_everywhere(key, list(found.values()))


def _masked_everywhere(key: str, places: Sequence[tuple[RuleGroup, tuple[Rule, ...]]]) -> Iterator[RuleFinding]:
    by: dict[str, None] = {}
    finding: RuleFinding | None = None
    for scope, rivals in places:
        rule = next(rule for rule in scope.rules if rule.key == key)
        try:
            query, masking = _masked(scope, rule, rivals)
            if not masking:
                return
            by.update(dict.fromkeys(masking))
            world = query.world(query.side.holds(rule))
        except Undecided:
            yield RuleFinding(RuleFindingKind.UNDECIDED, (key,), f"规则 {rule.id} 是否被遮住, 在时限内没有得出结论")
            return
        if world is None:
            return  # it is dead, which is said elsewhere

        def shows(opinion: Opinion, masking: tuple[str, ...] = masking) -> bool:
            return bool(fired(opinion) & set(masking))

        names = "、".join(name.partition("@")[0] for name in by)
        message = f"规则 {rule.id} 成立时, {names} 总给出同样或更重的结果: 它从不起作用"
        finding = RuleFinding(RuleFindingKind.MASKED, (key, *by), message, query.shown(world, shows))
    if finding is not None:
        yield finding


def _rivals(scope: RuleGroup, rule: Rule) -> tuple[Rule, ...]:
    """Rules asked together with it that can make it idle."""
    catalogue = scope.books.rule_set.catalogue
    target, weight = gravity(catalogue, rule)
    found = []
    for other in scope.rules:
        if other is rule:
            continue
        if _above(other, rule):
            found.append(other)
            continue
        same, rival = gravity(catalogue, other)
        graver = target in ("grade", "level") and rival > weight
        as_good = rival >= weight and set(rule.basis) <= set(other.basis)
        if same == target and (graver or as_good):
            found.append(other)
    return tuple(found)


def _above(other: Rule, rule: Rule) -> bool:
    """A row above it in its own priority table."""
    return (
        rule.row is not None
        and other.row is not None
        and rule.row.hit is Hit.PRIORITY
        and other.row.table == rule.row.table
        and other.row.number < rule.row.number
    )


def _masked(scope: RuleGroup, rule: Rule, rivals: tuple[Rule, ...]) -> tuple[Query, tuple[str, ...]]:
    """The rivals that mask it here; none where it can show. Of two that are the same the first is not masked."""
    query = Query(scope, (rule, *rivals))
    side = query.side
    own = side.holds(rule)
    order = {other.key: place for place, other in enumerate(scope.rules)}
    catalogue = scope.books.rule_set.catalogue
    standing = []
    for rival in rivals:
        same = gravity(catalogue, rival) == gravity(catalogue, rule) and not _above(rival, rule)
        twin = same and order[rival.key] > order[rule.key] and not query.possible(side.holds(rival), z3.Not(own))
        if not twin:
            standing.append(rival)
    if not standing or query.possible(own, *[z3.Not(side.holds(rival)) for rival in standing]):
        return query, ()
    return query, tuple(rival.key for rival in standing if query.possible(own, side.holds(rival)))
