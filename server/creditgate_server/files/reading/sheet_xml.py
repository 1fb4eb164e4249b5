"""The rows of one sheet of an XLSX file, by its own XML: memory holds a few rows, however many there are.

What the sheet says of its size is not looked at. Source: ECMA-376-1, 18.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from .cells import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    NO_RESULT,
    Doubtful,
    Row,
    letters,
    plain_or_doubtful,
    sheet_number,
    too_wide,
)
from .formats import Shown
from .markup import Attributes, Handlers, Unfit, parsing
from .merged import Merge
from .strings import SharedStrings, unescaped

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_ISO_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]+Z?)?")
_DIGITS = "0123456789"
_PLAIN_DIGITS = 15
_LONGEST_TOLD = 200
"""Characters of a formula, inclusive."""
_COLUMNS = {letters(column): column for column in range(1, 16_385)}
_TRUE = ("1", "true", "on")

NOT_WORKED_OUT = "公式的结果没有算过(文件要求打开时重算); 请在表格软件中打开后重新保存"


@dataclass(slots=True)
class Workings:
    """What a workbook's cells refer to."""

    strings: SharedStrings
    styles: Sequence[Shown | None]
    """How the cell formats show numbers, by their number."""
    recalculated: bool
    """Whether the file asks that formulas be worked out when it is opened: what is stored may be anything."""


@dataclass(slots=True)
class Hidden:
    """What a sheet hides and is read all the same."""

    rows: list[int] = field(default_factory=list)
    """The first few."""
    more: int = 0
    columns: list[str] = field(default_factory=list)

    def note(self, sheet: str) -> list[str]:
        """What to say, in Chinese."""
        told = []
        if self.rows:
            rows = "、".join(map(str, self.rows)) + (f" 等 {len(self.rows) + self.more}" if self.more else "")
            told.append(f"工作表“{sheet}”: 第 {rows} 行是隐藏的, 已一并读取")
        if self.columns:
            told.append(f"工作表“{sheet}”: {'、'.join(self.columns)} 列是隐藏的, 已一并读取")
        return told


_HIDDEN_TOLD = 10


def sheet_rows(part: IO[bytes], workings: Workings, hidden: Hidden) -> Iterator[Row]:
    """The rows as they come, those that the sheet passes over as blank ones. Raises Unfit, SetupFault."""
    reader = _SheetReader(workings, hidden)
    last = 0
    for _ in parsing(part, reader.handlers, "worksheet"):
        for row in reader.rows:
            for blank in range(last + 1, row[0]):
                yield blank, []
            last = row[0]
            yield row
        reader.rows.clear()


class _SheetReader:
    """Hears the elements of a sheet and makes rows of them. The names of elements are the format's."""

    def __init__(self, workings: Workings, hidden: Hidden) -> None:
        self.rows: list[Row] = []
        self._workings = workings
        self._hidden = hidden

    def handlers(self, prefix: str) -> Handlers:
        """For names with a prefix. Closures: every cell goes through them, and they are twice as fast as methods."""
        data, row, cell, stored, formula, inline, run, reading = (
            prefix + name for name in ("sheetData", "row", "c", "v", "f", "is", "t", "rPh")
        )
        rows = self.rows
        strings, styles, recalculated = self._workings.strings, self._workings.styles, self._workings.recalculated
        in_data = False
        number = 0
        """Of the row; of the one before until a row begins."""
        in_row = False
        cells: list[str] = []
        in_cell = False
        column = 0
        """Of the cell, from 1; of the one before until a cell begins."""
        kind: str | None = None
        style: str | None = None
        has_value = False
        worked_out = False
        """Whether the cell has a formula."""
        text = ""
        words = ""
        """Of the formula."""
        hears = 0
        """1: a stored value or an inline text; 2: a formula."""
        readings = 0

        def start(name: str, attributes: Attributes) -> None:
            nonlocal in_data, number, in_row, cells, in_cell, column, kind, style, has_value, worked_out, text, words
            nonlocal hears, readings
            if name == cell:
                if not in_row or in_cell:
                    raise Unfit("单元格不在行里")
                place = attributes.get("r")
                if place is None:
                    column += 1
                else:
                    name_of = place.rstrip(_DIGITS)
                    found = _COLUMNS.get(name_of, 0)
                    if found <= column or place[len(name_of) :] != str(number):
                        raise Unfit(f"第 {number} 行的单元格 {place[:20]} 次序错乱或重复")
                    column = found
                in_cell = True
                kind = attributes.get("t")
                style = attributes.get("s")
                text = words = ""
                has_value = worked_out = False
            elif name == stored:
                has_value = True
                hears = 1 if in_cell else 0
            elif name == run:
                hears = 1 if in_cell and not readings else 0
            elif name == formula:
                worked_out = True
                hears = 2 if in_cell else 0
            elif name == row:
                if not in_data or in_row:
                    raise Unfit("行不在表里")
                number = _row_number(attributes.get("r"), number)
                in_row = True
                cells = []
                column = 0
                if attributes.get("hidden") in _TRUE:
                    self._row_hidden(number)
            elif name == inline:
                has_value = True
            elif name == reading:
                readings += 1
            elif name == data:
                in_data = True
            elif name == columns and attributes.get("hidden") in _TRUE:
                self._columns_hidden(attributes)

        columns = f"{prefix}col"

        def hear(piece: str) -> None:
            nonlocal text, words
            if hears == 1:
                if len(text) <= LONGEST_CELL:
                    text += piece
            elif hears == 2 and len(words) <= _LONGEST_TOLD:
                words += piece

        def end(name: str) -> None:
            nonlocal in_cell, in_row, in_data, hears, readings
            if name == cell:
                in_cell = False
                if not has_value and not worked_out:
                    return
                shown = content()
                if shown:
                    gap = column - len(cells) - 1
                    if gap > 0:
                        cells.extend([""] * gap)
                    if column > MOST_COLUMNS:
                        raise too_wide(number, column)
                    cells.append(shown)
            elif name in (stored, run, formula):
                hears = 0
            elif name == row:
                in_row = False
                rows.append((number, cells))
            elif name == reading:
                readings -= 1
            elif name == data:
                in_data = False

        def content() -> str:
            if worked_out and (recalculated or not has_value or (text == "" and kind != "str")):
                reason = NOT_WORKED_OUT if has_value and text else NO_RESULT
                return Doubtful(f"={words[:_LONGEST_TOLD]}", reason)
            if kind == "s":
                try:
                    found = strings[int(text)]
                except (ValueError, IndexError):
                    raise Unfit(f"第 {number} 行指向不存在的文字 {text[:20]}") from None
                return plain_or_doubtful(found) if "#" in found or "E" in found or "e" in found else found
            if kind is None or kind == "n":
                if style is None or text == "":
                    return _number(text, None)
                try:
                    return _number(text, styles[int(style)])
                except (ValueError, IndexError):
                    raise Unfit(f"第 {number} 行用了不存在的格式 {style[:20]}") from None
            return _other(kind, text)

        return Handlers(start, end, hear)

    def _row_hidden(self, number: int) -> None:
        if len(self._hidden.rows) < _HIDDEN_TOLD:
            self._hidden.rows.append(number)
        else:
            self._hidden.more += 1

    def _columns_hidden(self, attributes: Attributes) -> None:
        first, last = (attributes.get(name, "") for name in ("min", "max"))
        if first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last) and int(first) <= MOST_COLUMNS:
            names = letters(int(first)), letters(min(int(last), MOST_COLUMNS))
            self._hidden.columns.append(names[0] if names[0] == names[1] else f"{names[0]} 至 {names[1]}")


