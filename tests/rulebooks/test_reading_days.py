"""Days of reading that can't be: to come, or before the text was adopted. Today is told, not looked up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from creditgate_server.cli.rules.check import check_directory
from creditgate_server.rulebook.catalogue import Instrument, Period, Rank
from creditgate_server.rulebook.check_reading_days import adopted_from

from ..commands import command
from ..verifying import READ_ON, REGISTER, with_lines
from .test_rulebooks import BASE
from .test_verification import GRADE_A


def _library(top: Path, *texts: tuple[str, str, str]) -> Path:
    """The small library with one thing verified, some words changed, as a directory."""
    files = with_lines(BASE, GRADE_A)
    for name, before, after in texts:
        assert before in files[name].decode()
        files[name] = files[name].decode().replace(before, after, 1).encode()
    for name, content in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(content)
    return top


def test_a_day_to_come_is_refused_at_its_place_and_the_day_itself_is_not(tmp_path: Path):
    library = _library(tmp_path)
    assert check_directory(library, READ_ON, prove=None, analysed=False).sound
    (fault,) = check_directory(library, date(2026, 11, 30), prove=None, analysed=False).faults
    assert (fault.file, fault.line, fault.column) == (str(library / REGISTER), 7, 9)
    assert fault.message == f"{GRADE_A} 的核对日期 2026-12-01 还没有到, 今天是 2026-11-30"


def test_the_command_refuses_a_day_to_come_and_names_the_line(tmp_path: Path):
    library = _library(tmp_path, (REGISTER, "day: 2026-12-01", "day: 2199-01-01"))
    told = command("rules", "check", library, "--no-proof", "--no-analysis")
    assert told.returncode == 1
    assert f"{library / REGISTER}:7:9: {GRADE_A} 的核对日期 2199-01-01 还没有到" in told.stdout
    assert command("rules", "check", library, "--no-proof", "--no-analysis", "--on", "2199-01-01").returncode == 0


@pytest.mark.parametrize(
    ("number", "title", "day"),
    [
        ("国务院令第654号(2024-03-10 修订)", "企业信息公示暂行条例", date(2024, 3, 10)),
        ("发改法规〔2023〕27号", "通知", date(2023, 1, 1)),
        ("国家税务总局公告2021年第1号", "公告", date(2021, 1, 1)),
        ("", "中华人民共和国行政处罚法(2021修订)", date(2021, 1, 1)),
        ("国务院令第364号", "禁止使用童工规定", None),
        ("", "2021年清单", None),
    ],
)
def test_the_day_of_an_instrument_is_what_its_number_or_title_tells(number: str, title: str, day: date | None):
    in_force = Period(start=date(2026, 8, 15))
    assert adopted_from(Instrument(code="x", title=title, number=number, rank=Rank.LAW, effective=in_force)) == day
