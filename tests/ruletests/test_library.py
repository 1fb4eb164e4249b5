"""The shipped library's own tests: they all pass, every rule fires, and nearly every test comes out both ways."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from creditgate_server.rulebook.load import read_directory
from creditgate_server.studies.ruletests.load import read_tests

from ..rulebooks.test_schema import content, validator
from .library import SHIPPED, run

FILES = sorted((SHIPPED / "tests").rglob("*.yaml"))


def test_all_pass_every_rule_fires_and_nine_in_ten_sides_are_seen():
    result = run(SHIPPED, "--json", "--threshold-rules", "100", "--threshold-conditions", "90")
    answer = json.loads(result.output)
    assert [test["mismatches"] for test in answer["tests"] if test["status"] == "failed"] == []
    assert answer["coverage"]["uncovered_rules"] == []
    assert result.exit_code == 0, answer["below_threshold"]
    assert answer["counts"]["draft"] == 0


def test_the_cases_have_every_outcome():
    tests = read_tests(SHIPPED, read_directory(SHIPPED).rule_set).tests
    outcomes = {test.expect.outcome.value.value for test in tests if test.expect.outcome is not None and test.runs}
    assert outcomes == {"clear", "incentives", "measures", "prohibited", "undetermined"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_keeps_to_the_schema_that_it_names(file: Path):
    assert [error.message for error in validator(file).iter_errors(content(file))] == []


@pytest.mark.parametrize(
    "case",
    [
        {"name": "甲", "item": "a", "expect": {"outcom": "clear"}},
        {"name": "甲", "item": "a", "expect": {}},
        {"name": "甲", "item": "a"},
        {"name": "甲", "item": "a", "skip": "", "expect": {"outcome": "clear"}},
        {"name": "甲", "item": "a", "facts": {"nothing": 1}, "expect": {"outcome": "clear"}},
        {"name": "甲", "item": "a", "subject": {"ratings": {"evaluation": "E"}}, "expect": {"outcome": "clear"}},
        {"name": "甲", "item": "a", "subject": {"records": [{"kind": "penalty"}]}, "expect": {"outcome": "clear"}},
        {"table": "甲", "item": "a", "columns": ["name"]},
        {"table": "甲", "item": "a", "columns": ["name", "nothing"], "rows": [["乙", 1]]},
    ],
)
def test_what_the_reader_refuses_is_marked_in_the_editor(case: dict[str, Any]):
    sound = {"name": "甲", "item": "a", "expect": {"outcome": "clear"}}
    schema = validator(FILES[0])
    assert schema.is_valid({"day": "2026-11-01", "tests": [sound]})
    assert not schema.is_valid({"day": "2026-11-01", "tests": [case]})
