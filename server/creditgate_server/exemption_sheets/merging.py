"""Lists put into a library's files: what the files say then, and their text with no line changed that need not be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..rulebook.language import Place
from ..rulebook.source import Faults, Pair, Scalar, Sequence
from ..rulebook.source import Mapping as MappingNode
from .nodes import parts_of, plain, text_of, value_of, with_field, without
from .source import ENTRIES, LISTS, VERSIONS, EntrySource, ListSource, SourceFile
from .yaml_text import element_text, flow

FACTS = "facts"
_SECTIONS = (FACTS, LISTS, ENTRIES)


@dataclass(slots=True)
class _Element:
    """An element of a section in the making."""

    node: MappingNode
    before: MappingNode | None
    """As the file has it; None for a new one."""


@dataclass(slots=True)
class _File:
    """A file in the making."""

    source: SourceFile
    elements: dict[str, list[_Element]] = field(default_factory=dict)

    def section(self, name: str) -> list[_Element]:
        """The elements of a section."""
        return self.elements.setdefault(name, [])


@dataclass(frozen=True, slots=True)
class Merged:
    """A file with lists put in."""

    name: str
    root: MappingNode
    """What it says then; what came out of cells still stands there."""
    text: str


def merge(
    files: Iterable[SourceFile], lists: Iterable[ListSource], facts: Iterable[MappingNode], faults: Faults
) -> tuple[Merged, ...]:
    """The files that change. Facts are those that the library has to have besides; they join the first list's file.

    An entry that lists besides these have too is not changed: what would is noted as a fault of its cell.
    """
    lists = tuple(lists)
    merging = _Merging(files, faults)
    merging.put(lists)
    if lists:
        home = merging.home(lists[0].code)
        home.section(FACTS).extend(_Element(fact, None) for fact in facts)
    return tuple(merging.changed())


class _Merging:
    def __init__(self, files: Iterable[SourceFile], faults: Faults) -> None:
        self._faults = faults
        self._files = [
            _File(file, {name: [_Element(node, node) for node in parts_of(file.root, name)] for name in _SECTIONS})
            for file in files
        ]

    def home(self, code: str) -> _File:
        """The file of a list."""
        return next(
            file for file in self._files if any(text_of(one.node, "code") == code for one in file.section(LISTS))
        )

    def put(self, lists: tuple[ListSource, ...]) -> None:
        """Put lists in, each in the place of the one that bore its code before."""
        for one in lists:
            self._put_list(one)
        codes = {one.code for one in lists}
        given: dict[str, list[tuple[str, EntrySource]]] = {}
        for one in lists:
            for source in one.entries:
                given.setdefault(source.code, []).append((one.code, source))
        for file in self._files:
            for element in file.section(ENTRIES):
                self._put_versions(element, codes, given.pop(text_of(element.node, "code"), []))
        for found in given.values():
            versions = tuple(source.version for _, source in found)
            element = _Element(_with_versions(found[0][1].entry, versions), None)
            self.home(found[0][0]).section(ENTRIES).append(element)
        for file in self._files:
            file.elements[ENTRIES] = [one for one in file.section(ENTRIES) if parts_of(one.node, VERSIONS)]

    def _put_list(self, given: ListSource) -> None:
        for file in self._files:
            for element in file.section(LISTS):
                if text_of(element.node, "code") == given.code:
                    element.node = given.node
                    _keep(element)
                    return
        name = f"exemptions/{given.code}.yaml"
        root = MappingNode({}, Place(file=name, line=1, column=1))
        self._files.append(_File(SourceFile(name, "", root), {LISTS: [_Element(given.node, None)]}))

    def _put_versions(self, element: _Element, codes: set[str], given: list[tuple[str, EntrySource]]) -> None:
        """An entry with what some lists say of it now; a list's versions stand where its first one stood."""
        versions: list[MappingNode] = []
        others: dict[str, None] = {}
        left = list(given)
        before = parts_of(element.node, VERSIONS)
        for version in before:
            code = text_of(version, "list")
            if code not in codes:
                versions.append(version)
                others[code] = None
                continue
            versions += [source.version for listed, source in left if listed == code]
            left = [(listed, source) for listed, source in left if listed != code]
        versions += [source.version for _, source in left]
        versions = [next((old for old in before if plain(old) == plain(one)), one) for one in versions]
        own = without(element.node, VERSIONS)
        entry = given[0][1].entry if given else own
        if list(entry.pairs) != ["code"] and plain(entry) != plain(own):
            if others:
                self._shared(own, entry, list(others))
            own = entry
        element.node = _with_versions(own, tuple(versions))
        _keep(element)

    def _shared(self, own: MappingNode, given: MappingNode, others: list[str]) -> None:
        """Note what a row would change of an entry that other lists have too."""
        for name in dict.fromkeys((*own.pairs, *given.pairs)):
            before, after = value_of(own, name), value_of(given, name)
            if (before and plain(before)) != (after and plain(after)):
                place = after.place if after else given.place
                message = f"事项 {text_of(own, 'code')} 也在清单 {'、'.join(others)} 里, 这一格会把它们一起改掉"
                self._faults.add(place, message, "改回规则库的内容, 或把那些清单一起导出再改, 或换一个事项代码")

    def changed(self) -> Iterator[Merged]:
        """The files that say something else than before."""
        for file in self._files:
            sections = [name for name in _SECTIONS if _differs(file, name)]
            if sections:
                yield Merged(file.source.name, _root(file), _text(file, sections))


