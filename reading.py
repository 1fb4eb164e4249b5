"""What rules say of an unknown subject, as formulas: whether they hold, which grade and level follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..rulebook.bundle import RuleSet
from ..rulebook.catalogue import FactSource
from ..rulebook.language import (
    AgeTest,
    AllOf,
    AnyOf,
    Book,
    Condition,
    FactTest,
    FindingTest,
    GiveGrade,
    GiveLevel,
    Hit,
    Leaf,
    NoneOf,
    RecordTest,
    Rule,
    leaves,
)
from .logic import FALSE, TRUE, Formula, every, negated, some
from .unknowns import Unknowns


@dataclass(frozen=True, slots=True)
class Earlier:
    """The rules of the earlier books that are asked before some rules."""

    grade: tuple[Rule, ...] = ()
    level: tuple[Rule, ...] = ()

    def of(self, book: Book) -> tuple[Rule, ...]:
        """The rules of one book."""
        return self.grade if book is Book.GRADE else self.level


Key = tuple[str, ...]


@dataclass(slots=True)
class Readings:
    """Formulas of one rule set over one unknown subject, each made once."""

    rule_set: RuleSet
    unknowns: Unknowns
    _made: dict[tuple[object, ...], Formula] = field(default_factory=dict)
    _needs: dict[str, tuple[bool, bool]] = field(default_factory=dict)

    def kept(self, key: tuple[object, ...], make: Callable[[], Formula]) -> Formula:
        """The named formula of a key, made where it is new."""
        if key not in self._made:
            self._made[key] = self.unknowns.logic.named(make())
        return self._made[key]

    def needs(self, rule: Rule) -> tuple[bool, bool]:
        """Whether a rule looks at what the grade book and the level book give."""
        if rule.key not in self._needs:
            self._needs[rule.key] = self._needs_of(rule)
        return self._needs[rule.key]

    def _needs_of(self, rule: Rule) -> tuple[bool, bool]:
        facts, books = self.rule_set.catalogue.facts, {one.id: one.book for one in self.rule_set.rules}
        grade = level = False
        for leaf in leaves(rule.when):
            if isinstance(leaf, FactTest):
                grade |= facts[leaf.fact].source is FactSource.GRADE
                level |= facts[leaf.fact].source is FactSource.LEVEL
            elif isinstance(leaf, FindingTest):
                grade |= books[leaf.rule] is Book.GRADE
                level |= books[leaf.rule] is Book.LEVEL
        return grade or level, level


class Reading:
    """The formulas under certain rules of earlier books; with `one_more`, where the subject has one record more."""

    def __init__(self, readings: Readings, earlier: Earlier, *, one_more: bool = False) -> None:
        self._readings = readings
        self._unknowns = readings.unknowns
        self._catalogue = readings.rule_set.catalogue
        self.earlier = earlier
        self._one_more = one_more
        grade = tuple(rule.key for rule in earlier.grade)
        level = tuple(rule.key for rule in earlier.level)
        self._contexts: dict[tuple[bool, bool], Key] = {
            (False, False): (),
            (True, False): grade,
            (True, True): (*grade, "/", *level),
        }
        self.grades = tuple(self._catalogue.grades)
        self.levels = tuple(self._catalogue.levels)

    def context(self, rules: Sequence[Rule]) -> Key:
        """What of the earlier books the formulas of some rules depend on."""
        needed = [self._readings.needs(rule) for rule in rules]
        return self._contexts[any(grade for grade, _ in needed), any(level for _, level in needed)]

    def holds(self, rule: Rule) -> Formula:
        """Its condition holds."""
        key = ("holds", rule.key, self.context((rule,)), self._one_more)
        return self._readings.kept(key, lambda: TRUE if rule.when is None else self.condition(rule.when))

    def counts(self, rule: Rule, picked: Sequence[Rule]) -> Formula:
        """It holds, and no row above it in a priority table, of the rules asked with it."""
        above = upper_rows(rule, picked)
        return every([self.holds(rule), *(negated(self.holds(one)) for one in above)])

    def condition(self, condition: Condition, dropped: frozenset[Leaf] = frozenset()) -> Formula:
        """A condition; the dropped tests count as failed."""
        if isinstance(condition, AllOf | AnyOf | NoneOf):
            parts = [self.condition(part, dropped) for part in condition.parts]
            if isinstance(condition, AllOf):
                return every(parts)
            return some(parts) if isinstance(condition, AnyOf) else negated(some(parts))
        return FALSE if condition in dropped else self.leaf(condition)

    def leaf(self, leaf: Leaf) -> Formula:
        """One test."""
        if isinstance(leaf, RecordTest):
            return self._unknowns.record_test(leaf, one_more=self._one_more)
        if isinstance(leaf, FindingTest):
            return self._finding(leaf.rule)
        if isinstance(leaf, FactTest):
            source = self._catalogue.facts[leaf.fact].source
            if source is FactSource.GRADE:
                return some(self.grade_is(str(value)) for value in leaf.values)
            if source is FactSource.LEVEL:
                return some(self.level_is(str(value)) for value in leaf.values)
        if isinstance(leaf, FactTest | AgeTest):
            return self._unknowns.value_test(leaf)
        raise TypeError(leaf)

    def named_by(self, finding: str) -> tuple[Rule, tuple[Rule, ...]] | None:
        """The rule of an earlier book that a finding names, with the rules asked with it; None where it is not."""
        for rules in (self.earlier.grade, self.earlier.level):
            for rule in rules:
                if rule.id == finding:
                    return rule, rules
        return None

    def _finding(self, name: str) -> Formula:
        found = self.named_by(name)
        return FALSE if found is None else self.counts(*found)

    # -- grade and level ----------------------------------------------------------------------------------------------

    def grade_known(self) -> Formula:
        """Some rule gives a grade."""
        return self.grade_from(0)

    def level_known(self) -> Formula:
        """Some rule gives a level."""
        return self.level_from(0)

    def grade_from(self, position: int) -> Formula:
        """A grade at this position of the catalogue, or a worse one, is given."""
        codes, context = self.grades[position:], self._contexts[True, False]
        return self._kept("grade", position, context, lambda: self._given(self.earlier.grade, codes))

    def level_from(self, position: int) -> Formula:
        """A level at this position of the catalogue, or a stricter one, is given."""
        codes, context = self.levels[position:], self._contexts[True, True]
        return self._kept("level", position, context, lambda: self._given(self.earlier.level, codes))

    def grade_is(self, code: str) -> Formula:
        """This is the grade."""
        return _exactly(self.grade_from, self.grades, code)

    def level_is(self, code: str) -> Formula:
        """This is the level."""
        return _exactly(self.level_from, self.levels, code)

    def _kept(self, what: str, position: int, context: Key, make: Callable[[], Formula]) -> Formula:
        return self._readings.kept((what, position, context, self._one_more), make)

    def _given(self, rules: tuple[Rule, ...], codes: Sequence[str]) -> Formula:
        return some(self.counts(rule, rules) for rule in rules if gives(rule) in codes)


def _exactly(given_from: Callable[[int], Formula], codes: tuple[str, ...], code: str) -> Formula:
    if code not in codes:
        return FALSE
    position = codes.index(code)
    if position + 1 == len(codes):
        return given_from(position)
    return every([given_from(position), negated(given_from(position + 1))])


def gives(rule: Rule) -> str:
    """The grade, level or measure that a rule gives."""
    if isinstance(rule.then, GiveGrade):
        return rule.then.grade
    return rule.then.level if isinstance(rule.then, GiveLevel) else rule.then.measure


def upper_rows(rule: Rule, picked: Sequence[Rule]) -> tuple[Rule, ...]:
    """Rows above a rule in its priority table, among the rules asked with it."""
    row = rule.row
    if row is None or row.hit is not Hit.PRIORITY:
        return ()
    return tuple(one for one in picked if one.row and one.row.table == row.table and one.row.number < row.number)