def _row_number(told: str | None, before: int) -> int:
    """A row without a number follows the one before. Raises Unfit."""
    if told is None:
        number = before + 1
    else:
        number = int(told) if told.isdecimal() and len(told) < len(str(MOST_ROWS)) + 1 else 0
    if not before < number <= MOST_ROWS:
        raise Unfit(f"第 {before} 行之后的行号 {(told or '')[:20]} 次序错乱或重复")
    return number


def _number(text: str, shown: Shown | None) -> str:
    if shown is None and len(text) <= _PLAIN_DIGITS and text.isdigit() and text.isascii() and text[0] != "0":
        return text
    if text == "":
        return ""
    if not _NUMBER.fullmatch(text.strip()):
        return Doubtful(text, "数字格里存的不是数字")
    value = float(text)
    if abs(value) == float("inf"):
        return Doubtful(text[:_LONGEST_TOLD], "数太大")
    return sheet_number(value) if shown is None else shown(value)


def _other(kind: str, text: str) -> str:
    """A cell that is neither a number nor a shared text."""
    if kind in ("str", "inlineStr"):
        return plain_or_doubtful(unescaped(text)[: LONGEST_CELL + 1].strip())
    if kind == "b":
        return {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}.get(text) or Doubtful(text, "不是真假值")
    if kind == "e":
        return Doubtful(text, f"单元格是错误值 {text[:40]}")
    if kind == "d":
        match = _ISO_DAY.fullmatch(text.strip())
        return match[1] if match else Doubtful(text, "不是日期")
    return Doubtful(text, f"单元格的类型 {kind[:20]} 不能识别")


# -- merged cells ---------------------------------------------------------------------------------------------------

_MERGED = b"mergeCell"
_PIECE = 1 << 20
MOST_MERGES = 200_000
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")


def has_merges(part: IO[bytes]) -> bool:
    """Whether a sheet may have merged cells. The part is read to its end, whose check sum must fit."""
    found = False
    tail = b""
    while piece := part.read(_PIECE):
        found = found or _MERGED in tail + piece[: len(_MERGED)] or _MERGED in piece or b"\0" in piece
        tail = piece[-len(_MERGED) :]
    return found


def merges_of(part: IO[bytes]) -> list[Merge]:
    """The merged cells of a sheet: they stand behind its rows. Raises Unfit."""
    found: list[Merge] = []

    def handlers(prefix: str) -> Handlers:
        merge = f"{prefix}mergeCell"

        def start(name: str, attributes: Attributes) -> None:
            if name == merge:
                found.append(_merge(attributes.get("ref", "")))
                if len(found) > MOST_MERGES:
                    raise Unfit(f"合并单元格超过 {MOST_MERGES} 处")

        def end(_: str) -> None:
            pass

        return Handlers(start, end)

    for _ in parsing(part, handlers, "worksheet"):
        pass
    return sorted(one for one in found if (one.top, one.left) != (one.bottom, one.right))


def _merge(ref: str) -> Merge:
    match = _RANGE.fullmatch(ref)
    if match is None:
        raise Unfit(f"合并单元格 {ref[:40]} 不能识别")
    left, top = _COLUMNS.get(match[1], 0), int(match[2])
    right, bottom = _COLUMNS.get(match[3] or match[1], 0), int(match[4] or match[2])
    if not (1 <= left <= right and 1 <= top <= bottom <= MOST_ROWS):
        raise Unfit(f"合并单元格 {ref[:40]} 不能识别")
    return Merge(top, left, bottom, right)
