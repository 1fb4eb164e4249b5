"""What the page looks up: each rule with its versions, and who uses, orders or cites what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Citation, FactEntry, Item
from ...rulebook.language import (
    ACT_ENDED_ON,
    LIST_ENTRY,
    PRIOR_SAME_KIND,
    Book,
    Leaf,
    Rule,
    Select,
    fold_effect,
    fold_test,
    leaves,
)
from ...rulebook.saying import version_on


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule with all its versions, earliest first."""

    id: str
    versions: tuple[Rule, ...]
    in_force: Rule | None
    """The version of the page's day."""

    @property
    def shown(self) -> Rule:
        """The version that stands for the rule: the one in force, or else the latest."""
        return self.in_force or self.versions[-1]


@dataclass(frozen=True, slots=True)
class CitingPlace:
    """One place that cites an instrument: an entry of a section, and the article."""

    section: str
    code: str
    title: str
    article: str
    in_force: bool
    """False for versions of rules that are not those of the page's day."""


class HandbookIndex:
    """A rule set on a day, ready to be looked up. Everything keeps the order of the rule set."""

    def __init__(self, rule_set: RuleSet, day: date) -> None:
        self.rule_set = rule_set
        self.catalogue = rule_set.catalogue
        self.day = day
        versions: dict[str, list[Rule]] = defaultdict(list)
        for rule in rule_set.rules:
            versions[rule.id].append(rule)
        self.rules: dict[str, RuleEntry] = {}
        for rule_id, found in versions.items():
            ordered = tuple(sorted(found, key=lambda rule: rule.effective.start))
            self.rules[rule_id] = RuleEntry(rule_id, ordered, version_on(ordered, day))

    def giving(self, section: str, code: str) -> tuple[RuleEntry, ...]:
        """Rules of which the shown version gives this grade, level or measure."""
        return tuple(entry for entry in self.rules.values() if given(entry.shown) == (section, code))

    def giving_otherwise(self, section: str, code: str) -> tuple[RuleEntry, ...]:
        """Rules of which another version than the shown one gives it."""
        return tuple(
            entry
            for entry in self.rules.values()
            if given(entry.shown) != (section, code)
            and any(given(version) == (section, code) for version in entry.versions)
        )

    def asked_at(self, item: Item) -> tuple[RuleEntry, ...]:
        """Rules of measures in force on the day that are asked for an item, for some role and at some stage."""
        return tuple(entry for entry in self.rules.values() if entry.in_force and _meets(entry.in_force, item))

    def users(self, section: str, code: str) -> tuple[RuleEntry, ...]:
        """Rules of which some version tests a fact, a list, a kind of record or a rule, or uses a parameter."""
        return tuple(self.rules[rule_id] for rule_id in self._users.get((section, code), {}))

    def citations(self, instrument: str) -> tuple[CitingPlace, ...]:
        """Every place that cites an instrument: rules first, then the catalogue."""
        return tuple(self._citations.get(instrument, {}))

    @cached_property
    def _users(self) -> dict[tuple[str, str], dict[str, None]]:
        users: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for rule in self.rule_set.rules:
            for name in used(rule):
                users[name][rule.id] = None
        return users

    @cached_property
    def _citations(self) -> dict[str, dict[CitingPlace, None]]:
        found: dict[str, dict[CitingPlace, None]] = defaultdict(dict)
        for citation, cited in (*self._by_rules(), *self._by_catalogue()):
            found[citation.instrument][cited] = None
        return found

    def _by_rules(self) -> Iterator[tuple[Citation, CitingPlace]]:
        for entry in self.rules.values():
            for version in entry.versions:
                for citation in version.basis:
                    in_force = version is entry.in_force
                    yield citation, CitingPlace("rules", entry.id, version.title, citation.article, in_force)

    def _by_catalogue(self) -> Iterator[tuple[Citation, CitingPlace]]:
        catalogue = self.catalogue
        bases: list[tuple[str, str, str, tuple[Citation, ...]]] = []
        bases += [("items", entry.code, entry.title, entry.basis) for entry in catalogue.items.values()]
        bases += [("lists", entry.code, entry.title, entry.basis) for entry in catalogue.lists.values()]
        bases += [("ladders", entry.code, entry.title, entry.basis) for entry in catalogue.ladders.values()]
        bases += [("soft_measures", entry.code, entry.title, entry.basis) for entry in catalogue.soft_measures.values()]
        bases += [("calendars", entry.code, f"{entry.year} 年", entry.basis) for entry in catalogue.calendars.values()]
        bases += [("objections", entry.code, entry.title, entry.basis) for entry in catalogue.objections.values()]
        bases += [("authority", entry.code, entry.title, entry.basis) for entry in catalogue.authority.values()]
        bases += [
            ("exemptions", entry.code, entry.title, entry.penalty_basis) for entry in catalogue.exemptions.values()
        ]
        for listed in catalogue.exemption_lists.values():
            bases.append(("exemption_lists", listed.code, listed.title, (Citation(instrument=listed.instrument),)))
        for section in ("lists", "record_kinds"):
            for entry in getattr(catalogue, section).values():
                bases += [(section, entry.code, f"{entry.title}: 期限和修复", terms.basis) for terms in entry.terms]
        for parameter in catalogue.parameters.values():
            bases += [("parameters", parameter.code, parameter.title, value.basis) for value in parameter.values]
        for section, code, title, basis in bases:
            for citation in basis:
                yield citation, CitingPlace(section, code, title, citation.article, in_force=True)


def given(rule: Rule) -> tuple[str, str]:
    """Section and code of what a rule gives."""
    return fold_effect(
        rule.then,
        grade=lambda then: ("grades", then.grade),
        level=lambda then: ("levels", then.level),
        measure=lambda then: ("measures", then.measure),
        leniency=lambda then: ("exemption_lists", then.list),
        warning=lambda _: ("exemption_lists", ""),
    )


def used(rule: Rule) -> tuple[tuple[str, str], ...]:
    """Section and code of whatever a rule's condition looks at, in writing order, each once."""
    names = [name for leaf in leaves(rule.when) for name in _used_by(leaf)]
    names += [("parameters", code) for code in rule.parameters]
    return tuple(dict.fromkeys(names))


def _used_by(leaf: Leaf) -> list[tuple[str, str]]:
    return fold_test(
        leaf,
        fact=lambda test: [("facts", test.fact)],
        age=lambda test: [("facts", test.fact)],
        records=lambda test: _selected(test.select),
        related=lambda test: _selected(test.select),
        finding=lambda test: [("rules", test.rule)],
        within=lambda test: [("facts", test.fact), ("facts", test.since)],
        first=lambda _: [("facts", PRIOR_SAME_KIND), ("facts", ACT_ENDED_ON)],
    )


def _selected(select: Select) -> list[tuple[str, str]]:
    return [
        *(("record_kinds", kind) for kind in select.kinds if kind != LIST_ENTRY),
        *(("lists", code) for code in select.lists),
    ]


def _meets(rule: Rule, item: Item) -> bool:
    applies = rule.applies
    anywhere = not (applies.items or applies.traits)
    named = item.code in applies.items or not set(applies.traits).isdisjoint(item.traits)
    return rule.book is Book.MEASURES and (anywhere or named) and (not applies.organs or item.organ in applies.organs)


def fact_feed(index: HandbookIndex, fact: FactEntry) -> str:
    """The feed that brings a fact; empty for facts that no feed brings."""
    return index.catalogue.ladders[fact.ladder].feed if fact.ladder else fact.feed
