"""Rows of tables as values: text, and text that can't be trusted."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from ...errors import SetupFault

LONGEST_CELL = 4_000
"""Characters in one cell, inclusive. A longer one is cut one character behind that: who uses it finds it too long."""
MOST_COLUMNS = 200
"""Columns with content, inclusive."""
MOST_ROWS = 1_048_576
"""Rows of a sheet, inclusive: what the format allows."""
SAVE_AGAIN = "请在表格软件中打开后另存为 .xlsx 或 CSV UTF-8"
NO_RESULT = "公式没有存下结果; 请在表格软件中打开后重新保存, 或粘贴为数值"


class Doubtful(str):
    """A cell whose text can't be trusted, with the reason in Chinese. Never empty.

    Whoever uses the cell refuses its row. `strip`, `replace` and the like give plain text: look before.
    """

    __slots__ = ("reason",)

    reason: str

    def __new__(cls, text: str, reason: str) -> Doubtful:
        """`text`: what is shown of it; a blank one is shown as `?`."""
        made = super().__new__(cls, text or "?")
        made.reason = reason
        return made


class RowOverLines(int):
    """The number of a row's first line, where the row goes over several."""

    last: int

    def __new__(cls, first: int, last: int) -> RowOverLines:
        """Both from 1, inclusive."""
        made = super().__new__(cls, first)
        made.last = last
        return made


class WorkbookRow(int):
    """A row's number in a file of which several sheets are read: `11月!3`. A number, equal only in its sheet."""

    sheet: str

    def __new__(cls, number: int, sheet: str) -> WorkbookRow:
        """`number`: in its sheet, from 1."""
        made = super().__new__(cls, number)
        made.sheet = sheet
        return made

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and getattr(other, "sheet", None) == self.sheet

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.sheet, int(self)))

    def __str__(self) -> str:
        """As a person looks it up."""
        return f"{self.sheet}!{int(self)}"


Row = tuple[int, list[str]]
"""Row number as a person counts it, from 1, and the cells as text.

The number is a `WorkbookRow` where a file has several sheets, a `RowOverLines` where a row goes over several lines.

What is not `Doubtful` is what a person sees. Rows may be shorter than their headers: the cells left out are empty.
"""


def too_wide(row: object, column: int) -> SetupFault:
    """Fault of a file with content to the right of the last column that is read. `column`: from 1."""
    return SetupFault(
        f"第 {row} 行在第 {column} 列({letters(column)})还有内容, 最多 {MOST_COLUMNS} 列", "请删去右边的列", "file"
    )


def letters(column: int) -> str:
    """Name of a column, counted from 1: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def number_text(value: float) -> str:
    """A finite number in digits, without an exponent; 1.0 is 1."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")


_MOST_DIGITS = 15
_TOO_LONG = f"数字超过 {_MOST_DIGITS} 位, 表格软件已把后面的位改掉; 编号请存为文本"
_NOISE = 4
"""Units in the last place by which sums of decimals may miss: 0.1+0.2 is kept as 0.30000000000000004, shown as 0.3."""


def sheet_number(value: float) -> str:
    """The number of a cell in the digits that a sheet shows: 15 at most. With more, it is `Doubtful`."""
    if not math.isfinite(value):
        return Doubtful(str(value), "数太大")
    if abs(value) >= 10.0**_MOST_DIGITS:
        return Doubtful(number_text(value), _TOO_LONG)
    if value.is_integer():
        return str(int(value))
    rounded = float(f"{value:.{_MOST_DIGITS}g}")
    if abs(value - rounded) > _NOISE * math.ulp(value):
        return Doubtful(number_text(value), _TOO_LONG)
    return number_text(rounded)


ERRORS = frozenset(
    (
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
    )
)
"""Error values of spreadsheet programs, as they show and export them."""
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-][0-9]{1,3}")
DOUBTFUL_MARKS = ("#", "E+", "E-", "e+", "e-")
"""A text without any of these is plain to `plain_or_doubtful`."""


def plain_or_doubtful(text: str) -> str:
    """A text as it stands, `Doubtful` where a spreadsheet program wrote something else than the value that it had."""
    if type(text) is Doubtful:
        return text
    if text in ERRORS:
        return Doubtful(text, f"单元格是错误值 {text}")
    if len(text) > 1 and not text.strip("#"):
        return Doubtful(text, "列太窄, 导出的是 #### 而不是值")
    if _SCIENTIFIC.fullmatch(text):
        return Doubtful(text, "导出成了科学计数法, 位数已丢失; 请把这一列设为文本或数值后重新导出")
    return text
