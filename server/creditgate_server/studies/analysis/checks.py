"""Four checks: a gap, a rule that never fires, two rows of one that may have one, an incentive against a restraint."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations

import z3

from ...engine.reference import Opinion
from ...rulebook.catalogue import MeasureKind
from ...rulebook.language import Book, Condition, Hit, Leaf, Rule, fold
from .effects import kind_of, yields
from .findings import RuleFinding, RuleFindingKind
from .query import Query, Undecided, meeting
from .scopes import RuleGroup

_WHAT = {Book.GRADE: "信用等级", Book.LEVEL: "监管等级"}


def gaps(scopes: tuple[RuleGroup, ...]) -> Iterator[RuleFinding]:
    """One finding for each set of grade or level rules that leaves someone out; it names all its rules."""
    for scope in scopes:
        if scope.book is not Book.MEASURES:
            yield from _gap(scope)


def _gap(scope: RuleGroup) -> Iterator[RuleFinding]:
    query = Query(scope, scope.rules)
    keys = tuple(rule.key for rule in scope.rules)
    what = _WHAT[scope.book]
    try:
        world = query.world(*[z3.Not(query.side.holds(rule)) for rule in scope.rules])
    except Undecided:
        yield RuleFinding(RuleFindingKind.UNDECIDED, keys, f"{what}册有没有遗漏, 在时限内没有得出结论")
        return
    if world is None:
        return

    def shows(opinion: Opinion) -> bool:
        book = opinion.grade_book if scope.book is Book.GRADE else opinion.level_book
        return not (book.holds or book.open)

    yield RuleFinding(RuleFindingKind.GAP, keys, f"{what}册有遗漏: 有主体得不到{what}", query.shown(world, shows))


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


def twofold_rows(scopes: tuple[RuleGroup, ...]) -> Iterator[RuleFinding]:
    """One finding for each pair of rows that both hold on someone."""
    seen: set[tuple[str, str]] = set()
    for scope in scopes:
        rows = [rule for rule in scope.rules if rule.row is not None and rule.row.hit is Hit.UNIQUE]
        for one, other in combinations(rows, 2):
            pair = (one.key, other.key)
            if pair not in seen and one.row is not None and other.row is not None and one.row.table == other.row.table:
                seen.add(pair)
                yield from _twofold(scope, one, other)


def _twofold(scope: RuleGroup, one: Rule, other: Rule) -> Iterator[RuleFinding]:
    keys = (other.key, one.key)
    assert one.row is not None
    assert other.row is not None
    try:
        witness = meeting(scope, one, other)
    except Undecided:
        yield RuleFinding(RuleFindingKind.UNDECIDED, keys, "两行会不会同时成立, 在时限内没有得出结论")
        return
    if witness is not None:
        message = (
            f"决策表 {one.row.table} 规定只有一行成立, 第 {one.row.number} 行和第 {other.row.number} 行却能同时成立"
        )
        yield RuleFinding(RuleFindingKind.TWO, keys, message, witness)


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
                yield from _contradiction(scope, incentive, restraint)


def _contradiction(scope: RuleGroup, incentive: Rule, restraint: Rule) -> Iterator[RuleFinding]:
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
