"""From conditions to durable_rules patterns.

Every rule becomes two patterns: one fires when the rule certainly holds, one when it certainly does not. A rule for
which neither fires is open: something unknown decides. A comparison with an absent property is false in both, which is
what makes unknown different from false.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..decision.columns import Column, Columns, FactColumn, TotalColumn
from ..rulebook.catalogue import FactType
from ..rulebook.language import (
    Compare,
    Condition,
    CountTest,
    FactTest,
    Leaf,
    Rule,
    Value,
    fold,
    fold_test,
)
from .durable import (
    MOST_BRANCHES,
    MOST_INEQUALITIES,
    MOST_PROPERTIES,
    MOST_RULES,
    MOST_TESTS,
    Pattern,
    properties,
)

NEVER: Pattern = {"n": 1}
"""Tests a property that no fact has."""

MOST_ALTERNATIVES = 8
"""Up to so many remaining choices, `not in` is written as equality with the rest: equality is looked up by hash."""

MOST_NESTED_TESTS = 12
"""Up to so many tests, a condition is given to the engine as it is nested. It takes 32 expressions in one rule, its own
markers included; what has more is written out as one rule for each way through the alternatives."""

MOST_TESTS_IN_A_BRANCH = 24

_OPERATOR = {Compare.LESS: "$lt", Compare.AT_MOST: "$lte", Compare.MORE: "$gt", Compare.AT_LEAST: "$gte"}
_OPPOSITE = {Compare.LESS: "$gte", Compare.AT_MOST: "$gt", Compare.MORE: "$lte", Compare.AT_LEAST: "$lt"}


class TooLarge(Exception):
    """A rule whose condition is more than the engine may be given."""


def certainly(condition: Condition, columns: Columns) -> Pattern:
    """Fires when the condition holds whatever is unknown."""
    return fold(
        condition,
        all_of=lambda parts: _join("$and", (certainly(part, columns) for part in parts)),
        any_of=lambda parts: _join("$or", (certainly(part, columns) for part in parts)),
        none_of=lambda parts: _join("$and", (certainly_not(part, columns) for part in parts)),
        test=lambda test: _test(test, columns, holds=True),
    )


def certainly_not(condition: Condition, columns: Columns) -> Pattern:
    """Fires when the condition fails whatever is unknown."""
    return fold(
        condition,
        all_of=lambda parts: _join("$or", (certainly_not(part, columns) for part in parts)),
        any_of=lambda parts: _join("$and", (certainly_not(part, columns) for part in parts)),
        none_of=lambda parts: _join("$or", (certainly(part, columns) for part in parts)),
        test=lambda test: _test(test, columns, holds=False),
    )


def _join(operator: str, patterns: Iterable[Pattern]) -> Pattern:
    parts = [inner for pattern in patterns for inner in pattern.get(operator, [pattern])]
    return parts[0] if len(parts) == 1 else {operator: parts}


def _test(test: Leaf, columns: Columns, *, holds: bool) -> Pattern:
    column = columns.of(test)

    def flag(_: object) -> Pattern:
        return {column.name: int(holds)}

    return fold_test(
        test,
        fact=lambda one: _fact(one, column, holds=holds),
        age=flag,
        records=lambda one: _total(one, column, holds=holds),
        related=lambda one: _total(one, column, holds=holds),
        finding=flag,
        within=flag,
        first=flag,
    )


def _fact(test: FactTest, column: Column, *, holds: bool) -> Pattern:
    assert isinstance(column, FactColumn)
    if test.compare is Compare.IN:
        return _one_of(column.name, test.values) if holds else _none_of(column, test.values)
    return {(_OPERATOR if holds else _OPPOSITE)[test.compare]: {column.name: test.values[0]}}


def _total(test: CountTest, column: Column, *, holds: bool) -> Pattern:
    """What certainly reaches a bound is looked for in the floor, what certainly stays below it in the most."""
    assert isinstance(column, TotalColumn)
    if test.at_least is not None:
        return {"$gte": {column.floor: test.at_least}} if holds else {"$lt": {column.name: test.at_least}}
    return {"$lte": {column.name: test.at_most}} if holds else {"$gt": {column.floor: test.at_most}}


def _one_of(name: str, values: tuple[Value, ...]) -> Pattern:
    return _join("$or", [{name: value} for value in values])


def _none_of(column: FactColumn, values: tuple[Value, ...]) -> Pattern:
    every: tuple[Value, ...] = (0, 1) if column.fact.type is FactType.FLAG else column.fact.choices
    rest = tuple(value for value in every if value not in values)
    if not every or len(rest) > MOST_ALTERNATIVES:
        return _join("$and", [{"$neq": {column.name: value}} for value in values])
    return _one_of(column.name, rest) if rest else NEVER


@dataclass(frozen=True, slots=True)
class RulePatterns:
    """A rule's two patterns. `fails` is None for a rule without a condition: it never fails."""

    key: str
    holds: tuple[Pattern, ...]
    """Alternatives: the rule holds where one of them fires."""
    fails: tuple[Pattern, ...] | None


