"""Lists and entries as values, read from nodes by the readers of rule files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ...rulebook.catalogue import Catalogue, Exemption, ExemptionList
from ...rulebook.exemption_rules import Exclusion
from ...rulebook.reader_conditions import FactTable, condition_reader
from ...rulebook.reader_exemptions import EntryVersion, entry_readers, list_readers, version_readers
from ...rulebook.reader_values import Reader, Trail, fields, structure
from ...rulebook.source import Faults
from ...rulebook.source import Mapping as MappingNode
from .source import VERSIONS, ListSource


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
