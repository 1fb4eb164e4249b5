"""Decision tables with hit policy unique: no subject may meet two rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ...rulebook.language import Hit, Rule
from .findings import RuleFinding, RuleFindingKind
from .query import Undecided, meeting
from .scopes import RuleGroup


def twofold_rows(scopes: tuple[RuleGroup, ...]) -> Iterator[RuleFinding]:
    """One finding for each pair of rows that both hold on someone."""
    seen: set[tuple[str, str]] = set()
    for scope in scopes:
        rows = [rule for rule in scope.rules if rule.row is not None and rule.row.hit is Hit.UNIQUE]
        for one, other in combinations(rows, 2):
            pair = (one.key, other.key)
            if pair not in seen and one.row is not None and other.row is not None and one.row.table == other.row.table:
                seen.add(pair)
                yield from _pair(scope, one, other)


def _pair(scope: RuleGroup, one: Rule, other: Rule) -> Iterator[RuleFinding]:
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
