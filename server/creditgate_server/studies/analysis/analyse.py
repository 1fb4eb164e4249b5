"""The analysis of a rule set: every check over every scope, what is declared left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...rulebook.bundle import RuleSet
from ...rulebook.language import Accept, Rule
from .checks import contradictions, dead_rules, gaps, twofold_rows
from .findings import RuleFinding, RuleFindingKind
from .masked import masked_rules
from .monotone import non_monotone_rules
from .scopes import RuleGroup, scopes

Check = Callable[[tuple[RuleGroup, ...]], Iterable[RuleFinding]]

_CHECKS: tuple[Check, ...] = (gaps, twofold_rows, dead_rules, masked_rules, contradictions, non_monotone_rules)
_DECLARED = {
    RuleFindingKind.GAP: Accept.GAP,
    RuleFindingKind.MASKED: Accept.MASKED,
    RuleFindingKind.CONTRADICTION: Accept.CONTRADICTION,
    RuleFindingKind.NON_MONOTONE: Accept.NON_MONOTONE,
}
"""A gap is declared by all the rules that leave it, anything else by one of its rules."""


def analyse(rule_set: RuleSet) -> tuple[RuleFinding, ...]:
    """All findings that no rule declares, by rule. Each witness is confirmed by the reference evaluator."""
    everything = scopes(rule_set)
    rules = {rule.key: rule for rule in rule_set.rules}
    found = [finding for check in _CHECKS for finding in _undeclared(check(everything), rules)]
    return tuple(sorted(found, key=lambda finding: (finding.rules, finding.kind)))


def _undeclared(findings: Iterable[RuleFinding], rules: dict[str, Rule]) -> Iterator[RuleFinding]:
    for finding in findings:
        declared = _DECLARED.get(finding.kind)
        accepted = [declared in rules[key].accepts for key in finding.rules]
        if not (all(accepted) if finding.kind is RuleFindingKind.GAP else any(accepted)):
            yield finding
