"""Rule files written with some of their elements changed: every other line, and every comment, stays as it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...rulebook.source import Mapping as MappingNode
from .nodes import element_text, flow, parts_of, plain, text_of, without
from .typed import ENTRIES, LISTS, VERSIONS, SourceFile

FACTS = "facts"
SECTIONS = (FACTS, LISTS, ENTRIES)
"""Sections that may change, in the order in which a new file has them."""


@dataclass(slots=True)
class SectionElement:
    """An element of a section in the making."""

    node: MappingNode
    before: MappingNode | None
    """As the file has it; None for a new one."""


@dataclass(slots=True)
class FileDraft:
    """A file in the making."""

    source: SourceFile
    elements: dict[str, list[SectionElement]] = field(default_factory=dict)

    def section(self, name: str) -> list[SectionElement]:
        """The elements of a section."""
        return self.elements.setdefault(name, [])


def changed_text(file: FileDraft, sections: list[str]) -> str:
    """A file's text with some sections changed, and every other line as it was."""
    if not file.source.text:
        return _new_text(file)
    newline = "\r\n" if "\r\n" in file.source.text else "\n"
    lines = file.source.text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    for name in sorted(sections, key=lambda one: -_line_of(file, one)):
        lines = _section_lines(file, name, lines)
    return newline.join([*lines, ""])


def _new_text(file: FileDraft) -> str:
    title = text_of(file.section(LISTS)[0].node, "title")
    head = f"# {title}。\n# yaml-language-server: $schema=../schema/exemptions.json\n"
    return head + "".join(
        f"{name}:\n{_written(name, file.section(name), 2)}" for name in SECTIONS if file.section(name)
    )


def _written(name: str, elements: Iterable[SectionElement], indent: int) -> str:
    return "".join(_element_text(name, element, indent) for element in elements)


def _element_text(name: str, element: SectionElement, indent: int) -> str:
    """An element; facts take a line each."""
    return f"{' ' * indent}- {flow(element.node)}\n" if name == FACTS else element_text(element.node, indent)


def _line_of(file: FileDraft, section: str) -> int:
    pair = file.source.root.pairs.get(section)
    return pair.key.place.line if pair else 0


def _section_lines(file: FileDraft, name: str, lines: list[str]) -> list[str]:
    """The lines with one section changed."""
    start = _line_of(file, name)
    elements = file.section(name)
    if not start:
        return [*lines, f"{name}:", *_split(_written(name, elements, 2))]
    end = min((line for one in file.source.root.pairs if (line := _line_of(file, one)) > start), default=len(lines) + 1)
    end = _without_tail(lines, start, end)
    old = parts_of(file.source.root, name)
    spans = _spans(lines, old, end)
    if not elements:
        return [*lines[: start - 1], *lines[end - 1 :]]
    if spans is None:  # not an element a line: the section is written anew
        return [*lines[: start - 1], f"{name}:", *_split(_written(name, elements, 2)), *lines[end - 1 :]]
    first = old[0].place.line
    return [*lines[: first - 1], *_spliced(name, lines, elements, old, spans), *lines[end - 1 :]]


def _spliced(
    name: str, lines: list[str], elements: list[SectionElement], old: tuple[MappingNode, ...], spans: _Spans
) -> list[str]:
    """The lines of a section's elements: those that stay as they were are taken as they stand."""
    indent = old[0].place.column - 3
    new: list[str] = []
    for element in elements:
        if element.before is None:
            new += _split(_element_text(name, element, indent))
            continue
        begin, line, end = spans[id(element.before)]
        new += lines[begin - 1 : line - 1]
        if element.node is element.before:
            new += lines[line - 1 : end - 1]
        else:
            new += _versions_alone(lines, element, end) or _split(_element_text(name, element, indent))
    return new


def _versions_alone(lines: list[str], element: SectionElement, end: int) -> list[str]:
    """An element's lines where its versions alone changed, one a line each; nothing where more did."""
    before = element.before
    pair = before.pairs.get(VERSIONS) if before else None
    if before is None or pair is None or plain(without(before, VERSIONS)) != plain(without(element.node, VERSIONS)):
        return []
    old = parts_of(before, VERSIONS)
    stop = min(
        (one.key.place.line for one in before.pairs.values() if one.key.place.line > pair.key.place.line), default=end
    )
    stop = _without_tail(lines, pair.key.place.line, stop)
    spans = _spans(lines, old, stop)
    if spans is None:
        return []
    versions = paired(old, parts_of(element.node, VERSIONS))
    first = old[0].place.line
    return [
        *lines[before.place.line - 1 : first - 1],
        *_spliced(VERSIONS, lines, versions, old, spans),
        *lines[stop - 1 : end - 1],
    ]


def paired(old: tuple[MappingNode, ...], new: tuple[MappingNode, ...]) -> list[SectionElement]:
    """Versions with what they were: themselves, or else the next one of the same list that is no more."""
    gone = [one for one in old if not any(one is kept for kept in new)]
    elements = []
    for one in new:
        before = one if any(one is kept for kept in old) else None
        if before is None:
            before = next((two for two in gone if text_of(two, "list") == text_of(one, "list")), None)
            gone = [two for two in gone if two is not before]
        elements.append(SectionElement(one, before))
    return elements


_Spans = dict[int, tuple[int, int, int]]
"""By identity of an element: the line where what precedes it begins, its own first line, the line after it."""


def _spans(lines: list[str], old: tuple[MappingNode, ...], end: int) -> _Spans | None:
    """The lines of each element; None where an element does not begin a line."""
    spans: _Spans = {}
    begin = old[0].place.line
    for place, node in enumerate(old):
        line, column = node.place.line, node.place.column
        if lines[line - 1][: column - 1].strip() != "-" or column != old[0].place.column:
            return None
        after = old[place + 1].place.line if place + 1 < len(old) else end
        own_end = _without_tail(lines, line, after)
        spans[id(node)] = (begin, line, own_end)
        begin = own_end
    return spans


def _without_tail(lines: list[str], start: int, end: int) -> int:
    """The end less the blank lines and comments before it: they belong to what follows."""
    while end - 1 > start and (not lines[end - 2].strip() or lines[end - 2].lstrip().startswith("#")):
        end -= 1
    return end


def _split(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")
