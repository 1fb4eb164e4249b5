"""What the records of an XLS file tell besides its values: formulas, number formats, hidden rows, encryption.

Source: [MS-CFB] 2 (the container), [MS-XLS] 2.1, 2.4 (the records of the stream `Workbook`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from .cells import NO_RESULT, Doubtful, letters
from .formats import Shown, shown_as
from .markup import Unfit

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFA
"""Sector numbers from here on are none."""
_SMALL_STREAM = 4_096
_ROWS_TOLD = 10

_BOF, _EOF, _BOUNDSHEET, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x002F
_DATE1904, _FORMAT, _XF = 0x0022, 0x041E, 0x00E0
_NUMBER, _RK, _MULRK = 0x0203, 0x027E, 0x00BD
_BIFF8 = 0x0600
_FORMULA, _BOOLERR, _ROW, _COLINFO, _UNCALCED = 0x0006, 0x0205, 0x0208, 0x007D, 0x005E
_RECALCULATED = 0b11
_SPECIAL = b"\xff\xff"
"""Last bytes of a formula's result that is no number; its first byte says what it is."""
_ERROR_RESULT, _EMPTY_RESULT = 2, 3
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


@dataclass(slots=True)
class BiffSheet:
    """What a sheet's records tell. Rows and columns from 1."""

    worked_out: int = 0
    """Formulas with a result. Whether it was ever worked out, the file does not say."""
    doubts: dict[int, dict[int, Doubtful]] = field(default_factory=dict)
    """By row, then by column: error values; formulas without a result, or to be worked out anew."""
    shown: dict[int, dict[int, Shown]] = field(default_factory=dict)
    """By row, then by column: how numbers are shown whose format shows them otherwise than they are."""
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[str] = field(default_factory=list)

    def notes(self, title: str) -> list[str]:
        """What to say, in Chinese."""
        told = []
        if self.hidden_rows:
            more = len(self.hidden_rows) - _ROWS_TOLD
            rows = "、".join(map(str, self.hidden_rows[:_ROWS_TOLD])) + (f" 等 {more + _ROWS_TOLD}" if more > 0 else "")
            told.append(f"工作表“{title}”: 第 {rows} 行是隐藏的, 已一并读取")
        if self.hidden_columns:
            told.append(f"工作表“{title}”: {'、'.join(self.hidden_columns)} 列是隐藏的, 已一并读取")
        if self.worked_out:
            told.append(f"工作表“{title}”: {self.worked_out} 个公式格按存下的结果读取, XLS 看不出是否算过")
        return told


def biff_sheets(content: bytes) -> list[BiffSheet]:
    """What is told of each sheet, in the order of the file. Raises Unfit."""
    try:
        streams = _streams(content)
    except (struct.error, IndexError) as fault:
        raise Unfit("文件已损坏") from fault
    if "EncryptedPackage" in streams:
        raise Unfit("加了密码")
    stream = streams.get("Workbook") or streams.get("Book")
    if stream is None:
        raise Unfit("里面没有工作簿")
    try:
        starts, formats = _book(stream)
        return [_sheet(stream, start, formats) for start in starts]
    except (struct.error, IndexError) as fault:
        raise Unfit("文件已损坏") from fault


# -- container ------------------------------------------------------------------------------------------------------


def _streams(content: bytes) -> dict[str, bytes]:
    """The streams that matter, by name."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    if size not in (512, 4_096) or not content.startswith(MAGIC):
        raise Unfit("文件已损坏")
    sectors = len(content) // size

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    def numbers(data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    of_table = [one for one in struct.unpack_from("<109I", content, 76) if one < _END_OF_CHAIN]
    more = struct.unpack_from("<I", content, 68)[0]
    for _ in range(sectors):
        if more >= _END_OF_CHAIN:
            break
        found = numbers(sector(more))
        of_table += [one for one in found[:-1] if one < _END_OF_CHAIN]
        more = found[-1]
    table = [one for place in of_table[: sectors + 1] for one in numbers(sector(place))]

    def chain(number: int) -> bytes:
        taken: list[bytes] = []
        while number < _END_OF_CHAIN:
            if number >= len(table) or len(taken) > sectors:
                raise Unfit("文件已损坏")
            taken.append(sector(number))
            number = table[number]
        return b"".join(taken)

    directory = chain(struct.unpack_from("<I", content, 48)[0])
    found_streams = {}
    for place in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, place + 64)
        name = directory[place : place + max(length - 2, 0)].decode("utf-16-le", "replace")
        start, bytes_long = struct.unpack_from("<II", directory, place + 116)
        if kind == 2 and name in ("Workbook", "Book", "EncryptedPackage"):
            found_streams[name] = chain(start)[:bytes_long] if bytes_long >= _SMALL_STREAM else b""
    return found_streams


# -- records --------------------------------------------------------------------------------------------------------


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Kind, start of the content and its length, up to the end of a substream."""
    place, depth = start, 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                return
        yield kind, place + 4, length
        place += 4 + length
    raise Unfit("文件不完整")


