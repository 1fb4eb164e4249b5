"""The top of a table: its head lines and its header row, as columns that know how to read their cells.

Every word may be written in English or in Chinese: `id` or `编号`, `fact grade` or `事实 grade`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .language import Book, Hit
from .source import Faults, KeyedNode, Mapping, Node, Sequence, Unreadable
from .tables_cells import (
    CellText,
    age_tests,
    amount_tests,
    fact_tests,
    finding_tests,
    number_node,
    pieces,
    record_tests,
)
from .tables_files import SheetLine, TableSheet

HEAD_KEYS = {
    "book": "册",
    "table": "表",
    "title": "标题",
    "hit": "命中",
    "from": "起",
    "until": "止",
    "basis": "依据",
    "note": "备注",
}
PLAIN_COLUMNS = {
    "id": "编号",
    "title": "标题",
    "from": "起",
    "until": "止",
    "items": "事项",
    "traits": "办理方式",
    "organs": "部门",
    "stages": "环节",
    "roles": "角色",
    "grade": "等级",
    "level": "监管等级",
    "measure": "措施",
    "duty": "应当或可以",
    "remedy": "补救",
    "basis": "依据",
    "verified": "已核实",
    "accepts": "有意",
    "because": "原因",
    "note": "备注",
}
_CONDITION_WORDS = {
    "fact": "事实",
    "months_since": "距今月数",
    "days_since": "距今天数",
    "records": "记录",
    "amount": "罚没金额",
    "fine": "罚款金额",
    "finding": "结论",
}
APPLIES = ("items", "traits", "organs", "stages", "roles")
EFFECTS = {Book.GRADE: ("grade",), Book.LEVEL: ("level",), Book.MEASURES: ("measure", "duty", "remedy")}
"""The effect columns of each book. All are needed but `remedy`."""

BOOKS = {"等级": "grade", "信用等级": "grade", "监管等级": "level", "措施": "measures"}
HITS = {"唯一": "unique", "全部": "collect", "优先": "priority"}
_BOUNDS = frozenset({"within_months", "within_days", "each_at_least", "fine_each_at_least"})
_FLAGS = frozenset({"that_licence", "items_organ", "ban_running", "open_ended"})
"""Fields of a record selection that are one number, or yes; the others are lists."""
_SELECT_PART = re.compile(r"([^=\s]+)=(\S+)")
_SELECT_VALUES = re.compile(r"[^,，;；、]+")

Tests = Callable[[CellText, Faults], list[Node]]
"""Reads a condition cell that is not blank into tests that must all hold. Raises `Unreadable`."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table: plain, or a condition."""

    number: int
    """From 1."""
    header: CellText
    name: str
    """The English name of a plain column; empty for a condition."""
    tests: Tests | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What the head lines say, by English key; only keys with a value."""

    cells: dict[str, CellText]
    book: Book
    hit: Hit
    table: str
    lines: int
    """Lines that the head takes, the blank one after it included."""


def read_head(sheet: TableSheet, faults: Faults) -> Head:
    """The head lines, up to the first blank line. Raises `Unreadable` after all were looked at."""
    cells: dict[str, CellText] = {}
    count = next((number for number, line in enumerate(sheet.lines) if line.blank), len(sheet.lines))
    before = len(faults.found)
    for line in sheet.lines[:count]:
        _read_head_line(sheet, line, cells, faults)
    if count == len(sheet.lines):
        faults.add(sheet.place(sheet.lines[-1].number, 1), "表头后面没有空行", "表头各行之后空一行, 再写列标题")
    for key in ("book", "hit", "table"):
        if key not in cells and len(faults.found) == before:
            faults.add(sheet.place(1, 1), f"表头缺少 {key}({HEAD_KEYS[key]})", _HEAD_EXAMPLES[key])
    if len(faults.found) > before:
        raise Unreadable
    book = _choose(cells["book"], {book.value: book.value for book in Book} | BOOKS, faults)
    hit = _choose(cells["hit"], {hit.value: hit.value for hit in Hit} | HITS, faults)
    table = _table_id(cells["table"], faults)
    return Head(cells, Book(book), Hit(hit), table, count + 1)


_HEAD_EXAMPLES = {
    "book": "例如 book,level",
    "hit": "写上 hit,collect(全部计入)、hit,unique(唯一命中) 或 hit,priority(上面的优先)",
    "table": "例如 table,level-sectors",
}


def _read_head_line(sheet: TableSheet, line: SheetLine, cells: dict[str, CellText], faults: Faults) -> None:
    written = line.text(1)
    place = sheet.place(line.number, 1)
    key = _english(written, HEAD_KEYS)
    if key is None:
        hint = faults.nearest(written, [*HEAD_KEYS, *HEAD_KEYS.values()])
        faults.add(place, f"表头没有 {written[:40]} 这一项", hint or "表头与列标题之间要空一行")
        return
    if key == "note":
        return
    if key in cells:
        faults.add(place, f"表头 {written} 重复, 第 {cells[key].place.line} 行已经写过", "删去其中一个")
        return
    extra = next((column for column in range(3, len(line.texts) + 1) if line.text(column)), None)
    if extra is not None:
        faults.add(sheet.place(line.number, extra), "表头一行只有两格: 名称和内容", "含有逗号的内容要用双引号括起来")
    elif line.text(2):
        cells[key] = CellText(line.text(2), sheet.place(line.number, 2))
    elif key in ("book", "hit", "table"):
        faults.add(sheet.place(line.number, 2), f"表头 {written} 没有内容", _HEAD_EXAMPLES[key])


def _english(written: str, names: dict[str, str]) -> str | None:
    lowered = written.lower()
    return next((name for name, chinese in names.items() if lowered in (name, chinese)), None)


def _choose(cell: CellText, words: dict[str, str], faults: Faults) -> str:
    chosen = words.get(cell.text)
    if chosen is None:
        faults.refuse(cell.place, f"不认识“{cell.text[:40]}”", f"可用的有: {'、'.join(words)}")
    return chosen


def _table_id(cell: CellText, faults: Faults) -> str:
    if not re.fullmatch(r"(?=.{1,56}\Z)[a-z0-9]+(?:-[a-z0-9]+)*", cell.text):
        message = f"应为表的编号(小写字母、数字和连字符, 最多 56 位), 却是“{cell.text[:60]}”"
        faults.refuse(cell.place, message, "例如 level-sectors")
    return cell.text


# -- header row -------------------------------------------------------------------------------------------------------


def read_columns(sheet: TableSheet, line: SheetLine, head: Head, faults: Faults) -> list[TableColumn]:
    """The columns of the header row. Raises `Unreadable` after all were looked at."""
    columns: list[TableColumn] = []
    before = len(faults.found)
    for number, written in enumerate(line.texts, start=1):
        if not written:
            continue
        header = CellText(" ".join(written.split()), sheet.place(line.number, number))
        try:
            column = _column(number, header, faults)
        except Unreadable:
            continue
        first = _same(column, columns)
        if first is not None:
            message = f"列标题 {header.text[:40]} 重复, 第 {first.number} 列已经写过"
            faults.add(header.place, message, "删去其中一列, 或合并为一列")
        columns.append(column)
    if len(faults.found) == before:
        _check_effects(sheet, line, head, columns, faults)
    if len(faults.found) > before:
        raise Unreadable
    return columns


def _same(column: TableColumn, columns: Iterable[TableColumn]) -> TableColumn | None:
    """An earlier column that says the same."""
    if column.name == "note":
        return None
    meaning = column.name or _meaning(column.header.text)
    return next((other for other in columns if meaning == (other.name or _meaning(other.header.text))), None)


def _meaning(header: str) -> str:
    word, _, rest = header.partition(" ")
    return f"{_english(word, _CONDITION_WORDS)} {rest}"


def _column(number: int, header: CellText, faults: Faults) -> TableColumn:
    plain = _english(header.text, PLAIN_COLUMNS)
    if plain is not None:
        return TableColumn(number, header, plain)
    word, _, rest = header.text.partition(" ")
    kind = _english(word, _CONDITION_WORDS)
    if kind is None:
        words = [*PLAIN_COLUMNS, *PLAIN_COLUMNS.values(), *_CONDITION_WORDS, *_CONDITION_WORDS.values()]
        hint = faults.nearest(word, words) or "条件列写作: fact 事实名、records 类别 或 finding 规则编号"
        faults.refuse(header.place, f"不认识列标题“{header.text[:40]}”", hint)
    return TableColumn(number, header, "", _condition(kind, rest, header, faults))


def _condition(kind: str, rest: str, header: CellText, faults: Faults) -> Tests:
    if kind in ("records", "amount", "fine"):
        select = _select(rest, header, faults)
        read = record_tests if kind == "records" else amount_tests(kind)
        return lambda cell, at: read(select, cell, at)
    if not rest or " " in rest:
        example = {"finding": "finding grade-severe-list"}.get(kind, f"{kind} registered_on")
        faults.refuse(header.place, f"列标题“{header.text[:40]}”应是两个词", f"例如 {example}")
    named = header.scalar(rest)
    if kind == "finding":
        return lambda cell, at: finding_tests(named, cell, at)
    by_kind = {"fact": fact_tests, "months_since": age_tests("months"), "days_since": age_tests("days")}
    tests = by_kind[kind]
    return lambda cell, at: tests(named, cell, at)


def _select(text: str, header: CellText, faults: Faults) -> Mapping:
    """Which records a column counts: `kinds=penalty severities=general,serious within_months=24`."""
    pairs: dict[str, KeyedNode] = {}
    for word in text.split():
        found = _SELECT_PART.fullmatch(word)
        if not found:
            message = f"看不懂列标题里的“{word[:40]}”"
            faults.refuse(header.place, message, "例如 records kinds=penalty severities=general,serious")
        name, written = found.groups()
        if name in pairs:
            faults.refuse(header.place, f"列标题里 {name[:40]} 写了两次", "合并为一个, 几个值用逗号隔开")
        values = tuple(header.scalar(value) for value in _SELECT_VALUES.findall(written))
        node: Node = Sequence(values, header.place)
        if name in _BOUNDS:
            node = number_node(written, header)
        elif name in _FLAGS:
            node = header.scalar(written)
        pairs[name] = KeyedNode(header.scalar(name), node)
    if not pairs:
        message = f"列标题“{header.text[:40]}”没有说是哪些记录"
        faults.refuse(header.place, message, "例如 records kinds=penalty within_months=24")
    return Mapping(pairs, header.place)


def _check_effects(sheet: TableSheet, line: SheetLine, head: Head, columns: list[TableColumn], faults: Faults) -> None:
    """The effect columns must be those of the book, and the required ones must be there."""
    names = {column.name for column in columns}
    own = EFFECTS[head.book]
    for column in columns:
        if any(column.name in effects for effects in EFFECTS.values()) and column.name not in own:
            message = f"{head.book.value} 册的表没有 {column.name} 列"
            faults.add(column.header.place, message, f"这一册的结果列是: {'、'.join(own)}")
            return
    for name in (*own, "basis", "from"):
        if name not in names and name not in head.cells and name != "remedy":
            hint = f"在表头写上 {name}, 或加一列" if name in HEAD_KEYS else "加上这一列"
            faults.add(sheet.place(line.number, 1), f"缺少列 {name}({PLAIN_COLUMNS[name]})", hint)


def list_of(cell: CellText) -> Sequence:
    """A list of codes in one cell."""
    return Sequence(tuple(cell.scalar(piece) for piece in pieces(cell.text)), cell.place)
