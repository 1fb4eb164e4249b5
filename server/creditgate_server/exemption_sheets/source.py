"""Exemption lists as the rule files have them: plain values, file by file, and written back in the same layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

LISTS, ENTRIES, VERSIONS = "exemption_lists", "exemptions", "versions"
Element = dict[str, Any]
"""A list, an entry or a version: fields by name, as YAML has them."""

_BLOCKS = (VERSIONS, "when", "unless")
"""Fields whose parts stand on lines of their own."""


@dataclass(slots=True)
class SourceFile:
    """A rule file that holds lists or entries."""

    name: str
    """Path relative to the library."""
    head: str
    """Its first comment lines."""
    content: dict[str, list[Element]] = field(default_factory=dict)
    """Elements by section."""

    def text(self) -> str:
        """The file, written anew."""
        sections = (
            f"{name}:\n{''.join(_element(one) for one in parts)}" for name, parts in self.content.items() if parts
        )
        return self.head + "".join(sections)


@dataclass(slots=True)
class ListSource:
    """One list with its entries in order, each with the one version that the list has of it."""

    value: Element
    entries: list[tuple[Element, Element]]
    """Entry without versions, and version."""


def read_sources(texts: Mapping[str, bytes]) -> list[SourceFile]:
    """The files of a sound library that hold lists or entries, by name."""
    found = []
    for name in sorted(texts):
        if not name.endswith((".yaml", ".yml")):
            continue
        text = texts[name].decode("utf-8-sig")
        content = yaml.safe_load(text)
        if isinstance(content, dict) and (LISTS in content or ENTRIES in content):
            lines = text.splitlines(keepends=True)
            head = "".join(line for line in _leading_comments(lines))
            found.append(SourceFile(name, head, content))
    return found


def list_sources(files: list[SourceFile]) -> dict[str, ListSource]:
    """Every list by code, with its entries in file order."""
    lists = {one["code"]: ListSource(one, []) for file in files for one in file.content.get(LISTS, ())}
    for file in files:
        for entry in file.content.get(ENTRIES, ()):
            own = {name: value for name, value in entry.items() if name != VERSIONS}
            for version in entry[VERSIONS]:
                lists[version["list"]].entries.append((own, version))
    return lists


def replaced(files: list[SourceFile], given: ListSource) -> list[SourceFile]:
    """The files with one list as given. Entries that no list has any more are taken out; new ones join the list's file.

    The files that come in are changed.
    """
    code = given.value["code"]
    home = next((file for file in files if any(one["code"] == code for one in file.content.get(LISTS, ()))), None)
    if home is None:
        head = f"# {given.value['title']}。\n# yaml-language-server: $schema=../schema/exemptions.json\n"
        home = SourceFile(f"exemptions/{code}.yaml", head, {LISTS: []})
        files.append(home)
    _put(home.content.setdefault(LISTS, []), given.value)
    places = {one["code"]: (file, one) for file in files for one in file.content.get(ENTRIES, ())}
    before = {name: _taken_out(entry, code) for name, (_, entry) in places.items()}
    for own, version in given.entries:
        found = places.get(own["code"])
        if found is None:
            entry: Element = {**own, VERSIONS: []}
            home.content.setdefault(ENTRIES, []).append(entry)
            places[own["code"]], before[own["code"]] = (home, entry), 0
        else:
            entry = found[1]
            versions = entry[VERSIONS]
            entry.clear()
            entry.update({**own, VERSIONS: versions})
        entry[VERSIONS].insert(before[own["code"]], version)
        before[own["code"]] += 1
    for file in files:
        if ENTRIES in file.content:
            file.content[ENTRIES] = [one for one in file.content[ENTRIES] if one[VERSIONS]]
    return files


def _taken_out(entry: Element, code: str) -> int:
    """Take a list's versions out of an entry; the place where the first one stood."""
    stood = next((place for place, one in enumerate(entry[VERSIONS]) if one["list"] == code), len(entry[VERSIONS]))
    entry[VERSIONS] = [one for one in entry[VERSIONS] if one["list"] != code]
    return stood


def _put(elements: list[Element], value: Element) -> None:
    for place, one in enumerate(elements):
        if one["code"] == value["code"]:
            elements[place] = value
            return
    elements.append(value)


def _leading_comments(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("#"):
            return
        yield line


def flow(value: object) -> str:
    """A value on one line, as YAML."""
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10**9, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def _element(element: Element, indent: int = 2) -> str:
    lines = []
    for number, (name, value) in enumerate(element.items()):
        lead = " " * indent + ("- " if number == 0 else "  ")
        if name in _BLOCKS and isinstance(value, list) and value:
            parts = (
                _element(part, indent + 4) if name == VERSIONS else f"{' ' * (indent + 4)}- {flow(part)}\n"
                for part in value
            )
            lines.append(f"{lead}{name}:\n{''.join(parts)}")
        else:
            lines.append(f"{lead}{name}: {flow(value)}\n")
    return "".join(lines)
