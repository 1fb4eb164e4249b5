"""A file that holds other than its sender announced: the command says what, and ends with a status that scripts see."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import Done, command

from .sources import FIRM, ROOT

_HEADERS = "统一社会信用代码,行政处罚决定书文号,处罚类别,罚款金额（元）,处罚决定日期,处罚机关"
_DELIVERED, _UNLIKE, _UNUSABLE = 0, 1, 2


@pytest.fixture
def penalties(tmp_path: Path) -> Path:
    """Two penalties of 1000 元."""
    path = tmp_path / "处罚.csv"
    rows = [f"{FIRM},样罚〔2026〕{number}号,罚款,1000,2026-11-02,东莞市生态环境局" for number in (1, 2)]
    path.write_text("\n".join([_HEADERS, *rows]) + "\n", "utf-8")
    return path


def imported(*arguments: object) -> Done:
    store = next(one for one in arguments if isinstance(one, Path)).parent / "gate.db"
    where = ("--store", f"sqlite:///{store}", "--rules", ROOT / "rules", "--as-of", "2026-11-20")
    return command("import", *arguments, *where)


@pytest.mark.parametrize("announced", [1, 3, 743])
def test_other_rows_than_announced_are_told_in_one_line_and_by_the_status(penalties: Path, announced: int) -> None:
    done = imported(penalties, "--expect", announced)
    assert done.returncode == _UNLIKE
    told = [line for line in done.stdout.splitlines() if "不符" in line]
    assert told == [f"  与公布的总数不符, 数据源不视为完整: 应有 {announced} 行, 收到 2 行"]
    assert imported(penalties, "--expect", 2).returncode == _DELIVERED


@pytest.mark.parametrize("more", ["--complete", "--dry-run"])
def test_no_option_makes_other_rows_than_announced_right(penalties: Path, more: str) -> None:
    assert imported(penalties, "--expect", 3, more).returncode == _UNLIKE
    assert imported(penalties, "--expect", 2, more).returncode == _DELIVERED


@pytest.mark.parametrize(
    ("totals", "told"),
    [
        ("penalty,3,2000", "行政处罚和许可双公示数据: 应有 3 条, 收下 2 条"),
        ("penalty,2,2500", "行政处罚和许可双公示数据: 金额合计应为 2,500.00 元, 收下的是 2,000.00 元"),
    ],
)
def test_other_totals_than_a_control_file_has_are_told_so(penalties: Path, totals: str, told: str) -> None:
    control = penalties.with_name("控制.csv")
    control.write_text(f"文件名,数据源,接收条数,金额合计(元)\n处罚.csv,{totals}\n", "utf-8")
    done = imported(penalties, "--control", control)
    assert done.returncode == _UNLIKE
    assert f"  与公布的总数不符, 数据源不视为完整: {told}" in done.stdout.splitlines()
    control.write_text("文件名,数据源,接收条数,金额合计(元)\n处罚.csv,penalty,2,2000\n", "utf-8")
    assert imported(penalties, "--control", control).returncode == _DELIVERED


def test_of_several_files_one_that_is_short_makes_the_status_and_one_that_is_refused_prevails(penalties: Path) -> None:
    other = penalties.with_name("另.csv")
    other.write_text(penalties.read_text("utf-8").replace("样罚", "另罚"), "utf-8")
    control = penalties.with_name("控制.csv")
    control.write_text("文件名,数据源,接收条数\n处罚.csv,penalty,3\n另.csv,penalty,2\n", "utf-8")
    done = imported(penalties, other, "--control", control)
    assert (done.returncode, done.stdout.count("不符"), "另.csv(行政处罚双公示): 共 2 行" in done.stdout) == (
        _UNLIKE,
        1,
        True,
    )
    other.write_text("统一社会信用代码,金额\n", "utf-8")
    assert imported(penalties, other, "--control", control).returncode == _UNUSABLE
