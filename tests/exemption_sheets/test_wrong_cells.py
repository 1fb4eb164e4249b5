"""Every wrong cell of a workbook is named, all at once, and nothing is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from creditgate_server.cli.main import app
from creditgate_server.exemptions.sheets.columns import DEFINITIONS

from .kit import CITY, FIRST, PROVINCE, RULES, Change, changed, column, exported, put, refused, shipped, small, taken_in


def header(old: str, new: str | None, tab: str = CITY) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book[tab]
        sheet.cell(1 if tab == DEFINITIONS else FIRST - 1, column(sheet, old)).value = new

    return change


def on(tab: str, what: str, *values: object) -> Change:
    """Calls a method of a sheet."""

    def change(book: openpyxl.Workbook) -> None:
        getattr(book[tab], what)(*values)

    return change


def all_of(*changes: Change) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        for one in changes:
            one(book)

    return change


def cell(tab: str, at: str, value: object) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        book[tab][at].value = value

    return change


def doubled(book: openpyxl.Workbook) -> None:
    sheet = book[CITY]
    sheet.append([one.value for one in sheet[FIRST]])


def hidden_row(book: openpyxl.Workbook) -> None:
    book[CITY].row_dimensions[FIRST].hidden = True


def hidden_column(book: openpyxl.Workbook) -> None:
    book[CITY].column_dimensions["E"].hidden = True


def hidden_sheet(book: openpyxl.Workbook) -> None:
    book[CITY].sheet_state = "hidden"


def no_titles(book: openpyxl.Workbook) -> None:
    book[CITY].delete_rows(FIRST - 1)


def renamed(book: openpyxl.Workbook) -> None:
    book[CITY].title = "city-lst"


def without_sheet(book: openpyxl.Workbook) -> None:
    del book[CITY]


def without_definitions(book: openpyxl.Workbook) -> None:
    del book[DEFINITIONS]


def twice_defined(book: openpyxl.Workbook) -> None:
    sheet = book[DEFINITIONS]
    sheet.append([one.value for one in sheet[2]])


WRONG: dict[str, tuple[Change, str, str]] = {
    # column titles
    "missing title": (header("类别", None), f"{CITY}!A3", "缺少栏目“类别”"),
    "unknown title": (header("类别", "类型"), f"{CITY}!L3", "没有栏目“类型”"),
    "title that is nearly one": (header("适用情形", "适用情况"), f"{CITY}!E3", "没有栏目“适用情况” → 是不是 适用情形?"),
    "doubled title": (header("备注", "基本编码"), f"{CITY}!H3", "栏目“基本编码”重复"),
    "no titles": (no_titles, f"{CITY}!A1", "缺少栏目“序号”"),
    "contents without a title": (cell(CITY, "AD4", "随手记"), f"{CITY}!AD4", "AD 列没有栏目名称"),
    # the official columns
    "empty title": (put(CITY, "事项名称", None), f"{CITY}!B4", "事项名称不能为空"),
    "thirteen digits": (
        put(CITY, "基本编码", "4402161390001"),
        f"{CITY}!C4",
        "应为基本编码(十二位, 第九位可以是大写字母, 加引号)",
    ),
    "number with a fraction": (
        put(CITY, "基本编码", 440216139000.5),
        f"{CITY}!C4",
        "应为基本编码(十二位, 第九位可以是大写字母, 加引号)",
    ),
    "over-long text": (put(CITY, "适用情形", "长" * 2001), f"{CITY}!E4", "文字太长: 2001 字, 最多 2000 字"),
    "over-long cell": (put(CITY, "条件", "长" * 4001), f"{CITY}!O4", "单元格太长: 4001 字"),
    "words against codes: penalty": (put(CITY, "设定依据", "《食品安全法》"), f"{CITY}!D4", "设定依据与代码栏不一致"),
    "words against codes: basis": (put(CITY, "免处罚依据", "《别的法》"), f"{CITY}!F4", "免处罚依据与代码栏不一致"),
    "words against codes: measures": (
        put(CITY, "配套监管措施", "约谈"),
        f"{CITY}!G4",
        "按代码栏应为“责令(限期)改正、批评教育”",
    ),
    "codes against words": (put(CITY, "措施代码", "education"), f"{CITY}!G4", "按代码栏应为“批评教育”"),
    # the coded columns
    "empty code": (put(CITY, "事项代码", None), f"{CITY}!J4", "事项代码不能为空"),
    "code that is none": (put(CITY, "事项代码", "M 1"), f"{CITY}!J4", "应为代码"),
    "doubled entry": (doubled, f"{CITY}!J7", "事项 m1 同一类别写了两次, 第 4 行已有"),
    "unknown organ": (put(CITY, "部门代码", "markt"), f"{CITY}!K4", "部门里没有 markt → 是不是 market?"),
    "unknown kind": (put(CITY, "类别", "首次不罚"), f"{CITY}!L4", "不认识“首次不罚”"),
    "unknown instrument": (put(CITY, "设定依据代码", "nolaw 第一条"), f"{CITY}!N4", "依据里没有 nolaw"),
    "instrument not in force": (
        all_of(put(CITY, "免处罚依据", None), put(CITY, "免处罚依据代码", "penalty-law-2017 第二十七条")),
        f"{CITY}!U4",
        "依据已失效",
    ),
    "unknown element": (put(CITY, "要件", "初犯"), f"{CITY}!P4", "不认识“初犯”"),
    "unknown area": (put(CITY, "初次违法", "{area: town}"), f"{CITY}!Q4", "不认识“town”"),
    "two units": (put(CITY, "及时改正", "{within: {days: 5, working_days: 5}}"), f"{CITY}!R4", "只能写一个"),
    "unknown measure": (put(CITY, "措施代码", "scolding"), f"{CITY}!T4", "柔性措施里没有 scolding"),
    "measure twice": (put(CITY, "措施代码", "education; education"), f"{CITY}!T4", "列表里写了两次同样的内容"),
    "unknown fact": (
        put(CITY, "条件", "{fact: good_value, at_most: 5}"),
        f"{CITY}!O4",
        "没有 good_value → 是不是 goods_value?",
    ),
    "unknown choice": (put(CITY, "条件", "{fact: place, is: park}"), f"{CITY}!O4", "“park”不是 place(地点)的选项"),
    "condition that is no YAML": (put(CITY, "条件", "[{fact: goods_value"), f"{CITY}!O4", "没有写完"),
    "condition in words": (put(CITY, "条件", "货值不超过五百元"), f"{CITY}!O4", "应为列表"),
    "exclusion without a code": (
        put(CITY, "不适用情形", "{title: 某, when: {fact: minor, is: true}}"),
        f"{CITY}!S4",
        "缺少字段 code",
    ),
    "bad day": (put(CITY, "起", "2025-02-30"), f"{CITY}!V4", "没有 2025-02-30 这一天"),
    "day of another form": (put(CITY, "起", "2025年3月1日"), f"{CITY}!V4", "应为日期"),
    "until without from": (put(CITY, "止", "2025-01-01"), f"{CITY}!V4", "写了止日, 起日却空着"),
    "before the list": (put(CITY, "起", "2021-12-31"), f"{CITY}!V4", "2021-12-31 清单没有施行"),
    "after the list": (put(CITY, "止", "2031-01-01", FIRST + 2), f"{CITY}!W6", "2031-01-01 清单没有施行"),
    "longer than the list": (
        put(CITY, "止", None, FIRST + 2),
        f"{CITY}!W6",
        "清单 2030-12-31 就已失效, 事项却没有止日",
    ),
    "end before start": (put(CITY, "止", "2021-01-01", FIRST + 1), f"{CITY}!W5", "止日 2021-01-01 早于起日 2022-01-01"),
    "overlapping versions": (
        all_of(put(CITY, "类别", "免予罚款", FIRST + 1), put(CITY, "起", "2024-12-31", FIRST + 2)),
        f"{CITY}!V6",
        "重叠",
    ),
    "flag in other words": (put(CITY, "已核实", "已核"), f"{CITY}!X4", "不认识“已核” → 可用的有: 是、否"),
    # what a spreadsheet hides or works out
    "formula": (put(CITY, "备注", "=1+1"), f"{CITY}!H4", "单元格里不能用公式"),
    "merged cells": (on(CITY, "merge_cells", "B4:B5"), f"{CITY}!B4", "不能用合并单元格(B4:B5)"),
    "hidden row": (hidden_row, f"{CITY}!A4", "第 4 行是隐藏的"),
    "hidden column": (hidden_column, f"{CITY}!E1", "E 列是隐藏的"),
    "hidden sheet": (hidden_sheet, f"{CITY}!A1", "这张工作表是隐藏的"),
    "invisible character": (put(CITY, "备注", "甲\u200b乙"), f"{CITY}!H4", "看不见的字符 U+200B"),
    "row after the end": (cell(CITY, "B9", "注: 由市局解释"), f"{CITY}!B9", "表到第 7 行(空行)已经结束"),
    # the lists' own definitions
    "list without a division": (put(DEFINITIONS, "地域代码", None, 2), f"{DEFINITIONS}!D2", "地域代码不能为空"),
    "list in no division": (put(DEFINITIONS, "地域代码", "441901", 2), f"{DEFINITIONS}!D2", "行政区划里没有 441901"),
    "list of no document": (
        put(DEFINITIONS, "文件代码", "notice", 2),
        f"{DEFINITIONS}!F2",
        "依据里没有 notice → 是不是 city-notice?",
    ),
    "list before its document": (put(DEFINITIONS, "起", "2021-01-01", 2), f"{DEFINITIONS}!F2", "依据尚未施行"),
    "list with a bad exclusion": (
        put(DEFINITIONS, "不适用情形", "[{code: x}]", 2),
        f"{DEFINITIONS}!N2",
        "缺少字段 title",
    ),
    "list defined twice": (twice_defined, f"{DEFINITIONS}!A4", "清单 city-list 写了两次, 第 2 行已有"),
    "sheet of another name": (renamed, "city-lst!A1", "没有清单 city-lst → 是不是 city-list?"),
    "list without a sheet": (without_sheet, f"{DEFINITIONS}!A2", "清单 city-list 没有自己的工作表"),
    "no definitions": (without_definitions, "x.xlsx:1:1", "没有工作表“清单”"),
    # an entry that several lists have
    "rows of one entry differ": (
        put(PROVINCE, "事项名称", "别的名称"),
        f"{PROVINCE}!B4",
        "事项 m1 的事项名称与 city-list!A4 那一行不同",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_cell_is_named(name: str) -> None:
    change, place, message = WRONG[name]
    said = refused(changed(exported(small()), change), small())
    assert any(place in line and message in line for line in said), said
    assert all(line.startswith("x.xlsx") for line in said), said


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"], ids=["empty", "text", "broken"])
def test_a_file_that_is_no_workbook_is_named(content: bytes) -> None:
    assert [line.split(" →")[0] for line in refused(content, small())] == [
        "x.xlsx:1:1: 不是 XLSX 文件, 或已损坏、加了密码"
    ]


def test_what_another_list_has_too_is_not_changed_with_one_list() -> None:
    """The workbook holds one of the two lists that have m1."""
    said = refused(changed(exported(small(), CITY), put(CITY, "事项名称", "卖过期食品")), small())
    assert len(said) == 1
    assert said[0].startswith(f"x.xlsx!{CITY}!B4:4:2: 事项 m1 也在清单 {PROVINCE} 里")


def test_a_changed_entry_comes_in_with_all_its_lists() -> None:
    content = changed(exported(small()), put(CITY, "事项名称", "卖过期食品"), put(PROVINCE, "事项名称", "卖过期食品"))
    assert taken_in(content, small()).library.rule_set.catalogue.exemptions["m1"].title == "卖过期食品"


def test_all_wrong_cells_are_named_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    before = {path: path.read_bytes() for path in rules.rglob("*") if path.is_file()}
    one = "samr-2025-1"
    wrong = [
        put(one, "事项名称", None),
        put(one, "部门代码", "market"),
        put(one, "起", "2025-02-30"),
        put(one, "条件", "[{fact: goods_valu, at_most: 500}, {fact: source_explained, at_most: 1}]"),
        put(DEFINITIONS, "措施代码", "scolding", 2),
        on(one, "merge_cells", "G4:H4"),
    ]
    file = tmp_path / "x.xlsx"
    file.write_bytes(changed(exported(shipped(), one), *wrong))
    result = CliRunner().invoke(app, ["exemptions", "import", str(file), "--rules", str(rules)])
    assert result.exit_code == 1
    for place in (f"{one}!B4", f"{one}!G4", f"{one}!J4", f"{one}!N4", f"{one}!U4", f"{DEFINITIONS}!L2"):
        assert f"x.xlsx!{place}:" in result.stderr
    assert result.stderr.count(f"{one}!N4:") == 2  # both tests of the condition
    assert {path: path.read_bytes() for path in rules.rglob("*") if path.is_file()} == before


def test_the_library_that_would_come_of_it_is_checked_too(tmp_path: Path) -> None:
    """A fact that only this list tests: without its row nobody does."""
    unasked = changed(exported(small(), CITY), put(CITY, "适用情形", "首次违法"), put(CITY, "条件", None))
    said = refused(unasked, small())
    assert len(said) == 1 and said[0].startswith("library.yaml:") and "没有规则用到事实 place" in said[0]


def test_sheets_that_say_nothing_may_stand() -> None:
    def change(book: openpyxl.Workbook) -> None:
        book.create_sheet("Sheet1")
        sheet = book["填表说明"]
        assert isinstance(sheet, Worksheet)
        sheet["A1"] = "改了也没关系"

    assert taken_in(changed(exported(small()), change), small()).changed == {}
