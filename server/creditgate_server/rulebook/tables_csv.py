"""Reads CSV files as sheets of tables: UTF-8, commas, double quotes."""

from __future__ import annotations

import csv
import io

from .language import Place
from .source import Faults
from .tables_sheet import Line, Sheet, check_size, check_text, is_first_cell, tidy


def csv_sheets(file: str, content: bytes, faults: Faults) -> list[Sheet]:
    """The sheet of a CSV file where it is a table. Raises `Unreadable` where the file can't be read."""
    lines = _csv_lines(file, _decoded(file, content, faults), faults)
    if not lines or not is_first_cell(lines[0].text(1)):
        return []
    sheet = Sheet(file, "", lines)
    check_size(sheet, len(lines), max(len(line.texts) for line in lines), faults)
    sound = True
    for line in lines:
        for column, text in enumerate(line.texts, start=1):
            sound &= check_text(text, sheet.place(line.number, column), faults)
    return [sheet] if sound else []


def _decoded(file: str, content: bytes, faults: Faults) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, before[before.rfind(b"\n") + 1 :].count(b",") + 1
    place = Place(file=file, line=line, column=column)
    faults.refuse(place, "文件不是 UTF-8 编码", f"{_looks_like(content)}请在表格软件中另存为“CSV UTF-8(逗号分隔)”")


def _looks_like(content: bytes) -> str:
    """What the file seems to be encoded in, as the beginning of a hint."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "看来是 UTF-16 编码; "
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "看来是 GB18030(GBK) 编码; "


def _csv_lines(file: str, text: str, faults: Faults) -> tuple[Line, ...]:
    """Records of the file; a record is numbered by the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    begins = 1
    try:
        for cells in reader:
            lines.append(Line(begins, tuple(tidy(cell) for cell in cells)))
            begins = reader.line_num + 1
    except csv.Error:
        place = Place(file=file, line=begins, column=1)
        faults.refuse(place, "CSV 这一行的引号没有配对, 或一格太长", '单元格里的双引号要写成两个 ""')
    return tuple(lines)
