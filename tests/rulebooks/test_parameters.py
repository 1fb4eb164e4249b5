"""Parameters: a rule has one version for each value, on the very days on which the value stands."""

from __future__ import annotations

from datetime import date

from creditgate_server.rulebook.catalogue import Citation
from creditgate_server.rulebook.language import AgeTest, AllOf, Compare, FactTest, NoneOf, RecordTest, Rule
from creditgate_server.rulebook.load import read_texts

from .test_rulebooks import BASE, with_base

BOOK = """
parameters:
  - code: limit
    title: 限额
    type: money
    values:
      - effective: {from: 2020-06-01, until: 2022-03-31}
        value: 100
        basis: [{instrument: old-regulation, article: 第二条}]
      - effective: {from: 2022-04-01, until: 2024-12-31}
        value: 250.50
        basis: [{instrument: department-order, article: 第五条}]
      - effective: {from: 2025-01-01}
        value: 300
        basis: [{instrument: credit-law, article: 第九条}]
        verified: false
book: measures
rules:
  - id: limited
    title: 超过限额
    effective: {from: 2021-01-01, until: 2025-06-30}
    when: {fact: sum, at_least: {param: limit}}
    then: {measure: fast-lane, duty: optional}
    basis: [{instrument: credit-law, article: 第一条}]
"""


def versions(book: str) -> list[Rule]:
    return [rule for rule in with_base(book.encode()).rule_set.rules if rule.id == "limited"]


def test_each_value_makes_a_version_on_its_own_days():
    found = versions(BOOK)
    assert [(rule.effective.start, rule.effective.until) for rule in found] == [
        (date(2021, 1, 1), date(2022, 3, 31)),
        (date(2022, 4, 1), date(2024, 12, 31)),
        (date(2025, 1, 1), date(2025, 6, 30)),
    ]
    tests = [rule.when for rule in found]
    assert all(isinstance(test, FactTest) for test in tests)
    assert [test.values for test in tests if isinstance(test, FactTest)] == [(10000,), (25050,), (30000,)]


def test_the_parameters_basis_is_the_rules_basis_too():
    found = versions(BOOK)
    own = Citation(instrument="credit-law", article="第一条")
    assert found[0].basis == (own, Citation(instrument="old-regulation", article="第二条"))
    assert found[1].basis == (own, Citation(instrument="department-order", article="第五条"))
    assert [rule.verified for rule in found] == [False, False, False]
    assert {rule.parameters for rule in found} == {("limit",)}


def test_a_rule_that_ends_with_a_value_has_no_version_after_it():
    found = versions(BOOK.replace("until: 2025-06-30", "until: 2022-03-31"))
    assert [(rule.effective.start, rule.effective.until) for rule in found] == [(date(2021, 1, 1), date(2022, 3, 31))]


def test_an_open_rule_has_an_open_last_version():
    assert versions(BOOK.replace(", until: 2025-06-30", ""))[-1].effective.until is None


def test_a_number_in_a_condition_is_a_warning_that_names_its_place():
    book = BOOK.replace(
        "when: {fact: sum, at_least: {param: limit}}",
        "when: {all: [{fact: sum, at_least: {param: limit}}, {fact: founded, at_least_months_ago: 6}]}",
    )
    warnings = [fault for fault in with_base(book.encode()).warnings if "直接写在条件里" in fault.message]
    assert [(fault.line, fault.rule) for fault in warnings] == [(22, "limited")]


def test_a_table_names_parameters_too():
    table = """book,measures
hit,collect
table,by-size
from,2021-01-01

title,fact sum,months_since founded,records kinds=penalty within_months=param:penalty-window,measure,duty,basis
大,>= param:large-sum,< param:founding-age,>= 2,fast-lane,optional,credit-law 第一条
"""
    loaded = read_texts({**BASE, "table.csv": table.encode()})
    rule = next(rule for rule in loaded.rule_set.rules if rule.id == "by-size-1")
    assert rule.parameters == ("large-sum", "founding-age", "penalty-window")
    assert [one for one in loaded.warnings if "直接写在条件里" in one.message] == []
    assert isinstance(rule.when, AllOf)
    assert rule.when.parts[0] == FactTest(fact="sum", compare=Compare.AT_LEAST, values=(100050,))
    assert rule.when.parts[1] == NoneOf(parts=(AgeTest(fact="founded", months=12),))


def test_the_amount_of_each_record_alone_is_compared():
    book = BOOK.replace(
        "when: {fact: sum, at_least: {param: limit}}",
        "when: {records: {kinds: [penalty], each_at_least: {param: limit}}, at_least: 2}",
    )
    tests = [rule.when for rule in versions(book)]
    assert [test.select.each_at_least for test in tests if isinstance(test, RecordTest)] == [10000, 25050, 30000]
