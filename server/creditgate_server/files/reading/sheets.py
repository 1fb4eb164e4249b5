"""The sheets of a workbook as one table: those with the same headers are read one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from ...errors import SetupFault
from .cells import SAVE_AGAIN, Doubtful, Row, WorkbookRow
from .merged import Merge, filled, over_headers
from .opened import MOST_ABOVE, IsHeader, OpenFile, header_at, titles_above

_NAMES = re.compile(
    r"(?<![0-9A-Z])[0-9A-Z]{15,18}(?![0-9A-Z])"  # a code or an identity number
    r"|[〔\[【(（]\s*(?:19|20)[0-9]{2}\s*[〕\]】)）].*号"
    r"|(?<![0-9])(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}",
    re.IGNORECASE,
)


class ReadSheet(Protocol):
    """A sheet of a file."""

    @property
    def title(self) -> str:
        """Its name."""

    @property
    def hidden(self) -> bool:
        """Whether a person does not see it."""

    def rows(self) -> Iterator[Row]:
        """Its rows from the first one, each time anew. Raises SetupFault."""

    def merges(self) -> list[Merge]:
        """Its merged cells, in the order of their first cells. Raises SetupFault."""

    def notes(self) -> list[str]:
        """What to say once its rows are read."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """A sheet whose headers are known."""

    sheet: ReadSheet
    above: list[Row]
    header: Row


def one_table(sheets: Sequence[ReadSheet], is_header: IsHeader | None, wanted: str | None) -> OpenFile:
    """The rows of all sheets with the same headers, or of the one that is wanted. Raises SetupFault."""
    notes: list[str] = []
    looked = _chosen(sheets, is_header, wanted, notes)
    for one in looked:
        notes += titles_above(one.above, one.sheet.title if len(looked) > 1 else "")
    titles = tuple(one.sheet.title for one in looked)
    if not looked:
        return OpenFile(iter(()), notes, titles)
    merged = [_ready(one) for one in looked]
    numbered = len(looked) > 1
    bodies = (_body(one, merges, notes, numbered=numbered) for one, merges in zip(looked, merged, strict=True))
    rows = chain([looked[0].header], chain.from_iterable(bodies))
    return OpenFile(rows, notes, titles)


def _chosen(
    sheets: Sequence[ReadSheet], is_header: IsHeader | None, wanted: str | None, notes: list[str]
) -> list[_Looked]:
    if wanted is not None:
        found = [sheet for sheet in sheets if sheet.title == wanted]
        if not found:
            raise SetupFault(f"没有工作表“{wanted}”", "有: " + "、".join(sheet.title for sheet in sheets), "sheet")
        others = [sheet.title for sheet in sheets if sheet.title != wanted]
        if others:
            notes.append(f"只读了工作表“{wanted}”, 没有读: {'、'.join(others)}")
        sheets = found
    looked = [one for one in (_look(sheet, is_header, notes) for sheet in sheets) if one is not None]
    first = next((one for one in looked if not one.sheet.hidden), looked[0] if looked else None)
    taken = []
    for one in looked:
        same = first is not None and _tidy(one.header[1]) == _tidy(first.header[1])
        if same and one.sheet.hidden:
            notes.append(f"工作表“{one.sheet.title}”是隐藏的, 已一并读取")
        if same:
            taken.append(one)
        elif one.sheet.hidden and not (is_header is not None and is_header(one.header[1])) and not _tells(one.sheet):
            notes.append(f"工作表“{one.sheet.title}”是隐藏的, 表头不同, 没有读")
        else:
            which = "隐藏的工作表" if one.sheet.hidden else "工作表"
            told = f"{which}“{one.sheet.title}”有内容, 但表头与“{first.sheet.title if first else ''}”不同"
            raise SetupFault(told, "用 --sheet 指明读哪一张, 或删去、移出不是数据的工作表", "sheet")
    return taken


def _tells(sheet: ReadSheet) -> bool:
    """Whether any cell names a subject, a document or a day: choices for a drop-down list do not."""
    return any(type(cell) is Doubtful or _NAMES.search(cell) for _, cells in sheet.rows() for cell in cells if cell)


def _tidy(headers: list[str]) -> list[str]:
    texts = ["".join(header.split()) for header in headers]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _look(sheet: ReadSheet, is_header: IsHeader | None, notes: list[str]) -> _Looked | None:
    """The headers of a sheet; None where it is empty. Raises SetupFault."""
    found: list[Row] = []
    for row in sheet.rows():
        if any(row[1]):
            found.append(row)
            if is_header is None or is_header(row[1]) or len(found) == MOST_ABOVE:
                break
    if not found:
        notes.append(f"工作表“{sheet.title}”是空的")
        return None
    place = header_at(found, is_header)
    return _Looked(sheet, found[:place], found[place])


def _ready(looked: _Looked) -> list[Merge]:
    """The merged cells below the headers. The sheet is read to its end, so that damage is told before any row is used.

    Raises SetupFault where the headers can't be told.
    """
    sheet, (line, headers) = looked.sheet, looked.header
    bad = next((header for header in headers if type(header) is Doubtful), None)
    if bad is not None:
        raise SetupFault(f"工作表“{sheet.title}”第 {line} 行的表头“{bad[:60]}”不能读: {bad.reason}", SAVE_AGAIN, "file")
    merges = sheet.merges()
    across = over_headers(merges, line)
    if across is not None:
        told = f"工作表“{sheet.title}”的表头 {across} 是合并的, 不知道是哪一列的"
        raise SetupFault(told, "请取消合并, 每一列写上自己的表头", "file")
    return [one for one in merges if one.top > line]


def _body(looked: _Looked, merges: list[Merge], notes: list[str], *, numbered: bool) -> Iterator[Row]:
    """The rows below the headers. `numbered`: by sheet and number."""
    sheet, (line, _) = looked.sheet, looked.header
    below = (row for row in sheet.rows() if row[0] > line)
    for number, cells in filled(below, merges) if merges else below:
        yield (WorkbookRow(number, sheet.title) if numbered else number), cells
    notes += sheet.notes()
