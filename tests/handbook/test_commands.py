"""`rules explain` and `rules doc` as an administrator calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from creditgate_server.cli.rules import app

from ..rulebooks.test_rulebooks import BASE

ROOT = Path(__file__).resolve().parents[2]
RULES = str(ROOT / "rules")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def small(tmp_path: Path) -> str:
    folder = tmp_path / "rules"
    folder.mkdir()
    for name, content in BASE.items():
        (folder / name).write_bytes(content)
    return str(folder)


def test_a_rule_in_sentences(small: str):
    result = run("explain", "base-prohibition", "--rules", small)
    assert result.exit_code == 0
    assert result.output == (
        "规则 base-prohibition, 共 1 个版本\n"
        "  2021-01-01 起: 法律规定不予许可\n"
        "\n"
        "法律规定不予许可  [base-prohibition@2021-01-01]\n"
        "  册: 措施\n"
        "  有效期: 2021-01-01 起\n"
        "  核实状态: 待核实: 还没有法制人员与原文核对\n"
        "  对谁: 申请人\n"
        "  在哪里问\n"
        "    事项: 食品经营许可\n"
        "    主管部门: 不限\n"
        "    环节: 不限\n"
        "  什么条件下\n"
        "    有仍有效的“拖欠农民工工资失信联合惩戒对象名单”记录\n"
        "  给出什么\n"
        "    应当采取失信惩戒措施“不予许可”\n"
        "    怎样办: 不予许可\n"
        "    这是法律、行政法规规定的禁止: 成立时, 结论为依法不予办理\n"
        "  依据\n"
        "    1. 《信用基本法》(第1号)第十二条; 法律, 2020-01-01 起施行, 待核实\n"
    )


def test_all_versions_without_a_day_and_one_on_a_day():
    both = run("explain", "customs-senior", "--rules", RULES).output
    assert "[customs-senior@2021-11-01]" in both
    assert "[customs-senior@2026-04-01]" in both
    one = run("explain", "customs-senior", "--rules", RULES, "--on", "2026-03-31").output
    assert "[customs-senior@2021-11-01]" in one
    assert "[customs-senior@2026-04-01]" not in one
    assert "2021-11-01 至 2026-03-31(含首尾两天): 海关高级认证企业  ← 2026-03-31 有效" in one
    assert "待核实: 还没有法制人员与原文核对" in one


def test_a_day_without_a_version_is_said_and_is_no_fault():
    result = run("explain", "customs-senior", "--rules", RULES, "--on", "2021-10-31")
    assert result.exit_code == 0
    assert "2021-10-31: 该日没有这条规则的版本" in result.output
    assert "[customs-senior@" not in result.output


def test_json_has_the_same_words():
    answer = json.loads(run("explain", "customs-senior", "--rules", RULES, "--on", "2026-04-01", "--json").output)
    assert answer["in_force"] == "customs-senior@2026-04-01"
    assert [version["until"] for version in answer["all_versions"]] == ["2026-03-31", None]
    (version,) = answer["versions"]
    assert version["when"] == {"text": "海关企业信用等级为 senior-certified", "parts": []}
    assert version["basis"][0]["instrument"] == "customs-282"
    assert version["gives"] == "应当适用守信激励措施“高级认证企业通关便利”"
    none = json.loads(run("explain", "customs-senior", "--rules", RULES, "--on", "2021-10-31", "--json").output)
    assert (none["in_force"], none["versions"]) == (None, [])


def test_an_unknown_rule_names_the_nearest():
    result = run("explain", "custom-senior", "--rules", RULES)
    assert result.exit_code == 2
    assert "没有规则 custom-senior → 是不是 customs-senior?" in result.stderr


@pytest.mark.parametrize("day", ["2026-02-30", "20260401", "明天", "2026-4-1"])
@pytest.mark.parametrize("command", [("explain", "customs-senior"), ("doc",)], ids=["explain", "doc"])
def test_what_is_no_day_is_refused(command: tuple[str, ...], day: str):
    result = run(*command, "--rules", RULES, "--on", day)
    assert result.exit_code == 2
    assert f"“{day}”不是日期" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", [("explain", "customs-senior"), ("doc",)], ids=["explain", "doc"])
def test_no_library_and_a_broken_one(command: tuple[str, ...], small: str, tmp_path: Path):
    missing = run(*command, "--rules", str(tmp_path / "none"))
    assert missing.exit_code == 2
    assert "没有规则库目录" in missing.stderr
    broken = Path(small) / "broken.yaml"
    broken.write_text("traits:\n  - {code: one, titel: x}\n", encoding="utf-8")
    result = run(*command, "--rules", small)
    assert result.exit_code == 1
    assert f"{broken}:2:17:" in result.stderr


@pytest.mark.process
def test_the_page_is_written_and_the_same_in_every_process(tmp_path: Path):
    pages = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.html"
        script = "from creditgate_server.cli.rules import app; app()"
        arguments = ["doc", "--rules", RULES, "--on", "2026-06-01", "--out", str(out)]
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"已写 {out}: 2026-06-01" in done.stdout
        pages.append(out.read_bytes())
    assert pages[0] == pages[1]
    assert pages[0].startswith(b"<!DOCTYPE html>\n")


def test_the_page_without_a_file_goes_to_standard_output(small: str):
    result = run("doc", "--rules", small, "--on", "2026-06-01")
    assert result.exit_code == 0
    assert result.stdout.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert result.stdout.endswith("</html>\n")


def test_a_file_that_cannot_be_written_is_named(small: str, tmp_path: Path):
    out = tmp_path / "nowhere" / "page.html"
    result = run("doc", "--rules", small, "--out", str(out))
    assert result.exit_code == 2
    assert f"写不了 {out}" in result.stderr


def test_own_practice_and_what_is_missing_are_told(small: str, tmp_path: Path):
    sound = ROOT / "tests" / "rulebooks" / "sound" / "own-practice.yaml"
    Path(small, "own.yaml").write_bytes(sound.read_bytes())
    own = run("explain", "own-caution", "--rules", small, "--on", "2024-01-01").output
    assert "  依据\n    本市自定, 没有法律依据\n" in own
    assert "本市自定的计算期限(own-window): 24 个月; 本市自定, 没有法律依据\n" in own
    by_law = run("explain", "by-law", "--rules", small).output
    assert "第十条; 法律, 2020-01-01 起施行, 待核实; 原文未见\n" in by_law
    page = tmp_path / "handbook.html"
    assert run("doc", "--rules", small, "--out", str(page)).exit_code == 0
    assert page.read_text("utf-8").count("本市自定, 没有法律依据") >= 3  # of the rule, the value, the terms
