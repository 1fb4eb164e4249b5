"""Rules as formulas over one subject of whom everything is known: z3 finds the subjects that people would not think of.

Facts are whole numbers: flags 0 and 1, choices by position, money in fen, days as ordinals. Records are counted by
class. The grade and the level are what the earlier books make of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import msgspec
import z3

from ...clock import add_days, add_months
from ...engine.world import World
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import FactEntry, FactSource, FactType
from ...rulebook.language import (
    AgeTest,
    Aggregate,
    Book,
    Compare,
    Condition,
    FactTest,
    FindingTest,
    FirstTest,
    RecordTest,
    RelatedTest,
    Rule,
    Select,
    Value,
    WithinTest,
    facts_of_test,
    fold,
    fold_test,
    given_standing,
    leaves,
    rule_of_test,
)
from .records import RecordClass, RelatedClass, record_classes, related_classes
from .subject import put_fact

MOST_RECORDS = 12
"""Records of one class that are tried, unless a rule asks for more."""
LARGEST_FEN = 10**12
MOST_DAYS = (date(1950, 1, 1), date(2150, 1, 1))


class Undecided(Exception):
    """z3 gave up within its time."""


@dataclass(frozen=True, slots=True)
class BookModel:
    """The rules of one day that are asked together: of the grade book, and of the level book of one organ."""

    rule_set: RuleSet
    day: date
    grade: tuple[Rule, ...] = ()
    level: tuple[Rule, ...] = ()

    def needed(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        """The rules with all that they rest on: rules of earlier books that they name, or whose grade they test."""
        found: dict[str, Rule] = {}
        waiting = list(rules)
        while waiting:
            rule = waiting.pop()
            if rule.key not in found:
                found[rule.key] = rule
                waiting.extend(self.earlier(rule))
        return tuple(found.values())

    def earlier(self, rule: Rule) -> tuple[Rule, ...]:
        """Rules of earlier books on which a rule rests directly."""
        found: list[Rule] = []
        for leaf in leaves(rule.when):
            found += [one for one in (*self.grade, *self.level) if one.id == rule_of_test(leaf)]
            sources = {self.rule_set.catalogue.facts[name].source for name in facts_of_test(leaf)}
            found += self.grade if FactSource.GRADE in sources else ()
            found += self.level if FactSource.LEVEL in sources else ()
        return tuple(found)


@dataclass(slots=True)
class SubjectModel:
    """One subject's variables; several sets of rules may be asked about it."""

    day: date
    classes: tuple[RecordClass, ...]
    context: z3.Context = field(default_factory=z3.Context)
    """Of its own: so the same question has the same witness, whatever was asked before."""
    facts: dict[str, z3.ArithRef] = field(default_factory=dict)
    counts: dict[RecordClass, z3.ArithRef] = field(default_factory=dict)
    amounts: dict[RecordClass, z3.ArithRef] = field(default_factory=dict)
    related: dict[RelatedClass, z3.ArithRef] = field(default_factory=dict)
    """How many records of related subjects, by class."""
    bounds: list[z3.BoolRef] = field(default_factory=list)
    entries: dict[str, FactEntry] = field(default_factory=dict)

    @classmethod
    def over(cls, rules: Sequence[tuple[RuleSet, Rule]], day: date) -> SubjectModel:
        """A subject that has all that some rules look at."""
        selects: dict[Select, None] = {}
        most = MOST_RECORDS
        for _, rule in rules:
            for leaf in leaves(rule.when):
                if isinstance(leaf, RecordTest):
                    selects[leaf.select] = None
                    if leaf.aggregate is Aggregate.COUNT:
                        most = max(most, (leaf.at_least or leaf.at_most or 0) + 1)
        catalogue = rules[0][0].catalogue if rules else None
        by_fine = any(
            isinstance(leaf, RecordTest) and leaf.aggregate is Aggregate.FINE
            for _, rule in rules
            for leaf in leaves(rule.when)
        )
        classes = record_classes(selects, catalogue, day, by_fine=by_fine) if catalogue is not None else ()
        subject = cls(day, classes)
        for number, one in enumerate(subject.classes):
            count, amount = subject.variable(f"count{number}"), subject.variable(f"amount{number}")
            subject.counts[one], subject.amounts[one] = count, amount
            largest = LARGEST_FEN if one.most_fen is None else one.most_fen
            subject.bounds += [count >= 0, count <= most, amount >= one.least_fen * count, amount <= largest * count]
        others = _related_tests(rules)
        for number, two in enumerate(related_classes(others, catalogue, day) if catalogue is not None else ()):
            count = subject.related[two] = subject.variable(f"related{number}")
            subject.bounds += [count >= 0, count <= max(most, *(test.at_least + 1 for test in others))]
        for rule_set, rule in rules:
            for leaf in leaves(rule.when):
                for name in sorted(facts_of_test(leaf)):
                    subject._note(rule_set.catalogue.facts[name])
        for fact in subject.entries.values():
            low, high = _domain(fact)
            variable = subject.facts[fact.name] = subject.variable(f"fact_{fact.name}")
            subject.bounds += [variable >= low, variable <= high]
        return subject

    def variable(self, name: str) -> z3.ArithRef:
        """A whole number."""
        return z3.Int(name, self.context)

    def some(self, formulas: Iterable[z3.BoolRef]) -> z3.BoolRef:
        """At least one is true."""
        return z3.Or(list(formulas), self.context)

    def every(self, formulas: Iterable[z3.BoolRef]) -> z3.BoolRef:
        """All are true."""
        return z3.And(list(formulas), self.context)

    def _note(self, fact: FactEntry) -> None:
        """A fact that is looked at; of two rule sets' choices both count."""
        if fact.source not in (FactSource.GRADE, FactSource.LEVEL):
            before = self.entries.get(fact.name)
            choices = dict.fromkeys((*(before.choices if before else ()), *fact.choices))
            self.entries[fact.name] = msgspec.structs.replace(fact, choices=tuple(choices))

    def world(self, model: z3.ModelRef) -> World:
        """The subject that a solution describes."""
        world = World(self.day)
        for name, variable in self.facts.items():
            number = model.eval(variable, model_completion=True).as_long()
            put_fact(world, self.entries[name], _value(self.entries[name], number))
        for one in self.classes:
            count = model.eval(self.counts[one], model_completion=True).as_long()
            amount = model.eval(self.amounts[one], model_completion=True).as_long()
            for fen in _shared_out(amount, count, one):
                world.records.append(one.record(len(world.records), self.day, fen))
        for other, variable in self.related.items():
            count = model.eval(variable, model_completion=True).as_long()
            if count:
                world.related.append(other.related(len(world.related) + 1, count, self.day))
        return world


