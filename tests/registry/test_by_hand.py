"""What goes wrong when a person does it by hand: rejects corrected twice, both sides of a relation named twice, a name
that is none. By the command line, on files of one's own.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.commands import Done, command

from .sources import FIRM, OTHER, ROOT

_PENALTIES = "统一社会信用代码,行政处罚决定书文号,处罚类别,罚款金额（元）,处罚决定日期,处罚机关"
_RELATIONS = "统一社会信用代码,关系人统一社会信用代码,关系人证件类型,关系人证件号码,关系类别,起始日期"
_PERSON = "11010519491231002X"


@pytest.fixture
def penalties(tmp_path: Path) -> Path:
    """A penalty whose amount is not a number."""
    path = tmp_path / "处罚.csv"
    path.write_text(f"{_PENALTIES}\n{FIRM},样罚〔2026〕1号,罚款,3_000_000,2026-11-02,东莞市生态环境局\n", "utf-8")
    return path


def imported(path: Path, *more: object) -> Done:
    where = ("--store", f"sqlite:///{path.parent / 'gate.db'}", "--rules", ROOT / "rules", "--as-of", "2026-11-20")
    return command("import", path, *more, *where)


def rejected(path: Path) -> list[list[str]]:
    with path.with_name(f"{path.name}.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def quality(folder: Path, *more: str) -> Done:
    return command("data", "quality", *more, "--store", f"sqlite:///{folder / 'gate.db'}", "--rules", ROOT / "rules")


def penalty_line(done: Done) -> str:
    (line,) = [one for one in done.stdout.splitlines() if "(penalty)" in one]
    return line


# -- files of rejected rows -------------------------------------------------------------------------------------------


def test_rejected_rows_that_are_still_wrong_when_they_come_again_can_be_corrected_once_more(penalties: Path) -> None:
    imported(penalties)
    first = penalties.with_name("处罚.csv.rejects.csv")
    imported(first)
    headers, row = rejected(first)
    assert headers == ["行号", "字段", "原因", *_PENALTIES.split(",")]
    assert (row[0], row[1], row[6]) == ("2", "罚款金额（元）", "3_000_000")
    second = first.with_name(f"{first.name}.rejects.csv")
    second.write_text(second.read_text("utf-8-sig").replace("3_000_000", "3000000"), "utf-8")
    done = imported(second)
    assert (done.returncode, "新增 1" in done.stdout, "没有处理完" in done.stdout) == (0, True, False)


@pytest.mark.parametrize("way", ["as it is", "by a link"])
def test_rejected_rows_are_not_written_over_a_file_that_is_read(penalties: Path, way: str) -> None:
    before = penalties.read_bytes()
    aside = penalties
    if way == "by a link":
        aside = penalties.with_name("退回.csv")
        aside.symlink_to(penalties)
    done = imported(penalties, "--rejects", aside)
    assert (done.returncode, "--rejects" in done.stderr) == (2, True)
    assert penalties.read_bytes() == before


def test_corrected_rows_are_not_overwritten_by_the_file_that_they_come_from(penalties: Path) -> None:
    imported(penalties)
    corrected = penalties.with_name("处罚.csv.rejects.csv")
    corrected.write_text(corrected.read_text("utf-8-sig").replace("3_000_000", "3000000"), "utf-8")
    done = imported(penalties, corrected)
    assert (done.returncode, "处罚.csv.rejects.csv" in done.stderr) == (2, True)
    assert "3000000" in corrected.read_text("utf-8")
    assert "新增 1" in imported(corrected).stdout


# -- relations --------------------------------------------------------------------------------------------------------


def test_a_relation_with_a_firm_and_a_person_on_its_other_side_is_refused(tmp_path: Path) -> None:
    """One of the two would be left out, and it may be the one who must not do the work."""
    path = tmp_path / "关系.csv"
    path.write_text(f"{_RELATIONS}\n{FIRM},{OTHER},身份证,{_PERSON},法定代表人,2020-01-01\n", "utf-8")
    assert "退回 1" in imported(path).stdout
    assert rejected(path)[1][1:3] == ["关系人证件号码", "关系人既写了统一社会信用代码, 又写了证件号码"]


def test_a_firm_is_no_relation_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "关系.csv"
    path.write_text(f"{_RELATIONS}\n{FIRM},{FIRM.lower()},,,控股股东,2020-01-01\n", "utf-8")
    assert "退回 1" in imported(path).stdout
    assert rejected(path)[1][1:3] == ["关系人统一社会信用代码", "关系人就是主体自己"]


# -- control files ----------------------------------------------------------------------------------------------------


def test_a_control_file_that_announces_nothing_of_a_feed_is_refused(penalties: Path) -> None:
    control = penalties.with_name("控制.csv")
    control.write_text("文件名,数据源,接收条数,金额合计(元)\n处罚.csv,penalty,,\n", "utf-8")
    done = imported(penalties, "--control", control)
    assert (done.returncode, "第 2 行: 接收条数和金额合计都为空" in done.stderr) == (2, True)


@pytest.mark.parametrize("count", ["-1", "1.5"])
def test_rows_are_counted_in_whole_numbers_from_nought(penalties: Path, count: str) -> None:
    control = penalties.with_name("控制.csv")
    control.write_text(f"文件名,数据源,接收条数\n处罚.csv,penalty,{count}\n", "utf-8")
    done = imported(penalties, "--control", control)
    assert (done.returncode, "第 2 行: 接收条数" in done.stderr) == (2, True)


# -- what is told of it -----------------------------------------------------------------------------------------------


def test_quality_names_the_files_that_hold_a_feed_back_until_they_are_settled(penalties: Path) -> None:
    whole = penalties.with_name("前一日.csv")
    whole.write_text(penalties.read_text("utf-8").replace("3_000_000", "1000").replace("1号", "0号"), "utf-8")
    imported(whole)
    assert "完整到 2026-11-20" in penalty_line(quality(penalties.parent))
    imported(penalties)
    done = quality(penalties.parent)
    assert "不视为完整, 没有处理完的文件: 处罚.csv" in penalty_line(done)
    assert "完整到" not in penalty_line(done)
    assert '"waiting":["处罚.csv"]' in quality(penalties.parent, "--json").stdout
    penalties.write_text(penalties.read_text("utf-8").replace("3_000_000", "3000000"), "utf-8")
    imported(penalties)
    assert "完整到 2026-11-20" in penalty_line(quality(penalties.parent))


def test_conflicts_of_a_feed_that_is_none_are_not_told_to_be_none(penalties: Path) -> None:
    imported(penalties)
    where = ("--store", f"sqlite:///{penalties.parent / 'gate.db'}", "--rules", ROOT / "rules")
    done = command("data", "conflicts", "--feed", "credit-chnia", *where)
    assert (done.returncode, "credit-chnia" in done.stderr, done.stdout) == (2, True, "")
