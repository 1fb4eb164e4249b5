"""Sections on grades and levels: what each means, and the rules that give it."""

from __future__ import annotations

from ..explain import STRICTEST_LEVEL, WORST_GRADE
from .html import Html, html, tag
from .index import Index
from .parts import anchor, heading, pairs, rule_links
from .rules import rule_card


def grades(index: Index) -> Html:
    """Public-credit grades, best first."""
    entries = (_standing(index, "grades", entry.code, entry.title, "") for entry in index.catalogue.grades.values())
    return html(tag("p", f"由好到差。{WORST_GRADE}。"), *entries)


def levels(index: Index) -> Html:
    """Supervision levels, lightest first."""
    entries = (
        _standing(index, "levels", entry.code, entry.title, entry.frequency)
        for entry in index.catalogue.levels.values()
    )
    return html(tag("p", f"由宽到严。{STRICTEST_LEVEL}。"), *entries)


def _standing(index: Index, section: str, code: str, title: str, frequency: str) -> Html:
    rules = index.giving(section, code)
    return tag(
        "article",
        heading("h3", title, code),
        pairs(
            ("监管频次", frequency),
            ("其他版本给出它的规则", rule_links(index.giving_otherwise(section, code))),
            ("规则", f"{len(rules)} 条" if rules else "没有规则给出它"),
        ),
        *(rule_card(index, entry, "h4") for entry in rules),
        class_="entry",
        id=anchor(section, code),
    )
