"""Exemption lists as the rule files have them, and as values: nodes with their places, read by the readers of rules.

The words of the official columns are derived from codes, and checked against them when a workbook comes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...rulebook.catalogue import Catalogue, Citation, Exemption, ExemptionList
from ...rulebook.exemption_rules import Exclusion
from ...rulebook.reader_conditions import FactTable, condition_reader
from ...rulebook.reader_exemptions import EntryVersion, entry_readers, list_readers, version_readers
from ...rulebook.reader_values import Reader, Trail, fields, structure
from ...rulebook.saying import days_in_words, quoted
from ...rulebook.source import Faults, parse
from ...rulebook.source import Mapping as MappingNode
from ...rulebook.words import organ_in_words
from .columns import BASIS, MEASURES, PENALTY_BASIS, RANGE, REMARK
from .nodes import parts_of, text_of, value_of, without
from .verifying import entry_named


@dataclass(frozen=True, slots=True)
class TypedEntry:
    """An entry as one list has it."""

    entry: Exemption
    version: EntryVersion


@dataclass(frozen=True, slots=True)
class TypedList:
    """A list with what it excludes for all its entries, and its entries in order."""

    value: ExemptionList
    unless: tuple[Exclusion, ...]
    entries: tuple[TypedEntry, ...]


class EntryReaders:
    """Readers of the fields of lists, entries and versions, over one fact table. Their order is the files' own."""

    def __init__(self, catalogue: Catalogue) -> None:
        condition = condition_reader(FactTable(catalogue.facts))
        versions = version_readers(condition)
        self.of: dict[str, dict[str, Reader[Any]]] = {
            "list": list_readers(condition),
            "version": versions,
            "entry": entry_readers(structure(EntryVersion, versions, "{list: …}")),
        }

    def order(self, of: str) -> tuple[str, ...]:
        """Fields in the order in which files write them."""
        return tuple(self.of[of])

    def listed(self, source: ListSource) -> TypedList:
        """A sound list as values."""
        values = self._values("list", source.node)
        unless = values.pop("unless", ())
        entries = tuple(
            TypedEntry(
                Exemption(**{k: v for k, v in self._values("entry", one.entry).items() if k != VERSIONS}),
                EntryVersion(**self._values("version", one.version)),
            )
            for one in source.entries
        )
        return TypedList(ExemptionList(**values), unless, entries)

    def _values(self, of: str, node: MappingNode) -> dict[str, Any]:
        return fields(node, self.of[of], (), Trail(Faults(), {(): node.place}))


def in_force(listed: TypedList, day: date) -> TypedList:
    """A list with those of its entries that are in force on a day."""
    own = (one for one in listed.entries if (one.version.effective or listed.value.effective).holds_on(day))
    return TypedList(listed.value, listed.unless, tuple(own))


LISTS, ENTRIES, VERSIONS = "exemption_lists", "exemptions", "versions"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A rule file that holds lists or entries."""

    name: str
    """Path relative to the library."""
    text: str
    """Contents; empty for a file that is not there yet."""
    root: MappingNode


@dataclass(frozen=True, slots=True)
class EntrySource:
    """An entry as one list has it, in one version."""

    entry: MappingNode
    """The entry without its versions. With a code alone: an entry that the library knows, to be left as it is."""
    version: MappingNode

    @property
    def code(self) -> str:
        """The entry's code."""
        return text_of(self.entry, "code")


@dataclass(frozen=True, slots=True)
class ListSource:
    """One list with its entries in order."""

    node: MappingNode
    entries: tuple[EntrySource, ...]

    @property
    def code(self) -> str:
        """The list's code."""
        return text_of(self.node, "code")


def read_sources(texts: Mapping[str, bytes]) -> tuple[SourceFile, ...]:
    """The files of a sound library that hold lists or entries, by name."""
    found = []
    for name in sorted(texts):
        if not name.endswith((".yaml", ".yml")):
            continue
        root = parse(name, texts[name], Faults())
        if root is not None and (value_of(root, LISTS) or value_of(root, ENTRIES)):
            found.append(SourceFile(name, texts[name].decode("utf-8-sig"), root))
    return tuple(found)


def list_sources(files: Iterable[SourceFile]) -> dict[str, ListSource]:
    """Every list by code, with its entries in file order; versions of one entry stand together."""
    roots = [file.root for file in files]
    lists = {text_of(node, "code"): node for root in roots for node in parts_of(root, LISTS)}
    entries: dict[str, list[EntrySource]] = {code: [] for code in lists}
    for root in roots:
        for node in parts_of(root, ENTRIES):
            own = without(node, VERSIONS)
            for version in parts_of(node, VERSIONS):
                entries[text_of(version, "list")].append(EntrySource(own, version))
    return {code: ListSource(node, tuple(entries[code])) for code, node in lists.items()}


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


def named_in(listed: ExemptionList, one: TypedEntry) -> str:
    """The name of an entry of a list in the register of verification."""
    effective = one.version.effective or listed.effective
    return entry_named(one.entry.code, listed.code, one.version.kind, effective.start)


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
    verified = "" if catalogue.exemption_lists[listed.code].verified else "待核实"
    found = (
        ("文件", f"{quoted(document.title)}{number}"),
        ("版本", listed.version),
        ("地域", catalogue.regions[listed.region].title),
        ("部门", organ_in_words(catalogue, listed.organ, listed.region)),
        ("施行", days_in_words(listed.effective)),
        ("核实状态", verified),
    )
    return tuple((name, text) for name, text in found if text)
