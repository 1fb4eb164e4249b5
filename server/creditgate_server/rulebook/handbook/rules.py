"""A rule on the page: the version in force in full, the other versions folded."""

from __future__ import annotations

from ..catalogue import Catalogue
from ..explain import NO_VERSION, Explained, Named, basis_in_words, explain
from ..explain_condition import Line
from ..explain_parameters import ParameterWords
from ..language import GiveLeniency, GiveMeasure, Rule
from ..titles import DUTIES
from .html import Html, html, joined, tag
from .index import Index, RuleEntry, used
from .parts import (
    COMMA,
    anchor,
    bullets,
    citation,
    heading,
    link,
    mark,
    names,
    not_in_force,
    pairs,
    verified_mark,
)


def rule_card(index: Index, entry: RuleEntry, level: str = "h5", title: str = "") -> Html:
    """A rule with its anchor, its version of the day, and its other versions; `level` is its heading's.

    `title` stands for the rule's own where that says nothing beside what is around it.
    """
    shown = entry.shown
    others = [version for version in entry.versions if version is not entry.in_force]
    duty = mark(DUTIES[shown.then.duty], shown.then.duty.value) if isinstance(shown.then, GiveMeasure) else html()
    parts = [heading(level, title or shown.title, entry.id, duty, verified_mark(shown.verified), not_in_force(entry))]
    parts.append(_version(index, entry.in_force) if entry.in_force else tag("p", f"{index.day}: {NO_VERSION}。"))
    if others:
        folded = (_folded(index, rule) for rule in others)
        parts.append(tag("details", tag("summary", f"其他版本({len(others)})"), *folded))
    return tag(
        "article", *parts, class_="entry rule", id=anchor("rules", entry.id), data_words=" ".join(search_words(entry))
    )


def _folded(index: Index, rule: Rule) -> Html:
    title = tag("p", tag("strong", rule.title), " ", verified_mark(rule.verified))
    return tag("div", title, _version(index, rule), class_="version")


def search_words(entry: RuleEntry) -> list[str]:
    """Codes by which a rule is found, beside the words that are to be seen: of itself, its instruments, its measure."""
    words = [entry.id]
    for rule in entry.versions:
        words += [rule.key, *(citation.instrument for citation in rule.basis), *(code for _, code in used(rule))]
        words += [*rule.applies.items, *rule.applies.traits, *rule.applies.organs, *rule.applies.exemptions]
    return list(dict.fromkeys(words))


def _version(index: Index, rule: Rule) -> Html:
    words = explain(index.rule_set, rule)
    return pairs(
        ("有效期", words.days),
        ("对谁", words.who),
        *((where.label, names(where.names, where.otherwise)) for where in words.where if where.limits),
        ("什么条件下", condition(words.when)),
        ("给出", _gives(words)),
        ("怎样解除", words.remedy),
        *_lenient(index.catalogue, rule),
        ("依据", bullets(citation(basis) for basis in words.basis)),
        ("条件用到", _used(index, rule)),
        ("决策表", words.table),
        ("参数", bullets(_parameter(index.catalogue, parameter) for parameter in words.parameters)),
    )


def _lenient(catalogue: Catalogue, rule: Rule) -> tuple[tuple[str, str], ...]:
    """What an exemption list says beside its conditions."""
    then = rule.then
    if not isinstance(then, GiveLeniency):
        return ()
    measures = (Named("soft_measures", code, catalogue.soft_measures[code].title) for code in then.measures)
    return (
        ("适用情形", then.circumstances),
        ("配套监管措施", names(measures, "")),
        ("备注", then.remark),
    )


def condition(line: Line) -> Html:
    """A condition as nested numbered lists."""
    if not line.parts:
        return html(line.text)
    return html(line.text, tag("ol", *(tag("li", condition(part)) for part in line.parts)))


def _gives(words: Explained) -> Html:
    return tag("strong", words.gives)


def _used(index: Index, rule: Rule) -> Html:
    return joined((link(section, code, _title(index, section, code)) for section, code in used(rule)), COMMA)


def _title(index: Index, section: str, code: str) -> str:
    if section == "rules":
        return f"规则“{index.rules[code].shown.title}”"
    if section == "parameters":
        return f"参数 {code}"
    entry = getattr(index.catalogue, section)[code]
    return str(entry.label if section == "facts" else entry.title)


def _parameter(catalogue: Catalogue, parameter: ParameterWords) -> Html:
    named = link("parameters", parameter.code, parameter.title)
    value = parameter.value or "没有这些日子的值"
    basis = [basis_in_words(catalogue, one) for one in parameter.basis]
    return html(named, f": {value}", *(html("; ", citation(words)) for words in basis))
