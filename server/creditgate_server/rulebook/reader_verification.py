"""Reads the register of verification, and holds each thing of a library against its line as it is read.

A thing is verified where its line stands in the register, its content is what was compared, and each of its citations
was read. Anything else about a line is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from .catalogue import Citation
from .language import Place
from .placed import PlacedValue
from .reader_values import (
    FIRST_DAY,
    LAST_DAY,
    MAX_TEXT,
    Path,
    Reader,
    Schema,
    Trail,
    code,
    day,
    many,
    refuse_kind,
    shaped,
    structure,
    text,
)
from .source import MAX_BYTES, UNWANTED, Faults, Node, Scalar, Sequence, Unreadable, parse
from .source import Mapping as MappingNode
from .verification import HEAD, SECTION, ReadText, VerifiedLine, content_of

_DIGEST = shaped(re.compile(r"sha256:[0-9a-f]{64}"), "摘要(sha256: 和 64 位小写十六进制)", f"sha256:{'0' * 64}")
NAME = re.compile(r"[a-z_]{1,24}/[A-Za-z0-9_./+-]{1,200}(?:@[0-9]{4}-[0-9]{2}-[0-9]{2})?(?:#[0-9]{1,3})?")
"""The form of a thing's name."""
_NAME = shaped(
    NAME,
    "名称(类别/代码, 有几版的加 @首日)",
    "rule/some-rule@2026-04-01",
)
_READ = structure(
    ReadText,
    {"instrument": code, "article": text, "day": day, "post": text, "text": _DIGEST},
    "{instrument: licensing-law, article: 第七十八条, day: 2026-12-01, post: 法制审核岗, text: sha256:…}",
)
_LINE: Reader[VerifiedLine] = structure(
    VerifiedLine,
    {"of": _NAME, "content": _DIGEST, "read": many(_READ)},
    "{of: rule/some-rule@2026-04-01, content: sha256:…, read: […]}",
)
LINE_SCHEMA: Schema = _LINE.schema
"""What a line of the register may be."""


def _read_unverified(node: Node, trail: Trail) -> bool:
    if isinstance(node, Scalar) and not node.quoted and node.text == "false":
        return False
    if isinstance(node, Scalar) and not node.quoted and node.text == "true":
        hint = "删去这一行: 核对过的登记在 verification 文件夹里, 没有登记的都是待核实"
        trail.faults.refuse(node.place, "已核实不能自己写", hint)
    raise refuse_kind(node, trail, " false(不加引号)", "false")


unverified: Reader[bool] = Reader(_read_unverified, {"const": False})
"""`verified: false`, which says nothing new. Only the register says that something is."""


@dataclass(frozen=True, slots=True)
class CitedAt:
    """A citation with its place."""

    citation: Citation
    place: Place


@dataclass(frozen=True)
class Thing:
    """What can be compared with the texts that it cites, as it is written."""

    of: str
    placed: PlacedValue[Any]
    """The thing itself: a rule, a parameter with the value, an entry. Its places."""
    place: Place
    citations: tuple[CitedAt, ...]
    """Empty: there is nothing to compare it with."""
    own_practice: bool
    fields: Mapping[str, Node | str]
    """What it says, as written, without what is no law."""

    @cached_property
    def content(self) -> str:
        """The digest of what it says."""
        return content_of(self.fields)


def cited_at(basis: Iterable[Citation], placed: PlacedValue[Any], path: Path = ("basis",)) -> tuple[CitedAt, ...]:
    """Citations with their places."""
    return tuple(CitedAt(one, placed.at(*path, position)) for position, one in enumerate(basis))


def written(node: Node, *without: str) -> dict[str, Node | str]:
    """The fields of a mapping, but some and what it says of its verification."""
    assert isinstance(node, MappingNode)
    return {name: pair.value for name, pair in node.pairs.items() if name not in (*without, "verified")}


