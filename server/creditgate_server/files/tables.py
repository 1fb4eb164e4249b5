"""Rows of CSV and XLSX files, one at a time."""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ..errors import SetupFault

LONGEST_CELL = 4_000
"""Characters in one cell."""
MOST_COLUMNS = 200

Row = tuple[int, list[str]]
"""Row number as a person counts it, from 1, and the cells as text."""


@contextmanager
def open_rows(path: Path) -> Iterator[Iterator[Row]]:
    """Rows of a file by its ending. Raises SetupFault for a file that can't be read."""
    if path.suffix.lower() == ".csv":
        with _csv_text(path) as text:
            yield _csv_rows(text, path)
    elif path.suffix.lower() == ".xlsx":
        with _workbook_rows(path) as rows:
            yield rows
    else:
        raise SetupFault(f"不能识别的文件类型: {path.name}", "用 .csv 或 .xlsx", "file")


@contextmanager
def _csv_text(path: Path) -> Iterator[IO[str]]:
    try:
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="") as text:
            yield text
    except OSError as fault:
        raise SetupFault(f"文件不能读取: {fault.strerror}", str(path), "file") from fault


def _encoding(path: Path) -> str:
    """UTF-8 where the whole file is, else GB 18030. Raises SetupFault where it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while part := file.read(1 << 20):
                    decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise SetupFault(f"文件编码不是 UTF-8 或 GB 18030: {path.name}", "另存为 UTF-8 编码的 CSV", "file")


def _csv_rows(text: IO[str], path: Path) -> Iterator[Row]:
    reader = csv.reader(text, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, list(map(str.strip, cells))
    except csv.Error as fault:
        raise SetupFault(f"CSV 在第 {reader.line_num} 行不完整: {fault}", path.name, "file") from fault


@contextmanager
def _workbook_rows(path: Path) -> Iterator[Iterator[Row]]:
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as fault:
        raise SetupFault(f"XLSX 文件不能读取: {path.name}", "另存为 .xlsx 或 .csv", "file") from fault
    try:
        sheet = workbook.worksheets[0]
        yield (
            (number, [_cell_text(cell) for cell in cells])
            for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1)
        )
    finally:
        workbook.close()


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