class SideModel:
    """One rule set's view of a subject: formulas of its rules, grade and level."""

    def __init__(self, books: BookModel, subject: SubjectModel) -> None:
        self.books = books
        self._subject = subject
        self._catalogue = books.rule_set.catalogue
        self._holds: dict[str, z3.BoolRef] = {}
        self._grades: list[z3.BoolRef] | None = None
        self._levels: list[z3.BoolRef] | None = None

    def holds(self, rule: Rule) -> z3.BoolRef:
        """The rule's condition is true; for a row of a priority table, whatever the rows above say."""
        if rule.key not in self._holds:
            self._holds[rule.key] = (
                z3.BoolVal(True, self._subject.context) if rule.when is None else self._formula(rule.when)
            )
        return self._holds[rule.key]

    def grade(self, index: int) -> z3.BoolRef:
        """The subject has the grade at this place of the catalogue."""
        if self._grades is None:
            self._grades = self._gravest(self.books.grade, list(self._catalogue.grades))
        return self._grades[index]

    def level(self, index: int) -> z3.BoolRef:
        """The subject has the level at this place of the catalogue."""
        if self._levels is None:
            self._levels = self._gravest(self.books.level, list(self._catalogue.levels))
        return self._levels[index]

    def known(self) -> list[z3.BoolRef]:
        """The subject has a grade and a level, where rules look at them."""
        found = []
        if self._grades is not None:
            found.append(self._subject.some(self._grades))
        if self._levels is not None:
            found.append(self._subject.some(self._levels))
        return found

    def counting(self, rules: Sequence[Rule]) -> dict[str, z3.BoolRef]:
        """Of rules asked together, when each counts: it holds, and no row above it in its priority table does."""
        found = {}
        for rule in rules:
            above = [
                self.holds(other)
                for other in rules
                if rule.row is not None
                and other.row is not None
                and rule.row.hit.value == "priority"
                and other.row.table == rule.row.table
                and other.row.number < rule.row.number
            ]
            found[rule.key] = self._subject.every([self.holds(rule), *[z3.Not(one) for one in above]])
        return found

    def _gravest(self, rules: Sequence[Rule], order: list[str]) -> list[z3.BoolRef]:
        counting = self.counting(rules)
        given: list[list[z3.BoolRef]] = [[] for _ in order]
        for rule in rules:
            given[order.index(given_standing(rule.then))].append(counting[rule.key])
        some = [self._subject.some(formulas) for formulas in given]
        return [
            self._subject.every([some[place], *[z3.Not(graver) for graver in some[place + 1 :]]])
            for place in range(len(order))
        ]

    def _formula(self, condition: Condition) -> z3.BoolRef:
        every, some = self._subject.every, self._subject.some

        def of_violation(_: WithinTest | FirstTest) -> z3.BoolRef:
            raise TypeError("only the book of acts tests violations")

        return fold(
            condition,
            all_of=lambda parts: every(map(self._formula, parts)),
            any_of=lambda parts: some(map(self._formula, parts)),
            none_of=lambda parts: z3.Not(some(map(self._formula, parts))),
            test=lambda test: fold_test(
                test,
                fact=self._fact_test,
                age=self._age_test,
                records=self._record_test,
                related=self._related_test,
                finding=self._finding_test,
                within=of_violation,
                first=of_violation,
            ),
        )

    def _age_test(self, test: AgeTest) -> z3.BoolRef:
        return self._subject.facts[test.fact] <= _latest_start(test.months, test.days, self.books.day).toordinal()

    def _finding_test(self, test: FindingTest) -> z3.BoolRef:
        named = [rule for rule in (*self.books.grade, *self.books.level) if rule.id == test.rule]
        return self._subject.some(self.holds(rule) for rule in named)

    def _fact_test(self, test: FactTest) -> z3.BoolRef:
        fact = self._catalogue.facts[test.fact]
        if fact.source is FactSource.GRADE:
            order = list(self._catalogue.grades)
            return self._subject.some(self.grade(order.index(str(value))) for value in test.values)
        if fact.source is FactSource.LEVEL:
            order = list(self._catalogue.levels)
            return self._subject.some(self.level(order.index(str(value))) for value in test.values)
        variable = self._subject.facts[test.fact]
        numbers = [_number(self._subject.entries[test.fact], value) for value in test.values]
        if test.compare is Compare.IN:
            return self._subject.some(variable == number for number in numbers)
        bound = numbers[0]
        compared: dict[Compare, z3.BoolRef] = {
            Compare.LESS: variable < bound,
            Compare.AT_MOST: variable <= bound,
            Compare.MORE: variable > bound,
            Compare.AT_LEAST: variable >= bound,
        }
        return compared[test.compare]

    def _record_test(self, test: RecordTest) -> z3.BoolRef:
        subject = self._subject
        of = subject.counts if test.aggregate is Aggregate.COUNT else subject.amounts
        counted = [one for one in subject.classes if test.select in one.counted_by]
        if test.aggregate is Aggregate.FINE:
            counted = [one for one in counted if not one.confiscated]
        total = z3.Sum([z3.IntVal(0, subject.context), *(of[one] for one in counted)])
        return total >= test.at_least if test.at_least is not None else total <= test.at_most

    def _related_test(self, test: RelatedTest) -> z3.BoolRef:
        subject, same = self._subject, msgspec.structs.replace(test, at_least=1)
        counted = [count for one, count in subject.related.items() if same in one.counted_by]
        return z3.Sum([z3.IntVal(0, subject.context), *counted]) >= test.at_least