def _book(stream: bytes) -> tuple[list[int], list[Shown | None]]:
    """Where the sheets begin, and how each cell format shows numbers. Raises Unfit."""
    starts = []
    codes: dict[int, str] = {}
    numbers: list[int] = []
    version, from_1904 = _BIFF8, False
    for kind, place, length in _records(stream, 0):
        if kind == _FILEPASS:
            raise Unfit("加了密码")
        if kind == _BOUNDSHEET:
            start, _, sort = struct.unpack_from("<IBB", stream, place)
            if sort == 0:
                starts.append(start)
        elif kind == _BOF:
            version = struct.unpack_from("<H", stream, place)[0]
        elif kind == _DATE1904:
            from_1904 = struct.unpack_from("<H", stream, place)[0] == 1
        elif kind == _FORMAT:
            number = struct.unpack_from("<H", stream, place)[0]
            codes[number] = _format_code(stream[place + 2 : place + length], version)
        elif kind == _XF:
            numbers.append(struct.unpack_from("<H", stream, place + 2)[0])
    return starts, [shown_as(number, codes.get(number, ""), from_1904=from_1904) for number in numbers]


def _format_code(content: bytes, version: int) -> str:
    """Text of a number format; before BIFF 8 in one byte a letter, Chinese ones in two."""
    if version != _BIFF8:
        return content[1 : 1 + content[0]].decode("gb18030", "replace")
    count, flags = struct.unpack_from("<HB", content)
    if flags & 1:
        return content[3 : 3 + 2 * count].decode("utf-16-le", "replace")
    return content[3 : 3 + count].decode("latin-1")


def _sheet(stream: bytes, start: int, formats: list[Shown | None]) -> BiffSheet:
    found = BiffSheet()

    def number(row: int, column: int, cell_format: int) -> None:
        if cell_format < len(formats) and (shown := formats[cell_format]) is not None:
            found.shown.setdefault(row + 1, {})[column + 1] = shown

    uncalculated = False
    formulas: set[tuple[int, int]] = set()
    for kind, place, length in _records(stream, start):
        if kind in (_NUMBER, _RK):
            number(*struct.unpack_from("<HHH", stream, place))
        elif kind == _MULRK:
            row, first = struct.unpack_from("<HH", stream, place)
            for at in range((length - 6) // 6):
                number(row, first + at, struct.unpack_from("<H", stream, place + 4 + 6 * at)[0])
        elif kind == _FORMULA:
            row, column, cell_format, result, flags = struct.unpack_from("<HHH8sH", stream, place)
            formulas.add((row + 1, column + 1))
            number(row, column, cell_format)
            special = result[0] if result[6:] == _SPECIAL else None
            if special == _ERROR_RESULT:
                found.doubts.setdefault(row + 1, {})[column + 1] = _error(result[2])
            elif flags & _RECALCULATED or special == _EMPTY_RESULT:
                found.doubts.setdefault(row + 1, {})[column + 1] = Doubtful("=", NO_RESULT)
        elif kind == _BOOLERR:
            row, column, _, code, is_error = struct.unpack_from("<HHHBB", stream, place)
            if is_error:
                found.doubts.setdefault(row + 1, {})[column + 1] = _error(code)
        elif kind == _ROW and length >= 16:
            row, flags = struct.unpack_from("<H10xH", stream, place)
            if flags & 0x20:
                found.hidden_rows.append(row + 1)
        elif kind == _COLINFO and length >= 10:
            first, last, _, _, flags = struct.unpack_from("<5H", stream, place)
            if flags & 1:
                found.hidden_columns.append(_span(first + 1, min(last + 1, 256)))
        elif kind == _UNCALCED:
            uncalculated = True
    for row, column in formulas if uncalculated else ():
        found.doubts.setdefault(row, {})[column] = Doubtful("=", NO_RESULT)
    found.worked_out = sum(column not in found.doubts.get(row, {}) for row, column in formulas)
    return found


def _error(code: int) -> Doubtful:
    text = _ERRORS.get(code, "#?")
    return Doubtful(text, f"单元格是错误值 {text}")


def _span(first: int, last: int) -> str:
    return letters(first) if first >= last else f"{letters(first)} 至 {letters(last)}"
