"""Rows of tables as a person sees them; a file that can't be read is told in a line, wherever it is damaged."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from creditgate_server.errors import SetupFault
from creditgate_server.files.reading import open_rows

MORNING = datetime(2026, 1, 2, 8)  # noqa: DTZ001 - a sheet knows no zones


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def rows(path: Path) -> list[list[str]]:
    with open_rows(path) as found:
        return [cells[:6] for _, cells in found]


def test_cells_are_what_a_person_sees(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [[" 甲 ", 7, 7.0, 0.00001, 2.5, 1e14], [date(2026, 1, 2), MORNING, None]],
    )
    assert rows(path) == [
        ["甲", "7", "7", "0.00001", "2.5", "100000000000000"],
        ["2026-01-02", "2026-01-02"],
    ]


def damaged(path: Path, name: str, keep: float) -> Path:
    """With the end of one of its parts cut away."""
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    parts[name] = parts[name][: int(len(parts[name]) * keep)]
    with zipfile.ZipFile(path, "w") as archive:
        for one, content in parts.items():
            archive.writestr(one, content)
    return path


@pytest.mark.parametrize(
    ("part", "keep", "told"),
    [
        ("xl/worksheets/sheet1.xml", 0.5, "XLSX 文件从第 [0-9]+ 行起不能读取"),
        ("xl/workbook.xml", 0.5, "XLSX 文件不能读取"),
        ("xl/styles.xml", 0.5, "XLSX 文件不能读取"),
    ],
)
def test_a_damaged_workbook_is_told(tmp_path: Path, part: str, keep: float, told: str) -> None:
    path = damaged(workbook(tmp_path / "a.xlsx", [["甲", number] for number in range(500)]), part, keep)
    with pytest.raises(SetupFault, match=told):
        rows(path)


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"no zip")
    with pytest.raises(SetupFault, match="不是 XLSX 文件"):
        rows(path)
