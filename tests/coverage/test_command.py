"""The command: exit statuses, and reports whose numbers open to their cases."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import openpyxl
import pytest
from typer.testing import CliRunner

from creditgate_server.cli.main import app
from creditgate_server.coverage.counting import Report
from creditgate_server.decision.outcome import Outcome
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.outcomes.values import MeasureDone
from creditgate_server.registry.identity import PersonKey
from creditgate_server.rulebook.language import Role
from creditgate_server.storage.database import migrate, open_store

from ..outcomes.answers import decision, measure, report
from ..outcomes.ledgers import open_book
from .files import ISSUED, ROOT, as_csv, firm, licence, noon

CITIZEN = "11010519491231002X"
"""The example of GB 11643-1999."""


@pytest.fixture
def gate(tmp_path: Path) -> str:
    """A store in which firm 1 was checked, firm 2 was and the measure applied, and so was a citizen."""
    address = f"sqlite:///{tmp_path / 'gate.db'}"
    store = open_store(address)
    migrate(store)
    person = PersonKey.load(tmp_path / "gate.db.person-key", create=True).hash(CITIZEN)
    at = noon(ISSUED - timedelta(days=1))
    with open_book(store) as book:
        for subject, decided in (
            (firm(1), decision(Outcome.CLEAR)),
            (firm(2), decision(Outcome.MEASURES, measure("strict-review"))),
            (person, decision(Outcome.CLEAR)),
        ):
            subjects = (SubjectInRole(identifier=subject, role=Role.APPLICANT),)
            receipt = book.check(decided, at=at, subjects=subjects)
            if decided.measures:
                book.report(receipt, report(MeasureDone(code="strict-review", applied=True)), at=at)
    store.close()
    return address


def run(gate: str, *arguments: str | Path):
    options = ["--store", gate, "--rules", str(ROOT / "rules")]
    return CliRunner().invoke(app, ["coverage", "reconcile", *map(str, arguments), *options])


def test_all_covered_is_0(gate: str, tmp_path: Path) -> None:
    file = as_csv(tmp_path / "a.csv", licence(firm(1)), licence(firm(2)), licence(firm(2)))
    done = run(gate, file)
    assert done.exit_code == 0, done.output
    assert "核查率 100.00%, 到位率 100.00%" in done.output


def test_a_miss_is_1(gate: str, tmp_path: Path) -> None:
    done = run(gate, as_csv(tmp_path / "a.csv", licence(firm(1)), licence(firm(9))))
    assert done.exit_code == 1, done.output
    assert "未核查: 1" in done.output


def test_a_row_that_can_not_be_told_is_1(gate: str, tmp_path: Path) -> None:
    done = run(gate, as_csv(tmp_path / "a.csv", licence(firm(1)), licence("", document="甲1")))
    assert done.exit_code == 1, done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--map", "subject=码"], "缺少字段 issued_on、item"),
        (["--map", "subject=码,issued_on=日,item=事,colour=色"], "colour=色"),
        (["--map", "subject=码,issued_on=日,item=事"], "没有列“码”"),
        (["--window-days", "-1"], "window-days"),
    ],
)
def test_a_wrong_call_is_2(gate: str, tmp_path: Path, arguments: list[str], said: str) -> None:
    done = run(gate, as_csv(tmp_path / "a.csv", licence(firm(1))), *arguments)
    assert done.exit_code == 2, done.output
    assert said in done.output


def test_a_store_that_does_not_exist_is_2_and_is_not_made(tmp_path: Path) -> None:
    done = run(f"sqlite:///{tmp_path / 'none.db'}", as_csv(tmp_path / "a.csv", licence(firm(1))))
    assert done.exit_code == 2
    assert not (tmp_path / "none.db").exists()


def test_an_items_file_with_an_unknown_item_is_2(gate: str, tmp_path: Path) -> None:
    items = as_csv(tmp_path / "items.csv", ("食品证", "no-such-item"), headers=("许可名称", "事项代码"))
    done = run(gate, as_csv(tmp_path / "a.csv", licence(firm(1))), "--items", items)
    assert done.exit_code == 2
    assert "第 2 行" in done.output


def test_an_items_file_names_the_item(gate: str, tmp_path: Path) -> None:
    items = as_csv(tmp_path / "items.csv", ("食品证", "food-business-licence"), headers=("许可名称", "事项代码"))
    file = as_csv(tmp_path / "a.csv", licence(firm(1), item="食品证"))
    assert run(gate, file).exit_code == 1
    assert run(gate, file, "--items", items).exit_code == 0


def test_a_citizens_licence_is_matched_by_the_keyed_hash_alone(gate: str, tmp_path: Path) -> None:
    row = (*licence(""), "身份证", CITIZEN)
    headers = ("行政相对人名称", "统一社会信用代码", "行政许可决定文书号", "许可证书名称", "许可决定日期", "许可内容")
    file = as_csv(tmp_path / "a.csv", row, headers=(*headers, "许可机关", "项目名称", "证件类型", "证件号码"))
    told = tmp_path / "a.json"
    done = run(gate, file, "--json", told)
    assert done.exit_code == 0, done.output
    assert CITIZEN not in told.read_text("utf-8")


class _Page(HTMLParser):
    """Cells of tables as text, links and the rows that they may lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "tr" and given.get("id"):
            self.targets.add(given["id"] or "")


