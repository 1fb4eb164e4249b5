"""One planted finding at a time: it is found, with a subject that shows it, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import Hit, Row
from creditgate_server.rulebook.load import read_directory
from creditgate_server.studies.analysis.analyse import analyse
from creditgate_server.studies.analysis.findings import RuleFinding, RuleFindingKind

from .library import GRADE, LEVEL, large, library, rule

STRICT, LANE = "{measure: strict, duty: mandatory}", "{measure: lane, duty: optional}"


def only(rule_set: RuleSet) -> RuleFinding:
    (finding,) = analyse(rule_set)
    return finding


def words(finding: RuleFinding) -> str:
    assert finding.witness is not None
    return "\n".join(finding.witness.words)


def test_the_small_library_has_no_findings():
    assert analyse(library()) == ()


def test_the_shipped_library_has_none_that_is_not_declared():
    found = analyse(read_directory(Path(__file__).parents[2] / "rules").rule_set)
    assert [(finding.kind, finding.rules, finding.message) for finding in found] == []


def test_a_rating_without_a_grade_is_a_gap():
    finding = only(library(grade=GRADE.replace("in: [B, none]", "is: B")))
    assert finding.kind is RuleFindingKind.GAP
    assert "综合评价" not in words(finding)  # no rating at all is what was forgotten


def test_a_grade_without_a_level_is_a_gap_of_the_level_book():
    finding = only(library(level=LEVEL.replace("in: [A, B]", "is: A")))
    assert (finding.kind, finding.rules) == (RuleFindingKind.GAP, ("level-light@2020-01-01", "level-key@2020-01-01"))
    assert "综合评价: B" in words(finding) or "综合评价" not in words(finding)


def in_table(rule_set: RuleSet, hit: Hit, *rules: str) -> RuleSet:
    """The rules as rows of one table, in this order."""
    rows = {rule_id: Row(table="planted", hit=hit, number=number) for number, rule_id in enumerate(rules, start=1)}
    changed = tuple(msgspec.structs.replace(one, row=rows[one.id]) if one.id in rows else one for one in rule_set.rules)
    return RuleSet(catalogue=rule_set.catalogue, rules=changed)


def test_two_rows_of_a_unique_table_that_meet():
    first = rule("row-1", "{fact: staff, at_most: 10}", STRICT, "附一")
    second = rule("row-2", "{fact: staff, at_least: 10}", STRICT, "附二")
    finding = only(in_table(library(measures=first + second), Hit.UNIQUE, "row-1", "row-2"))
    assert (finding.kind, finding.rules) == (RuleFindingKind.TWO, ("row-2@2020-01-01", "row-1@2020-01-01"))
    assert "人数: 10" in words(finding)


def test_rows_that_do_not_meet_are_no_finding():
    first = rule("row-1", "{fact: staff, less_than: 10}", STRICT, "附一")
    second = rule("row-2", "{fact: staff, at_least: 10}", STRICT, "附二")
    assert analyse(in_table(library(measures=first + second), Hit.UNIQUE, "row-1", "row-2")) == ()


DEAD = {
    "numbers": "{all: [{fact: staff, at_least: 10}, {fact: staff, less_than: 10}]}",
    "ages": "{all: [{fact: founded, at_least_months_ago: 24}, {fact: founded, less_than_months_ago: 12}]}",
    "records": "{all: [{records: {kinds: [penalty]}, at_most: 1}, {records: {kinds: [penalty], severities: [serious]}, at_least: 2}]}",  # noqa: E501
    "windows": "{all: [{records: {kinds: [breach], within_months: 12}, at_least: 1}, {none: [{records: {kinds: [breach], within_months: 36}}]}]}",  # noqa: E501
    "grades": "{all: [{fact: grade, is: A}, {records: {lists: [bad]}}]}",
    "levels": "{all: [{fact: level, is: light}, {finding: grade-c}]}",
    "flags": "{none: [{fact: promised, in: [true, false]}]}",
    "amounts": "{all: [{records: {kinds: [penalty]}, amount: {at_most: 99.99}}, {records: {kinds: [penalty], each_at_least: 100}}]}",  # noqa: E501
}


@pytest.mark.parametrize("when", DEAD.values(), ids=list(DEAD))
def test_a_rule_that_can_never_fire(when: str):
    finding = only(library(measures=rule("planted", when, STRICT)))
    assert (finding.kind, finding.rules) == (RuleFindingKind.DEAD, ("planted@2020-01-01",))
    assert finding.witness is None


MASKED = {
    "higher": "{records: {kinds: [penalty], within_months: 24}, at_least: 5}",
    "shorter": "{records: {kinds: [penalty], within_months: 12}, at_least: 3}",
    "narrower": "{records: {kinds: [penalty], severities: [serious], within_months: 24}, at_least: 3}",
    "dearer": "{records: {kinds: [penalty], within_months: 24, each_at_least: 100}, at_least: 3}",
    "further": "{all: [{records: {kinds: [penalty], within_months: 24}, at_least: 3}, {fact: promised, is: true}]}",
}


@pytest.mark.parametrize("when", MASKED.values(), ids=list(MASKED))
def test_a_rule_that_never_makes_a_difference(when: str):
    finding = only(library(measures=rule("planted", when, STRICT, "第五条")))
    assert (finding.kind, finding.rules) == (
        RuleFindingKind.MASKED,
        ("planted@2020-01-01", "penalty-strict@2020-01-01"),
    )
    assert "行政处罚" in words(finding)


def test_a_narrower_rule_with_a_ground_of_its_own_is_not_masked():
    assert analyse(library(measures=rule("planted", MASKED["higher"], STRICT, "第八条"))) == ()


def test_of_two_rules_that_are_the_same_the_later_is_masked():
    same = "{records: {kinds: [penalty], within_months: 24}, at_least: 3}"
    finding = only(library(measures=rule("planted", same, STRICT, "第五条")))
    assert finding.rules == ("planted@2020-01-01", "penalty-strict@2020-01-01")


def test_a_lighter_grade_that_always_comes_with_a_graver_one_is_masked():
    planted = rule("planted", "{records: {lists: [bad]}}", "{grade: B}")
    finding = only(library(grade=planted))
    assert (finding.kind, finding.rules) == (RuleFindingKind.MASKED, ("planted@2020-01-01", "grade-c@2020-01-01"))


def test_a_row_below_one_that_always_holds_is_masked():
    above = rule("row-1", "{fact: staff, at_least: 1}", STRICT, "附一")
    below = rule("row-2", "{fact: staff, at_least: 5}", "{measure: no-promise, duty: mandatory}", "附二")
    finding = only(in_table(library(measures=above + below), Hit.PRIORITY, "row-1", "row-2"))
    assert (finding.kind, finding.rules) == (RuleFindingKind.MASKED, ("row-2@2020-01-01", "row-1@2020-01-01"))


def test_one_cause_with_an_incentive_and_a_restraint():
    planted = rule("planted", "{fact: grade, is: A}", "{measure: strict, duty: optional}")
    finding = only(library(measures=planted))
    assert (finding.kind, finding.rules) == (
        RuleFindingKind.CONTRADICTION,
        ("good-lane@2020-01-01", "planted@2020-01-01"),
    )
    assert "综合评价: A" in words(finding)


def test_an_incentive_that_yields_is_no_contradiction():
    planted = rule("planted", "{fact: grade, is: A}", "{measure: no-promise, duty: optional}")
    assert analyse(library(measures=planted)) == ()


def test_an_incentive_and_a_restraint_for_different_causes_are_no_contradiction():
    planted = rule("planted", "{all: [{fact: staff, at_least: 5}]}", "{measure: strict, duty: optional}")
    assert analyse(library(measures=planted)) == ()


NON_MONOTONE = {
    "fewer-is-worse": (
        {"measures": rule("planted", "{records: {kinds: [breach]}, at_most: 0}", STRICT)},
        "违背承诺",
    ),
    "repaired-excuses": (
        {
            "measures": rule(
                "planted",
                "{all: [{records: {kinds: [breach]}}, {none: [{records: {kinds: [breach], states: [repaired]}}]}]}",
                STRICT,
            )
        },
        "已修复",
    ),
    "grade": (
        {
            "grade": GRADE.replace(
                "{any: [{fact: rating, is: C}, {records: {lists: [bad]}}]}",
                "{any: [{fact: rating, is: C}, {all: [{records: {lists: [bad]}}, "
                "{none: [{records: {lists: [worse]}}]}]}]}",
            )
        },
        "特别严重名单",
    ),
}


@pytest.mark.parametrize(("changes", "extra"), NON_MONOTONE.values(), ids=list(NON_MONOTONE))
def test_one_more_record_that_makes_it_better(changes: dict[str, str], extra: str):
    finding = only(library(**changes))
    assert finding.kind is RuleFindingKind.NON_MONOTONE
    assert extra in finding.message


def test_what_is_declared_is_not_reported():
    declared = rule(
        "planted",
        "{records: {kinds: [breach]}, at_most: 0}",
        STRICT,
        more=", accepts: [non_monotone], because: 白名单制度",
    )
    assert analyse(library(measures=declared)) == ()


@pytest.mark.timeout(60)
def test_everything_planted_in_five_hundred_rules_is_found_and_nothing_else():
    parts = large(seed=20261124, rules=500)
    shared = "{records: {lists: [list-7]}}"
    dead = {f"dead-{name}": rule(f"dead-{name}", when, STRICT, f"死{name}") for name, when in DEAD.items()}
    masked = {f"masked-{name}": rule(f"masked-{name}", when, STRICT, "第五条") for name, when in MASKED.items()}
    pair = rule("reward", shared, "{measure: incentive-1, duty: optional}", "奖") + rule(
        "punish", shared, "{measure: restraint-1, duty: optional}", "惩"
    )
    rows = rule("row-1", "{fact: staff, at_most: 10}", "{measure: restraint-2, duty: optional}", "表一") + rule(
        "row-2", "{fact: staff, in: [10, 11]}", "{measure: restraint-2, duty: optional}", "表二"
    )
    parts["measures"] += "".join(dead.values()) + "".join(masked.values()) + pair + rows
    parts["grade"] = GRADE.replace("in: [B, none]", "is: B")
    rule_set = in_table(library(**parts), Hit.UNIQUE, "row-1", "row-2")
    assert len(rule_set.rules) > 500

    found = {(finding.kind, finding.rules[0].partition("@")[0]) for finding in analyse(rule_set)}

    expected = {(RuleFindingKind.DEAD, name) for name in dead} | {(RuleFindingKind.MASKED, name) for name in masked}
    expected |= {
        (RuleFindingKind.GAP, "grade-a"),
        (RuleFindingKind.TWO, "row-2"),
        (RuleFindingKind.CONTRADICTION, "reward"),
    }
    assert found == expected
