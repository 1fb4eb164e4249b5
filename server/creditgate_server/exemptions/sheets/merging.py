"""Lists put into a library's files: what the files say then, and their text with no line changed that need not be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...rulebook.language import Place
from ...rulebook.source import Faults, KeyedNode, Scalar, Sequence
from ...rulebook.source import Mapping as MappingNode
from .nodes import parts_of, plain, text_of, value_of, with_field, without
from .patching import FACTS, SECTIONS, FileDraft, SectionElement, changed_text, paired
from .rows import VERIFIED
from .typed import ENTRIES, LISTS, VERSIONS, EntrySource, ListSource, SourceFile


@dataclass(frozen=True, slots=True)
class MergedFile:
    """A file with lists put in."""

    name: str
    root: MappingNode
    """What it says then; what came out of cells still stands there."""
    text: str


def merge(
    files: Iterable[SourceFile], lists: Iterable[ListSource], facts: Iterable[MappingNode], faults: Faults
) -> tuple[MergedFile, ...]:
    """The files that change. Facts are those that the library has to have besides; they join the first list's file.

    An entry that lists besides these have too is not changed: what would is noted as a fault of its cell.
    """
    lists = tuple(lists)
    merging = _Merging(files, faults)
    merging.put(lists)
    if lists:
        home = merging.home(lists[0].code)
        home.section(FACTS).extend(SectionElement(fact, None) for fact in facts)
    return tuple(merging.changed())


class _Merging:
    def __init__(self, files: Iterable[SourceFile], faults: Faults) -> None:
        self._faults = faults
        self._files = [
            FileDraft(
                file, {name: [SectionElement(node, node) for node in parts_of(file.root, name)] for name in SECTIONS}
            )
            for file in files
        ]

    def home(self, code: str) -> FileDraft:
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
            element = SectionElement(_with_versions(found[0][1].entry, versions), None)
            self.home(found[0][0]).section(ENTRIES).append(element)
        for file in self._files:
            file.elements[ENTRIES] = [one for one in file.section(ENTRIES) if parts_of(one.node, VERSIONS)]

    def _put_list(self, given: ListSource) -> None:
        for file in self._files:
            for element in file.section(LISTS):
                if text_of(element.node, "code") == given.code:
                    element.node = _marked(given.node, element.before)
                    _keep(element)
                    return
        name = f"exemptions/{given.code}.yaml"
        root = MappingNode({}, Place(file=name, line=1, column=1))
        self._files.append(FileDraft(SourceFile(name, "", root), {LISTS: [SectionElement(given.node, None)]}))

    def _put_versions(self, element: SectionElement, codes: set[str], given: list[tuple[str, EntrySource]]) -> None:
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
        versions = [next((old for old in before if _said(old) == _said(one)), one) for one in versions]
        versions = [_marked(one.node, one.before) for one in paired(before, tuple(versions))]
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

    def changed(self) -> Iterator[MergedFile]:
        """The files that say something else than before."""
        for file in self._files:
            sections = [name for name in SECTIONS if _differs(file, name)]
            if sections:
                yield MergedFile(file.source.name, _root(file), changed_text(file, sections))


def _with_versions(node: MappingNode, versions: tuple[MappingNode, ...]) -> MappingNode:
    return with_field(node, VERSIONS, Sequence(versions, node.place))


def _keep(element: SectionElement) -> None:
    """Where an element says what it said before, it is the one before."""
    if element.before is not None and _said(element.node) == _said(element.before):
        element.node = element.before


def _marked(node: MappingNode, before: MappingNode | None) -> MappingNode:
    """What came out of cells, unverified in words where its file said so: no cell takes that line away."""
    mark = value_of(before, VERIFIED) if before is not None and before is not node else None
    return with_field(node, VERIFIED, mark) if mark is not None else node


def _said(node: MappingNode) -> object:
    """What a list or version says: not that it is unverified, which every thing is without a line in the register."""
    return plain(without(node, VERIFIED))


def _differs(file: FileDraft, section: str) -> bool:
    before = parts_of(file.source.root, section)
    after = file.section(section)
    return len(before) != len(after) or any(one.node is not old for one, old in zip(after, before, strict=True))


def _root(file: FileDraft) -> MappingNode:
    """What a file says."""
    pairs = dict(file.source.root.pairs)
    place = file.source.root.place
    for name in SECTIONS:
        parts = tuple(element.node for element in file.section(name))
        if parts:
            key = pairs[name].key if name in pairs else Scalar(name, False, place)
            pairs[name] = KeyedNode(key, Sequence(parts, key.place))
        else:
            pairs.pop(name, None)
    return MappingNode(pairs, place)
