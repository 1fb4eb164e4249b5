"""Exemption lists as the rule files have them, and as values: nodes with their places, read by the readers of rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...rulebook.catalogue import Catalogue, Exemption, ExemptionList
from ...rulebook.exemption_rules import Exclusion
from ...rulebook.reader_conditions import FactTable, condition_reader
from ...rulebook.reader_exemptions import EntryVersion, entry_readers, list_readers, version_readers
from ...rulebook.reader_values import Reader, Trail, fields, structure
from ...rulebook.source import Faults, parse
from ...rulebook.source import Mapping as MappingNode
from .nodes import parts_of, text_of, value_of, without


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