def _related_tests(rules: Sequence[tuple[RuleSet, Rule]]) -> list[RelatedTest]:
    return [leaf for _, rule in rules for leaf in leaves(rule.when) if isinstance(leaf, RelatedTest)]


def possible(subject: SubjectModel, formulas: Iterable[z3.BoolRef], seconds: float = 10.0) -> bool:
    """Whether there is a subject for whom all formulas are true. Raises Undecided."""
    return _sat(_solver(subject, formulas, seconds))


def solution(subject: SubjectModel, formulas: Iterable[z3.BoolRef], seconds: float = 10.0) -> z3.ModelRef | None:
    """A subject for whom all formulas are true, as plain as can be; None where there is none. Raises Undecided."""
    solver = _solver(subject, formulas, seconds)
    if not _sat(solver):
        return None
    for wish in _wishes(subject):
        solver.push()
        solver.add(wish)
        if solver.check() != z3.sat:
            solver.pop()
    solver.check()
    return solver.model()


def _solver(subject: SubjectModel, formulas: Iterable[z3.BoolRef], seconds: float) -> z3.Solver:
    solver = z3.Solver(ctx=subject.context)
    solver.set("timeout", int(seconds * 1000))
    solver.add(*subject.bounds, *formulas)
    return solver


def _sat(solver: z3.Solver) -> bool:
    result = solver.check()
    if result == z3.unknown:
        raise Undecided
    return bool(result == z3.sat)


