"""At the limits that the adapter sets, the engine is right; beyond them it is never asked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest

from creditgate_server.decision.check.decision import Outcome
from creditgate_server.decision.check.question import Question
from creditgate_server.decision.knowledge import Knowledge
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.engine import durable
from creditgate_server.engine.compile import MOST_NESTED_TESTS, TooLarge, compile_rule, shards, weigh
from creditgate_server.engine.durable import EngineFault, Pattern, Ruleset, check_names, fnv1a, members
from creditgate_server.errors import RuleSetFault
from creditgate_server.judging import prove
from creditgate_server.judging.judge import Judge
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.catalogue import Period
from creditgate_server.rulebook.language import (
    AllOf,
    AnyOf,
    Book,
    Compare,
    Condition,
    Duty,
    FactTest,
    GiveGrade,
    GiveMeasure,
    Role,
    Rule,
    Stage,
)

from . import worlds


def fact_of(properties: int) -> str:
    return ",".join(f'"p{n}":{n + 1}' for n in range(properties))


def at_the_limits() -> Iterator[tuple[dict[str, Pattern], str]]:
    """Rulesets as large as the adapter makes them, with a fact that reaches everything."""
    rules = {f"r{n}": {"$gte": {"a": n}} for n in range(durable.MOST_INEQUALITIES)}
    yield rules, '"a":1000'
    yield {f"r{n}": {"a": 1} for n in range(durable.MOST_RULES)}, '"a":1'
    yield {f"r{n}": {"$and": [{"a": 1}, {"b": n}]} for n in range(durable.MOST_RULES)}, '"a":1,"b":5'
    yield {f"r{n}": {} for n in range(durable.MOST_RULES)}, ""
    half = {"$or": [{"$and": [{"a": n}, {"b": n}]} for n in range(MOST_NESTED_TESTS // 2)]}
    yield {f"r{n}": half for n in range(20)}, '"a":3,"b":3'
    yield {f"r{n}": {"$and": [{"$gte": {f"p{m}": n}} for m in range(24)]} for n in range(2)}, fact_of(24)
    many = ",".join(f'"p{n}":{n}' for n in range(durable.MOST_PROPERTIES - 3))
    yield {"r": {"p1": 1}}, many


@pytest.mark.parametrize(("number", "fires"), [(0, 60), (1, 100), (2, 1), (3, 100), (4, 20), (5, 2), (6, 1)])
def test_at_the_limit_the_engine_is_right(number: int, fires: int) -> None:
    patterns, fact = list(at_the_limits())[number]
    ruleset = Ruleset(patterns)
    assert len(ruleset.ask(fact)) == fires
    assert len(ruleset.ask(fact)) == fires
    ruleset.close()


def test_larger_books_are_split_and_give_the_same() -> None:
    patterns = {f"r{n}": {"$gte": {"a": n}} for n in range(500)}
    parts = shards(patterns)
    assert all(sum(weigh(p).inequalities for p in part.values()) <= durable.MOST_INEQUALITIES for part in parts)
    assert [key for part in parts for key in part] == list(patterns)
    fired = {name for part in parts for name in Ruleset(part).ask('"a":321')}
    assert fired == {f"r{n}" for n in range(322)}


def test_property_names_with_one_hash_are_refused() -> None:
    assert fnv1a("strgdwyh") == fnv1a("rxjkavjd")
    with pytest.raises(EngineFault):
        check_names({"strgdwyh", "rxjkavjd"})
    with pytest.raises(EngineFault):
        Ruleset({"r": {"$and": [{"strgdwyh": 1}, {"rxjkavjd": 1}]}})


def test_numbers_the_engine_would_cut_are_refused() -> None:
    with pytest.raises(EngineFault):
        members({"a": 2**53})
    assert members({"a": 2**53 - 1, "b": "x"}) == '"a":9007199254740991,"b":"x"'


def test_a_ruleset_is_whole_again_after_a_fault() -> None:
    ruleset = Ruleset({"r": {"a": 1}})
    with pytest.raises(EngineFault):
        ruleset.ask('"a":')
    assert ruleset.ask('"a":1') == {"r"}


def _measure_rule(when: Condition | None, rule_id: str = "too-large") -> Rule:
    return Rule(
        id=rule_id,
        book=Book.MEASURES,
        title="某规则",
        effective=Period(start=date(2020, 1, 1)),
        when=when,
        then=GiveMeasure(measure="m1", duty=Duty.MANDATORY),
        basis=worlds.BASIS,
    )


def _library(*rules: Rule) -> RuleSet:
    grade = Rule(
        id="grade-always",
        book=Book.GRADE,
        title="一律",
        effective=Period(start=date(2020, 1, 1)),
        then=GiveGrade(grade="A"),
        basis=worlds.BASIS,
    )
    return RuleSet(catalogue=worlds.catalogue(), rules=(grade, *rules))


def _amounts(count: int) -> tuple[Condition, ...]:
    return tuple(FactTest(fact="amount", compare=Compare.AT_LEAST, values=(n,)) for n in range(count))


def test_a_rule_that_is_too_much_for_the_engine_is_refused_by_name() -> None:
    product = AllOf(parts=tuple(AnyOf(parts=_amounts(3)) for _ in range(5)))
    for when in (AllOf(parts=_amounts(61)), product):
        rule_set = _library(_measure_rule(when))
        with pytest.raises(RuleSetFault) as caught:
            prove.prove(rule_set)
        assert caught.value.faults[0].rule == "too-large"
    judge = Judge(_library(_measure_rule(AllOf(parts=_amounts(24)))))
    compile_rule(judge.rule_set.rules[-1], judge.plans.columns)
    with pytest.raises(TooLarge):
        compile_rule(_measure_rule(product), judge.plans.columns)


def test_an_engine_fault_becomes_undetermined_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is made to fail as it does when a state is lost; the answer says so and asks for manual handling."""
    judge = Judge(_library(_measure_rule(None)))

    def fails(_handle: int, _members: str) -> list[str]:
        raise MemoryError

    monkeypatch.setattr(Ruleset, "_session", staticmethod(fails))
    identifier = "914419000000000000"
    known = {
        identifier: Knowledge(identifier=identifier, present=True, attributes={}, records=(), ratings=()),
    }
    question = Question(
        organ="o0",
        item="i0",
        case_number="1",
        stage=Stage.ACCEPTANCE,
        subjects=(SubjectInRole(identifier=identifier, role=Role.APPLICANT),),
        facts={},
        purpose="test",
        day=worlds.DAY,
    )
    decision = judge.judge(question, known, {})
    assert decision.outcome is Outcome.UNDETERMINED
    assert {entry.what for entry in decision.undetermined} == {"engine"}
    assert judge.engine_faults >= 2
    monkeypatch.undo()
    assert judge.judge(question, known, {}).outcome is Outcome.PROHIBITED  # m1 prohibits: the engine is whole again


