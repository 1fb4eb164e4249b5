"""Decision tables as they stand in files: CSV text and sheets of XLSX workbooks become rows of cells with places.

A cell is what a person sees in it. Only sheets whose first cell is `book` (册) are read: others hold no rules. What a
spreadsheet can hide or work out anew is refused: formulas, merged or hidden cells, error values, times of day.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, NoReturn

from ..errors import SetupFault
from ..files.reading.cells import number_text
from ..files.reading.csv_text import swallowed
from ..files.reading.workbooks import open_workbook as open_whole
from .language import Place
from .source import UNWANTED, Faults, Unreadable

if TYPE_CHECKING:
    import openpyxl
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet


def csv_sheets(file: str, content: bytes, faults: Faults) -> list[TableSheet]:
    """The sheet of a CSV file where it is a table. Raises `Unreadable` where the file can't be read."""
    lines = _csv_lines(file, _decoded(file, content, faults), faults)
    if not lines or not is_first_cell(lines[0].text(1)):
        return []
    sheet = TableSheet(file, "", lines)
    check_size(sheet, len(lines), max(len(line.texts) for line in lines), faults)
    sound = True
    for line in lines:
        for column, text in enumerate(line.texts, start=1):
            sound &= check_text(text, sheet.place(line.number, column), faults)
    return [sheet] if sound else []


def _decoded(file: str, content: bytes, faults: Faults) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, before[before.rfind(b"\n") + 1 :].count(b",") + 1
    place = Place(file=file, line=line, column=column)
    faults.refuse(place, "文件不是 UTF-8 编码", f"{_looks_like(content)}请在表格软件中另存为“CSV UTF-8(逗号分隔)”")


def _looks_like(content: bytes) -> str:
    """What the file seems to be encoded in, as the beginning of a hint."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "看来是 UTF-16 编码; "
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "看来是 GB18030(GBK) 编码; "


def _csv_lines(file: str, text: str, faults: Faults) -> tuple[SheetLine, ...]:
    """Records of the file; a record is numbered by the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[SheetLine] = []
    begins = 1
    spread: list[tuple[int, int, list[str]]] = []
    try:
        for cells in reader:
            if reader.line_num > begins:
                spread.append((begins, reader.line_num, cells))
            lines.append(SheetLine(begins, tuple(tidy(cell) for cell in cells)))
            begins = reader.line_num + 1
    except csv.Error:
        place = Place(file=file, line=begins, column=1)
        faults.refuse(place, "CSV 这一行的引号没有配对, 或一格太长", '单元格里的双引号要写成两个 ""')
    width = max((len(line.texts) for line in lines), default=0)
    for first, last, cells in spread:
        if swallowed(cells, width):
            place = Place(file=file, line=first, column=1)
            told = f"一对引号把第 {first} 至 {last} 行并成了一行"
            faults.refuse(place, told, '删去多余的引号; 单元格里的双引号要写成两个 ""')
    return tuple(lines)


FIRST_CELLS = frozenset({"book", "册"})
"""What the first cell of a table says, in small letters."""
MAX_ROWS = 10_000
"""Rows of rules in one sheet, inclusive."""
MAX_LINES = MAX_ROWS + 100
"""Lines of a sheet, head and blank ones included, inclusive."""
MAX_COLUMNS = 200
"""Inclusive."""
MAX_CELL = 4_000
"""Characters in one cell, inclusive."""

_CODE_AS_NUMBER, _LONGEST_CODE = 10.0**15, 10.0**22
"""A number of so many digits is a code whose last ones were lost; a longer one is not even that."""
_LINE_BREAKS = re.compile(r"\s*[\r\n]+\s*")


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a sheet: its number from 1, and the text of its cells without blanks at their ends."""

    number: int
    texts: tuple[str, ...]

    def text(self, column: int) -> str:
        """The text in a column, counted from 1; empty past the line's end."""
        return self.texts[column - 1] if column <= len(self.texts) else ""

    @property
    def blank(self) -> bool:
        """Whether no cell says anything."""
        return not any(self.texts)


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A sheet that holds a table."""

    file: str
    tab: str
    """The sheet's name in a workbook; empty for CSV."""
    lines: tuple[SheetLine, ...]

    def place(self, line: int, column: int) -> Place:
        """Where a cell stands. In a workbook the file part names the cell: `levels.xlsx!Sheet1!C7`."""
        if not self.tab:
            return Place(file=self.file, line=line, column=column)
        cell = f"!{self.tab}!{_letters(column)}{line}"
        return Place(file=self.file + cell, line=line, column=column)


def _letters(column: int) -> str:
    from openpyxl.utils import get_column_letter  # takes a tenth of a start to load: see ..files.tables

    return get_column_letter(column)


def top_of(file: str) -> Place:
    """The place of a file as a whole."""
    return Place(file=file, line=1, column=1)


def is_first_cell(value: object) -> bool:
    """Whether a sheet that begins so is a table."""
    return isinstance(value, str) and value.strip().lower() in FIRST_CELLS


def tidy(text: str) -> str:
    """Without blanks at the ends; a line break within a cell is a blank."""
    return _LINE_BREAKS.sub(" ", text.strip())


