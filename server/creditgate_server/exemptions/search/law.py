"""What the law itself gives for an act that no list in force names: rules of the book of acts that are no list's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Catalogue, ExemptionList, FactEntry, FactSource
from ...rulebook.language import ACT_BOOK, Rule, facts_of_test, leaves
from .articles import short_title
from .filters import EntryFilters, above
from .index import HitPage
from .punished import fields, said_of
from .text import is_chinese, plain, runs

GENERAL = "行政处罚法"
"""The general law."""
_NAMED = 8
"""Characters from which a part of a list's title names it."""


@dataclass(frozen=True, slots=True)
class LawAnswer:
    """What the law itself gives, and the question that can be asked."""

    organ: str
    """Empty: the words do not tell."""
    description: str
    rules: tuple[Rule, ...]
    """Of special laws first."""
    facts: tuple[FactEntry, ...]
    """Circumstances that they look at, in the order of the rules."""
    lists: tuple[ExemptionList, ...]
    """Lists of the organ in force in the region of which no entry is known."""


def law_answer(rule_set: RuleSet, query: str, filters: EntryFilters, page: HitPage, day: date) -> LawAnswer:
    """For a question that no entry in force answers. `page`: what was found, with its references."""
    known = rule_set.catalogue.organs
    said = {place: said_of(query, field) for place, field in enumerate(fields()) if field.organ in known}
    organ = filters.organ or _of_a_list(rule_set, query, filters, day) or _of_references(page)
    places = [place for place in said if not organ or fields()[place].organ == organ]
    best = max(places, key=lambda place: said[place], default=None)
    told = best is not None and said[best] > 0
    if not organ and told and best is not None:
        organ = fields()[best].organ
    statutes = fields()[best].statutes if told and best is not None else ()
    rules = _rules(rule_set, organ, statutes, day)
    return LawAnswer(
        organ, query.strip(), rules, _facts(rules, rule_set.catalogue), _lists(rule_set, organ, filters, day)
    )


def _described(query: str, page: HitPage) -> str:
    """The act in words: those of the question, or of the best reference where it is a code or pinyin."""
    words = query.strip()
    in_chinese = any(is_chinese(run) for _, run in runs(plain(words).text))
    return words if in_chinese or not page.references else page.references[0].document.title


def _of_references(page: HitPage) -> str:
    return page.references[0].document.organ if page.references else ""


def _of_a_list(rule_set: RuleSet, query: str, filters: EntryFilters, day: date) -> str:
    """The organ whose list in force here, known by its name alone, the question names."""
    asked = plain(query).text.strip()
    for organ in dict.fromkeys(one.organ for one in rule_set.catalogue.exemption_lists.values()):
        for one in _lists(rule_set, organ, filters, day):
            title = plain(one.title).text
            if title in asked or (len(asked) >= _NAMED and asked in title):
                return organ
    return ""


def _rules(rule_set: RuleSet, organ: str, statutes: Iterable[str], day: date) -> tuple[Rule, ...]:
    special, general = [], []
    for rule in rule_set.of_book(ACT_BOOK):
        given = rule.exempting
        if given is None or given.list or rule.applies.exemptions or not rule.effective.holds_on(day):
            continue
        if rule.applies.organs and organ not in rule.applies.organs:
            continue
        titles = {_title(one.instrument, rule_set.catalogue) for one in rule.basis}
        if GENERAL in titles:
            general += [rule] if given.of_article_33 else []
        elif given.looks_at_the_act and not titles.isdisjoint(statutes):
            special.append(rule)
    return (*special, *general)


def _title(instrument: str, catalogue: Catalogue) -> str:
    found = catalogue.instruments.get(instrument)
    return short_title(found.title) if found else ""


def _facts(rules: Iterable[Rule], catalogue: Catalogue) -> tuple[FactEntry, ...]:
    names = dict.fromkeys(name for rule in rules for leaf in leaves(rule.when) for name in sorted(facts_of_test(leaf)))
    entries = (catalogue.facts[name] for name in names if name in catalogue.facts)
    return tuple(one for one in entries if one.source is FactSource.CIRCUMSTANCE)


def _lists(rule_set: RuleSet, organ: str, filters: EntryFilters, day: date) -> tuple[ExemptionList, ...]:
    if not organ or not filters.region:
        return ()
    have = {rule.exempting.list for rule in rule_set.of_book(ACT_BOOK) if rule.applies.exemptions and rule.exempting}
    return tuple(
        one
        for one in rule_set.catalogue.exemption_lists.values()
        if one.organ == organ
        and one.code not in have
        and one.region in above(filters.region)
        and one.effective.holds_on(day)
    )
