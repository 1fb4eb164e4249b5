"""Exemption lists as the rule files have them: nodes with their places, and each list with its entries in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...rulebook.source import Faults, parse
from ...rulebook.source import Mapping as MappingNode
from .nodes import parts_of, text_of, value_of, without

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
