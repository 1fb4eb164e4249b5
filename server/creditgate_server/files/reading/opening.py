"""The one way to read the rows of a file that somebody sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import SetupFault
from .biff import MAGIC
from .cells import SAVE_AGAIN
from .csv_text import open_csv
from .opened import IsHeader, OpenFile
from .package import open_xlsx
from .sheets import one_table

_ZIP = b"PK\x03\x04"
_ENDINGS = (".csv", ".xlsx", ".xls")
_OTHER = {b"PK": "XLSX", MAGIC[:4]: "XLS 或加了密码的 XLSX", b"%PDF": "PDF"}


@contextmanager
def open_rows(path: Path, *, is_header: IsHeader | None = None, sheet: str | None = None) -> Iterator[OpenFile]:
    """The rows of a CSV, XLSX or XLS file: first the headers, then every other one, blank ones too.

    `is_header` tells the headers' row, where titles may stand above it; without it the first row with content has
    them. `sheet`: the one that is read; without it all that have the same headers are. Raises SetupFault for a file
    that can't be read, here or at the row where it is damaged.
    """
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        raise SetupFault(f"不能识别的文件类型: {path.name}", "用 .csv、.xlsx 或 .xls", "file")
    first = _first_bytes(path)
    if ending == ".csv":
        other = next((kind for mark, kind in _OTHER.items() if first.startswith(mark)), None)
        if other is not None:
            raise SetupFault(f"文件名是 .csv, 内容却是 {other}: {path.name}", "请改正文件名的后缀", "file")
        if sheet is not None:
            raise SetupFault("CSV 文件没有工作表", "--sheet 只用于 .xlsx 和 .xls", "sheet")
        with open_csv(path, is_header) as opened:
            yield opened
    elif first.startswith(_ZIP):
        with open_xlsx(path) as sheets:
            yield one_table(sheets, is_header, sheet)
    elif first.startswith(MAGIC):
        from .xls import open_xls  # its library is loaded for the few files that need it

        with open_xls(path) as old_sheets:
            yield one_table(old_sheets, is_header, sheet)
    else:
        kind = "网页或文本" if first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "不能识别的内容"
        told = f"不是 {ending[1:].upper()} 文件, 或已损坏、加了密码: 里面是{kind}"
        raise SetupFault(told, SAVE_AGAIN, "file")


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(512)
    except OSError as fault:
        raise SetupFault(f"文件不能读取: {fault.strerror}", str(path), "file") from fault
