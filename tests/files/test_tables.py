"""Rows of tables as a person sees them; a file that can't be read is told in a line, wherever it is damaged."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from creditgate_server.errors import SetupFault
from creditgate_server.files.harmless import harmless
from creditgate_server.files.reading import Doubtful, open_rows
from creditgate_server.files.reading.formats import shown_as
from creditgate_server.files.reading.strings import SharedStrings
from tests import lanes
from tests.registry.made.xlsx import MAIN, Sheet, xlsx

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


# -- bounds ---------------------------------------------------------------------------------------------------------

MEGABYTES = 1 << 20


def peak_of(path: Path) -> tuple[str, int]:
    """What is said of a file, and how many bytes reading it took at most."""
    tracemalloc.start()
    try:
        with pytest.raises(SetupFault) as fault:
            rows(path)
        return fault.value.message, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.soak
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path, quote: str) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"甲,乙\n1,{quote}")
        for _ in range(lanes.size(40, 300)):
            file.write("x" * (MEGABYTES - 1) + ("\n" if quote else "x"))
    said, peak = peak_of(path)
    assert "第 2 行" in said
    assert peak < 20 * MEGABYTES


@pytest.mark.soak
@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        ("xl/worksheets/sheet1.xml", '<row r="1"><c t="inlineStr"><is><t>', "</t></is></c></row>"),
        ("xl/worksheets/sheet1.xml", '<row r="1"><c r="', '"/></row>'),
        ("xl/sharedStrings.xml", "<si><t>", "</t></si>"),
    ],
)
def test_a_cell_without_end_is_read_in_bounded_memory(tmp_path: Path, part: str, before: str, after: str) -> None:
    path = tmp_path / "a.xlsx"
    sound = xlsx(Sheet([["甲", "乙"], ["1", "2"]]), strings=["<si><t>丙</t></si>"])
    with zipfile.ZipFile(io.BytesIO(sound)) as archive:
        parts = {one: archive.read(one).decode() for one in archive.namelist()}
    opening, tag = parts[part], "<sheetData>" if "sheet1" in part else '/main">'
    head, tail = opening[: opening.index(tag) + len(tag)], opening[opening.index(tag) + len(tag) :]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            if name != part:
                archive.writestr(name, content)
        with archive.open(part, "w", force_zip64=True) as file:
            file.write((head + before).encode())
            for _ in range(lanes.size(40, 300)):
                file.write(b"x" * MEGABYTES)
            file.write((after + ("" if "sheet1" in part else tail)).encode())
            file.write(tail.replace('r="1"', 'r="2"').encode() if "sheet1" in part else b"")
    tracemalloc.start()
    try:
        with suppress(SetupFault):
            rows(path)
        assert tracemalloc.get_traced_memory()[1] < 40 * MEGABYTES
    finally:
        tracemalloc.stop()


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creditgate_server.files.reading.package.MOST_UNPACKED", 5_000)
    with pytest.raises(SetupFault, match="文件展开后太大"):
        rows(workbook(tmp_path / "a.xlsx", [["甲", number] for number in range(500)]))


def test_strings_beyond_those_in_memory_are_read_from_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creditgate_server.files.reading.strings._KEPT", 2)
    strings = SharedStrings()
    texts = ["甲", "乙", "丙", "", "丁" * 300, "😀"]
    inner = "".join(f"<si><t>{text}</t></si>" for text in texts)
    strings.read(io.BytesIO(f'<sst xmlns="{MAIN}">{inner}</sst>'.encode()))
    strings.ready()
    assert [strings[place] for place in (5, 0, 3, 4, 2, 1)] == ["😀", "甲", "", "丁" * 300, "丙", "乙"]
    with pytest.raises(IndexError):
        strings[6]
    strings.close()


# -- number formats -------------------------------------------------------------------------------------------------

A_DAY = 46327.0


@pytest.mark.parametrize(
    "code",
    [
        'yyyy"年"m"月"d"日"',
        "yyyy/m/d",
        "[$-804]yyyy-mm-dd;@",
        "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
        'm"月"',
        "[DBNum1][$-804]yyyy年m月d日",
        'e"年"',
        "yyyy-mm-dd hh:mm AM/PM",
        "aaaa",
    ],
)
def test_formats_of_days(code: str) -> None:
    shown = shown_as(164, code, from_1904=False)
    assert shown is not None
    assert shown(A_DAY) == "2026-11-01"


@pytest.mark.parametrize("code", ["General", "0.00E+00", "#,##0.00", '"¥"#,##0.00', "@", "[Red]0", "G/通用格式", "0_ "])
def test_formats_that_show_numbers_as_they_are(code: str) -> None:
    assert shown_as(164, code, from_1904=False) is None


def test_formats_of_times_and_shares() -> None:
    def shown(code: str, value: float) -> str:
        made = shown_as(164, code, from_1904=False)
        assert made is not None
        return made(value)

    assert shown("h:mm:ss", 0.5) == "12:00:00"
    assert shown("[h]:mm", 1.25) == "30:00:00"
    assert shown("0.00%", 0.125) == "12.5%"
    assert shown('0.00"万元"', 12.5) == "12.5万元"
    assert isinstance(shown('0.00,,"百万"', 12.5), Doubtful)
    assert isinstance(shown('0!.0,"万"', 12345.0), Doubtful)
    assert shown("000000", 123.0) == "000123"


# -- what is written for people -------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u3000@x", "＝1"])
def test_no_cell_is_run(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "甲", "1-2", "a=b", "'=1"])
def test_other_cells_stay(cell: str) -> None:
    assert harmless(cell) == cell
