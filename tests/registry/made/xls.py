"""XLS files record by record. Source: [MS-CFB] 2, [MS-XLS] 2.4."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_LEAST = 4_096
_OWN_FORMATS = 164
"""Number of the first number format that is a workbook's own."""


@dataclass(frozen=True)
class XlsDay:
    """A serial number shown as a day."""

    serial: float


@dataclass(frozen=True)
class XlsFormula:
    """A formula with what is stored of it; `flags` 1 or 2: to be worked out when the file is opened."""

    value: float | None
    flags: int = 0


@dataclass(frozen=True)
class XlsError:
    """An error value: 0x2A is #N/A."""

    code: int = 0x2A


@dataclass(frozen=True)
class XlsSmall:
    """A number in the short form that spreadsheet programs choose: a whole one, or hundredths ([MS-XLS] 2.5.122)."""

    whole: int
    hundredths: bool = False


@dataclass(frozen=True)
class XlsShown:
    """A number in a format of the workbook's own."""

    value: float
    code: str


Cell = str | float | bool | XlsDay | XlsFormula | XlsError | XlsSmall | XlsShown | None


@dataclass(frozen=True)
class XlsSheet:
    """A sheet to be written."""

    rows: Sequence[Sequence[Cell]]
    title: str = "Sheet1"
    state: int = 0
    """1 hidden, 2 very hidden."""
    hidden_rows: Sequence[int] = ()
    """From 1."""
    merges: Sequence[tuple[int, int, int, int]] = ()
    """First row, last row, first column, last column, from 0."""
    more: bytes = b""
    """Further records."""
    attributes: Mapping[str, str] = field(default_factory=dict)


def record(kind: int, content: bytes = b"") -> bytes:
    """A record."""
    return struct.pack("<HH", kind, len(content)) + content


def xls(*sheets: XlsSheet, from_1904: bool = False, more: bytes = b"") -> bytes:
    """A workbook. `more`: further records of the whole."""
    cells = [cell for one in sheets for row in one.rows for cell in row if isinstance(cell, XlsShown)]
    codes = list(dict.fromkeys(cell.code for cell in cells))
    bodies = [_sheet(one, codes) for one in sheets]
    names = [_short_text(one.title) for one in sheets]
    top = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)) + more
    top += record(0x0022, struct.pack("<H", from_1904)) + record(0x0042, struct.pack("<H", 1200))
    for number, code in enumerate(codes, _OWN_FORMATS):
        top += record(0x041E, struct.pack("<HHB", number, len(code), 1) + code.encode("utf-16-le"))
    top += b"".join(_format(number) for number in (0, 14, *range(_OWN_FORMATS, _OWN_FORMATS + len(codes))))
    length = len(top) + sum(4 + 6 + len(name) for name in names) + 4
    for one, name, body in zip(sheets, names, bodies, strict=True):
        top += record(0x0085, struct.pack("<IBB", length, one.state, 0) + name)
        length += len(body)
    return container(top + record(0x000A) + b"".join(bodies))


def _format(number: int) -> bytes:
    """A cell format with a number format."""
    return record(0x00E0, struct.pack("<HHHHHHIIH", 0, number, 0, 0x20, 0, 0, 0, 0, 0)[:20])


def _short_text(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _sheet(sheet: XlsSheet, codes: Sequence[str]) -> bytes:
    made = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    for row in sheet.hidden_rows:
        made += record(0x0208, struct.pack("<HHHHHHI", row - 1, 0, 256, 255, 0, 0, 0x20))
    for row, cells in enumerate(sheet.rows):
        made += b"".join(_cell(row, column, value, codes) for column, value in enumerate(cells))
    if sheet.merges:
        ranges = b"".join(struct.pack("<HHHH", *one) for one in sheet.merges)
        made += record(0x00E5, struct.pack("<H", len(sheet.merges)) + ranges)
    return made + sheet.more + record(0x000A)


def _cell(row: int, column: int, value: Cell, codes: Sequence[str]) -> bytes:
    if isinstance(value, XlsShown):
        return record(0x0203, struct.pack("<HHHd", row, column, 2 + codes.index(value.code), value.value))
    place = struct.pack("<HHH", row, column, 1 if isinstance(value, XlsDay) else 0)
    if value is None or value == "":
        return b""
    if isinstance(value, str):
        return record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    if isinstance(value, bool):
        return record(0x0205, place + struct.pack("<BB", value, 0))
    if isinstance(value, XlsError):
        return record(0x0205, place + struct.pack("<BB", value.code, 1))
    if isinstance(value, XlsFormula):
        stored = b"\x03\0\0\0\0\0\xff\xff" if value.value is None else struct.pack("<d", value.value)
        tokens = struct.pack("<HBH", 3, 0x1E, 0)
        return record(0x0006, place + stored + struct.pack("<HI", value.flags, 0) + tokens)
    if isinstance(value, XlsSmall):
        return record(0x027E, place + struct.pack("<i", value.whole << 2 | 2 | value.hundredths))
    number = value.serial if isinstance(value, XlsDay) else value
    return record(0x0203, place + struct.pack("<d", number))


def container(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file with one stream."""
    stream += b"\0" * max(0, _LEAST - len(stream))
    stream += b"\0" * (-len(stream) % _SECTOR)
    sectors = len(stream) // _SECTOR
    chain = [_TABLE, _END, *range(3, 2 + sectors), _END]
    assert len(chain) == 2 + sectors <= 128
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    directory = _entry("Root Entry", 5, _END, 0, child=1) + _entry(name, 2, 2, len(stream)) + _entry("", 0, 0, 0) * 2
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, _LEAST, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    return header + table + directory + stream


def _entry(name: str, kind: int, start: int, length: int, child: int = _FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0" if name else b""
    made = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    made += struct.pack("<III", _FREE, _FREE, child) + b"\0" * 36
    return made + struct.pack("<IQ", start if kind else 0, length)
