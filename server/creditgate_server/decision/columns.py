"""What rules compare, as columns: each distinct fact, age, total and earlier finding of a rule set has a short name."""

from __future__ import annotations

from dataclasses import dataclass

from ..rulebook.bundle import RuleSet
from ..rulebook.catalogue import Catalogue, FactEntry, FactSource, FirstDefinition, Span
from ..rulebook.language import (
    EXEMPTION_GRANTED,
    LIST_ENTRY,
    PENALTY,
    AgeTest,
    Aggregate,
    Book,
    FactTest,
    FindingTest,
    FirstTest,
    Leaf,
    RecordTest,
    Rule,
    Select,
    WithinTest,
    leaves,
)


@dataclass(frozen=True, slots=True)
class FactColumn:
    """The value of a fact."""

    name: str
    fact: FactEntry

    @property
    def from_caller(self) -> bool:
        """Whether the question brings it, not the registry."""
        return self.fact.source is FactSource.CALLER


@dataclass(frozen=True, slots=True)
class AgeColumn:
    """1 where a day fact lies at least so long ago, else 0."""

    name: str
    fact: FactColumn
    months: int
    days: int


@dataclass(frozen=True, slots=True)
class TotalColumn:
    """Number or amount of selected records."""

    name: str
    """The exact total; absent where a feed behind it is not fresh."""
    floor: str
    """The total of what is known; always there."""
    select: Select
    aggregate: Aggregate
    feeds: tuple[str, ...]
    """Feeds that must be fresh for the exact total. Sorted."""


@dataclass(frozen=True, slots=True)
class FindingColumn:
    """1 where a rule of an earlier book holds for the subject, 0 where it can't, absent where that is open."""

    name: str
    rule: str


@dataclass(frozen=True, slots=True)
class WithinColumn:
    """1 where an event of the case came within a period, else 0."""

    name: str
    fact: FactEntry
    since: FactEntry
    span: Span


@dataclass(frozen=True, slots=True)
class FirstColumn:
    """1 where the violation is the subject's first, else 0."""

    name: str
    definition: FirstDefinition
    feeds: tuple[str, ...]
    """Feeds that bring earlier violations. Sorted."""


Column = FactColumn | AgeColumn | TotalColumn | FindingColumn | WithinColumn | FirstColumn
Flagged = FactColumn | AgeColumn | FindingColumn | WithinColumn | FirstColumn
"""Columns with one value."""


class Columns:
    """The columns of a rule set. The same rule set gives the same names."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._catalogue = rule_set.catalogue
        self._columns: dict[object, Column] = {}
        for rule in rule_set.rules:
            for leaf in leaves(rule.when):
                self.of(leaf)
        books = {rule.id: rule.book for rule in rule_set.rules}
        columns = tuple(self._columns.values())
        self._facts = {
            source: tuple(c.name for c in columns if isinstance(c, FactColumn) and c.fact.source is source)
            for source in FactSource
        }
        self._findings = {
            book: tuple(c for c in columns if isinstance(c, FindingColumn) and books.get(c.rule) is book)
            for book in Book
        }

    def names_of(self, source: FactSource) -> tuple[str, ...]:
        """Names of the columns of facts from a source."""
        return self._facts[source]

    def findings_of(self, book: Book) -> tuple[FindingColumn, ...]:
        """Columns that look at findings of a book."""
        return self._findings[book]

    def of(self, leaf: Leaf) -> Column:
        """The column that a test compares."""
        key = _key(leaf)
        column = self._columns.get(key)
        if column is None:
            column = self._make(leaf, len(self._columns))
            self._columns[key] = column
        return column

    def of_rules(self, rules: tuple[Rule, ...]) -> tuple[Column, ...]:
        """The columns that some rules compare, each once, in order of first use."""
        return tuple(dict.fromkeys(self.of(leaf) for rule in rules for leaf in leaves(rule.when)))

    def _make(self, leaf: Leaf, number: int) -> Column:
        if isinstance(leaf, FactTest):
            return FactColumn(f"f{number}", self._catalogue.facts[leaf.fact])
        if isinstance(leaf, AgeTest):
            fact = FactColumn(f"f{number}", self._catalogue.facts[leaf.fact])
            return AgeColumn(f"a{number}", fact, leaf.months, leaf.days)
        if isinstance(leaf, RecordTest):
            feeds = feeds_behind(self._catalogue, leaf.select)
            return TotalColumn(f"c{number}", f"m{number}", leaf.select, leaf.aggregate, feeds)
        if isinstance(leaf, WithinTest):
            facts = self._catalogue.facts
            return WithinColumn(f"w{number}", facts[leaf.fact], facts[leaf.since], leaf.span)
        if isinstance(leaf, FirstTest):
            return FirstColumn(f"v{number}", leaf.definition, prior_feeds(self._catalogue))
        return FindingColumn(f"r{number}", leaf.rule)


def _key(leaf: Leaf) -> object:
    if isinstance(leaf, FactTest):
        return ("fact", leaf.fact)
    if isinstance(leaf, RecordTest):
        return ("records", leaf.select, leaf.aggregate)
    if isinstance(leaf, FindingTest):
        return ("finding", leaf.rule)
    return leaf


def prior_feeds(catalogue: Catalogue) -> tuple[str, ...]:
    """Feeds that bring earlier violations. Sorted."""
    kinds = (PENALTY, EXEMPTION_GRANTED)
    return tuple(sorted({catalogue.record_kinds[kind].feed for kind in kinds if kind in catalogue.record_kinds}))


def feeds_behind(catalogue: Catalogue, select: Select) -> tuple[str, ...]:
    """Every feed that may deliver a record that a selection means. Sorted."""
    feeds: set[str] = set()
    if select.lists or not select.kinds or LIST_ENTRY in select.kinds:
        feeds.update(catalogue.lists[code].feed for code in select.lists or catalogue.lists)
    if select.kinds or not select.lists:
        kinds = select.kinds or tuple(catalogue.record_kinds)
        feeds.update(catalogue.record_kinds[kind].feed for kind in kinds if kind != LIST_ENTRY)
    return tuple(sorted(feeds))
