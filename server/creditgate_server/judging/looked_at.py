"""What the rules look at that a question brings, and what can come of them: for forms, before anything is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from ..decision.columns import AgeColumn, FactColumn, WithinColumn
from ..rulebook.catalogue import FactEntry, FactSource, Item
from ..rulebook.language import Book, GiveMeasure, Role, Rule, Stage
from .plans import Plans, RuleKeys

_OF_AN_ENTRY = 1_000
"""A rule of the entry itself tells more than one of the law: it goes first."""


def rules_of_item(plans: Plans, item: Item, day: date) -> tuple[Rule, ...]:
    """The rules on measures that a check of the item may be judged by on a day, for any role and stage."""
    found: dict[str, Rule] = {}
    for stage in Stage:
        for role in Role:
            keys = RuleKeys(Book.MEASURES, role, item.organ, item.code, stage)
            found |= {rule.key: rule for rule in plans.picked(keys, day)}
    return tuple(found.values())


def facts_of_item(plans: Plans, item: Item, day: date) -> tuple[FactEntry, ...]:
    """Facts of an application that the item's rules look at, those that most rules look at first, then by name."""
    counted: Counter[str] = Counter()
    for rule in rules_of_item(plans, item, day):
        counted.update({fact.name for fact in _facts(plans, (rule,), FactSource.CALLER)})
    return _ordered(plans, counted)


def measures_of_item(plans: Plans, item: Item, day: date) -> tuple[str, ...]:
    """Codes of measures that the item's rules can give, sorted."""
    rules = rules_of_item(plans, item, day)
    return tuple(sorted({rule.then.measure for rule in rules if isinstance(rule.then, GiveMeasure)}))


def facts_of_entry(plans: Plans, organ: str, exemption: str, region: str, day: date) -> tuple[FactEntry, ...]:
    """Circumstances that the rules of an act look at: the entry's own first, of each those that most rules look at."""
    counted: Counter[str] = Counter()
    for keys in plans.keys_of_act(organ, exemption, region):
        weight = _OF_AN_ENTRY if keys.exemption else 1
        for rule in plans.picked(keys, day):
            for name in {fact.name for fact in _facts(plans, (rule,), FactSource.CIRCUMSTANCE)}:
                counted[name] += weight
    return _ordered(plans, counted)


def _facts(plans: Plans, rules: Iterable[Rule], source: FactSource) -> Iterable[FactEntry]:
    for column in plans.columns.of_rules(tuple(rules)):
        fact: FactEntry | None = None
        if isinstance(column, FactColumn | WithinColumn):
            fact = column.fact
        elif isinstance(column, AgeColumn):
            fact = column.fact.fact
        if fact is not None and fact.source is source:
            yield fact


def _ordered(plans: Plans, counted: Counter[str]) -> tuple[FactEntry, ...]:
    facts = plans.catalogue.facts
    return tuple(facts[name] for name, _ in sorted(counted.items(), key=lambda one: (-one[1], one[0])))
