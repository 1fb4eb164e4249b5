"""A list as one page that prints well: A4 landscape, the official columns, their titles on every page."""

from __future__ import annotations

from dataclasses import dataclass

from ...pages.rendering import rendered
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Catalogue
from ...rulebook.titles import ELEMENTS, EXEMPTION_KINDS
from ...rulebook.words import correction_in_words, first_in_words
from .columns import BASIC_CODE, CIRCUMSTANCES, NUMBER, REMARK, TITLE, official_columns
from .digest import list_digest
from .typed import TypedEntry, TypedList
from .words import derived_words, facts_of_list, has_range, measures_in_words, split_remark


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry: its cells by header, and what the official columns have no place for."""

    cells: dict[str, str]
    days: str
    """Its own period in words, where it is another than the list's."""
    verified: bool


def page(rule_set: RuleSet, listed: TypedList) -> str:
    """The page. The same list gives the same text."""
    value = listed.value
    return rendered(
        "sheet.html.j2",
        title=value.title,
        facts=facts_of_list(rule_set.catalogue, value),
        columns=official_columns(ranged=has_range(listed)),
        number=NUMBER,
        remark=REMARK,
        rows=[_row(rule_set.catalogue, listed, number, one) for number, one in enumerate(listed.entries, start=1)],
        notes=_notes(rule_set.catalogue, listed),
        digest=f"清单 {value.code} {list_digest(rule_set, value.code)}",
    )


def _row(catalogue: Catalogue, listed: TypedList, number: int, one: TypedEntry) -> EntryRow:
    remark = split_remark(one.version.remark) if has_range(listed) else {REMARK: one.version.remark}
    own = one.version.effective
    days = ""
    if own is not None and own != listed.value.effective:
        days = f"({own.start} 起{f', 至 {own.until}' if own.until else ''})"
    cells = {
        NUMBER: str(number),
        **derived_words(catalogue, listed.value, one),
        TITLE: one.entry.title,
        BASIC_CODE: one.entry.basic_code,
        CIRCUMSTANCES: one.version.circumstances,
        **remark,
    }
    return EntryRow(cells, days, one.version.verified)


def _notes(catalogue: Catalogue, listed: TypedList) -> tuple[tuple[str, str], ...]:
    """The list's own definitions, for under the table."""
    value = listed.value
    kinds = dict.fromkeys(EXEMPTION_KINDS[one.version.kind] for one in listed.entries)
    return (
        ("类别", "、".join(kinds)),
        ("各事项都要求", "、".join(ELEMENTS[one] for one in value.requires)),
        ("初次违法", first_in_words(value.first) if value.first else ""),
        ("及时改正", correction_in_words(value.corrected) if value.corrected else ""),
        ("不适用情形", "; ".join(one.title for one in listed.unless)),
        ("配套监管措施", measures_in_words(catalogue, value.measures)),
        ("备注", value.remark),
    )