@dataclass(slots=True)
class Register:
    """The lines, and the things that were held against them."""

    lines: dict[str, PlacedValue[VerifiedLine]] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    partial: set[str] = field(default_factory=set)
    """Things of whose citations some have still to be read."""

    def read(
        self, roots: Iterable[MappingNode], faults: Faults, ready: Iterable[PlacedValue[VerifiedLine]] = ()
    ) -> None:
        """Take in the lines of all files, and those that are read already."""
        for placed in ready:
            self._put(placed, faults)
        for root in roots:
            pair = root.pairs.get(SECTION)
            if pair is None:
                continue
            if not isinstance(pair.value, Sequence):
                faults.add(pair.value.place, "这一节应为列表", "没有核实的, 写 verifications: [] 或删去这个文件")
                continue
            for node in pair.value.parts:
                self._take(node, faults)

    def _take(self, node: Node, faults: Faults) -> None:
        places: dict[Path, Place] = {(): node.place}
        try:
            placed = PlacedValue(_LINE(node, Trail(faults, places)), places)
        except Unreadable:
            return
        self._put(placed, faults)

    def _put(self, placed: PlacedValue[VerifiedLine], faults: Faults) -> None:
        first = self.lines.setdefault(placed.value.of, placed)
        if first is not placed:
            where = f"{first.at('of').file}:{first.at('of').line}"
            faults.add(placed.at("of"), f"{placed.value.of} 的核实写了两次, {where} 已经写过", "删去其中一个")

    def name(self, of: str) -> str:
        """A name that no thing has yet: the name itself, or numbered."""
        number = 2
        found = of
        while found in self.things:
            found = f"{of}#{number}"
            number += 1
        return found

    def settle(self, thing: Thing, faults: Faults) -> bool:
        """Whether the thing is verified. Notes content that changed, and texts that are not cited.

        Of a thing of which some citations have still to be read, those that were read are known, and it is unverified.
        """
        self.things.setdefault(thing.of, thing)
        line = self.lines.get(thing.of)
        if line is None:
            return False
        if thing.own_practice or not thing.citations:
            message = f"{thing.of} 没有引用依据, 没有可以核对的原文"
            faults.add(line.at("of"), message, "删去这一条核实, 或给它写上依据")
            return False
        if line.value.content != thing.content:
            self._note_change(thing, line, faults)
            return False
        return self._read_all(thing, line, faults)

    def _note_change(self, thing: Thing, line: PlacedValue[VerifiedLine], faults: Faults) -> None:
        where = line.at("content")
        message = f"{thing.of} 核实以后内容改动了: {where.file}:{where.line} 核实的不是现在的内容({thing.content})"
        faults.add(thing.place, message, "与原文重新核对后更新那一条核实, 或者删去那一条, 撤回核实")

    def _read_all(self, thing: Thing, line: PlacedValue[VerifiedLine], faults: Faults) -> bool:
        before = len(faults.found)
        cited = {(one.citation.instrument, one.citation.article): one for one in thing.citations}
        seen: set[tuple[str, str]] = set()
        for position, read in enumerate(line.value.read):
            place = line.at("read", position)
            if read.cited in seen:
                faults.add(place, f"{_said(read.cited)} 写了两次", "删去其中一个")
            elif read.cited not in cited:
                faults.add(place, f"{thing.of} 没有引用 {_said(read.cited)}", f"它引用的是 {_all(cited)}")
            elif cited[read.cited].citation.missing:
                message = f"{_said(read.cited)} 写着没有找到原文, 不能核实"
                faults.add(place, message, "找到原文的, 删去引用里的 missing")
            seen.add(read.cited)
        if not seen.issuperset(cited):
            self.partial.add(thing.of)
        return len(faults.found) == before and thing.of not in self.partial

    def in_order(self) -> tuple[VerifiedLine, ...]:
        """The lines by name, once all things were held against them: those of things not wholly read say so."""
        lines = (self.lines[of].value for of in sorted(self.lines))
        return tuple(replace(line, partial=True) if line.of in self.partial else line for line in lines)

    def note_unknown(self, faults: Faults, broken: Iterable[str]) -> None:
        """Note lines of things that are not there, but those whose own faults are enough."""
        codes = tuple(broken)
        for of, line in self.lines.items():
            if of not in self.things and not any(_is_of(of, one) for one in codes):
                hint = faults.nearest(of, self.things) or "删去这一条核实"
                faults.add(line.at("of"), f"规则库里没有 {of}", hint)


