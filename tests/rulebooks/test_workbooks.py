"""Decision tables in workbooks: cells as a person sees them; what a spreadsheet can hide is refused at its cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from creditgate_server.cli.rules import app
from creditgate_server.errors import RuleSetFault
from creditgate_server.publication.rule_sets import load_files, save_rule_set
from creditgate_server.rulebook.load import LoadedRuleSet, read_texts
from creditgate_server.storage.database import Store

from .test_any_input import QUICK
from .test_rulebooks import BASE
from .test_tables import BROKEN, SOUND, faults_of

NAME = "zz-table.xlsx"
DAY = datetime.fromisoformat("2020-02-29")
"""A day as spreadsheets keep it: midnight, in no time zone."""
ROWS: list[list[Any]] = [
    ["book", "measures"],
    ["table", "moves"],
    ["hit", "unique"],
    ["basis", "department-order 第十条"],
    [],
    ["from", "fact missing", "fact sum", "fact founded", "fact promised", "measure", "duty"],
    [date(2021, 1, 1), 3.0, 1000.5, DAY, True, "no-commitment", "应当"],
    ["2021-01-01", "[4..9]", ">= 0.3", "< 2021-01-01", "-", "no-commitment", "可以"],
]
Spoil = Callable[[Any], None]


def written(workbook: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def workbook_of(rows: list[list[Any]]) -> openpyxl.Workbook:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "措施"
    for row in rows:
        sheet.append(row)
    return workbook


def spoilt(spoil: Spoil) -> bytes:
    workbook = workbook_of(ROWS)
    spoil(workbook["措施"])
    return written(workbook)


def loaded_with(content: bytes) -> LoadedRuleSet:
    return read_texts({**BASE, NAME: content}, directory="rules")


def test_a_workbook_reads_as_the_same_table_in_csv() -> None:
    csv = """book,measures
table,moves
hit,unique
basis,department-order 第十条