def _with_versions(node: MappingNode, versions: tuple[MappingNode, ...]) -> MappingNode:
    return with_field(node, VERSIONS, Sequence(versions, node.place))


def _keep(element: _Element) -> None:
    """Where an element says what it said before, it is the one before."""
    if element.before is not None and plain(element.node) == plain(element.before):
        element.node = element.before


def _differs(file: _File, section: str) -> bool:
    before = parts_of(file.source.root, section)
    after = file.section(section)
    return len(before) != len(after) or any(one.node is not old for one, old in zip(after, before, strict=True))


def _root(file: _File) -> MappingNode:
    """What a file says."""
    pairs = dict(file.source.root.pairs)
    place = file.source.root.place
    for name in _SECTIONS:
        parts = tuple(element.node for element in file.section(name))
        if parts:
            key = pairs[name].key if name in pairs else Scalar(name, False, place)
            pairs[name] = Pair(key, Sequence(parts, key.place))
        else:
            pairs.pop(name, None)
    return MappingNode(pairs, place)


# -- text -------------------------------------------------------------------------------------------------------------


def _text(file: _File, sections: list[str]) -> str:
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


def _new_text(file: _File) -> str:
    title = text_of(file.section(LISTS)[0].node, "title")
    head = f"# {title}。\n# yaml-language-server: $schema=../schema/exemptions.json\n"
    return head + "".join(
        f"{name}:\n{_written(name, file.section(name), 2)}" for name in _SECTIONS if file.section(name)
    )


def _written(name: str, elements: Iterable[_Element], indent: int) -> str:
    return "".join(_element_text(name, element, indent) for element in elements)


def _element_text(name: str, element: _Element, indent: int) -> str:
    """An element; facts take a line each."""
    return f"{' ' * indent}- {flow(element.node)}\n" if name == FACTS else element_text(element.node, indent)


def _line_of(file: _File, section: str) -> int:
    pair = file.source.root.pairs.get(section)
    return pair.key.place.line if pair else 0


def _section_lines(file: _File, name: str, lines: list[str]) -> list[str]:
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
    name: str, lines: list[str], elements: list[_Element], old: tuple[MappingNode, ...], spans: _Spans
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


def _versions_alone(lines: list[str], element: _Element, end: int) -> list[str]:
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
    versions = _paired(old, parts_of(element.node, VERSIONS))
    first = old[0].place.line
    return [
        *lines[before.place.line - 1 : first - 1],
        *_spliced(VERSIONS, lines, versions, old, spans),
        *lines[stop - 1 : end - 1],
    ]


def _paired(old: tuple[MappingNode, ...], new: tuple[MappingNode, ...]) -> list[_Element]:
    """Versions with what they were: themselves, or else the next one of the same list that is no more."""
    gone = [one for one in old if not any(one is kept for kept in new)]
    elements = []
    for one in new:
        before = one if any(one is kept for kept in old) else None
        if before is None:
            before = next((two for two in gone if text_of(two, "list") == text_of(one, "list")), None)
            gone = [two for two in gone if two is not before]
        elements.append(_Element(one, before))
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
