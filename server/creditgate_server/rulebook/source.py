"""YAML as nodes with their places. A strict part of YAML: what can surprise a civil servant is refused.

Nothing is interpreted here: a scalar is its text and whether it was quoted. So `no`, `1e3` or `010` mean nothing
until a typed reader asks, and no value is ever guessed. Anchors, aliases, merge keys, tags, several documents, doubled
keys, tabs and invisible characters are faults.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import NoReturn

import yaml

from ..errors import Fault
from .language import Place

MAX_BYTES = 2_000_000
"""Largest file, inclusive."""
MAX_DEPTH = 40
"""Deepest nesting of lists and mappings, inclusive."""
MAX_FAULTS = 500
"""Faults kept; more help nobody."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
UNWANTED = re.compile(
    "[\t\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff]"
)
"""Characters that a file may not hold: nobody sees them, or two editors show them differently."""
_YAML_PROBLEMS = {
    "mapping values are not allowed in this context": "冒号出现在不该有的地方, 或缩进不对",
    "did not find expected key": "缩进不对, 或少了冒号",
    "did not find expected '-' indicator": "列表缩进不对, 或少了“- ”",
    "did not find expected ',' or ']'": "方括号没有写完",
    "did not find expected ',' or '}'": "花括号没有写完",
    "did not find expected node content": "这里缺少内容",
    "found unexpected end of stream": "引号没有写完",
    "found character that cannot start any token": "这个字符不能用在值的开头, 请加引号",
    "could not find expected ':'": "少了冒号(冒号用英文半角, 后面空一格)",
    "block sequence entries are not allowed in this context": "“- ”出现在不该有的地方",
    "found unknown escape character": "双引号里有不认识的转义, 请改用单引号",
    "found invalid Unicode character escape code": "双引号里的转义不是一个字符, 请直接写这个字",
    "did not find expected <document start>": "前面的内容已经结束, 缩进不对",
    "did not find expected comment or line break": "这一行后面多了内容",
}


class Unreadable(Exception):
    """A value could not be read; its fault is noted in `Faults`."""


@dataclass(slots=True)
class Faults:
    """Collects faults, so that one run shows them all."""

    found: list[Fault] = field(default_factory=list)
    rule: str = ""
    """Id of the rule being read, or empty."""

    def add(self, place: Place, message: str, hint: str = "", rule: str = "") -> None:
        """Note a fault."""
        if len(self.found) < MAX_FAULTS:
            fault = Fault(place.file, place.line, place.column, message, hint, rule or self.rule)
            self.found.append(fault)

    def refuse(self, place: Place, message: str, hint: str = "") -> NoReturn:
        """Note a fault and give up the value. Raises `Unreadable`."""
        self.add(place, message, hint)
        raise Unreadable

    def nearest(self, word: str, known: Iterable[str]) -> str:
        """A hint that names the known word most like this one; empty once no more faults are kept."""
        return nearest(word, known) if len(self.found) < MAX_FAULTS else ""

    def sorted(self) -> tuple[Fault, ...]:
        """All faults by file, line and column, each once: one of a table's header counts for all its rows together."""
        rules: dict[Fault, set[str]] = defaultdict(set)
        for fault in self.found:
            rules[replace(fault, rule="")].add(fault.rule)
        return tuple(sorted(replace(fault, rule=min(of) if len(of) == 1 else "") for fault, of in rules.items()))


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written."""

    text: str
    quoted: bool
    """Quoted or a text block: never anything but text."""
    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    parts: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class KeyedNode:
    """A key with its place, and its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values; every key once."""

    pairs: dict[str, KeyedNode]
    place: Place


Node = Scalar | Sequence | Mapping


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the known word most like this one, or the known words where there are few."""
    words = sorted(set(known))
    close = get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"是不是 {close[0]}?"
    return f"可用的有: {'、'.join(words)}" if 0 < len(words) <= 16 else ""


def parse(file: str, content: bytes, faults: Faults) -> Mapping | None:
    """The top mapping of one file, or None where it can't be read; what is wrong is noted."""
    try:
        text = _decode(file, content, faults)
        node = _Builder(file, faults).build(text)
    except Unreadable:
        return None
    if isinstance(node, Mapping):
        return node
    place = node.place if node else Place(file=file, line=1, column=1)
    faults.add(place, "文件里没有任何一节", "顶层应写成 rules: 或 instruments: 这样的节")
    return None


