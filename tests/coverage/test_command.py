"""`creditgate-server coverage reconcile`: exit statuses, options, files that are whole or not there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree, ignore_patterns

import msgspec
import pytest
from typer.testing import CliRunner, Result

from creditgate_server.cli.coverage import app
from creditgate_server.clock import legal_day
from creditgate_server.decision.check.decision import Outcome
from creditgate_server.publication.publisher import install
from creditgate_server.registry.identity import PersonKey, key_path
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import Store
from creditgate_server.studies.coverage.cases import CoverageDocument
from tests.outcomes.answers import decision
from tests.outcomes.ledgers import STRICT, Book, open_book
from tests.shared import library

from .conftest import RULES
from .world import CITIZEN, TODAY, Row, asks, firm, person_hash, row, write_csv

NOW = datetime.now(UTC)
ISSUED = legal_day(NOW) - timedelta(days=3)
CHECKED = NOW - timedelta(days=5)
CLEAR = decision(Outcome.CLEAR)


@pytest.fixture
def book(book: Book) -> Book:
    """The ledger of a store that has the shipped rules in force: to read them from files takes ten times as long."""
    install(book.store, library(), "test")
    return book


def command(book: Book, *given: object, rules: Path | None = None) -> Result:
    chosen = ["--rules", str(rules)] if rules else []
    arguments = ["reconcile", "--store", book.store.url.render_as_string(), *chosen, *map(str, given)]
    return CliRunner().invoke(app, arguments, env={"CREDITGATE_STORE": "", "CREDITGATE_PERSON_KEY": ""})


@pytest.fixture
def covered(book: Book, tmp_path: Path) -> Path:
    """A file whose one licence was checked."""
    book.check(CLEAR, at=CHECKED, **asks(firm(1)))
    return write_csv(tmp_path / "a.csv", [row(firm(1), ISSUED)])


@pytest.mark.parametrize("rules", [None, RULES], ids=["in force", "given"])
def test_all_covered_is_0(book: Book, covered: Path, rules: Path | None) -> None:
    result = command(book, covered, rules=rules)
    assert result.exit_code == 0, result.output
    assert "比对许可 1 件: 按时核查率 100.00%, 完全落实率 100.00%; 没有遗漏" in result.output
    assert "应查必查、奖惩到位: 文件中的许可全部落实" in result.output


def test_a_miss_is_1_and_is_shown(book: Book, tmp_path: Path) -> None:
    book.check(STRICT, at=CHECKED, **asks(firm(1)))
    result = command(book, write_csv(tmp_path / "a.csv", [row(firm(1), ISSUED), row(firm(2), ISSUED)]))
    assert result.exit_code == 1, result.output
    assert "应当措施未落实 1、未核查 1" in result.output
    assert "未落实或无法证明的共 2 件(行)" in result.output
    assert "从严审查" in result.output


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        (row(firm(1), "2020-01-01"), 0),  # before the days that are looked at
        (row(firm(1), ISSUED, item="烟花爆竹燃放许可"), 1),
        (row("1", ISSUED), 1),
        (row(firm(1), ""), 1),
    ],
)
def test_a_row_that_proves_nothing_is_1(book: Book, covered: Path, tmp_path: Path, bad: Row, status: int) -> None:
    path = write_csv(tmp_path / "b.csv", [row(firm(1), ISSUED), bad])
    assert command(book, path, "--since", "2026-01-01").exit_code == status
    assert command(book, path).exit_code == 1


def test_rows_of_no_licence_to_be_checked_leave_it_0(book: Book, covered: Path, tmp_path: Path) -> None:
    same = row(firm(1), ISSUED, document="甲")
    mapping = tmp_path / "m.yaml"
    mapping.write_text("items: {营业执照: '-'}", "utf-8")
    path = write_csv(tmp_path / "b.csv", [same, same, row(firm(1), ISSUED, item="营业执照")])
    result = command(book, path, "--map", mapping)
    assert result.exit_code == 0, result.output
    assert "另有 2 行无法比对" in result.output


@pytest.mark.parametrize(
    "wrong",
    [
        ["--map", "subject"],
        ["--map", "subject=甲,issued_on=乙,item=丙"],
        ["--map", "nowhere.yaml"],
        ["--item", "没有的事项"],
        ["--since", "2026-13-01"],
        ["--since", "2026-02-01", "--until", "2026-01-31"],
        ["--until", "2999-01-01"],
        ["--window-days", "-1"],
        ["--late-days", "x"],
        ["--person-key", "/nowhere/key"],
        ["--store", "sqlite:////nowhere/none.db"],
        ["--store", "mysql://x/y"],
        ["--rules", "/nowhere"],
        ["--html", "/nowhere/a.html"],
        ["--json", "/nowhere/a.json"],
        ["--xlsx", "/nowhere/a.xlsx"],
    ],
)
def test_a_wrong_call_is_2(book: Book, tmp_path: Path, wrong: list[str]) -> None:
    path = write_csv(tmp_path / "a.csv", [row("", ISSUED, citizen=CITIZEN)])
    result = command(book, path, *wrong)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert not Path("/nowhere").exists()


def test_a_file_that_is_none_is_2(book: Book, tmp_path: Path) -> None:
    for name, content in (("a.csv", b""), ("b.csv", "许可决定日期\n".encode()), ("c.xlsx", b"none"), ("d.txt", b"x")):
        (tmp_path / name).write_bytes(content)
        assert command(book, tmp_path / name).exit_code == 2
    assert command(book, tmp_path / "none.csv").exit_code == 2


def test_a_store_without_rules_asks_for_them(embedded: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(firm(1), ISSUED)])
    with open_book(embedded) as bare:
        result = command(bare, path)
    assert result.exit_code == 2
    assert "--rules" in result.output


def test_the_rule_set_in_force_is_used_and_earlier_ones_know_former_titles(
    book: Book, covered: Path, tmp_path: Path
) -> None:
    earlier = copytree(RULES, tmp_path / "rules", ignore=ignore_patterns("verification"))
    items = earlier / "catalogue" / "items.yaml"
    items.write_text(items.read_text("utf-8").replace("title: 食品经营许可,", "title: 食品流通许可,"), "utf-8")
    path = write_csv(tmp_path / "b.csv", [row(firm(1), ISSUED, item="食品流通许可证")])
    assert command(book, path).exit_code == 1
    install(book.store, read_directory(earlier), "test")
    install(book.store, library(), "test")
    result = command(book, path)
    assert result.exit_code == 0, result.output


def test_files_are_written_and_hold_the_same(book: Book, covered: Path, tmp_path: Path) -> None:
    names = {kind: tmp_path / f"r.{kind}" for kind in ("html", "xlsx", "json")}
    options = [value for kind, path in names.items() for value in (f"--{kind}", path)]
    assert command(book, covered, *options).exit_code == 0
    document = msgspec.json.decode(names["json"].read_bytes(), type=CoverageDocument)
    assert document.figures.checked_in_time == len(document.cases) == 1
    assert document.files[0].name == "a.csv"
    assert document.cases[0].receipt in names["html"].read_text("utf-8")
    assert names["xlsx"].read_bytes()[:2] == b"PK"
    assert not list(tmp_path.glob("*.part"))


def test_where_it_fails_old_files_stay_and_no_half_ones_are_left(book: Book, covered: Path, tmp_path: Path) -> None:
    for kind in ("json", "xlsx"):
        (tmp_path / f"r.{kind}").write_text("old", "utf-8")
    broken = tmp_path / "b.csv"
    broken.write_bytes(covered.read_bytes() + b'"a')
    options = ["--json", tmp_path / "r.json", "--xlsx", tmp_path / "r.xlsx", "--html", tmp_path / "r.html"]
    assert command(book, broken, *options).exit_code == 2
    assert [(tmp_path / f"r.{kind}").read_text("utf-8") for kind in ("json", "xlsx")] == ["old", "old"]
    assert not (tmp_path / "r.html").exists()
    assert not list(tmp_path.glob("*.part"))


def test_persons_need_the_key_and_nobody_else_does(book: Book, covered: Path, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "b.csv", [row(firm(1), ISSUED), row("", ISSUED, citizen=CITIZEN)])
    assert command(book, covered).exit_code == 0
    result = command(book, path)
    assert (result.exit_code, "自然人证件有误" in result.output) == (1, True)
    book.check(CLEAR, at=CHECKED, **asks(person_hash(CITIZEN)))
    given = tmp_path / "key"
    given.write_bytes(b"k" * 32)
    assert command(book, path, "--person-key", given).exit_code == 0
    beside = key_path(book.store, None)
    beside.write_bytes(b"k" * 32)
    assert command(book, path).exit_code == 0
    beside.write_bytes(b"short")
    assert command(book, path).exit_code == 2
    assert PersonKey(b"k" * 32).hash(CITIZEN, TODAY) == person_hash(CITIZEN)


def test_a_table_of_titles_may_be_given(book: Book, covered: Path, tmp_path: Path) -> None:
    items = tmp_path / "items.csv"
    items.write_text("许可名称,事项代码\n食品证(新),food-business-licence\n", "utf-8")
    path = write_csv(tmp_path / "b.csv", [row(firm(1), ISSUED, item="食品证(新)")])
    assert command(book, path).exit_code == 1
    assert command(book, path, "--items", items).exit_code == 0
