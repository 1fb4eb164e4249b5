"""Section on measures: prohibitions, restraints and incentives, each with the rules that order it and their basis."""

from __future__ import annotations

from ..catalogue import Citation, MeasureEntry, MeasureKind
from ..explain import Named, allowed_in_words, set_aside_by
from .html import Html, html, tag
from .index import Index
from .parts import anchor, citations, heading, kind_mark, names, pairs, rule_links
from .rules import rule_card

_GROUPS = (
    ("法律、行政法规规定的禁止", "成立时, 结论为依法不予办理。"),
    ("失信惩戒措施", "改变怎样办、办后怎样管; 符合法定条件的, 仍应准予许可。"),
    ("守信激励措施", "有它所让位的惩戒措施时不适用, 惩戒措施尚不能确定时也一样。"),
)


def measures(index: Index) -> Html:
    """All measures of the catalogue by group, in catalogue order."""
    groups: list[list[MeasureEntry]] = [[], [], []]
    for measure in index.catalogue.measures.values():
        groups[_group(measure)].append(measure)
    parts = []
    for (title, note), entries in zip(_GROUPS, groups, strict=True):
        if entries:
            found = (_measure(index, entry) for entry in entries)
            parts.append(tag("div", tag("h3", f"{title}({len(entries)})"), tag("p", note), *found, class_="group"))
    return html(*parts)


def _group(measure: MeasureEntry) -> int:
    if measure.kind is MeasureKind.INCENTIVE:
        return 2
    return 0 if measure.prohibits else 1


def _measure(index: Index, measure: MeasureEntry) -> Html:
    rules = index.giving("measures", measure.code)
    catalogue = index.catalogue
    basis: dict[Citation, None] = {}
    for entry in rules:
        basis.update(dict.fromkeys(entry.shown.basis))
    return tag(
        "article",
        heading("h4", measure.title, measure.code, kind_mark(measure)),
        pairs(
            ("怎样办", measure.instruction),
            ("清单规定", allowed_in_words(catalogue, measure)),
            ("让位于", names((_named(catalogue.measures[code]) for code in measure.yields_to), "")),
            ("成立时不适用的激励", names((_named(entry) for entry in set_aside_by(catalogue, measure.code)), "")),
            ("全部依据", citations(catalogue, basis)),
            ("其他版本规定它的规则", rule_links(index.giving_otherwise("measures", measure.code))),
            ("规则", f"{len(rules)} 条" if rules else "没有规则规定它"),
        ),
        *(rule_card(index, entry) for entry in rules),
        class_="entry measure",
        id=anchor("measures", measure.code),
    )


def _named(measure: MeasureEntry) -> Named:
    return Named("measures", measure.code, measure.title)
