"""Coverage of a rule set by its tests: rules that fired, both sides of each test in their conditions, citations.

A side counts where the test came out so while its rule was asked; the reference evaluator says how it came out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass

from ...decision.findings import Verdicts
from ...engine.reference import Case, Opinion, Reference
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Citation
from ...rulebook.language import Book, Leaf, Rule, Value, leaves


@dataclass(frozen=True, slots=True)
class ConditionSide:
    """One way in which a test of a rule's condition can come out."""

    rule: str
    """Key of the rule's version."""
    number: int
    """Position among the different tests of the condition, from 0, in writing order."""
    holds: bool


@dataclass(frozen=True, slots=True)
class CoveredShare:
    """How many of something were covered."""

    covered: int
    total: int

    @property
    def percent(self) -> float:
        """Covered in a hundred, 100 where there is nothing to cover."""
        return 100 * self.covered / self.total if self.total else 100.0

    def reaches(self, threshold: int) -> bool:
        """Whether it is at least so many in a hundred; exact."""
        return 100 * self.covered >= threshold * self.total


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """What was covered, and what was not, in rule set order."""

    rules: CoveredShare
    sides: CoveredShare
    citations: CoveredShare
    uncovered_rules: tuple[str, ...]
    """Keys."""
    uncovered_sides: tuple[ConditionSide, ...]
    uncovered_citations: tuple[tuple[Citation, str], ...]
    """With the key of the first rule that cites it."""


def tests_of(rule: Rule) -> tuple[Leaf, ...]:
    """The different tests of a rule's condition, in writing order."""
    return tuple(dict.fromkeys(leaves(rule.when)))


class Coverage:
    """Watches cases as they are judged."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._rules = {rule.key: rule for rule in rule_set.credit_rules}
        self._reference = Reference(rule_set)
        self._fired: set[str] = set()
        self._seen: set[ConditionSide] = set()

    def watch(self, case: Case, books: Iterable[Book]) -> Opinion:
        """Note what a case covers in the books that are asked; the reference evaluator's opinion of it."""
        opinion = self._reference.judge(case)
        said = {Book.GRADE: opinion.grade_book, Book.LEVEL: opinion.level_book, Book.MEASURES: opinion.measures_book}
        asked = [rule for rule in self._rules.values() if self._reference.applies(rule, case)]
        truths = _truths(asked, said)
        settled: dict[str, Value | None] = {"grade": opinion.grade, "level": opinion.level}
        for book in books:
            self._fired |= said[book].holds
            for rule in asked:
                if rule.book is book:
                    self._watch_rule(rule, case, truths, settled)
        return opinion

    def _watch_rule(
        self, rule: Rule, case: Case, truths: dict[str, bool | None], settled: dict[str, Value | None]
    ) -> None:
        for number, leaf in enumerate(tests_of(rule)):
            truth = self._reference.truth(leaf, case, truths, settled)
            if truth is not None:
                self._seen.add(ConditionSide(rule.key, number, truth))

    def fired(self, rule: str) -> bool:
        """Whether the version with this key has fired."""
        return rule in self._fired

    def has_seen(self, side: ConditionSide) -> bool:
        """Whether a test has come out so."""
        return side in self._seen

    def sides(self) -> tuple[ConditionSide, ...]:
        """All sides, in rule set order."""
        return tuple(
            ConditionSide(key, number, holds)
            for key, rule in self._rules.items()
            for number in range(len(tests_of(rule)))
            for holds in (True, False)
        )

    def report(self) -> RuleCoverage:
        """What has been covered so far."""
        citations: dict[Citation, str] = {}
        for key, rule in self._rules.items():
            for citation in rule.basis:
                citations.setdefault(citation, key)
        cited = {citation for key in self._fired for citation in self._rules[key].basis}
        missing_rules = tuple(key for key in self._rules if key not in self._fired)
        sides = self.sides()
        missing_sides = tuple(side for side in sides if side not in self._seen)
        missing_citations = tuple((citation, key) for citation, key in citations.items() if citation not in cited)
        return RuleCoverage(
            rules=_share(self._rules, missing_rules),
            sides=_share(sides, missing_sides),
            citations=_share(citations, missing_citations),
            uncovered_rules=missing_rules,
            uncovered_sides=missing_sides,
            uncovered_citations=missing_citations,
        )


def _truths(asked: Iterable[Rule], said: Mapping[Book, Verdicts]) -> dict[str, bool | None]:
    """Whether each rule that was asked holds, by id; None: open."""
    return {
        rule.id: True if rule.key in said[rule.book].holds else None if rule.key in said[rule.book].open else False
        for rule in asked
    }


def _share(every: Sized, missing: Sized) -> CoveredShare:
    return CoveredShare(len(every) - len(missing), len(every))
