"""`creditgate-server rules test`: what it says of tests that fail, and with which status it ends."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .library import run, with_tests

SOUND = """\
day: 2026-11-01
subjects:
  good: {attributes: {founded: 2020-01-01}, ratings: {rating: A}}
tests:
  - name: 评价优有绿色通道
    item: fund-grant
    subject: good
    expect: {outcome: incentives, grade: A, measures: [fast-lane optional], rules: [base-incentive], set_aside: []}
  - name: 欠薪不予许可
    item: food-licence
    subject: {like: good, records: [wage-arrears 2026-01-01]}
    expect: {outcome: prohibited, grade: D, level: key, measures: [no-licence mandatory]}
"""


def replaced(old: str, new: str) -> str:
    assert SOUND.count(old) == 1
    return SOUND.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("incentives,", "clear,", "8:23", "结论: 应为 无措施(clear), 实为 激励(incentives)"),
        ("grade: A,", "grade: D,", "8:42", "公共信用等级: 应为 差(D), 实为 优(A)"),
        ("level: key", "level: open", "12:52", "监管等级: 应为 不能确定(open), 实为 重点监管(key)"),
        (
            "[fast-lane optional]",
            "[]",
            "8:55",
            "措施: 应为 (无), 实为 绿色通道(fast-lane) 可以; 多出 绿色通道(fast-lane) 可以",
        ),
        (
            "[no-licence mandatory]",
            "[no-licence optional]",
            "12:67",
            "缺少 不予许可(no-licence) 可以; 多出 不予许可(no-licence) 应当",
        ),
        ("[base-incentive]", "[]", "8:84", "多出 base-incentive@2021-01-01"),
        ("set_aside: []", "set_aside: [fast-lane]", "8:113", "缺少 绿色通道(fast-lane)"),
    ],
    ids=["outcome", "grade", "level", "unlisted measure", "duty", "rule", "set aside"],
)
def test_an_expectation_that_is_not_met_is_shown_with_its_place(
    tmp_path: Path, old: str, new: str, place: str, message: str
):
    library = with_tests(tmp_path, replaced(old, new))
    result = run(library)
    assert result.exit_code == 1
    (line,) = [line for line in result.output.splitlines() if "未通过" in line]
    assert line.startswith(f"{library / 'tests' / 'cases.yaml'}:{place}: 用例“")
    assert message in line
    assert "规则用例 2 个: 通过 1, 失败 1, 跳过 0, 草稿 0" in result.output


def test_all_passed(tmp_path: Path):
    result = run(with_tests(tmp_path, SOUND))
    assert (result.exit_code, result.output) == (0, "规则用例 2 个: 通过 2, 失败 0, 跳过 0, 草稿 0\n")


def test_a_skipped_test_is_shown_with_its_reason_and_not_run(tmp_path: Path):
    failing = replaced("grade: A, ", "grade: D, ").replace("    item: fund", "    skip: 待核对\n    item: fund")
    library = with_tests(tmp_path, failing)
    result = run(library, "--coverage")
    assert result.exit_code == 0
    assert "用例“评价优有绿色通道”跳过: 待核对" in result.output
    assert "规则 base-incentive@2021-01-01 从未成立" in result.output
    assert "通过 1, 失败 0, 跳过 1" in result.output


def test_a_draft_counts_for_nothing(tmp_path: Path):
    library = with_tests(tmp_path, replaced("    item: fund", "    draft: true\n    item: fund"))
    result = run(library, "--coverage")
    assert result.exit_code == 0
    assert "规则 base-incentive@2021-01-01 从未成立" in result.output
    assert "通过 1, 失败 0, 跳过 0, 草稿 1" in result.output


def test_a_test_without_an_item_asks_grade_and_level_alone(tmp_path: Path):
    text = """\
day: 2026-11-01
tests:
  - name: 名单内的企业
    organ: market-office
    subject: {ratings: {rating: A}, records: [wage-arrears 2026-01-01]}
    expect: {grade: D, level: key, rules: [grade-a, grade-d, level-key], undetermined: []}
  - name: 评价没有送达
    organ: market-office
    feeds: {credit-feed: silent}
    expect: {grade: open, level: open, rules: [], undetermined: ["feed:credit-feed"]}
"""
    result = run(with_tests(tmp_path, text))
    assert result.exit_code == 0, result.output


def test_measures_of_several_subjects_are_told_apart(tmp_path: Path):
    text = """\
day: 2026-11-01
tests:
  - name: 两个主体
    item: food-licence
    subjects: [{role: applicant, records: [wage-arrears 2026-01-01]}, {role: legal_representative, kind: person}]
    facts: {missing: 9}
    expect: {grade: [D, open], measures: [no-licence mandatory @2]}
