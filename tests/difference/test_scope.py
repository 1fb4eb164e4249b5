"""Where rule sets can differ, seen from the rules alone."""

from __future__ import annotations

from pathlib import Path

import msgspec

from creditgate_server.judging.plans import RuleKeys
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import Book, Hit, Row, Rule, Stage
from creditgate_server.studies.difference.meaning import Meanings
from creditgate_server.studies.difference.scales import Scales
from creditgate_server.studies.difference.scope import DiffScope
from creditgate_server.studies.difference.weighed import grouped

from .people import DAY, rule_set

TABLE = ("review", "fast")
"""Rules that are made rows of one decision table."""


def with_table(rules: RuleSet) -> RuleSet:
    def row(rule: Rule) -> Rule:
        if rule.id not in TABLE:
            return rule
        place = Row(table="t", hit=Hit.PRIORITY, number=TABLE.index(rule.id) + 1)
        return msgspec.structs.replace(rule, row=place)

    return msgspec.structs.replace(rules, rules=tuple(row(rule) for rule in rules.rules))


def differing(scope: DiffScope) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    return {
        (tuple(rule.id for rule in probe.differing.a), tuple(rule.id for rule in probe.differing.b))
        for organ in scope.organs
        for probe in organ.probes
    }


_FAST = "title: 信用优的绿色通道\n    effective: {from: 2021-01-01}\n    when: "
FAST_FOR_B = (_FAST + "{fact: grade, is: A}", _FAST + "{fact: grade, in: [A, B]}")


def test_rules_that_mean_the_same_are_not_judged(tmp_path: Path) -> None:
    a, b = rule_set(tmp_path / "a"), rule_set(tmp_path / "b", FAST_FOR_B)
    assert differing(DiffScope(a, b, DAY)) == {(("fast",), ("fast",))}


def test_a_row_that_differs_brings_its_whole_table(tmp_path: Path) -> None:
    a, b = with_table(rule_set(tmp_path / "a")), with_table(rule_set(tmp_path / "b", FAST_FOR_B))
    assert differing(DiffScope(a, b, DAY)) == {(TABLE, TABLE)}


def test_rows_of_a_table_are_asked_together_and_other_rules_as_items_share_them(tmp_path: Path) -> None:
    rules = with_table(rule_set(tmp_path / "a"))
    scales = Scales(rules, DAY)
    picked = [
        scales.plans.picked(RuleKeys(Book.MEASURES, organ=organ, item=item, stage=Stage.DECISION), DAY)
        for item, organ in (("licence", "market"), ("grant", "finance"))
    ]
    groups = grouped(scales, picked)
    keys = [[sorted(key.partition("@")[0] for key in group.plan.rules) for group in question] for question in groups]
    assert keys == [[["fast", "review"], ["ban", "inspected"]], [["fast", "review"], ["large-sum"]]]
    assert groups[0][0] is groups[1][0]
    assert [[group.looks_at_level for group in question] for question in groups] == [[False, True], [False, False]]


def test_a_feeds_age_belongs_to_what_a_rule_means_and_its_title_does_not(tmp_path: Path) -> None:
    a = rule_set(tmp_path / "a")
    older = rule_set(tmp_path / "b", ("max_age_days: 30", "max_age_days: 5"))
    renamed = rule_set(
        tmp_path / "c", ("title: 公共信用数据", "title: 信用数据"), ("article: 第十一条", "article: 第一条")
    )
    meanings = [Meanings(rules) for rules in (a, older, renamed)]
    ban = [next(rule for rule in rules.rules if rule.id == "ban") for rules in (a, older, renamed)]
    of_a, of_older, of_renamed = (one.of(rule) for one, rule in zip(meanings, ban, strict=True))
    assert of_a != of_older
    assert of_a == of_renamed


def test_a_grade_that_differs_brings_what_looks_at_it(tmp_path: Path) -> None:
    a = rule_set(tmp_path / "a")
    b = rule_set(tmp_path / "b", ("{fact: rating, in: [D]}", "{fact: rating, in: [C, D]}"))
    scope = DiffScope(a, b, DAY)
    assert scope.grade_differs
    assert differing(scope) == {
        (
            ("review", "fast", "inspected"),
            ("review", "fast", "inspected"),
        ),  # licence; not the ban, which looks at a list
        (("review", "fast", "large-sum"), ("review", "fast", "large-sum")),
    }
