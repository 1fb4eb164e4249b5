"""The shipped library's own tests: they all pass, every rule fires, and nearly every test comes out both ways."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from creditgate_server.rulebook.load import read_directory
from creditgate_server.ruletests.load import read_tests

from .library import SHIPPED, run

FILES = sorted((SHIPPED / "tests").rglob("*.yaml"))
SCHEMA = json.loads((SHIPPED / "schema" / "tests.json").read_text(encoding="utf-8"))


def as_editor_sees(value: Any) -> Any:
    """Days as text, as JSON schemas know them."""
    if isinstance(value, dict):
        return {key: as_editor_sees(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_editor_sees(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


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
def test_a_file_fits_the_schema_for_editors(file: Path):
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../schema/tests.json\n")
    jsonschema.Draft202012Validator(SCHEMA).validate(as_editor_sees(yaml.safe_load(text)))


@pytest.mark.parametrize(
    "case",
    [
        {"name": "甲", "item": "a", "expect": {"outcom": "clear"}},
        {"name": "甲", "item": "a"},
        {"name": "甲", "item": "a", "skip": "", "expect": {"outcome": "clear"}},
        {"table": "甲", "item": "a", "columns": ["name"]},
    ],
    ids=["unknown expectation", "no expectation", "empty reason", "table without rows"],
)
def test_the_schema_refuses_what_the_reader_refuses(case: dict[str, Any]):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert not validator.is_valid({"day": "2026-11-01", "tests": [case]})
