"""CSV text row by row, in bounded memory. What broke or swallowed a line is told with the line."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from ...errors import SetupFault
from .cells import (
    DOUBTFUL_MARKS,
    LONGEST_CELL,
    MOST_COLUMNS,
    SAVE_AGAIN,
    Doubtful,
    Row,
    RowOverLines,
    plain_or_doubtful,
    too_wide,
)
from .opened import MOST_ABOVE, IsHeader, OpenFile, header_at, titles_above

LONGEST_LINE = 1_000_000
"""Characters, inclusive: of a line, and of all the lines that a row goes over."""
_SUSPECT = re.compile("|".join(map(re.escape, DOUBTFUL_MARKS)))
_LEFT_OUT = "这一行比表头少几格, 而上一行或下一行在那里有内容: 可能少了逗号, 各列已错开"
_MERGED = "这一行少了格, 而引号里的逗号正好有那么多: 可能是多余的引号把几格并成了一格"
_VALUE = re.compile(r"\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?|[0-9A-Z]{18}")
"""A day or a code."""
_MARK = "\ufeff"
_GB_18030 = "gb18030"
_IN_UTF_8 = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")
"""Two Chinese signs in UTF-8: in GB 18030 hardly ever the bytes of signs that anyone writes."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TWO_BYTES = frozenset(map(chr, range(0x100, 0x800)))
"""Letters that no header has, of two bytes in UTF-8: 状态 in GB 18030 has bytes that are UTF-8 of such, by chance."""
_AS_UTF_8 = "请另存为“CSV UTF-8(逗号分隔)”"


@contextmanager
def open_csv(path: Path, is_header: IsHeader | None) -> Iterator[OpenFile]:
    """Raises SetupFault."""
    try:
        encoding = _encoding(path)
        text = path.open(encoding=encoding, newline="")
    except OSError as fault:
        raise _unreadable(fault, path) from fault
    with text:
        notes: list[str] = []
        yield OpenFile(_rows(_records(text, path, mixed=encoding == _GB_18030), is_header, notes), notes)


def _unreadable(fault: OSError, path: Path) -> SetupFault:
    return SetupFault(f"文件不能读取: {fault.strerror}", str(path), "file")


# -- encoding -------------------------------------------------------------------------------------------------------


