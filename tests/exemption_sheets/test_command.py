"""`creditgate-server exemptions`: what it prints, its files, its exit statuses."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from creditgate_server.cli.main import app
from creditgate_server.exemptions.sheets.digest import list_digest

from .kit import CITY, FILE, FIRST, PROVINCE, RULES, SMALL, changed, put, sent, shipped, small
from .test_official import ROW, row


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The small library as a directory."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / FILE).write_text(SMALL, "utf-8")
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["exemptions", *map(str, arguments)])


def test_lists_are_shown_with_what_is_to_be_known(rules: Path) -> None:
    result = run("lists", rules)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "city-list  东莞市免罚清单  东莞市, 市场监管部门, 2022-01-01 至 2030-12-31(含首尾两天), "
        "事项 2 项, 待核实 2 项, 清单待核实",
        "province-list  广东省免罚清单  广东省, 市场监管部门, 2022-01-01 起, 事项 1 项, 待核实 1 项, 清单待核实",
    ]


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ((), [CITY, PROVINCE]),
        (("--region", "441900"), [CITY, PROVINCE]),
        (("--region", "440100"), [PROVINCE]),
        (("--region", "110000"), []),
        (("--on", "2030-12-31"), [CITY, PROVINCE]),
        (("--on", "2031-01-01"), [PROVINCE]),
        (("--on", "2021-12-31"), []),
    ],
)
def test_lists_of_a_place_and_a_day(rules: Path, options: tuple[str, ...], codes: list[str]) -> None:
    result = run("lists", rules, "--json", *options)
    assert [one["code"] for one in json.loads(result.output)["lists"]] == codes


def test_a_digest(rules: Path) -> None:
    result = run("digest", rules, "--list", CITY)
    assert (result.exit_code, result.output) == (0, f"{list_digest(small().rule_set, CITY)}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("digest", "--list", "city-lst"), "没有清单 city-lst 是不是 city-list?"),
        (("export", "--list", "none", "--xlsx", "x.xlsx"), "没有清单 none"),
        (("export", "--list", CITY), "没有说导出成什么"),
        (("export", "--list", CITY, "--all", "--xlsx", "x.xlsx"), "只能写一个"),
        (("export", "--all", "--html", "x.html"), "有 2 份清单"),
        (("export", "--region", "110000", "--xlsx", "x.xlsx"), "没有符合条件的清单"),
        (("export", "--region", "东莞", "--xlsx", "x.xlsx"), "不是行政区划代码"),
        (("export", "--on", "2026-13-01", "--xlsx", "x.xlsx"), "不是日期"),
        (("export", "--xlsx", "{rules}/library.yaml/x.xlsx"), "写不了"),
        (("lists", "--on", "明天"), "不是日期"),
    ],
)
def test_what_makes_no_sense_is_2(rules: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run(arguments[0], rules, *(one.replace("{rules}", str(rules)) for one in arguments[1:]))
    assert result.exit_code == 2
    assert message in result.stderr
    assert not Path("x.xlsx").exists()


def test_a_directory_that_is_none_is_2() -> None:
    assert run("lists", "no/such/place").exit_code == 2


def test_a_library_with_faults_is_1(rules: Path) -> None:
    (rules / FILE).write_text(SMALL.replace('region: "441900"', 'region: "441901"'), "utf-8")
    result = run("lists", rules)
    assert result.exit_code == 1
    assert "行政区划里没有 441901" in result.stderr


def test_everything_goes_out_and_comes_in_again(rules: Path, tmp_path: Path) -> None:
    book, pages, pack = tmp_path / "all.xlsx", tmp_path / "pages", tmp_path / "all.zip"
    result = run("export", rules, "--all", "--xlsx", book, "--html", pages, "--bundle", pack)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [f"已写 {path}: 清单 2 份, 事项 4 行" for path in (book, pages, pack)]
    assert sorted(path.name for path in pages.iterdir()) == ["city-list.html", "province-list.html"]
    assert "manifest.json" in zipfile.ZipFile(pack).namelist()
    again = run("import", book, "--rules", rules)
    assert again.output.splitlines() == [
        f"清单 {code}: {list_digest(small().rule_set, code)}, 与导出时相同" for code in (CITY, PROVINCE)
    ] + ["没有改动"]
    assert (rules / FILE).read_text("utf-8") == SMALL


def test_a_day_leaves_what_is_printed_and_no_row_of_a_workbook(rules: Path, tmp_path: Path) -> None:
    book, shown = tmp_path / "one.xlsx", tmp_path / "one.html"
    assert run("export", rules, "--list", CITY, "--on", "2025-01-01", "--xlsx", book, "--html", shown).exit_code == 0
    assert shown.read_text("utf-8").count("<tr>") == 3  # titles, m1, m2 from 2025 on
    assert openpyxl.load_workbook(book)[CITY].max_row == FIRST + 2


def test_a_change_is_written_into_the_library(rules: Path, tmp_path: Path) -> None:
    book = tmp_path / "one.xlsx"
    run("export", rules, "--list", CITY, "--xlsx", book)
    book.write_bytes(changed(book.read_bytes(), put(CITY, "备注", "改过")))
    result = run("import", book, "--rules", rules)
    assert result.exit_code == 0, result.output
    assert "与导出时不同" in result.output and f"已写: {FILE}" in result.output
    text = (rules / FILE).read_text("utf-8")
    assert [line for line in text.splitlines() if line not in SMALL.splitlines()] == ["        remark: 改过"]
    assert sorted(path.name for path in rules.iterdir()) == [FILE]  # nothing is left beside it


def test_or_beside_it(rules: Path, tmp_path: Path) -> None:
    book, out = tmp_path / "one.xlsx", tmp_path / "out"
    run("export", rules, "--list", CITY, "--xlsx", book)
    book.write_bytes(changed(book.read_bytes(), put(CITY, "备注", "改过")))
    assert run("import", book, "--rules", rules, "--out", out).exit_code == 0
    assert (rules / FILE).read_text("utf-8") == SMALL
    assert "remark: 改过" in (out / FILE).read_text("utf-8")


OPTIONS = (
    *("--list", "other-city", "--organ", "market", "--region", "441900", "--instrument", "city-notice"),
    *("--title", "某市免罚清单", "--from", "2022-06-01", "--until", "2029-12-31", "--kind", "首违不罚"),
)


def test_a_list_in_the_official_columns_alone(rules: Path, tmp_path: Path) -> None:
    book = tmp_path / "sent.xlsx"
    book.write_bytes(sent(ROW))
    result = run("import", book, "--rules", rules, *OPTIONS)
    assert result.exit_code == 0, result.output
    assert "已写: exemptions/other-city.yaml" in result.output
    shown = json.loads(run("lists", rules, "--json").output)["lists"]
    (other,) = [one for one in shown if one["code"] == "other-city"]
    assert (other["title"], other["until"], other["entries"], other["verified"]) == (
        "某市免罚清单",
        "2029-12-31",
        1,
        False,
    )


def test_a_draft(rules: Path, tmp_path: Path) -> None:
    book = tmp_path / "sent.xlsx"
    book.write_bytes(sent(row(measures="罚站")))
    refused = run("import", book, "--rules", rules, *OPTIONS)
    assert refused.exit_code == 1 and "sent.xlsx!Sheet!G2:2:7: 没有柔性措施“罚站”" in refused.stderr
    assert not (rules / "exemptions").exists()
    assert run("import", book, "--rules", rules, *OPTIONS, "--draft").exit_code == 0
    assert "配套监管措施原文: 罚站" in (rules / "exemptions" / "other-city.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (OPTIONS[:-2], "还要写 --kind"),
        ((*OPTIONS, "--organ", "markt"), "规则库里没有 markt 是不是 market?"),
        ((*OPTIONS, "--kind", "never"), "没有类别 never"),
        ((*OPTIONS, "--from", "2022"), "不是日期"),
        (("--draft",), "还要写 --list"),
    ],
)
def test_options_that_make_no_sense_are_2(rules: Path, tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    book = tmp_path / "sent.xlsx"
    book.write_bytes(sent(ROW))
    result = run("import", book, "--rules", rules, *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_file_that_is_not_there_is_2(rules: Path) -> None:
    assert run("import", "no/such.xlsx", "--rules", rules).exit_code == 2


def test_a_library_of_other_people_is_not_half_written(rules: Path, tmp_path: Path) -> None:
    """Where one file can't be written none is: here a directory stands where a file has to go."""
    book = tmp_path / "sent.xlsx"
    book.write_bytes(sent(row(title="卖过期食品", code="440216139000"), ROW))
    (rules / "exemptions" / "other-city.yaml").mkdir(parents=True)
    result = run("import", book, "--rules", rules, *OPTIONS)
    assert result.exit_code == 2 and "写不了" in result.stderr
    assert (rules / FILE).read_text("utf-8") == SMALL
    assert not list(rules.rglob("*.part"))


def test_the_shipped_library_goes_out(tmp_path: Path) -> None:
    book = tmp_path / "dongguan.xlsx"
    result = run("export", RULES, "--region", "441900", "--on", "2026-11-20", "--xlsx", book)
    assert result.exit_code == 0, result.output
    lists = shipped().rule_set.catalogue.exemption_lists
    tabs = openpyxl.load_workbook(book).sheetnames[1:-1]
    assert tabs and {lists[code].region for code in tabs} <= {"000000", "440000", "441900"}
    shutil.rmtree(tmp_path)