from,fact missing,fact sum,fact founded,fact promised,measure,duty
2021-01-01,3,1000.5,2020-02-29,true,no-commitment,应当
2021-01-01,[4..9],>= 0.3,< 2021-01-01,-,no-commitment,可以
"""
    from_csv = read_texts({**BASE, "zz-table.csv": csv.encode()})
    from_workbook = loaded_with(written(workbook_of(ROWS)))
    assert from_workbook.rule_set.digest == from_csv.rule_set.digest
    assert from_workbook.places["moves-2@2021-01-01"].file == f"rules/{NAME}!措施!A8"


def set_cell(cell: str, value: object) -> Spoil:
    return lambda sheet: sheet.__setitem__(cell, value)


def hide_row(sheet: Any) -> None:
    sheet.row_dimensions[8].hidden = True


def hide_column(sheet: Any) -> None:
    sheet.column_dimensions["C"].hidden = True


def hide_sheet(sheet: Any) -> None:
    sheet.parent.create_sheet("说明")
    sheet.sheet_state = "hidden"


def error_value(sheet: Any) -> None:
    sheet["B7"] = "#REF!"
    sheet["B7"].data_type = "e"


@pytest.mark.parametrize(
    ("spoil", "cell", "fragment", "rule"),
    [
        (set_cell("B7", 1.5), "B7", "应为整数(数字 0 到 9, 不加引号), 却是“1.5”", "moves-1"),
        (set_cell("B7", "=1+2"), "B7", "不能用公式", ""),
        (lambda sheet: sheet.merge_cells("F7:F8"), "F7", "不能用合并单元格(F7:F8)", ""),
        (set_cell("D7", DAY.replace(hour=8)), "D7", "时刻", ""),
        (set_cell("D7", time(8, 30)), "D7", "时刻", ""),
        (set_cell("D8", 43890), "D8", "应为日期", "moves-2"),
        (set_cell("C7", 0.125), "C7", "应为金额", "moves-1"),
        (set_cell("C8", 1e300), "C8", "应为金额", "moves-2"),
        (set_cell("F8", "no\u200bcommitment"), "F8", "U+200B", ""),
        (set_cell("F8", None), "F8", "measure 这一格不能为空", "moves-2"),
        (set_cell("F8", "no-commitments"), "F8", "是不是 no-commitment", "moves-2"),
        (set_cell("H7", "多余"), "H7", "没有列标题", "moves-1"),
        (set_cell("C6", "fact missing"), "C6", "重复, 第 2 列", ""),
        (set_cell("B4", "department-order2 第十条"), "B4", "依据里没有 department-order2", ""),
        (error_value, "B7", "错误值 #REF!", ""),
        (hide_row, "A8", "第 8 行是隐藏的", ""),
        (hide_column, "C1", "C 列是隐藏的", ""),
        (hide_sheet, "A1", "工作表是隐藏的", ""),
        (set_cell("A20000", "末尾"), "A10101", "最多 10000 条规则", ""),
    ],
)
def test_a_broken_workbook_is_refused_at_its_cell(spoil: Spoil, cell: str, fragment: str, rule: str) -> None:
    faults = faults_of(spoilt(spoil), NAME)
    shown = "\n".join(str(fault) for fault in faults)
    assert len(faults) == 1, shown
    column, line = openpyxl.utils.cell.coordinate_from_string(cell)
    assert faults[0].file == f"rules/{NAME}!措施!{cell}", shown
    assert (faults[0].line, faults[0].column) == (line, openpyxl.utils.column_index_from_string(column)), shown
    assert fragment in faults[0].message + faults[0].hint, shown
    assert faults[0].rule == rule, shown


def test_each_sheet_that_begins_with_book_is_a_table_and_others_are_passed_over() -> None:
    workbook = workbook_of(ROWS)
    notes = workbook.create_sheet("说明")
    notes.append(["这张表说明规则的来历", "=1+1"])
    second = workbook.create_sheet("等级")
    for row in (["册", "等级"], ["表", "grades"], ["命中", "优先"], ["起", date(2021, 1, 1)], [],
                ["事实 rating", "等级", "依据"], ["D", "D", "credit-law 第六条"]):  # fmt: skip
        second.append(row)
    rules = loaded_with(written(workbook)).rule_set.rules
    assert [rule.row.table for rule in rules if rule.row] == ["grades", "moves", "moves"]


def test_a_file_that_is_no_workbook_is_refused() -> None:
    good = written(workbook_of(ROWS))
    for content in (b"", b"PK\x03\x04", b"book,level\n", good[:2000], good.replace(b"sheet1", b"sheet7")):
        faults = faults_of(content, NAME)
        assert [(fault.file, fault.line, fault.column) for fault in faults] == [(f"rules/{NAME}", 1, 1)]


def test_the_command_names_the_cell_and_counts_the_workbook_once(tmp_path: Path) -> None:
    for name, content in BASE.items():
        (tmp_path / name).write_bytes(content)
    workbook = workbook_of(ROWS)
    workbook["措施"]["F7"] = "no-commit"
    workbook["措施"]["G8"] = "必须"
    (tmp_path / NAME).write_bytes(written(workbook))
    result = CliRunner().invoke(app, ["check", str(tmp_path), "--no-proof"])
    assert result.exit_code == 1
    assert f"{tmp_path / NAME}!措施!F7:7:6: 措施目录里没有 no-commit [moves-1]" in result.output
    assert f"{tmp_path / NAME}!措施!G8:8:7: 不认识“必须” [moves-2]" in result.output
    assert "有 2 处错误, 涉及 1 个文件" in result.output


def test_a_rule_set_read_from_a_workbook_is_kept_with_its_file(store: Store) -> None:
    loaded = loaded_with(written(workbook_of(ROWS)))
    save_rule_set(store, loaded.rule_set, loaded.files, datetime.fromisoformat("2026-11-20T00:00:00+00:00"))
    assert load_files(store, loaded.rule_set.digest) == loaded.files
    assert loaded.files[NAME].startswith(b"PK")


# -- whatever a file holds, it is read or refused with places ----------------------------------------------------------

TEXTS = [file.read_bytes().decode("utf-8-sig") for file in (*BROKEN, *SOUND)]
SNIPPETS = st.sampled_from(
    [
        '"',
        ",",
        "\n",
        "\r",
        ";",
        "[",
        "..",
        ")",
        ">=",
        "not ",
        "-",
        "A",
        "fact ",
        "records kinds=",
        "=",
        "\0",
        "\u200b",
        "是",
    ]
)


@QUICK
@given(st.sampled_from(TEXTS), st.data())
def test_tables_with_random_damage(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 20)))
        text = text[:start] + data.draw(SNIPPETS) + text[end:]
    read_or_refuse_table(text.encode(), "zz-table.csv")


GOOD = written(workbook_of(ROWS))
"""Made once: a workbook holds the time at which it was written."""


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_workbooks_with_random_damage(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read_or_refuse_table(bytes(content), NAME)


def read_or_refuse_table(content: bytes, name: str) -> None:
    try:
        loaded = read_texts({**BASE, name: content})
    except RuleSetFault as refused:
        for fault in refused.faults:
            assert fault.file.partition("!")[0] in {*BASE, name}
            assert fault.line >= 1
            assert fault.column >= 1
            assert fault.message
    else:
        assert loaded.rule_set.canonical
