"""XLS files: values by calamine, and by the records of the file what calamine does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ...errors import SetupFault
from .biff import BiffSheet, biff_sheets
from .cells import LONGEST_CELL, MOST_COLUMNS, Row, plain_or_doubtful, sheet_number, too_wide
from .markup import Unfit, unreadable
from .merged import Merge

MOST_BYTES = 200_000_000
"""Of an XLS file, inclusive: it is read as a whole. A sheet has 65,536 rows at most."""

Value = int | float | str | bool | time | date | datetime | timedelta


@dataclass(slots=True)
class XlsSheet:
    """A sheet of the file."""

    title: str
    hidden: bool
    _sheet: CalamineSheet
    _told: BiffSheet

    def rows(self) -> Iterator[Row]:
        """From the first one, each time anew. Raises SetupFault."""
        values = self._sheet.to_python(skip_empty_area=False) if self._sheet.start is not None else []
        doubts, formats = self._told.doubts, self._told.shown
        for number in range(1, max((len(values), *doubts)) + 1):
            cells = [_text(value) for value in values[number - 1]] if number <= len(values) else []
            for column, shown in formats.get(number, {}).items():
                value = values[number - 1][column - 1] if number <= len(values) and column <= len(cells) else ""
                if isinstance(value, int | float) and not isinstance(value, bool):
                    cells[column - 1] = shown(float(value))
            for column, doubt in doubts.get(number, {}).items():
                cells += [""] * (column - len(cells))
                cells[column - 1] = doubt
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > MOST_COLUMNS:
                raise too_wide(number, len(cells))
            yield number, cells

    def merges(self) -> list[Merge]:
        """Its merged cells, in the order of their first cells."""
        found = self._sheet.merged_cell_ranges or []
        return sorted(Merge(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in found)

    def notes(self) -> list[str]:
        """What it hid, and what can't be told."""
        return self._told.notes(self.title)


@contextmanager
def open_xls(path: Path) -> Iterator[list[XlsSheet]]:
    """The sheets with cells, in the file's order. Raises SetupFault."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SetupFault(f"XLS 文件太大: 最多 {MOST_BYTES} 字节", "请另存为 .xlsx 或 CSV UTF-8", "file")
        content = path.read_bytes()
    except OSError as fault:
        raise SetupFault(f"文件不能读取: {fault.strerror}", str(path), "file") from fault
    try:
        told = biff_sheets(content)
        sheets = _sheets(path, told)
    except Unfit as fault:
        raise unreadable(f"XLS 文件不能读取: {fault}") from fault
    yield sheets


def _sheets(path: Path, told: list[BiffSheet]) -> list[XlsSheet]:
    try:
        with CalamineWorkbook.from_path(path) as book:
            kept = [one for one in book.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet]
            if len(kept) != len(told):
                raise Unfit("工作表的数目对不上")
            return [
                XlsSheet(one.name, one.visible is not SheetVisibleEnum.Visible, book.get_sheet_by_name(one.name), by)
                for one, by in zip(kept, told, strict=True)
            ]
    except (CalamineError, OSError, ValueError) as fault:
        raise Unfit("文件已损坏、加了密码, 或是很旧的格式") from fault
    except BaseException as fault:
        if type(fault).__name__ == "PanicException":  # what the library raises on a file that it did not foresee
            raise Unfit("文件已损坏") from fault
        raise


def _text(value: Value) -> str:
    if isinstance(value, str):
        text = value[: LONGEST_CELL + 1].strip()
        return plain_or_doubtful(text) if "#" in text or "E" in text or "e" in text else text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return sheet_number(float(value))
    if isinstance(value, datetime):
        return _nearest_day(value)
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return value.isoformat()


def _nearest_day(value: datetime) -> str:
    """The day of an instant, rounded to the second."""
    return (value + timedelta(milliseconds=500)).date().isoformat()