def check_size(sheet: TableSheet, lines: int, columns: int, faults: Faults) -> None:
    """Refuse a sheet that is too long or too wide. Raises `Unreadable`."""
    if lines > MAX_LINES:
        message = f"表格有 {lines} 行, 一张表最多 {MAX_ROWS} 条规则"
        faults.refuse(sheet.place(MAX_LINES + 1, 1), message, "请拆成几张表, 或删去末尾的空行")
    if columns > MAX_COLUMNS:
        message = f"表格有 {columns} 列, 最多 {MAX_COLUMNS} 列"
        faults.refuse(sheet.place(1, MAX_COLUMNS + 1), message, "请删去右边的空列")


def refuse_formula(place: Place, faults: Faults) -> NoReturn:
    """Refuse a cell that is worked out. Raises `Unreadable`."""
    faults.refuse(place, "单元格里不能用公式", "请复制后用“选择性粘贴”改为数值; 条件里相等不用写等号")


def check_text(text: str, place: Place, faults: Faults) -> bool:
    """Whether a cell's text may stand in a table; what is wrong is noted."""
    try:
        if text.startswith("="):
            refuse_formula(place, faults)
        unwanted = UNWANTED.search(text)
        if unwanted:
            faults.refuse(place, f"含有看不见的字符 U+{ord(unwanted.group()):04X}", "请删去后重新输入")
        if len(text) > MAX_CELL:
            faults.refuse(place, f"单元格太长: {len(text)} 字, 最多 {MAX_CELL} 字")
    except Unreadable:
        return False
    return True


MAX_UNPACKED = 32_000_000
"""Bytes of an XLSX file once unpacked, inclusive."""


def workbook_sheets(file: str, content: bytes, faults: Faults) -> Iterator[TableSheet]:
    """The sheets of a workbook that are tables; one with a fault is left out. Raises `Unreadable`."""
    workbook = open_workbook(file, content, faults)
    try:
        for worksheet in workbook.worksheets:
            if is_first_cell(worksheet["A1"].value):
                try:
                    yield _workbook_sheet(file, worksheet, faults)
                except Unreadable:
                    continue
    finally:
        workbook.close()


def open_workbook(file: str, content: bytes, faults: Faults) -> openpyxl.Workbook:
    """A workbook that is neither damaged nor too large once unpacked. Raises `Unreadable`."""
    try:
        return open_whole(io.BytesIO(content), MAX_UNPACKED)
    except SetupFault as fault:
        faults.refuse(top_of(file), fault.message, fault.hint)


def _workbook_sheet(file: str, worksheet: Worksheet, faults: Faults) -> TableSheet:
    """The sheet's cells as text. Raises `Unreadable` where a cell can't be read."""
    before = len(faults.found)
    empty = TableSheet(file, worksheet.title, ())
    check_size(empty, worksheet.max_row, worksheet.max_column, faults)
    check_nothing_hidden(empty, worksheet, faults)
    for merged in worksheet.merged_cells.ranges:
        place = empty.place(merged.min_row, merged.min_col)
        faults.add(place, f"不能用合并单元格({merged.coord})", "请取消合并, 每一格都写上内容")
    lines = []
    for number, cells in enumerate(worksheet.iter_rows(), start=1):
        texts = [
            tidy(read_cell(cell, empty.place(number, column), faults)) for column, cell in enumerate(cells, start=1)
        ]
        lines.append(SheetLine(number, tuple(texts)))
    if len(faults.found) > before:
        raise Unreadable
    return TableSheet(file, worksheet.title, tuple(lines))


def check_nothing_hidden(sheet: TableSheet, worksheet: Worksheet, faults: Faults) -> None:
    """Hidden rules would count all the same: nobody would know why."""
    if worksheet.sheet_state != "visible":
        faults.add(sheet.place(1, 1), "这张工作表是隐藏的", "请取消隐藏, 或删去这张工作表")
    for number, row in worksheet.row_dimensions.items():
        if row.hidden and number <= worksheet.max_row:
            faults.add(sheet.place(number, 1), f"第 {number} 行是隐藏的", "请取消隐藏或筛选, 或删去这一行")
    for column in worksheet.column_dimensions.values():
        if column.hidden and column.min and column.min <= worksheet.max_column:
            letter = _letters(column.min)
            faults.add(sheet.place(1, column.min), f"{letter} 列是隐藏的", "请取消隐藏, 或删去这一列")


def read_cell(cell: Cell | MergedCell, place: Place, faults: Faults) -> str:
    """A cell's text as it stands, line breaks too; empty after a fault was noted."""
    try:
        text = _cell_text(cell, place, faults)
    except Unreadable:
        return ""
    check_text(text, place, faults)
    return text


def _cell_text(cell: Cell | MergedCell, place: Place, faults: Faults) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        refuse_formula(place, faults)
    if cell.data_type == "e":
        faults.refuse(place, f"单元格里是错误值 {value}", "请改正")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if not math.isfinite(value):
            faults.refuse(place, "单元格里的数太大", "请核对")
        if _CODE_AS_NUMBER <= abs(value) < _LONGEST_CODE:
            faults.refuse(place, "数字超过 15 位, 表格软件已把后面的位改掉", "编号写成文本")
        return number_text(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str):
        faults.refuse(place, "单元格里有时刻", "规则只看日期, 请只写年-月-日")
    return value.strip()
