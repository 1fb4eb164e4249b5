"""Reading the files that people send: every row is taken or named."""

from .cells import LONGEST_CELL, Doubtful, Row, RowOverLines, WorkbookRow
from .opened import IsHeader, OpenFile
from .opening import open_rows

__all__ = ["LONGEST_CELL", "Doubtful", "IsHeader", "OpenFile", "Row", "RowOverLines", "WorkbookRow", "open_rows"]
