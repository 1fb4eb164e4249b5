"""`rules check` refuses what the analysis finds, at the rule's place, with the subject that shows it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from creditgate_server.cli.rules import app

from .library import GRADE, PARTS, rule
from .test_planted import DEAD, MASKED

STRICT = "{measure: strict, duty: mandatory}"
CASES = {
    "dead": (rule("planted", DEAD["numbers"], STRICT), "永远不会成立", ""),
    "masked": (rule("planted", MASKED["higher"], STRICT, "第五条"), "它从不起作用", "例: 记录: 行政处罚"),
    "contradiction": (
        rule("planted", "{fact: grade, is: A}", "{measure: strict, duty: optional}"),
        "同一情形",
        "例: 综合评价: A",
    ),
    "non-monotone": (rule("planted", "{records: {kinds: [breach]}, at_most: 0}", STRICT), "结果反而变轻", "被问"),
}


def check(folder: Path, measures: str, *options: str, grade: str = GRADE) -> Result:
    for name, text in (PARTS | {"measures": measures, "grade": grade}).items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return CliRunner().invoke(app, ["check", str(folder), "--no-proof", *options])


@pytest.mark.parametrize(("planted", "message", "example"), CASES.values(), ids=list(CASES))
def test_a_finding_has_the_place_of_its_rule(planted: str, message: str, example: str, tmp_path: Path):
    measures = PARTS["measures"].rstrip("\n") + "\n" + planted
    line = measures.rstrip("\n").count("\n") + 1
    result = check(tmp_path, measures)
    assert result.exit_code == 1
    shown = result.output.splitlines()
    (fault,) = [text for text in shown if message in text]
    named = "good-lane" if message == "同一情形" else "planted"
    place = measures[: measures.index(f"id: {named}")].count("\n") + 1
    assert fault.startswith(f"{tmp_path}/measures.yaml:{place}:10: ")
    assert fault.endswith(f"[{named}]")
    assert named == "good-lane" or place == line
    assert example in result.output


def test_a_gap_has_the_place_of_its_book(tmp_path: Path):
    result = check(tmp_path, PARTS["measures"], grade=GRADE.replace("in: [B, none]", "is: B"))
    assert result.exit_code == 1
    assert f"{tmp_path}/grade.yaml:4:10: 信用等级册有遗漏" in result.output


def test_json_and_junit_have_the_findings(tmp_path: Path):
    measures = PARTS["measures"].rstrip("\n") + "\n" + CASES["contradiction"][0]
    report = tmp_path / "report.xml"
    answer = json.loads(check(tmp_path, measures, "--json", "--junit", str(report)).output)
    assert answer["sound"] is False
    (finding,) = answer["analysis"]
    assert (finding["kind"], finding["rules"]) == ("contradiction", ["good-lane@2020-01-01", "planted@2020-01-01"])
    assert finding["witness"]["facts"]["rating:national"] == "A"
    suite = ElementTree.parse(report).getroot()
    assert (suite.get("failures"), suite.get("tests")) == ("1", "5")
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["analysis"]


def test_the_unverified_are_listed(tmp_path: Path):
    measures = PARTS["measures"].replace("第六条}]}", "第六条}], verified: false}")
    result = check(tmp_path, measures, "--unverified")
    assert result.exit_code == 0, result.output
    assert "待核实 规则 good-lane@2020-01-01" in result.output
    assert "待核实 ladder/national" in result.output
