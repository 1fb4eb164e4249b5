"""Exemption lists as workbooks: out and in again without loss, every wrong cell named, nothing half written."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from creditgate_server.cli.main import app
from creditgate_server.errors import RuleSetFault
from creditgate_server.exemption_sheets.bundle import bundle
from creditgate_server.exemption_sheets.columns import OFFICIAL
from creditgate_server.exemption_sheets.digest import list_digest
from creditgate_server.exemption_sheets.importing import import_workbook
from creditgate_server.exemption_sheets.page import page
from creditgate_server.exemption_sheets.source import ListSource, list_sources, read_sources
from creditgate_server.exemption_sheets.workbook import workbook
from creditgate_server.rulebook.load import Loaded, read_directory, read_texts

RULES = Path(__file__).resolve().parents[2] / "rules"
ONE = "samr-2025-1"


@cache
def shipped() -> Loaded:
    return read_directory(RULES)


def sources() -> dict[str, ListSource]:
    return list_sources(read_sources(shipped().files))


def exported(*codes: str) -> bytes:
    found = sources()
    return workbook(shipped().rule_set.catalogue, [found[code] for code in codes or found])


def digests(loaded: Loaded) -> dict[str, str]:
    return {code: list_digest(loaded.rule_set, code) for code in loaded.rule_set.catalogue.exemption_lists}


def changed(content: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column(sheet: Worksheet, header: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == header)


def test_every_list_goes_out_and_comes_in_with_the_same_digest() -> None:
    found = import_workbook("all.xlsx", exported(), shipped().files, shipped())
    assert len(found.lists) == len(shipped().rule_set.catalogue.exemption_lists)
    assert digests(found.library) == digests(shipped())
    assert found.changed == {}  # nothing says anything else: no file is touched


def test_a_list_comes_back_into_a_library_that_lost_it() -> None:
    """Entries that other lists have too get their version back; the list's own come as new ones."""
    files = read_sources(shipped().files)
    texts = dict(shipped().files)
    for file in files:
        file.content["exemption_lists"] = [one for one in file.content.get("exemption_lists", []) if one["code"] != ONE]
        for entry in file.content.get("exemptions", []):
            entry["versions"] = [one for one in entry["versions"] if one["list"] != ONE]
        file.content["exemptions"] = [one for one in file.content.get("exemptions", []) if one["versions"]]
        texts[file.name] = file.text().encode()
    poorer = read_texts(texts)
    assert ONE not in poorer.rule_set.catalogue.exemption_lists
    found = import_workbook("one.xlsx", exported(ONE), texts, poorer)
    assert list_digest(found.library.rule_set, ONE) == list_digest(shipped().rule_set, ONE)
    assert digests(found.library) == digests(shipped())


def test_what_is_changed_in_a_cell_is_changed_in_the_library(tmp_path: Path) -> None:
    def fewer_yuan(book: openpyxl.Workbook) -> None:
        sheet = book[ONE]
        cell = sheet.cell(2, column(sheet, "条件"))
        cell.value = str(cell.value).replace("at_most: 500", "at_most: 300")

    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    file = tmp_path / "one.xlsx"
    file.write_bytes(changed(exported(ONE), fewer_yuan))
    result = CliRunner().invoke(app, ["exemptions", "import", str(file), "--rules", str(rules)])
    assert result.exit_code == 0, result.output
    assert "已写: exemptions/market-regulation.yaml" in result.output
    after = read_directory(rules)
    assert list_digest(after.rule_set, ONE) != list_digest(shipped().rule_set, ONE)
    others = {code: digest for code, digest in digests(shipped()).items() if code != ONE}
    assert {code: digest for code, digest in digests(after).items() if code != ONE} == others
    (rule,) = [rule for rule in after.rule_set.rules if rule.id == "m17-samr-2025-1-first"]
    assert "30000" in repr(rule.when)  # 300 yuan in fen


def _set(sheet: str, header: str, value: object, row: int = 2) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book[sheet].cell(row, column(book[sheet], header)).value = value

    return change


