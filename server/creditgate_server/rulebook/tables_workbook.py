"""Reads XLSX workbooks as sheets of tables.

What a spreadsheet can hide or work out anew is refused: formulas, merged or hidden cells, error values, times of day.
"""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from .language import Place
from .source import Faults, Unreadable
from .tables_sheet import Line, Sheet, check_size, check_text, is_first_cell, refuse_formula, tidy, top_of

MAX_UNPACKED = 32_000_000
"""Bytes of an XLSX file once unpacked, inclusive."""


def workbook_sheets(file: str, content: bytes, faults: Faults) -> Iterator[Sheet]:
    """The sheets of a workbook that are tables; one with a fault is left out. Raises `Unreadable`."""
    workbook = open_workbook(file, content, faults)
    if not workbook.worksheets:
        faults.refuse(top_of(file), "XLSX 文件里没有工作表", "请在表格软件中打开后另存为 .xlsx 或 CSV UTF-8")
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
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        faults.refuse(
            top_of(file), "不是 XLSX 文件, 或已损坏、加了密码", "请在表格软件中另存为不加密的 .xlsx 或 CSV UTF-8"
        )
    if unpacked > MAX_UNPACKED:
        faults.refuse(top_of(file), f"文件展开后太大: {unpacked} 字节, 最多 {MAX_UNPACKED} 字节", "请拆成几个文件")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that say nothing about a cell's content
            return openpyxl.load_workbook(io.BytesIO(content))
    except Exception as fault:  # the library raises almost anything on a damaged file: it becomes a fault of the file
        message = f"XLSX 文件不能读取({type(fault).__name__})"
        faults.refuse(top_of(file), message, "请在表格软件中打开后另存为 .xlsx 或 CSV UTF-8")


def _workbook_sheet(file: str, worksheet: Worksheet, faults: Faults) -> Sheet:
    """The sheet's cells as text. Raises `Unreadable` where a cell can't be read."""
    before = len(faults.found)
    empty = Sheet(file, worksheet.title, ())
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
        lines.append(Line(number, tuple(texts)))
    if len(faults.found) > before:
        raise Unreadable
    return Sheet(file, worksheet.title, tuple(lines))


def check_nothing_hidden(sheet: Sheet, worksheet: Worksheet, faults: Faults) -> None:
    """Hidden rules would count all the same: nobody would know why."""
    if worksheet.sheet_state != "visible":
        faults.add(sheet.place(1, 1), "这张工作表是隐藏的", "请取消隐藏, 或删去这张工作表")
    for number, row in worksheet.row_dimensions.items():
        if row.hidden and number <= worksheet.max_row:
            faults.add(sheet.place(number, 1), f"第 {number} 行是隐藏的", "请取消隐藏或筛选, 或删去这一行")
    for column in worksheet.column_dimensions.values():
        if column.hidden and column.min and column.min <= worksheet.max_column:
            letter = get_column_letter(column.min)
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
        return _number_text(value, place, faults)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str):
        faults.refuse(place, "单元格里有时刻", "规则只看日期, 请只写年-月-日")
    return value.strip()


def _number_text(value: float, place: Place, faults: Faults) -> str:
    """A number in digits, without an exponent; 1.0 is 1."""
    if not math.isfinite(value):
        faults.refuse(place, "单元格里的数太大", "请核对")
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")