def compile_rule(rule: Rule, columns: Columns) -> RulePatterns:
    """Both patterns of a rule. Raises TooLarge, with what is too large in Chinese."""
    if rule.when is None:
        return RulePatterns(rule.key, ({},), None)
    holds, fails = certainly(rule.when, columns), certainly_not(rule.when, columns)
    for pattern in (holds, fails):
        weight = weigh(pattern)
        if weight.branches > MOST_BRANCHES:
            raise TooLarge(f"条件展开后有 {weight.branches} 种组合, 超过 {MOST_BRANCHES}")
        if weight.tests > MOST_TESTS or weight.inequalities > MOST_INEQUALITIES:
            raise TooLarge(f"条件有 {weight.tests} 项比较(其中不等 {weight.inequalities} 项), 超过引擎上限")
    return RulePatterns(rule.key, alternatives(holds), alternatives(fails))


def alternatives(pattern: Pattern) -> tuple[Pattern, ...]:
    """The pattern as it is, or written out where it is long. Raises TooLarge for a branch of too many tests."""
    if weigh(pattern).tests <= MOST_NESTED_TESTS:
        return (pattern,)
    branches = _branches(pattern)
    longest = max(len(branch) for branch in branches)
    if longest > MOST_TESTS_IN_A_BRANCH:
        raise TooLarge(f"条件有一支要同时成立 {longest} 项比较, 超过 {MOST_TESTS_IN_A_BRANCH}")
    return tuple(_join("$and", branch) for branch in branches)


def _branches(pattern: Pattern) -> list[list[Pattern]]:
    if "$or" in pattern:
        return [branch for part in pattern["$or"] for branch in _branches(part)]
    if "$and" in pattern:
        ways = itertools.product(*(_branches(part) for part in pattern["$and"]))
        return [[test for branch in way for test in branch] for way in ways]
    return [[pattern]]


@dataclass(frozen=True, slots=True)
class Weight:
    """What a pattern asks of the engine."""

    tests: int
    inequalities: int
    branches: int


def weigh(pattern: Pattern) -> Weight:
    """Count tests, tests other than equality, and ways through the alternatives."""
    tests = inequalities = 0
    branches = 1
    for key, value in pattern.items():
        if key in ("$and", "$or"):
            inner = [weigh(part) for part in value]
            tests += sum(weight.tests for weight in inner)
            inequalities += sum(weight.inequalities for weight in inner)
            ways = [weight.branches for weight in inner]
            branches *= sum(ways) if key == "$or" else _product(ways)
        else:
            tests += 1
            inequalities += key.startswith("$")
    return Weight(tests, inequalities, branches)


def _product(numbers: Iterable[int]) -> int:
    result = 1
    for number in numbers:
        result *= number
    return result


def shards(patterns: Mapping[str, Pattern]) -> list[dict[str, Pattern]]:
    """Split patterns, in order, so that no ruleset is more than the engine may be given."""
    result: list[dict[str, Pattern]] = []
    tests = inequalities = 0
    names: set[str] = set()
    for key, pattern in patterns.items():
        weight, used = weigh(pattern), properties([pattern])
        fits = (
            result
            and len(result[-1]) < MOST_RULES
            and tests + weight.tests <= MOST_TESTS
            and inequalities + weight.inequalities <= MOST_INEQUALITIES
            and len(names | used) < MOST_PROPERTIES - 3
        )
        if not fits:
            result.append({})
            tests = inequalities = 0
            names = set()
        result[-1][key] = pattern
        tests += weight.tests
        inequalities += weight.inequalities
        names |= used
    return result