def _encoding(path: Path) -> str:
    """UTF-8 where the whole file is, else GB 18030. Raises SetupFault where it is neither."""
    with path.open("rb") as file:
        first = file.read(4_096)
    if first.startswith(_UTF_16) or first.count(b"\0") > len(first) // 4:
        raise SetupFault(f"看来是 UTF-16 编码: {path.name}", _AS_UTF_8, "file")
    if _decodes(path, "utf-8"):
        return "utf-8"
    if _cut_in_a_character(path):
        raise SetupFault(f"文件在最后一个字的中间断了: {path.name}", "请重新导出或重新传送, 得到完整的文件", "file")
    if first.startswith(codecs.BOM_UTF8):
        raise SetupFault(f"文件标明是 UTF-8, 但第 {_first_bad_line(path)} 行不是: {path.name}", _AS_UTF_8, "file")
    if _decodes(path, _GB_18030):
        return _GB_18030
    raise SetupFault(f"文件编码不是 UTF-8 或 GB 18030: {path.name}", _AS_UTF_8, "file")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _cut_in_a_character(path: Path) -> bool:
    """Whether all is UTF-8, and more than ASCII, but for a last character of which bytes are missing.

    As GB 18030 the whole could be read, too, and the last cell would be another one.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    chinese = False
    try:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                chinese |= not decoder.decode(part).isascii()
    except UnicodeDecodeError:
        return False
    return chinese and bool(decoder.getstate()[0])


def _first_bad_line(path: Path) -> int:
    number = 1
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while part := file.read(1 << 16):
            try:
                decoder.decode(part)
            except UnicodeDecodeError as fault:
                return number + fault.object[: fault.start].count(b"\n")
            number += part.count(b"\n")
    return number


# -- records --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Record:
    """A row with what its lines tell."""

    begins: int
    """Its first line, from 1."""
    ends: int
    """Its last line."""
    cells: list[str]
    ending: str
    """What its last line ends in."""
    quoted: bool = False
    """Whether a quote stands in it: no cell holds a comma or a line end without."""


class _Lines(Iterator[str]):
    """Lines of a text, none too long."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._left = LONGEST_LINE
        self.number = 0
        self.suspect = False
        """Whether a line since the last row held what may be doubtful."""
        self.of_row: list[str] = []
        """Lines since the last row."""

    def __next__(self) -> str:
        line = self._text.readline(self._left + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > self._left:
            where = f"第 {self.number} 行" if self._left == LONGEST_LINE else f"到第 {self.number} 行为止的一格"
            raise SetupFault(f"{where}太长: 超过 {LONGEST_LINE} 字", "可能缺了换行或引号没有配对", "file")
        self._left -= len(line)
        if self.number == 1 and line[0] == _MARK:
            line = line[1:]
        self.of_row.append(line)
        self.suspect = self.suspect or _SUSPECT.search(line) is not None
        return line

    def row_ended(self) -> bool:
        """The next line begins a row. Whether one of this row's lines was suspect."""
        self._left = LONGEST_LINE
        suspect, self.suspect = self.suspect, False
        self.of_row.clear()
        return suspect


def _records(text: IO[str], path: Path, *, mixed: bool = False) -> Iterator[_Record]:
    """Raises SetupFault where a quote is not closed, or something follows a closing one.

    `mixed`: the text is read as GB 18030, in which UTF-8 is other signs and no fault.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True)
    begins = 1
    try:
        for found in reader:
            cells = list(map(str.strip, found))
            ending = _ending(lines.of_row[-1])
            quoted = any('"' in line for line in lines.of_row)
            if quoted:
                cells = _quotes_in_place(found, "".join(lines.of_row))
            if mixed:
                cells = list(map(_of_one_encoding, cells))
            if lines.row_ended():
                cells = list(map(plain_or_doubtful, cells))
            yield _Record(begins, lines.number, cells, ending, quoted)
            begins = lines.number + 1
    except OSError as fault:
        raise _unreadable(fault, path) from fault
    except csv.Error as fault:
        told = f"第 {begins} 行" if begins == lines.number else f"第 {begins} 至 {lines.number} 行"
        hint = f"{path.name}: 单元格里的双引号要写成两个; {fault}"
        raise SetupFault(f"CSV 在{told}不完整: 引号没有配对, 或一格太长", hint, "file") from fault


def _quotes_in_place(found: list[str], lines: str) -> list[str]:
    """The cells of a row. One with a quote that has no pair, or that does not stand in quotes, is doubtful."""
    return [
        Doubtful(cell[: LONGEST_CELL + 1], "格里有多余的引号, 可能把别的内容并进来了")
        if '"' in cell and (cell.count('"') % 2 or '"' + cell.replace('"', '""') + '"' not in lines)
        else cell.strip()
        for cell in found
    ]


def _of_one_encoding(cell: str) -> str:
    """The cell; one whose bytes hold words in UTF-8 is doubtful: as GB 18030 they are read as others."""
    if cell.isascii() or _IN_UTF_8.search(cell.encode(_GB_18030)) is None:
        return cell
    return Doubtful(cell[: LONGEST_CELL + 1], "像是 UTF-8 编码, 文件的其余部分不是")


def _ending(line: str) -> str:
    if line.endswith("\r\n"):
        return "\r\n"
    return line[-1:] if line[-1:] in ("\r", "\n") else ""


# -- rows -----------------------------------------------------------------------------------------------------------


def _rows(records: Iterator[_Record], is_header: IsHeader | None, notes: list[str]) -> Iterator[Row]:
    """The headers' row, then the others."""
    above: list[_Record] = []
    found: list[Row] = []
    for record in records:
        above.append(record)
        if any(record.cells):
            found.append((record.begins, record.cells))
            if is_header is None or is_header(record.cells) or len(found) == MOST_ABOVE:
                break
    if not found:
        return
    place = header_at(found, is_header)
    number, headers = found[place]
    notes += titles_above(found[:place])
    rest = [record for record in above if record.begins > number]
    head = next(record for record in above if record.begins == number)
    after = next(records, None) if not rest and head.ends > head.begins else None
    if after is not None:
        rest.append(after)
    _refuse_swallowed_headers(head, rest[0].cells if rest else [])
    joined = next((header for header in headers if "," in header), None)
    if joined is not None:
        told = f"第 {number} 行的表头“{joined[:60]}”里有逗号: 可能一对引号把几列并成了一列"
        raise SetupFault(told, "删去多余的引号; 表头本身有逗号的, 改成顿号", "file")
    mixed = next((header for header in headers if any(letter in _TWO_BYTES for letter in header)), None)
    if mixed is not None:
        raise SetupFault(f"第 {number} 行的表头“{mixed[:40]}”不是中文, 可能混用了两种编码", _AS_UTF_8, "file")
    if any(type(cell) is Doubtful for cell in headers):
        raise SetupFault(f"第 {number} 行的表头不能读: {'、'.join(headers)[:200]}", SAVE_AGAIN, "file")
    yield number, headers
    for record in _joined(chain(rest, records), len(headers), head.ending):
        if len(record.cells) > MOST_COLUMNS and any(record.cells[MOST_COLUMNS:]):
            raise too_wide(record.begins, len(record.cells))
        over = record.ends > record.begins
        yield RowOverLines(record.begins, record.ends) if over else record.begins, record.cells


def _refuse_swallowed_headers(head: _Record, first: list[str]) -> None:
    """A pair of stray quotes may take rows into the headers: then a cell of several lines has commas, or the first row
    is not as wide. Raises SetupFault.
    """
    if head.ends == head.begins:
        return
    commas = any("," in cell for cell in head.cells if len(cell.splitlines()) > 1)
    if commas or (first and len(first) < len(head.cells)):
        told = f"第 {head.begins} 至 {head.ends} 行是表头, 却像是一对引号把几行并成的"
        raise SetupFault(told, "删去多余的引号, 或把表头写在一行里", "file")


def _joined(records: Iterator[_Record], width: int, ending: str) -> Iterator[_Record]:
    """Rows of a table so wide, whose lines end so. Those that look broken apart or swallowed are made doubtful."""
    before: _Record | None = None
    first = True
    usual = width
    """Cells of a row, where all of them end in more commas than the headers."""
    above: list[str] = []
    for record in records:
        if before is not None:
            if first and len(before.cells) == len(record.cells):
                usual = max(usual, len(before.cells))
            first = False
            _doubt_joined(before, width, usual, above, record.cells)
            _doubt_shifted(before, usual)
            if before.cells and record.cells and len(before.cells) + len(record.cells) == width + 1 and width > 1:
                _doubt_broken(before, record, width)
            elif before.ending != ending and len(before.cells) < width:
                _doubt_all(before, f"第 {before.ends} 行的行尾与别的行不同, 可能是一行断成了两行")
            _doubt_left_out(before, width, above, record.cells)
            yield before
            above = before.cells
        before = record
    if before is not None:
        _doubt_joined(before, width, usual, above, [])
        _doubt_shifted(before, usual)
        _doubt_left_out(before, width, above, [])
        yield before


def _doubt_left_out(record: _Record, width: int, above: list[str], below: list[str]) -> None:
    """Spreadsheet programs leave out the last commas of a run of rows that are all blank there, never of one alone."""
    given = len(record.cells)
    in_a_run = given in (len(above), len(below))
    full = any(above[given:]) or any(below[given:])
    if not 0 < given < width or in_a_run or not full or any(isinstance(cell, Doubtful) for cell in record.cells):
        return
    record.cells += [""] * (width - given)
    _doubt_all(record, _LEFT_OUT)


def _doubt_shifted(record: _Record, usual: int) -> None:
    """A comma without quotes moves the cells behind it; the last one may be blank, so that nothing stands beyond."""
    if len(record.cells) > usual and not any(record.cells[usual:]):
        _doubt_all(record, "格数比表头多: 可能有没加引号的逗号, 各列已错开")


def swallowed(cells: list[str], width: int) -> bool:
    """Whether a pair of stray quotes took whole lines into a cell of a row that goes over several lines.

    Then that cell has at least as many commas as a row, or the row has more or fewer cells than the table is wide: a
    quote that opens in column i and closes in column j of a later line leaves i + width - j cells.
    """
    return len(cells) != width or any(
        "\n" in cell or "\r" in cell for cell in cells if cell.count(",") >= max(width - 1, 1)
    )


def _doubt_joined(record: _Record, width: int, usual: int, above: list[str], below: list[str]) -> None:
    """A pair of stray quotes takes commas and line ends into a cell.

    In rows that leave out `short` cells each, a row that goes on into the next and yet comes to the table's width has
    two times as many commas less in its cells.
    """
    if not record.quoted:
        return
    commas = sum(cell.count(",") for cell in record.cells)
    if record.ends > record.begins:
        short = width - min(len(cells) for cells in (above, below, [""] * width) if cells)
        least = max(width - 1 - 2 * short, 0 if short else 1)
        values = commas >= max((width - 1) // 2, 1) and any(map(_holds_values, record.cells))
        if swallowed(record.cells, usual) or commas >= least or values:
            _doubt_all(record, f"一对引号把第 {record.begins} 至 {record.ends} 行并成了一行")
        return
    given = len(record.cells)
    in_a_run = any(given == len(cells) and not any("," in cell for cell in cells) for cells in (above, below))
    whole = (width, usual, len(above), len(below))
    if commas and given and not in_a_run and any(0 < other - given <= commas for other in whole):
        _doubt_all(record, _MERGED)


def _holds_values(cell: str) -> bool:
    """Whether a cell of several lines has, between its commas, what a column of its own would hold."""
    return len(cell.splitlines()) > 1 and any(map(_VALUE.fullmatch, re.split(r"\s*[,\r\n]\s*", cell)))


def _doubt_broken(first: _Record, second: _Record, width: int) -> None:
    """Two rows that together have one cell more than the headers: a line end stands in the middle of a cell."""
    reason = f"第 {first.begins} 行和第 {second.begins} 行像是一行断成的两行"
    missing = width - len(first.cells)
    last = first.cells[-1]
    known = last if isinstance(last, Doubtful) else Doubtful(last, reason)
    first.cells[-1] = known
    first.cells += [Doubtful("", known.reason)] * missing
    _doubt_all(second, reason)


def _doubt_all(record: _Record, reason: str) -> None:
    """But for cells that are doubtful already: the first reason tells which lines were taken in."""
    record.cells = [
        cell if isinstance(cell, Doubtful) else Doubtful(cell[: LONGEST_CELL + 1], reason) for cell in record.cells
    ]
