"""The kit's decision tables give what the kit expects, by engine and by reference."""

from __future__ import annotations

from typing import Any

import pytest

from creditgate_server.judging.prove import prove
from creditgate_server.rulebook.language import Hit

from .kit import OTHER_CASES, REPORT, case_files, compared, not_expressible, report, rule_set_of

CASES = case_files()


@pytest.mark.parametrize("case", CASES, ids=[case["number"] for case in CASES])
def test_a_case_gives_what_the_kit_expects(case: dict[str, Any]) -> None:
    for result in compared(case):
        assert result.second_opinion == ""
        assert result.engine == result.expected, result.name
        assert result.reference == result.expected, result.name
        assert result.decision == result.expected, result.name
        assert result.passed


@pytest.mark.parametrize("case", CASES, ids=[case["number"] for case in CASES])
def test_the_tables_bear_the_hit_policy_that_the_report_names_and_are_proven(case: dict[str, Any]) -> None:
    rule_set = rule_set_of(case)
    assert {rule.row.hit if rule.row else None for rule in rule_set.rules} == {Hit(case["hit"])}
    assert prove(rule_set).subjects > 0


def test_no_case_is_left_without_a_word() -> None:
    translated = [case["number"] for case in CASES]
    assert len(translated) == 17
    assert tuple(entry["number"] for entry in not_expressible()) == OTHER_CASES
    assert not set(translated) & set(OTHER_CASES)


def test_a_wrong_expectation_would_be_seen() -> None:
    case = next(case for case in CASES if case["number"] == "0111")
    wrong = {**case, "cases": [{"given": {"age": 19}, "gives": ["toys"]}, {"given": {"age": 19}, "gives": ["cars"]}]}
    wrong["cases"].append({"given": {"age": 13}, "gives": ["videogames"], "rows": ["videogames", "toys"]})
    assert [result.passed for result in compared(wrong)] == [False, True, False]


def test_the_report_says_what_the_tables_do() -> None:
    assert REPORT.read_text(encoding="utf-8") == report(), "run `python -m tests.dmn.kit`"