def _decode(file: str, content: bytes, faults: Faults) -> str:
    start = Place(file=file, line=1, column=1)
    if len(content) > MAX_BYTES:
        faults.refuse(start, f"文件太大: {len(content)} 字节, 最多 {MAX_BYTES} 字节", "请拆成几个文件")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        faults.refuse(_place_after(file, before), "文件不是 UTF-8 编码", "请在编辑器中另存为 UTF-8")
    unwanted = UNWANTED.search(text)
    if unwanted:
        place = _place_after(file, text[: unwanted.start()])
        if unwanted.group() == "\t":
            faults.refuse(place, "不能用制表符(Tab)", "缩进请用空格")
        faults.refuse(place, f"含有看不见的字符 U+{ord(unwanted.group()):04X}", "请删去后重新输入")
    return text


def _place_after(file: str, before: str) -> Place:
    return Place(file=file, line=before.count("\n") + 1, column=len(before) - (before.rfind("\n") + 1) + 1)


@dataclass(slots=True)
class _Open:
    """A list or mapping not yet closed."""

    place: Place
    is_mapping: bool
    parts: list[Node] = field(default_factory=list)
    pairs: dict[str, KeyedNode] = field(default_factory=dict)
    key: Scalar | None = None


class _Builder:
    """Builds nodes from the parser's events, without recursion."""

    def __init__(self, file: str, faults: Faults) -> None:
        self._file = file
        self._faults = faults
        self._open: list[_Open] = []
        self._root: Node | None = None

    def build(self, text: str) -> Node | None:
        """The root node, or None for an empty file. Raises `Unreadable`."""
        documents = 0
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    self._document(event, documents)
                elif isinstance(event, yaml.NodeEvent):
                    self._node(event)
                elif isinstance(event, yaml.CollectionEndEvent):
                    self._close()
        except yaml.YAMLError as error:
            self._syntax_fault(error)
        return self._root

    def _document(self, event: yaml.DocumentStartEvent, count: int) -> None:
        if count > 1:
            self._faults.refuse(self._at(event), "一个文件只能有一个文档", "删去分隔行 ---, 或拆成几个文件")
        if event.version or event.tags:
            self._faults.refuse(self._at(event), "不能用 YAML 指令(%)", "删去以 % 开头的行")

    def _node(self, event: yaml.NodeEvent) -> None:
        place = self._at(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self._faults.refuse(place, "不能用锚点和引用(& 和 *)", "请把内容写完整")
        if getattr(event, "tag", None):
            self._faults.refuse(place, "不能用类型标签(!)", "删去标签; 文字如以 ! 开头请加引号")
        if isinstance(event, yaml.ScalarEvent):
            unwanted = UNWANTED.search(event.value)
            if unwanted:
                self._faults.refuse(place, f"转义得到看不见的字符 U+{ord(unwanted.group()):04X}", "请删去后重新输入")
            self._put(Scalar(event.value, not event.implicit[0], place))
            return
        if len(self._open) >= MAX_DEPTH:
            self._faults.refuse(place, f"嵌套太深, 最多 {MAX_DEPTH} 层")
        if self._expects_key():
            self._faults.refuse(place, "字段名应是文字")
        self._open.append(_Open(place, isinstance(event, yaml.MappingStartEvent)))

    def _close(self) -> None:
        done = self._open.pop()
        node = Mapping(done.pairs, done.place) if done.is_mapping else Sequence(tuple(done.parts), done.place)
        self._put(node)

    def _expects_key(self) -> bool:
        return bool(self._open) and self._open[-1].is_mapping and self._open[-1].key is None

    def _put(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if not parent.is_mapping:
            parent.parts.append(node)
        elif parent.key is None:
            assert isinstance(node, Scalar)
            if node.text == "<<" and not node.quoted:
                self._faults.refuse(node.place, "不能用合并键(<<)", "请把内容写完整")
            parent.key = node
        else:
            self._pair(parent, parent.key, node)
            parent.key = None

    def _pair(self, parent: _Open, key: Scalar, value: Node) -> None:
        first = parent.pairs.get(key.text)
        if first:
            message = f"字段 {key.text} 重复, 第 {first.key.place.line} 行已经写过"
            self._faults.add(key.place, message, "删去其中一个, 或合并为一个")
            return
        parent.pairs[key.text] = KeyedNode(key, value)

    def _at(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        assert mark is not None
        return Place(file=self._file, line=mark.line + 1, column=mark.column + 1)

    def _syntax_fault(self, error: yaml.YAMLError) -> NoReturn:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", "") or "")
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = _YAML_PROBLEMS.get(problem, f"YAML 写法有误({problem or '无法解析'})")
        place = Place(file=self._file, line=line, column=column)
        self._faults.refuse(place, message, "检查这一行和上一行的缩进、冒号与引号")
