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
    Leaf,
    RecordTest,
    RelatedTest,
    Rule,
    Select,
    fold_test,
    leaves,
)
from .relations import relation_feeds


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
    """The most that the total can be: of what is certain and what is possible; absent where a feed behind it is not
    fresh."""
    floor: str
    """The total of what is certain; always there."""
    select: Select
    aggregate: Aggregate
    feeds: tuple[str, ...]
    """Feeds that must be fresh for the most. Sorted."""
    related: RelatedTest | None = None
    """Set where the records are those of related subjects; its bound does not matter."""


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
        self._of_test: dict[Leaf, Column] = {}
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
        column = self._of_test.get(leaf)
        if column is None:
            key = _key(leaf)
            column = self._columns.get(key)
            if column is None:
                column = self._columns[key] = self._make(leaf, len(self._columns))
            self._of_test[leaf] = column
        return column

    def of_rules(self, rules: tuple[Rule, ...]) -> tuple[Column, ...]:
        """The columns that some rules compare, each once, in order of first use."""
        return tuple(dict.fromkeys(self.of(leaf) for rule in rules for leaf in leaves(rule.when)))

    def _make(self, leaf: Leaf, number: int) -> Column:
        facts = self._catalogue.facts

        def total(test: RecordTest) -> Column:
            feeds = feeds_behind(self._catalogue, test.select)
            return TotalColumn(f"c{number}", f"m{number}", test.select, test.aggregate, feeds)

        def related(test: RelatedTest) -> Column:
            behind = feeds_behind(self._catalogue, test.select)
            feeds = tuple(sorted({*behind, *relation_feeds(self._catalogue)}))
            return TotalColumn(f"c{number}", f"m{number}", test.select, test.aggregate, feeds, test)

        def age(test: AgeTest) -> Column:
            return AgeColumn(f"a{number}", FactColumn(f"f{number}", facts[test.fact]), test.months, test.days)

        return fold_test(
            leaf,
            fact=lambda test: FactColumn(f"f{number}", facts[test.fact]),
            age=age,
            records=total,
            related=related,
            finding=lambda test: FindingColumn(f"r{number}", test.rule),
            within=lambda test: WithinColumn(f"w{number}", facts[test.fact], facts[test.since], test.span),
            first=lambda test: FirstColumn(f"v{number}", test.definition, prior_feeds(self._catalogue)),
        )


def _key(leaf: Leaf) -> object:
    """Tests that compare one thing with different bounds share a column."""
    return fold_test(
        leaf,
        fact=lambda test: ("fact", test.fact),
        age=lambda test: test,
        records=lambda test: ("records", test.select, test.aggregate),
        related=lambda test: ("related", test.kinds, test.of, test.moment, test.select),
        finding=lambda test: ("finding", test.rule),
        within=lambda test: test,
        first=lambda test: test,
    )


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
