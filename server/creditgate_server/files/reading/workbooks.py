"""Workbooks as a whole, for tables that a person writes: cells, formulas, merges and all. Small ones only."""

from __future__ import annotations

import warnings
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import SetupFault
from .cells import SAVE_AGAIN

if TYPE_CHECKING:
    import openpyxl


def open_workbook(source: Path | BytesIO, most_unpacked: int) -> openpyxl.Workbook:
    """A workbook with a sheet, no larger than so many bytes once unpacked. Raises SetupFault."""
    import openpyxl  # takes a tenth of a start to load, and few ask for it

    try:
        with zipfile.ZipFile(source) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked <= most_unpacked:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and extensions that say nothing about a cell's content
                workbook = openpyxl.load_workbook(source)
    except OSError as fault:
        raise SetupFault(f"文件不能读取: {fault.strerror}", str(source), "file") from fault
    except (zipfile.BadZipFile, NotImplementedError) as fault:
        hint = "请在表格软件中另存为不加密的 .xlsx 或 CSV UTF-8"
        raise SetupFault("不是 XLSX 文件, 或已损坏、加了密码", hint, "file") from fault
    except Exception as fault:  # the library raises almost anything on a damaged file: it becomes a fault of the file
        raise SetupFault(f"XLSX 文件不能读取({type(fault).__name__})", SAVE_AGAIN, "file") from fault
    if unpacked > most_unpacked:
        raise SetupFault(f"文件展开后太大: {unpacked} 字节, 最多 {most_unpacked} 字节", "请拆成几个文件", "file")
    if not workbook.worksheets:
        raise SetupFault("XLSX 文件里没有工作表", SAVE_AGAIN, "file")
    return workbook
