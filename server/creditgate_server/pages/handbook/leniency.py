"""Rules on leniency by where they stand: in the law alone, in a list as a whole, at an entry of a list."""

from __future__ import annotations

from ...rulebook.catalogue import Exemption, ExemptionList
from ...rulebook.exemption_rules import KIND_OF
from ...rulebook.language import Book, GiveLeniency, Leniency
from ...rulebook.titles import EXEMPTION_KINDS
from ...rulebook.words import organ_in_words
from .index import HandbookIndex, RuleEntry


def law(index: HandbookIndex) -> list[RuleEntry]:
    """What the law itself says, and what an answer warns of: rules of no list."""
    return [one for one in _rules(index) if not _list_of(one)]


def of_list(index: HandbookIndex, entry: ExemptionList) -> list[RuleEntry]:
    """What a list excludes for all its entries."""
    return [one for one in _rules(index) if _excludes(one, entry.code) and _is_of_list(one)]


def entries_of_list(index: HandbookIndex, entry: ExemptionList) -> list[Exemption]:
    """The entries of a list, in the order of its rules."""
    rules = [one for one in _rules(index) if _list_of(one) == entry.code and not _excludes(one, entry.code)]
    codes = dict.fromkeys(code for one in rules for code in one.shown.applies.exemptions)
    return [index.catalogue.exemptions[code] for code in codes]


def of_entry(index: HandbookIndex, entry: Exemption) -> list[RuleEntry]:
    """An entry's rules in every list."""
    return [one for one in _rules(index) if one.shown.applies.exemptions == (entry.code,) and not _is_of_list(one)]


def organs(index: HandbookIndex, entry: Exemption) -> list[str]:
    """What an entry's organ is called where the lists hold on which it stands."""
    catalogue = index.catalogue
    lists = [_list_of(one) for one in of_entry(index, entry)]
    places = [catalogue.exemption_lists[code].region for code in lists if code]
    named = dict.fromkeys(organ_in_words(catalogue, entry.organ, place) for place in places)
    return list(named) or [catalogue.organs[entry.organ].title]


def kinds(index: HandbookIndex, entry: Exemption) -> list[str]:
    """As what its rules let an entry go."""
    effects = [one.shown.then for one in of_entry(index, entry)]
    found = [KIND_OF[then.leniency] for then in effects if isinstance(then, GiveLeniency) and then.leniency in KIND_OF]
    return [EXEMPTION_KINDS[kind] for kind in dict.fromkeys(found)]


def of_which_list(index: HandbookIndex, entry: RuleEntry) -> str:
    """An entry's rule is told by its list and kind; its exclusion by its own title too."""
    then = entry.shown.then
    if not isinstance(then, GiveLeniency) or then.list not in index.catalogue.exemption_lists:
        return ""
    kind = KIND_OF.get(then.leniency)
    told = EXEMPTION_KINDS[kind] if kind else f"不适用, {entry.shown.title}"
    return f"{index.catalogue.exemption_lists[then.list].title}: {told}"


def _rules(index: HandbookIndex) -> list[RuleEntry]:
    return [entry for entry in index.rules.values() if entry.shown.book is Book.LENIENCY]


def _list_of(entry: RuleEntry) -> str:
    then = entry.shown.then
    return then.list if isinstance(then, GiveLeniency) else ""


def _excludes(entry: RuleEntry, listed: str) -> bool:
    then = entry.shown.then
    return isinstance(then, GiveLeniency) and then.leniency is Leniency.EXCLUDED and then.list == listed


def _is_of_list(entry: RuleEntry) -> bool:
    """Whether an exclusion is the list's own, for all its entries: its id begins with the list's code."""
    return entry.id.startswith(f"{_list_of(entry)}-unless-")
