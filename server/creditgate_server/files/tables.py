"""Rows of CSV and XLSX files, one at a time."""

from __future__ import annotations

import codecs
import csv
import math
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ..errors import SetupFault

if TYPE_CHECKING:
    import openpyxl

LONGEST_CELL = 4_000
"""Characters in one cell."""
MOST_COLUMNS = 200
MOST_UNPACKED = 4_000_000_000
"""Bytes of an XLSX file that is read row by row, once unpacked."""
_SAVE_AGAIN = "请在表格软件中打开后另存为 .xlsx 或 CSV UTF-8"

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
    workbook = open_workbook(path, MOST_UNPACKED, streamed=True)
    try:
        yield _sheet_rows(workbook.worksheets[0])
    finally:
        workbook.close()


def open_workbook(source: Path | BytesIO, most_unpacked: int, *, streamed: bool = False) -> openpyxl.Workbook:
    """A workbook with a sheet, no larger than so many bytes once unpacked. Raises SetupFault.

    `streamed`: its cells' values alone, row by row.
    """
    import openpyxl  # takes a tenth of a start to load, and few ask for it

    try:
        with zipfile.ZipFile(source) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked <= most_unpacked:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and extensions that say nothing about a cell's content
                workbook = openpyxl.load_workbook(source, read_only=streamed, data_only=streamed)
    except OSError as fault:
        raise SetupFault(f"文件不能读取: {fault.strerror}", str(source), "file") from fault
    except (zipfile.BadZipFile, NotImplementedError) as fault:
        hint = "请在表格软件中另存为不加密的 .xlsx 或 CSV UTF-8"
        raise SetupFault("不是 XLSX 文件, 或已损坏、加了密码", hint, "file") from fault
    except Exception as fault:  # the library raises almost anything on a damaged file: it becomes a fault of the file
        raise SetupFault(f"XLSX 文件不能读取({type(fault).__name__})", _SAVE_AGAIN, "file") from fault
    if unpacked > most_unpacked:
        raise SetupFault(f"文件展开后太大: {unpacked} 字节, 最多 {most_unpacked} 字节", "请拆成几个文件", "file")
    if not workbook.worksheets:
        raise SetupFault("XLSX 文件里没有工作表", _SAVE_AGAIN, "file")
    return workbook


def _sheet_rows(sheet: Any) -> Iterator[Row]:  # noqa: ANN401 - the library's sheets have no class in common
    number = 0
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
            yield number, [_cell_text(cell) for cell in cells]
    except Exception as fault:  # as above, further down in the file
        raise SetupFault(f"XLSX 文件从第 {number + 1} 行起不能读取", _SAVE_AGAIN, "file") from fault


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return number_text(value) if isinstance(value, float) and math.isfinite(value) else str(value).strip()


def number_text(value: float) -> str:
    """A finite number in digits, without an exponent; 1.0 is 1."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")