"""
    result = run(with_tests(tmp_path, text))
    assert result.exit_code == 1
    assert "缺少 不予许可(no-licence @2) 应当; 多出 不予许可(no-licence @1) 应当" in result.output


def test_the_filter_picks_by_name(tmp_path: Path):
    library = with_tests(tmp_path, replaced("grade: D,", "grade: A,"))
    assert run(library, "--filter", "绿色").exit_code == 0
    failing = run(library, "--filter", "欠薪")
    assert failing.exit_code == 1
    assert "规则用例 1 个: 通过 0, 失败 1" in failing.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--filter", "没有这样的"), "没有名称含“没有这样的”的用例"),
        (("--filter", "绿色", "--threshold-rules", "10"), "--filter 只运行一部分用例"),
        (("--threshold-rules", "101"), "Usage"),
        (("--junit", "/nowhere/file.xml"), "写不了 /nowhere/file.xml"),
    ],
)
def test_what_makes_no_sense_is_unusable(tmp_path: Path, options: tuple[str, ...], message: str):
    result = run(with_tests(tmp_path, SOUND), *options)
    assert result.exit_code == 2
    assert message in result.output


def test_faults_of_tests_and_of_rules_are_unusable(tmp_path: Path):
    library = with_tests(tmp_path, replaced("outcome: incentives", "outcom: incentives"))
    result = run(library)
    assert result.exit_code == 2
    fault = f"{library / 'tests' / 'cases.yaml'}:8:14: 没有字段 outcom [评价优有绿色通道] → 是不是 outcome?"
    assert fault in result.output
    (library / "rules-level.yaml").write_text("book: level\n", encoding="utf-8")
    assert run(library).exit_code == 2


def test_a_library_without_tests_is_unusable(tmp_path: Path):
    library = with_tests(tmp_path, SOUND)
    (library / "tests" / "cases.yaml").unlink()
    result = run(library)
    assert result.exit_code == 2
    assert f"{library / 'tests'}:1:1: 没有规则用例" in result.output


def test_coverage_names_what_is_missing_with_its_place(tmp_path: Path):
    library = with_tests(tmp_path, SOUND)
    result = run(library, "--coverage")
    book = library / "rules-measures.yaml"
    assert f"{book}:3:9: 未覆盖: 规则 base-restraint@2021-01-01 从未成立" in result.output
    assert f"{book}:3:9: 未覆盖: 规则 base-restraint@2021-01-01 的条件从未成立: 申请告知承诺" in result.output
    assert "规则 base-prohibition@2021-01-01 的条件从未不成立: " in result.output
    assert "未覆盖: 依据 《部门规章》第十条 没有在成立的规则中出现" in result.output
    assert "覆盖: 规则 5/6(83.3%), 条件两面 16/30(53.3%), 依据条款 4/6(66.7%)" in result.output


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("--threshold-rules", "83"), 0),
        (("--threshold-rules", "84"), 1),
        (("--threshold-conditions", "53"), 0),
        (("--threshold-conditions", "54"), 1),
    ],
)
def test_thresholds_are_inclusive(tmp_path: Path, options: tuple[str, ...], status: int):
    result = run(with_tests(tmp_path, SOUND), *options)
    assert result.exit_code == status
    assert ("低于要求的" in result.output) == bool(status)


def test_junit_is_well_formed_and_has_every_test(tmp_path: Path):
    skipped_test = "  - {name: '<丙> & \"丁\"', skip: 待核对, item: fund-grant, expect: {grade: A}}\n"
    text = replaced("grade: D,", "grade: A,") + skipped_test
    library = with_tests(tmp_path, text)
    run(library, "--junit", str(tmp_path / "junit.xml"))
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("3", "1", "1")
    (suite,) = root
    assert suite.get("name") == str(library / "tests" / "cases.yaml")
    assert [case.get("name") for case in suite] == ["评价优有绿色通道", "欠薪不予许可", '<丙> & "丁"']
    failure, skipped = suite[1].find("failure"), suite[2].find("skipped")
    assert failure is not None
    assert "公共信用等级: 应为 优(A), 实为 差(D)" in failure.get("message", "")
    assert skipped is not None
    assert skipped.get("message") == "待核对"
    assert len(suite[0]) == 0


def test_json_has_results_and_coverage(tmp_path: Path):
    library = with_tests(tmp_path, replaced("grade: D,", "grade: A,"))
    result = run(library, "--json", "--threshold-rules", "90")
    answer = json.loads(result.output)
    assert result.exit_code == 1
    assert answer["passed"] is False
    assert answer["counts"] == {"passed": 1, "failed": 1, "skipped": 0, "draft": 0}
    assert answer["tests"][1]["status"] == "failed"
    assert answer["tests"][1]["mismatches"][0]["line"] == 12
    assert answer["coverage"]["rules"] == {"covered": 5, "total": 6, "percent": 83.33}
    assert [entry["rule"] for entry in answer["coverage"]["uncovered_rules"]] == ["base-restraint@2021-01-01"]
    assert answer["below_threshold"] == ["规则覆盖 83.3%, 低于要求的 90%"]
