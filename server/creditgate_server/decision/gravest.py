"""Grade and level: the gravest of what their books give, unless something open could make it graver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..rulebook.bundle import RuleSet
from ..rulebook.language import Rule, given_standing
from .findings import Verdicts


@dataclass(frozen=True, slots=True)
class Gravest:
    """What a grade or level book comes to for a subject."""

    code: str
    """Empty where it is open, or where no rule gave anything."""
    rules: tuple[str, ...]
    """Keys of the rules that gave it, in rule set order."""
    open_rules: tuple[str, ...]
    """Keys of the rules that could still make it graver. Sorted."""


def gravest(verdicts: Verdicts, rules: Mapping[str, Rule], order: tuple[str, ...]) -> Gravest:
    """The gravest grade or level by the catalogue's order (lightest first)."""
    certain = {key: order.index(given_standing(rules[key].then)) for key in rules if key in verdicts.holds}
    top = max(certain.values(), default=-1)
    graver = tuple(sorted(key for key in verdicts.open if order.index(given_standing(rules[key].then)) > top))
    if top < 0 or graver:
        return Gravest("", (), graver)
    return Gravest(order[top], tuple(key for key, place in certain.items() if place == top), ())


def grade_order(rule_set: RuleSet) -> tuple[str, ...]:
    """Grades from best to worst."""
    return tuple(rule_set.catalogue.grades)


def level_order(rule_set: RuleSet) -> tuple[str, ...]:
    """Levels from lightest to strictest."""
    return tuple(rule_set.catalogue.levels)