def test_a_condition_longer_than_the_engine_takes_in_one_rule_is_written_out_and_right() -> None:
    pairs = tuple(
        AllOf(parts=(_choice("many", f"x{n}"), FactTest(fact="amount", compare=Compare.AT_LEAST, values=(n,))))
        for n in range(7)
    )
    rule_set = _library(_measure_rule(AnyOf(parts=pairs)))
    report = prove.prove(rule_set)
    assert report.subjects > 100


def _choice(fact: str, value: str) -> Condition:
    return FactTest(fact=fact, compare=Compare.IN, values=(value,))


@pytest.mark.process
def test_a_child_that_does_not_end_in_time_refuses_the_rule_set() -> None:
    with pytest.raises(RuleSetFault, match="秒内没有完成"):
        prove.prove_in_child(worlds.rule_set(__import__("random").Random(1), rules=30), seconds=0.01)


@pytest.mark.process
def test_a_child_that_dies_refuses_the_rule_set(monkeypatch: pytest.MonkeyPatch) -> None:
    real = subprocess.run

    def dies(command: list[str], **options: object) -> object:
        return real([sys.executable, "-c", "import os; os.abort()"], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", dies)
    with pytest.raises(RuleSetFault, match="异常退出"):
        prove.prove_in_child(_library(_measure_rule(None)))
