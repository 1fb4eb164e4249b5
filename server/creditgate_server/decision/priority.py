"""Priority tables (优先命中): of the rows that hold, the uppermost alone counts.

A row that holds under a row that is open is itself open: whether it counts is not known yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ..rulebook.language import Hit, Rule
from .findings import Verdicts

Tables = tuple[tuple[str, ...], ...]
"""Keys of the rows of each priority table, uppermost first."""


def priority_tables(rules: Iterable[Rule]) -> Tables:
    """The priority tables among rules that are asked together. A row that is alone competes with none: left out."""
    rows: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.row is not None and rule.row.hit is Hit.PRIORITY:
            rows[rule.row.table].append(rule)
    return tuple(tuple(rule.key for rule in sorted(table, key=_number)) for table in rows.values() if len(table) > 1)


def count_rows(verdicts: Verdicts, tables: Tables) -> Verdicts:
    """The verdicts once the rows of priority tables have competed; given are those of the conditions alone."""
    holds, undecided = set(verdicts.holds), set(verdicts.open)
    for table in tables:
        above_open = above_holds = False
        for key in table:
            if above_holds:
                holds.discard(key)
                undecided.discard(key)
            elif key in holds:
                above_holds = True
                if above_open:
                    holds.discard(key)
                    undecided.add(key)
            elif key in undecided:
                above_open = True
    return Verdicts(holds=frozenset(holds), open=frozenset(undecided))


def upper_rows(rule: Rule, rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rows above a rule in its priority table, uppermost first, among rules that are asked together."""
    row = rule.row
    if row is None or row.hit is not Hit.PRIORITY:
        return ()
    above = [other for other in rules if other.row and other.row.table == row.table and other.row.number < row.number]
    return tuple(sorted(above, key=_number))


def _number(rule: Rule) -> int:
    return rule.row.number if rule.row else 0
