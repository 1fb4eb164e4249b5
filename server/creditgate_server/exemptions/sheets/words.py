"""What the official columns say in words: derived from codes, and checked against them when a workbook comes in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...rulebook.catalogue import Catalogue, Citation, ExemptionList
from ...rulebook.saying import days_in_words, quoted
from ...rulebook.words import organ_in_words
from .columns import BASIS, MEASURES, PENALTY_BASIS, RANGE, REMARK
from .typed import TypedEntry, TypedList

_RANGE = re.compile(rf"{RANGE}([^;\n]+)(?:; (.+))?", re.DOTALL)


def citations_in_words(catalogue: Catalogue, basis: Iterable[Citation]) -> str:
    """Citations as officials write them: 《…》第…条."""
    return "; ".join(f"{quoted(catalogue.instruments[one.instrument].title)}{one.article}" for one in basis)


def measures_in_words(catalogue: Catalogue, measures: Iterable[str]) -> str:
    """Soft measures by title."""
    return "、".join(catalogue.soft_measures[code].title for code in measures)


def measures_of(listed: ExemptionList, one: TypedEntry) -> tuple[str, ...]:
    """Soft measures of an entry: its own, or the list's."""
    return listed.measures if one.version.measures is None else one.version.measures


def basis_of(listed: ExemptionList, one: TypedEntry) -> tuple[Citation, ...]:
    """Basis of an exemption: the entry's own, and the list itself."""
    return tuple(dict.fromkeys((*one.version.basis, Citation(instrument=listed.instrument))))


def derived_words(catalogue: Catalogue, listed: ExemptionList, one: TypedEntry) -> dict[str, str]:
    """What the columns in words say, by header."""
    return {
        PENALTY_BASIS: citations_in_words(catalogue, one.entry.penalty_basis),
        BASIS: citations_in_words(catalogue, basis_of(listed, one)),
        MEASURES: measures_in_words(catalogue, measures_of(listed, one)),
    }


def split_remark(remark: str) -> dict[str, str]:
    """A remark by header: how much lighter a penalty may be, and the rest."""
    found = _RANGE.fullmatch(remark)
    parts = {RANGE: found.group(1), REMARK: found.group(2) or ""} if found else {RANGE: "", REMARK: remark}
    return parts if joined_remark(parts[RANGE], parts[REMARK]) == remark else {RANGE: "", REMARK: remark}


def joined_remark(ranged: str, remark: str) -> str:
    """The remark of the two columns."""
    return "; ".join(part for part in (f"{RANGE}{ranged}" if ranged else "", remark) if part)


def has_range(listed: TypedList) -> bool:
    """Whether a list says of any entry how much lighter the penalty may be."""
    return any(split_remark(one.version.remark)[RANGE] for one in listed.entries)


def facts_of_list(catalogue: Catalogue, listed: ExemptionList) -> tuple[tuple[str, str], ...]:
    """What stands under a list's name: its document, place, organ and days."""
    document = catalogue.instruments[listed.instrument]
    number = f"({document.number})" if document.number else ""
    verified = "" if listed.verified else "待核实"
    found = (
        ("文件", f"{quoted(document.title)}{number}"),
        ("版本", listed.version),
        ("地域", catalogue.regions[listed.region].title),
        ("部门", organ_in_words(catalogue, listed.organ, listed.region)),
        ("施行", days_in_words(listed.effective)),
        ("核实状态", verified),
    )
    return tuple((name, text) for name, text in found if text)
