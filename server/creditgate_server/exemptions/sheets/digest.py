"""A list's own content and its digest."""

from __future__ import annotations

import hashlib

import msgspec

from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Entry, Exemption, ExemptionList
from ...rulebook.language import ACT_BOOK, Rule


class ListContent(Entry, frozen=True, kw_only=True):
    """A list, the entries that it has, and the rules that they come to: all that its digest covers."""

    list: ExemptionList
    exemptions: tuple[Exemption, ...]
    """By code."""
    rules: tuple[Rule, ...]
    """By key."""


def list_content(rule_set: RuleSet, code: str) -> ListContent:
    """The content of a list. Raises KeyError for an unknown one."""
    rules = sorted(
        (rule for rule in rule_set.of_book(ACT_BOOK) if rule.exempting is not None and rule.exempting.list == code),
        key=lambda rule: rule.key,
    )
    codes = sorted({name for rule in rules for name in rule.applies.exemptions})
    catalogue = rule_set.catalogue
    return ListContent(
        list=catalogue.exemption_lists[code],
        exemptions=tuple(catalogue.exemptions[name] for name in codes),
        rules=tuple(msgspec.structs.replace(rule, applies=_sorted(rule)) for rule in rules),
    )


def list_digest(rule_set: RuleSet, code: str) -> str:
    """`sha256:` and the hash of the list's canonical JSON."""
    return "sha256:" + hashlib.sha256(msgspec.json.encode(list_content(rule_set, code), order="sorted")).hexdigest()


def _sorted(rule: Rule) -> object:
    """Where a rule applies, its entries by code: their order in the files says nothing."""
    return msgspec.structs.replace(rule.applies, exemptions=tuple(sorted(rule.applies.exemptions)))
