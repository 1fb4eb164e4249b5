"""`creditgate-server rules diff`: exit statuses, files, samples, processes."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from typer.testing import CliRunner, Result

from creditgate_server.cli.rules import app
from creditgate_server.rulebook.language import Role
from creditgate_server.storage.database import Store
from creditgate_server.studies.difference.page import page
from creditgate_server.studies.difference.report import DiffReport, Symbolic, SymbolicVerdict
from tests.shared import store_with_tables

from .people import FORMULA, SCRIPT, SMALL, STRICTER_GRADE, Firm, check_question, fill, library, receipt

ON = "2026-11-20"
EVERY_A_IS_B = (
    ("when: {fact: rating, is: A}", "when: {fact: rating, is: D}"),
    ("{fact: rating, in: [B, C, none]}", "{fact: rating, in: [A, B, C, none]}"),
)


def diff(a: Path, b: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["diff", str(a), str(b), "--on", ON, *options], env={"CREDITGATE_STORE": ""})


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    return library(tmp_path / "stricter", *STRICTER_GRADE)


def test_no_difference_is_0(people: Store, sqlite_url: str) -> None:
    result = diff(SMALL, SMALL, "--store", sqlite_url)
    assert result.exit_code == 0, result.output
    assert "受影响的主体 0 / 10 (0.00%)" in result.output


def test_a_difference_is_1_and_is_shown(people: Store, sqlite_url: str, stricter: Path) -> None:
    result = diff(SMALL, stricter, "--store", sqlite_url)
    assert result.exit_code == 1, result.output
    assert "受影响的主体 1 / 10 (10.00%)" in result.output
    assert "条件: 综合评价为 B、C 或“没有评价” → 综合评价为 B 或“没有评价”" in result.output
    assert "新增 [应当]从严审查 1 个主体" in result.output


def test_rules_that_move_nobody_are_0(people: Store, sqlite_url: str, tmp_path: Path) -> None:
    five = library(tmp_path / "five", ("at_least: 3", "at_least: 4"), ("within_months: 24", "within_months: 48"))
    three = library(tmp_path / "three", ("within_months: 24", "within_months: 48"))
    assert diff(SMALL, three, "--store", sqlite_url).exit_code == 0
    assert diff(SMALL, five, "--store", sqlite_url).exit_code == 1  # a4 has three


def test_without_a_store_rules_that_can_differ_are_1(stricter: Path) -> None:
    result = diff(SMALL, stricter)
    assert result.exit_code == 1, result.output
    assert "没有指定数据库" in result.output
    assert diff(SMALL, SMALL).exit_code == 0


def test_a_store_that_is_none_is_2_and_is_not_made(stricter: Path, tmp_path: Path) -> None:
    result = diff(SMALL, stricter, "--store", f"sqlite:///{tmp_path / 'nowhere' / 'none.db'}")
    assert result.exit_code == 2
    assert "没有数据库文件" in result.output
    assert not (tmp_path / "nowhere").exists()


def test_a_store_without_tables_is_2(stricter: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    assert diff(SMALL, stricter, "--store", f"sqlite:///{tmp_path / 'empty.db'}").exit_code == 2


def test_a_database_of_another_kind_is_2(stricter: Path) -> None:
    assert diff(SMALL, stricter, "--store", "mysql://x/y").exit_code == 2


def test_a_broken_library_is_2_and_its_faults_are_named(tmp_path: Path) -> None:
    broken = library(tmp_path / "broken", ("{measure: ban, duty", "{measure: bann, duty"))
    result = diff(SMALL, broken)
    assert result.exit_code == 2
    assert "measures.yaml:20:21" in result.output


def test_a_file_that_cannot_be_written_is_2(tmp_path: Path) -> None:
    assert diff(SMALL, SMALL, "--json", str(tmp_path / "none" / "report.json")).exit_code == 2


def test_json_reads_back_as_the_report(people: Store, sqlite_url: str, stricter: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    diff(SMALL, stricter, "--store", sqlite_url, "--json", str(file))
    report = msgspec.json.decode(file.read_bytes(), type=DiffReport)
    assert report.subjects is not None
    assert report.subjects.affected.moved == 1
    assert msgspec.json.encode(report) == file.read_bytes()


def test_csv_has_one_row_a_move_and_no_formula(people: Store, sqlite_url: str, tmp_path: Path) -> None:
    other, file = library(tmp_path / "other", *EVERY_A_IS_B), tmp_path / "moves.csv"
    ids = receipt(people, [check_question("licence", "market", [("a4", Role.APPLICANT)])])
    assert diff(SMALL, other, "--store", sqlite_url, "--csv", str(file)).exit_code == 1
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    of_a4 = [row for row in rows if row["主体"] == "a4"]
    assert {row["名称"] for row in of_a4} == {"'" + FORMULA}
    told = [(row["方面"], row["部门"], row["事项"], row["原来"], row["改后"], row["回执"]) for row in of_a4]
    assert told == [
        ("信用等级", "", "", "A(优)", "B(良)", ""),
        ("监管等级", "一般(各部门)", "", "低风险", "一般风险", ""),
        ("核查结果和措施", "财政局", "专项资金", "适用激励措施: 可以 绿色通道", "不能确定", ""),
        ("核查结果和措施", "市场监管局", "经营许可", "适用惩戒措施: 可以 绿色通道、可以 现场核查",
         "适用惩戒措施: 可以 现场核查", ""),
        ("核查结果和措施", "市场监管局", "经营许可", "适用惩戒措施: 可以 绿色通道、可以 现场核查",
         "适用惩戒措施: 可以 现场核查", ids[0]),
    ]  # fmt: skip


def test_the_page_is_well_formed_and_runs_nothing(
    people: Store, sqlite_url: str, stricter: Path, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    diff(SMALL, stricter, "--store", sqlite_url, "--html", str(file))
    text = file.read_text("utf-8")
    root = ElementTree.fromstring(text)
    tags = {element.tag for element in root.iter()}
    assert not tags & {"script", "img", "link", "iframe"}
    assert "{http://www.w3.org/2000/svg}rect" in tags
    assert SCRIPT in [element.text for element in root.iter("td")]
    assert "<script" not in text
    assert not re.search("https?:", text.replace("http://www.w3.org/2000/svg", ""))


def test_a_symbolic_verdict_is_shown(people: Store, sqlite_url: str, stricter: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    diff(SMALL, stricter, "--store", sqlite_url, "--json", str(file))
    report = msgspec.json.decode(file.read_bytes(), type=DiffReport)
    symbolic = Symbolic(verdict=SymbolicVerdict.STRICTER, explanation="已证明", witnesses=("综合评价为 C 的企业",))
    shown = page(msgspec.structs.replace(report, symbolic=symbolic))
    assert "更严" in shown
    assert "综合评价为 C 的企业" in shown


def test_a_sample_is_named_with_its_bounds(people: Store, sqlite_url: str, stricter: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    result = diff(SMALL, stricter, "--store", sqlite_url, "--sample", "4", "--seed", "3", "--json", str(file))
    report = msgspec.json.decode(file.read_bytes(), type=DiffReport)
    assert report.subjects is not None
    assert report.subjects.sampling is not None
    assert (report.subjects.sampling.size, report.subjects.sampling.population) == (4, 10)
    affected = report.subjects.affected
    assert affected.low_ppm <= 1_000_000 * affected.moved // 4 < affected.high_ppm
    assert "从 10 个主体中抽取 4 个(种子 3)" in result.output
    assert "95% 区间" in result.output


@pytest.fixture
def many(tmp_path: Path) -> str:
    """More subjects than one process judges alone."""
    address = f"sqlite:///{tmp_path / 'many.db'}"
    store = store_with_tables(address)
    ratings = "AABBBCD"
    fill(
        store,
        (
            Firm(f"s{number:04d}", ratings[number % 7], penalties=number % 4, lists=("wages",) * (number % 11 == 0))
            for number in range(2_100)
        ),
    )
    store.close()
    return address


@pytest.mark.process
def test_processes_change_nothing(many: str, stricter: Path, tmp_path: Path) -> None:
    written = []
    for processes in ("1", "2"):
        files = [tmp_path / f"{processes}.json", tmp_path / f"{processes}.csv"]
        options = ("--store", many, "--processes", processes, "--json", str(files[0]), "--csv", str(files[1]))
        assert diff(SMALL, stricter, *options).exit_code == 1
        report = msgspec.json.decode(files[0].read_bytes(), type=DiffReport)
        written.append((msgspec.structs.replace(report, known_at=""), files[1].read_bytes()))
    assert written[0] == written[1]
    report, rows = written[0]
    assert report.subjects is not None
    moved = sum(1 for number in range(2_100) if number % 7 == 5 and number % 11)  # rated C, not on the list
    assert report.subjects.grade.rate.moved == moved
    (cell,) = [cell for cell in report.subjects.grade.cells if cell.before != cell.after]
    assert len(cell.examples) == 20
    assert rows.count(b"\r\n") > 3 * moved
