"""What a rule means for verdicts, as bytes: two rules of one meaning hold and are open for the same subjects.

Part of it are the condition, the effect and what the catalogue says of everything that they name. No part of it are
titles, bases, remedies, instructions and what a list says beside its conditions: they change what is said of a
decision, not the decision.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ...decision.columns import feeds_behind, prior_feeds
from ...decision.relations import relation_feeds
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import FactSource, Terms
from ...rulebook.language import (
    ACT_BOOK,
    LIST_ENTRY,
    Book,
    GiveMeasure,
    Leaf,
    Rule,
    Select,
    facts_of_test,
    fold_test,
    given_standing,
    leaves,
    rule_of_test,
)


class Meanings:
    """Meanings of a rule set's rules. Grade, level and findings are not followed: `earlier_books` names them."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._catalogue = rule_set.catalogue
        self._rules_of = rule_set.of_book
        self._books = {rule.id: rule.book for rule in rule_set.rules}
        self._known: dict[str, bytes] = {}

    def of(self, rule: Rule) -> bytes:
        """A rule's meaning."""
        meaning = self._known.get(rule.asked_key)
        if meaning is None:
            meaning = self._known[rule.asked_key] = self._work_out(rule)
        return meaning

    def of_all(self, rules: Iterable[Rule]) -> frozenset[bytes]:
        """Meanings of some rules."""
        return frozenset(self.of(rule) for rule in rules)

    def of_acts(self) -> object:
        """What questions about acts come to, on whatever day an act ended: equal where nothing can differ."""
        rules = self._rules_of(ACT_BOOK)
        catalogue = self._catalogue
        lists = {code: (one.region, one.effective, one.recheck) for code, one in catalogue.exemption_lists.items()}
        where = {(self.of(rule), msgspec.json.encode((rule.applies, rule.effective))) for rule in rules}
        return where, lists

    def order(self, rules: Iterable[Rule]) -> tuple[str, ...]:
        """The grades or levels that some rules give, in the catalogue's order."""
        given = {given_standing(rule.then) for rule in rules}
        return tuple(code for code in (*self._catalogue.grades, *self._catalogue.levels) if code in given)

    def earlier_books(self, rule: Rule) -> frozenset[Book]:
        """Books whose result the rule's condition looks at."""
        found: set[Book] = set()
        for leaf in leaves(rule.when):
            if rule_of_test(leaf) in self._books:
                found.add(self._books[rule_of_test(leaf)])
            sources = {self._catalogue.facts[name].source for name in facts_of_test(leaf)}
            found |= {Book.GRADE} if FactSource.GRADE in sources else set()
            found |= {Book.LEVEL} if FactSource.LEVEL in sources else set()
        return frozenset(found)

    def _work_out(self, rule: Rule) -> bytes:
        then = rule.then
        if isinstance(then, GiveMeasure):
            then = msgspec.structs.replace(then, remedy="")
        elif rule.exempting is not None:
            then = msgspec.structs.replace(rule.exempting, circumstances="", remark="")
        name = "" if rule.book is Book.MEASURES else rule.id  # later books look at findings by id
        tests = [self._leaf(leaf) for leaf in leaves(rule.when)]
        return msgspec.json.encode(
            [rule.book, name, rule.when, then, self._measure(rule), rule.row, tests], order="sorted"
        )

    def _measure(self, rule: Rule) -> object:
        if not isinstance(rule.then, GiveMeasure):
            return None
        entry = self._catalogue.measures[rule.then.measure]
        return [entry.kind, entry.prohibits, sorted(entry.yields_to)]

    def _leaf(self, leaf: Leaf) -> object:
        return fold_test(
            leaf,
            fact=lambda test: self._fact(test.fact),
            age=lambda test: self._fact(test.fact),
            records=lambda test: [self._terms(test.select), self._feeds(feeds_behind(self._catalogue, test.select))],
            related=lambda test: [
                self._terms(test.select),
                self._feeds((*feeds_behind(self._catalogue, test.select), *relation_feeds(self._catalogue))),
            ],
            finding=lambda _: None,
            within=lambda test: [*self._facts(test), self._calendars() if test.span.working_days else None],
            first=lambda test: [*self._facts(test), self._covered(), self._feeds(prior_feeds(self._catalogue))],
        )

    def _feeds(self, codes: Iterable[str]) -> list[object]:
        return [self._feed(code) for code in codes]

    def _facts(self, leaf: Leaf) -> list[object]:
        return [self._fact(name) for name in sorted(facts_of_test(leaf))]

    def _calendars(self) -> object:
        return sorted((one.year, one.holidays, one.workdays) for one in self._catalogue.calendars.values())

    def _covered(self) -> object:
        """Divisions of which the registry holds the records."""
        return sorted(code for code, region in self._catalogue.regions.items() if region.covered)

    def _fact(self, name: str) -> object:
        fact = self._catalogue.facts[name]
        feed = self._catalogue.ladders[fact.ladder].feed if fact.ladder else fact.feed
        kept = [fact.type, fact.source, sorted(fact.choices), fact.ladder, fact.default, fact.presumed, fact.occurred]
        return [*kept, self._feed(feed) if feed else None]

    def _feed(self, code: str) -> object:
        feed = self._catalogue.feeds[code]
        return [code, feed.own, feed.max_age_days]

    def _terms(self, select: Select) -> object:
        """How long the records that a selection may mean last, and what those may be that leave it unsaid."""
        entries: dict[str, tuple[Terms, ...]] = {}
        if select.lists or not select.kinds or LIST_ENTRY in select.kinds:
            lists = self._catalogue.lists
            entries |= {f"list:{code}": lists[code].terms for code in select.lists or lists}
        if select.kinds or not select.lists:
            kinds = self._catalogue.record_kinds
            entries |= {code: kinds[code].terms for code in select.kinds or kinds if code in kinds}
        unsaid = {
            code: (kind.severities, kind.kinds)
            for code, kind in self._catalogue.record_kinds.items()
            if code in entries or not entries.keys().isdisjoint(kind.kinds)
        }
        return [{code: [_lasting(terms) for terms in several] for code, several in entries.items()}, unsaid]


def _lasting(terms: Terms) -> list[object]:
    """All of terms that says how long a record counts."""
    said = [terms.effective, terms.applies_to, terms.counted_from, terms.organs, terms.grounds]
    return [terms.severity, terms.lasts_months, *(one for one in said if one is not msgspec.UNSET)]