# -- files as they were written ---------------------------------------------------------------------------------------

_SAID = r'"([^"\\\n]+)"'
_WRITTEN_LINE = re.compile(
    r"  - of: (\S+)\n    content: (sha256:[0-9a-f]{64})\n    read:\n((?:      - \{[^\n]*\}\n)+)", re.ASCII
)
_WRITTEN_READ = re.compile(
    rf"      - \{{instrument: ([a-z0-9][a-z0-9_.-]{{0,63}})(?:, article: {_SAID})?, "
    rf"day: ([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}), post: {_SAID}, text: (sha256:[0-9a-f]{{64}})\}}\n"
)
_LINES_BEFORE_READS = 3


def read_as_written(file: str, content: bytes) -> tuple[PlacedValue[VerifiedLine], ...] | None:
    """The lines of a file that stands as `register_text` wrote it; None for any other, which is read as YAML.

    A register has thousands of texts: reading its one form is several times as fast, and comes to the same.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    if len(content) > MAX_BYTES or not text.startswith(HEAD) or UNWANTED.search(text):
        return None
    found: list[PlacedValue[VerifiedLine]] = []
    at, line = len(HEAD), HEAD.count("\n") + 1
    while at < len(text):
        match = _WRITTEN_LINE.match(text, at)
        reads = _reads_as_written(match.group(3)) if match else None
        if match is None or reads is None or not NAME.fullmatch(match.group(1)):
            return None
        value = VerifiedLine(of=match.group(1), content=match.group(2), read=reads)
        found.append(PlacedValue(value, _places(file, line, len(reads))))
        at, line = match.end(), line + _LINES_BEFORE_READS + len(reads)
    return tuple(found) or None


def _reads_as_written(text: str) -> tuple[ReadText, ...] | None:
    """None where a text is not as it was written, or stands twice."""
    found: list[ReadText] = []
    at = 0
    while at < len(text):
        match = _WRITTEN_READ.match(text, at)
        if match is None:
            return None
        instrument, article, day_, post, digest = match.groups(default="")
        if any(said != said.strip() or len(said) > MAX_TEXT for said in (article, post)):
            return None
        try:
            read_on = date.fromisoformat(day_)
        except ValueError:
            return None
        if not FIRST_DAY <= read_on <= LAST_DAY:
            return None
        found.append(ReadText(instrument=instrument, article=article, day=read_on, post=post, text=digest))
        at = match.end()
    return tuple(found) if len(set(found)) == len(found) else None


def _places(file: str, line: int, reads: int) -> dict[Path, Place]:
    """Where the parts of a line stand, as the reader of YAML names them."""
    places: dict[Path, Place] = {
        (): Place(file=file, line=line, column=5),
        ("of",): Place(file=file, line=line, column=9),
        ("content",): Place(file=file, line=line + 1, column=14),
        ("read",): Place(file=file, line=line + _LINES_BEFORE_READS, column=7),
    }
    for position in range(reads):
        places["read", position] = Place(file=file, line=line + _LINES_BEFORE_READS + position, column=9)
    return places


def lines_of(content: bytes) -> tuple[VerifiedLine, ...]:
    """The lines of one sound file."""
    ready = read_as_written("", content)
    if ready is not None:
        return tuple(placed.value for placed in ready)
    register, faults = Register(), Faults()
    root = parse("", content, faults)
    register.read([root] if root is not None else [], faults)
    return tuple(placed.value for placed in register.lines.values())


def _is_of(of: str, code_: str) -> bool:
    """Whether it may be a thing in the entry or rule of the code."""
    rest = of.partition("/")[2]
    return rest.startswith(code_) and rest[len(code_) : len(code_) + 1] in ("", "@", "#", "/", "-")


def _said(cited: tuple[str, str]) -> str:
    return " ".join(filter(None, cited))


def _all(cited: Iterable[tuple[str, str]]) -> str:
    return "、".join(_said(one) for one in cited)