def test_numbers_open_to_their_cases_in_every_report(gate: str, tmp_path: Path) -> None:
    rows = [licence(firm(number), organ="=甲<局>") for number in (1, 2, 7, 8, 9)]
    json, xlsx, html = (tmp_path / f"r.{ending}" for ending in ("json", "xlsx", "html"))
    run(gate, as_csv(tmp_path / "a.csv", *rows), "--json", json, "--xlsx", xlsx, "--html", html)

    told = msgspec.json.decode(json.read_bytes(), type=Report)
    places = told.by_organ[0].cases["not_checked"]
    assert [told.cases[place].subject for place in places] == [firm(7), firm(8), firm(9)]

    book = openpyxl.load_workbook(xlsx)
    headers = [cell.value for cell in book["明细"][1]]
    link = book["明细"][2][headers.index("未核查")]
    assert link.value == 3
    target = re.fullmatch(r"'案件'!C(\d+)", link.hyperlink.location)
    assert target is not None
    first = int(target[1])
    found = [book["案件"][row] for row in range(first, first + 3)]
    assert [row[2].value for row in found] == ["未核查"] * 3
    assert [row[7].value for row in found] == [firm(7), firm(8), firm(9)]
    assert found[0][3].data_type == "s", "text that looks like a formula stays text"

    text = html.read_text("utf-8")
    page = _Page()
    page.feed(text)
    assert {link.removeprefix("#") for link in page.links} == page.targets == {f"c{place}" for place in range(5)}
    opened = '<details><summary>3</summary><div><a href="#c2">3</a> <a href="#c3">4</a> <a href="#c4">5</a></div>'
    assert text.count(opened) == 4, "by organ, by item, by month and by all"
    applied = '<td class="n"><details><summary>1</summary><div><a href="#c1">2</a></div></details></td>' * 2
    assert text.count(applied + '<td class="n">0</td>' * 2) == 4, "measures ordered and applied, refused, silent"
    assert "<svg" in text
    assert "<局>" not in text
    assert not re.search(r"<script|src=|href=\"[^#]|url\(", text)


def test_control_characters_do_not_stop_the_workbook(gate: str, tmp_path: Path) -> None:
    xlsx = tmp_path / "r.xlsx"
    file = as_csv(tmp_path / "a.csv", licence(firm(1), document="甲\x0b1", organ="乙\x01局"))
    assert run(gate, file, "--xlsx", xlsx).exit_code == 0
    row = openpyxl.load_workbook(xlsx)["案件"][2]
    assert (row[3].value, row[8].value) == ("乙局", "甲1")


def test_a_missing_rule_library_is_2(gate: str, tmp_path: Path) -> None:
    file = as_csv(tmp_path / "a.csv", licence(firm(1)))
    done = CliRunner().invoke(
        app, ["coverage", "reconcile", str(file), "--store", gate, "--rules", str(tmp_path / "none")]
    )
    assert done.exit_code == 2, done.output