def _header(old: str, new: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book[ONE].cell(1, column(book[ONE], old)).value = new

    return change


def _doubled(book: openpyxl.Workbook) -> None:
    sheet = book[ONE]
    for cell in list(sheet[2]):
        sheet.cell(3, cell.column).value = cell.value


def _merged(book: openpyxl.Workbook) -> None:
    book[ONE].merge_cells("B3:C3")


def _hidden(book: openpyxl.Workbook) -> None:
    book[ONE].row_dimensions[2].hidden = True


def _without_definitions(book: openpyxl.Workbook) -> None:
    del book["清单"]


WRONG: dict[str, tuple[Callable[[openpyxl.Workbook], None], str, str]] = {
    "missing header": (_header("类别代码", "类型"), f"!{ONE}!A1", "缺少栏目“类别代码”"),
    "unknown header": (_header("类别代码", "类别代号"), f"!{ONE}!M1", "没有栏目“类别代号”"),
    "doubled header": (_header("备注", "基本编码"), f"!{ONE}!H1", "栏目“基本编码”重复"),
    "empty title": (_set(ONE, "事项名称", None), f"!{ONE}!B2", "事项名称不能为空"),
    "thirteen digits": (_set(ONE, "基本编码", "4402161390001"), f"!{ONE}!C2", "基本编码(十二位数字"),
    "doubled entry": (_doubled, f"!{ONE}!I3", "事项 m17 同一类别写了两次"),
    "unknown organ": (_set(ONE, "部门代码", "market"), f"!{ONE}!J2", "规则库里没有 market"),
    "unknown kind": (_set(ONE, "类别代码", "first_time"), f"!{ONE}!M2", "不认识“first_time”"),
    "unknown measure": (_set(ONE, "措施代码", "[scolding]"), f"!{ONE}!S2", "规则库里没有 scolding"),
    "unknown instrument": (_set(ONE, "免处罚依据代码", "[{instrument: nolaw}]"), f"!{ONE}!T2", "规则库里没有 nolaw"),
    "unknown fact": (_set(ONE, "条件", "[{fact: goods_valu, at_most: 500}]"), f"!{ONE}!Q2", "事实表里没有 goods_valu"),
    "condition that is no YAML": (_set(ONE, "条件", "[{fact: goods_value"), f"!{ONE}!Q2", "没有写完"),
    "bad day": (_set(ONE, "有效期", "{from: 2025-02-30}"), f"!{ONE}!U2", "没有 2025-02-30 这一天"),
    "words against codes": (_set(ONE, "免处罚依据", "《别的法》第一条"), f"!{ONE}!F2", "免处罚依据与代码栏不一致"),
    "over-long cell": (_set(ONE, "适用情形", "长" * 2001), f"!{ONE}!E2", "文字太长"),
    "formula": (_set(ONE, "备注", "=1+1"), f"!{ONE}!H2", "公式"),
    "merged cells": (_merged, f"!{ONE}!B3", "合并单元格"),
    "hidden row": (_hidden, f"!{ONE}!A2", "隐藏"),
    "list without region": (_set("清单", "行政区划", None), "!清单!D2", "行政区划不能为空"),
    "list in no division": (_set("清单", "行政区划", "999999"), "!清单!D2", "规则库里没有 999999"),
    "list of another name": (_set("清单", "清单代码", "other"), f"!{ONE}!A1", f"没有清单 {ONE}"),
    "no definitions": (_without_definitions, "x.xlsx:1:1", "没有“清单”工作表"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_cell_is_named(name: str) -> None:
    change, place, message = WRONG[name]
    with pytest.raises(RuleSetFault) as refused:
        import_workbook("x.xlsx", changed(exported(ONE), change), shipped().files, shipped())
    said = [str(fault) for fault in refused.value.faults]
    assert any(place in line and message in line for line in said), said


def test_all_wrong_cells_are_named_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    def several(book: openpyxl.Workbook) -> None:
        for change in (WRONG["empty title"][0], WRONG["unknown organ"][0], WRONG["bad day"][0]):
            change(book)

    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    before = {path: path.read_bytes() for path in rules.rglob("*.yaml")}
    file = tmp_path / "x.xlsx"
    file.write_bytes(changed(exported(ONE), several))
    result = CliRunner().invoke(app, ["exemptions", "import", str(file), "--rules", str(rules)])
    assert result.exit_code == 1
    for cell in ("B2", "J2", "U2"):
        assert f"x.xlsx!{ONE}!{cell}" in result.stderr
    assert {path: path.read_bytes() for path in rules.rglob("*.yaml")} == before


def _official(rows: list[tuple[str, ...]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(list(OFFICIAL))
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ROWS = [
    (
        "1",
        "经营超过保质期的食品",
        "",
        "《食品安全法》第三十四条第十项",
        "首次, 货值较小",
        "《中华人民共和国行政处罚法》第三十三条第一款",
        "批评教育",
        "",
    ),
    (
        "2",
        "在人行道上堆放杂物",
        "440201999001",
        "",
        "首次, 当场清理",
        "《行政处罚法》第三十三条第一款",
        "批评教育、指导约谈",
        "样例",
    ),
]
OPTIONS = [
    "--list",
    "sample-list",
    "--organ",
    "market-regulation",
    "--region",
    "441900",
    "--instrument",
    "samr-10-2025",
    "--from",
    "2026-01-01",
    "--kind",
    "first",
]


def test_a_list_in_the_official_columns_alone_comes_in_with_one_question_to_the_inspector(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    file = tmp_path / "official.xlsx"
    file.write_bytes(_official(ROWS))
    result = CliRunner().invoke(app, ["exemptions", "import", str(file), "--rules", str(rules), *OPTIONS])
    assert result.exit_code == 0, result.output
    after = read_directory(rules)
    listed = after.rule_set.catalogue.exemption_lists["sample-list"]
    assert (listed.region, listed.verified) == ("441900", False)
    known, new = [rule for rule in after.rule_set.rules if getattr(rule.then, "list", "") == "sample-list"]
    assert known.applies.exemptions == ("m17",)  # known by its title
    assert new.applies.exemptions == ("sample-list-2",)
    assert after.rule_set.catalogue.exemptions["sample-list-2"].basic_code == "440201999001"
    assert "circumstances_fit" in repr(known.when)
    assert [cited.article for cited in known.basis if cited.instrument == "penalty-law"] == ["第三十三条第一款"]


def test_a_document_that_the_library_does_not_know_is_named(tmp_path: Path) -> None:
    file = tmp_path / "official.xlsx"
    file.write_bytes(_official([("1", "某行为", "", "《没有这部法》第一条", "首次", "", "批评", "")]))
    result = CliRunner().invoke(app, ["exemptions", "import", str(file), "--rules", str(RULES), *OPTIONS])
    assert result.exit_code == 1
    assert "!Sheet!D2" in result.stderr and "依据里没有《没有这部法》" in result.stderr
    assert "!Sheet!G2" in result.stderr and "没有柔性措施“批评”" in result.stderr


def test_the_same_list_gives_the_same_bytes_and_the_bundle_says_what_it_holds() -> None:
    assert exported(ONE) == exported(ONE)
    first = bundle(shipped().rule_set, [sources()[ONE]])
    assert first == bundle(shipped().rule_set, [sources()[ONE]])
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["rule_set"] == shipped().rule_set.digest
        assert manifest["lists"] == {ONE: list_digest(shipped().rule_set, ONE)}
        for name, digest in manifest["files"].items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        content = json.loads(archive.read(f"{ONE}.json"))
    assert content["content"]["exemptions"][0]["code"] == "m17"


def test_the_page_prints_the_official_columns_and_escapes_what_it_shows() -> None:
    one = sources()[ONE]
    entry, version = one.entries[0]
    text = page(shipped().rule_set.catalogue, ListSource(one.value, [({**entry, "title": "<b>甲&乙</b>"}, version)]))
    assert "<b>" not in text and "&lt;b&gt;甲&amp;乙&lt;/b&gt;" in text
    for header in OFFICIAL:
        assert f">{header}</th>" in text
    assert "A4 landscape" in text and "http" not in text.replace("http-equiv", "")
