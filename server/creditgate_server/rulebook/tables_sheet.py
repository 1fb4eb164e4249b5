"""A sheet of a table as plain text cells with their places, and what no sheet may hold.

A cell is what a person sees in it. `tables_csv.py` and `tables_workbook.py` read sheets from files. Only sheets whose
first cell is `book` (册) are read: others hold no rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from .language import Place
from .source import UNWANTED, Faults, Unreadable

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

_LINE_BREAKS = re.compile(r"\s*[\r\n]+\s*")


@dataclass(frozen=True, slots=True)
class Line:
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
class Sheet:
    """A sheet that holds a table."""

    file: str
    tab: str
    """The sheet's name in a workbook; empty for CSV."""
    lines: tuple[Line, ...]

    def place(self, line: int, column: int) -> Place:
        """Where a cell stands. In a workbook the file part names the cell: `levels.xlsx!Sheet1!C7`."""
        if not self.tab:
            return Place(file=self.file, line=line, column=column)
        from openpyxl.utils import get_column_letter  # see tables.py

        cell = f"!{self.tab}!{get_column_letter(column)}{line}"
        return Place(file=self.file + cell, line=line, column=column)


def top_of(file: str) -> Place:
    """The place of a file as a whole."""
    return Place(file=file, line=1, column=1)


def is_first_cell(value: object) -> bool:
    """Whether a sheet that begins so is a table."""
    return isinstance(value, str) and value.strip().lower() in FIRST_CELLS


def tidy(text: str) -> str:
    """Without blanks at the ends; a line break within a cell is a blank."""
    return _LINE_BREAKS.sub(" ", text.strip())


def check_size(sheet: Sheet, lines: int, columns: int, faults: Faults) -> None:
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
