"""Wording off by a number, planted in copies of the real library: `rules check` names the place and both numbers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from creditgate_server.rulebook.check_wording import numbers_of
from creditgate_server.rulebook.language import Rule
from creditgate_server.rulebook.load import LoadedRuleSet
from creditgate_server.rulebook.numbers import TIME, Quantity, Scale, quantities

from ..commands import command
from ..shared import RULES, library


def _first(loaded: LoadedRuleSet, text_of: Callable[[Rule], str], *units: Scale) -> tuple[Rule, Quantity]:
    """The first rule that stands in a YAML file whose text has a number of a unit that its condition has, too."""
    for rule in loaded.rule_set.rules:
        code = numbers_of(rule.when, loaded.rule_set.catalogue)
        for told in quantities(text_of(rule)):
            alike = told.unit in units and any(told.same_number(one) for one in code)
            if alike and loaded.places[rule.key].file.endswith(".yaml"):
                return rule, told
    raise AssertionError(f"no text of the library has a number in {units}")


def _plant(loaded: LoadedRuleSet, rule: Rule, key: str, text: str, wrong: str, copy: Path) -> str:
    """Write another text behind a key of the rule; where the text begins, as `file:line:column`."""
    place = loaded.places[rule.key]
    file = copy / Path(place.file).relative_to(RULES)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    for number in range(place.line - 1, len(lines)):
        at = lines[number].find(f"{key}: ")
        begin = at + len(f"{key}: ")
        if at >= 0 and lines[number][begin:].lstrip('"').startswith(text):
            lines[number] = lines[number][:begin] + lines[number][begin:].replace(text, wrong, 1)
            file.write_text("".join(lines), encoding="utf-8")
            return f"{file}:{number + 1}:{begin + 1}"
    raise AssertionError(f"{text} stands nowhere behind {place}")


@pytest.mark.parametrize(
    ("key", "what", "units"),
    [("title", "标题", tuple(TIME)), ("circumstances", "适用情形", (Scale.MONEY,))],
    ids=["title off by years", "wording off by an amount"],
)
def test_wording_off_by_a_number_is_refused_at_its_place(tmp_path: Path, key: str, what: str, units: tuple[Scale, ...]):
    def text_of(rule: Rule) -> str:
        return rule.title if key == "title" else rule.exempting.circumstances if rule.exempting else ""

    real = library()
    rule, told = _first(real, text_of, *units)
    text = text_of(rule)
    wrong = f"{text[: told.start]}九百九十九{'年' if told.unit in TIME else '元'}({text[told.start :]}"
    copy = Path(shutil.copytree(RULES, tmp_path / "rules"))
    place = _plant(real, rule, key, text, wrong, copy)
    told_now = command("rules", "check", copy, "--no-proof", "--no-analysis")
    assert told_now.returncode == 1
    found = [line for line in told_now.stdout.splitlines() if line.startswith(f"{place}: {what}写的是“")]
    assert len(found) == 1, told_now.stdout
    assert "九百九十九" in found[0]
    assert str(told) in found[0]


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("market-regulation", "同一经营主体二年内", "同一经营主体三年内", "备注写的是“三年内”, first 里却是 24 个月"),
        ("customs", "行为发生前二十四个月内", "行为发生前一年内", "备注写的是“一年内”, first 里却是 24 个月"),
        ("transport", "向前一百八十日内", "向前九十日内", "备注写的是“九十日内”, first 里却是 180 日"),
        ("health", "首次被发现, 没有期间", "首次被发现, 看一年内", "备注写的是“一年内”, first 里却没有期间"),
        (
            "customs",
            "初次违法: 行为发生前二十四个月内",
            "初次违法: 没有期间, ",
            "备注写的是“没有期间”, first 里却是 24 个月",
        ),
    ],
)
def test_a_remark_on_first_violations_is_held_against_their_definition(
    tmp_path: Path, file: str, before: str, after: str, message: str
):
    copy = Path(shutil.copytree(RULES, tmp_path / "rules"))
    written = copy / "exemptions" / f"{file}.yaml"
    lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if "remark: " in line and before in line)
    lines[at] = lines[at].replace(before, after, 1)
    written.write_text("".join(lines), encoding="utf-8")
    told = command("rules", "check", copy, "--no-proof", "--no-analysis")
    assert told.returncode == 1
    assert f"{written}:{at + 1}:{lines[at].index('remark: ') + len('remark: ') + 1}: {message}" in told.stdout


def test_an_entrys_own_remark_on_first_violations_is_held_too(tmp_path: Path):
    copy = Path(shutil.copytree(RULES, tmp_path / "rules"))
    written = copy / "exemptions" / "market-regulation.yaml"
    lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(
        number for number, line in enumerate(lines) if "list: samr-2025-1" in line and line.startswith("      - ")
    )
    lines.insert(at + 1, "        remark: 有效期五年, 首次违法看一年内\n")
    written.write_text("".join(lines), encoding="utf-8")
    told = command("rules", "check", copy, "--no-proof", "--no-analysis")
    assert f"{written}:{at + 2}:17: 备注写的是“一年内”, first 里却是 24 个月" in told.stdout
    lines[at + 1] = "        remark: 有效期五年, 首次违法看二年内\n"
    written.write_text("".join(lines), encoding="utf-8")
    assert "备注写的是" not in command("rules", "check", copy, "--no-proof", "--no-analysis").stdout
