"""Section on instruments: each with its life and rank, and everything that cites it (反查)."""

from __future__ import annotations

from datetime import date

from ..catalogue import Instrument, Period, Rank
from ..explain import days_in_words, quoted, verified_in_words
from ..titles import RANKS
from .html import Html, html, tag
from .index import Cited, Index
from .parts import anchor, bullets, heading, link, mark, pairs, verified_mark


def instruments(index: Index) -> Html:
    """All instruments by rank, highest first; in each rank in catalogue order."""
    parts = []
    for rank in Rank:
        found = [entry for entry in index.catalogue.instruments.values() if entry.rank is rank]
        if found:
            entries = (_instrument(index, entry) for entry in found)
            parts.append(tag("div", tag("h3", f"{RANKS[rank]}({len(found)})"), *entries, class_="group"))
    return html(*parts)


def _instrument(index: Index, entry: Instrument) -> Html:
    cited = index.citations(entry.code)
    rules = [one for one in cited if one.section == "rules"]
    others = [one for one in cited if one.section != "rules"]
    return tag(
        "article",
        heading(
            "h4", quoted(entry.title), entry.code, verified_mark(entry.verified), _life(entry.effective, index.day)
        ),
        pairs(
            ("文号", entry.number),
            ("效力层级", RANKS[entry.rank]),
            ("施行", days_in_words(entry.effective)),
            ("核实状态", verified_in_words(entry.verified)),
            ("引用它的规则", bullets(map(_cited, rules)) or ("" if others else "没有规则引用它")),
            ("其他引用", bullets(map(_cited, others))),
        ),
        class_="entry",
        id=anchor("instruments", entry.code),
    )


def _life(life: Period, day: date) -> Html:
    if day < life.start:
        return mark("该日尚未施行", "absent")
    return html() if life.holds_on(day) else mark("该日已经失效", "absent")


def _cited(cited: Cited) -> Html:
    other = html() if cited.in_force else html(" ", mark("其他日子的版本", "absent"))
    return html(link(cited.section, cited.code, cited.title), f" {cited.article}" if cited.article else "", other)