def _wishes(subject: SubjectModel) -> Iterable[z3.BoolRef]:
    """What makes a subject easy to look at: a firm, few records, facts as they usually are."""
    for name, fact in subject.entries.items():
        usual = "enterprise" if fact.source is FactSource.IDENTIFIER else fact.default
        if usual is not None:
            yield subject.facts[name] == _number(fact, usual)
        elif "none" in fact.choices:
            yield subject.facts[name] == fact.choices.index("none")
    counts = [*subject.counts.values(), *subject.related.values()]
    if counts:
        total = z3.Sum(counts)
        yield from (total <= most for most in (8, 4, 2, 1, 0))


def _shared_out(amount: int, count: int, one: RecordClass) -> Iterator[int]:
    """The amounts of so many records of a class that come to a sum."""
    rest = amount - one.least_fen * count
    for _ in range(count):
        more = rest if one.most_fen is None else min(rest, one.most_fen - one.least_fen)
        rest -= more
        yield one.least_fen + more


def _domain(fact: FactEntry) -> tuple[int, int]:
    if fact.type is FactType.FLAG:
        return 0, 1
    if fact.type is FactType.CHOICE:
        return 0, len(fact.choices) - 1
    if fact.type is FactType.DAY:
        return MOST_DAYS[0].toordinal(), MOST_DAYS[1].toordinal()
    return 0, LARGEST_FEN


def _number(fact: FactEntry, value: Value) -> int:
    if fact.type is FactType.CHOICE:
        return fact.choices.index(str(value)) if value in fact.choices else -1
    if fact.type is FactType.DAY:
        return date.fromisoformat(str(value)).toordinal()
    return int(value)


def _value(fact: FactEntry, number: int) -> Value:
    if fact.type is FactType.CHOICE:
        return fact.choices[number]
    if fact.type is FactType.DAY:
        return date.fromordinal(number).isoformat()
    return number


@cache
def _latest_start(months: int, days: int, day: date) -> date:
    """The latest day from which a period has ended by `day`."""
    start = day
    while add_days(add_months(start, months), days) > day:
        start -= timedelta(days=1)
    return start


def of_day(rule_set: RuleSet, day: date, organ: str = "") -> BookModel:
    """The grade book of a day, and the level book of an organ."""
    force = [rule for rule in rule_set.rules if rule.effective.holds_on(day)]
    return BookModel(
        rule_set,
        day,
        tuple(rule for rule in force if rule.book is Book.GRADE),
        tuple(
            rule
            for rule in force
            if rule.book is Book.LEVEL and (not rule.applies.organs or organ in rule.applies.organs)
        ),
    )
