"""Sheets of a workbook as rows under known column titles. What a spreadsheet can hide or work out anew is refused.

Lines above the column titles hold the list's name: nothing of them is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ...rulebook.language import Place
from ...rulebook.source import Faults, Unreadable
from ...rulebook.tables_files import TableSheet, check_nothing_hidden, check_size, read_cell
from .columns import SheetColumn

MOST_LINES_ABOVE = 20
"""Lines among which the column titles are looked for, inclusive."""
_FEWEST_TITLES = 3
"""Known column titles that make a line the one of the column titles."""
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell under a known column title."""

    text: str
    place: Place
    bad: bool = False
    """Its fault is noted already."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A line of a sheet."""

    number: int
    place: Place
    cells: dict[SheetColumn, SheetCell]

    def cell(self, header: str) -> SheetCell | None:
        """The cell under a column title; None where the sheet has no such column."""
        return next((cell for column, cell in self.cells.items() if column.header == header), None)


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet's rows."""

    tab: str
    place: Place
    """Of the column titles."""
    rows: tuple[SheetRow, ...]


def header_line(worksheet: Worksheet, headers: Iterable[str]) -> int:
    """The line of the column titles, counted from 1; 0 where the sheet has none."""
    known = set(headers)
    best, most = 0, _FEWEST_TITLES - 1
    last = min(worksheet.max_row, MOST_LINES_ABOVE)
    for number, cells in enumerate(worksheet.iter_rows(max_row=last, values_only=True), start=1):
        found = len({tight(value) for value in cells if isinstance(value, str)} & known)
        if found > most:
            best, most = number, found
    return best


def tight(text: str) -> str:
    """A column title without the blanks and line breaks that are put in to fit it."""
    return _BLANKS.sub("", text)


def is_empty(worksheet: Worksheet) -> bool:
    """Whether no cell of a sheet says anything."""
    return all(value is None for cells in worksheet.iter_rows(values_only=True) for value in cells)


def read_grid(
    file: str,
    worksheet: Worksheet,
    line: int,
    columns: tuple[SheetColumn, ...],
    needed: tuple[str, ...],
    faults: Faults,
) -> Grid | None:
    """The rows below the column titles in a line. None where a sheet is too large or a column title is wrong."""
    sheet = TableSheet(file, worksheet.title, ())
    try:
        check_size(sheet, worksheet.max_row, worksheet.max_column, faults)
    except Unreadable:
        return None
    check_nothing_hidden(sheet, worksheet, faults)
    for merged in worksheet.merged_cells.ranges:
        if merged.max_row >= line:
            place = sheet.place(merged.min_row, merged.min_col)
            faults.add(place, f"不能用合并单元格({merged.coord})", "请取消合并, 每一格都写上内容")
    titles = [tight(str(cell.value or "")) for cell in worksheet[line]]
    known = _columns(sheet, line, titles, columns, needed, faults)
    if known is None:
        return None
    rows = tuple(_rows(sheet, worksheet, line, known, faults))
    return Grid(worksheet.title, sheet.place(line, 1), rows)


def _columns(
    sheet: TableSheet,
    line: int,
    titles: list[str],
    columns: tuple[SheetColumn, ...],
    needed: tuple[str, ...],
    faults: Faults,
) -> dict[int, SheetColumn] | None:
    """Known columns by their place, from 1; None where a title is unknown, doubled or missing."""
    by_header = {column.header: column for column in columns}
    found: dict[int, SheetColumn] = {}
    meant: set[str] = set()
    before = len(faults.found)
    for place, title in enumerate(titles, start=1):
        column = by_header.get(title)
        if column is None and title:
            hint = faults.nearest(title, by_header)
            meant.add(hint.removeprefix("是不是 ").removesuffix("?"))
            faults.add(sheet.place(line, place), f"没有栏目“{title[:40]}”", hint)
        elif column in found.values():
            faults.add(sheet.place(line, place), f"栏目“{title}”重复", "删去其中一栏")
        elif column is not None:
            found[place] = column
    present = {column.header for column in found.values()}
    for header in needed:
        if header not in present and header not in meant:
            faults.add(sheet.place(line, 1), f"缺少栏目“{header}”", "按导出的表头补上")
    return found if len(faults.found) == before else None


def _rows(
    sheet: TableSheet, worksheet: Worksheet, line: int, known: dict[int, SheetColumn], faults: Faults
) -> Iterator[SheetRow]:
    ended = 0
    for number, cells in enumerate(worksheet.iter_rows(min_row=line + 1), start=line + 1):
        found: dict[SheetColumn, SheetCell] = {}
        said = []
        for place, cell in enumerate(cells, start=1):
            at = sheet.place(number, place)
            before = len(faults.found)
            text = read_cell(cell, at, faults).replace("\r\n", "\n")
            bad = len(faults.found) > before
            if text or bad:
                said.append(place)
            if place in known:
                found[known[place]] = SheetCell(text, at, bad)
            elif text:
                letter = get_column_letter(place)
                faults.add(at, f"{letter} 列没有栏目名称", f"删去这一格, 或在第 {line} 行写上栏目")
        if not said:
            ended = ended or number
        elif ended:
            hint = "删去空行; 说明请写进备注, 或写在表头上面"
            faults.add(sheet.place(number, said[0]), f"表到第 {ended} 行(空行)已经结束, 后面还有内容", hint)
        else:
            yield SheetRow(number, sheet.place(number, 1), found)
