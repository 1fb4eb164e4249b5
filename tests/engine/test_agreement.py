"""Engine and reference agree: on random worlds, on boundary worlds, and on every fresh start."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings

from creditgate_server.decision.check.question import Question
from creditgate_server.decision.level.question import LevelQuestion
from creditgate_server.decision.parts import canonical
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.engine.reference import Case, Reference
from creditgate_server.judging.judge import Judge
from creditgate_server.judging.prove import prove, prove_in_child

from . import worlds

RULE_SETS = 100
CASES_EACH = 100


def question_of(case: Case) -> Question:
    return Question(
        organ=case.organ,
        item=case.item,
        case_number="1",
        stage=case.stage,
        subjects=(SubjectInRole(identifier=case.knowledge.identifier, role=case.role),),
        facts=case.given,
        purpose="test",
        day=case.day,
    )


def engine_says(judge: Judge, case: Case) -> tuple[object, ...]:
    question = question_of(case)
    judged = judge.judged(question, question.subjects[0], case.knowledge, case.feeds)
    profile = judged.profile
    return (
        profile.grade_book.verdicts,
        profile.level_book.verdicts,
        judged.measures.verdicts,
        profile.grade.code,
        profile.level.code,
    )


def reference_says(reference: Reference, case: Case) -> tuple[object, ...]:
    opinion = reference.judge(case)
    return (
        opinion.grade_book,
        opinion.level_book,
        opinion.measures_book,
        opinion.grade or "",
        opinion.level or "",
    )


@pytest.mark.parametrize("block", range(10))
def test_ten_thousand_random_cases_agree(block: int) -> None:
    seen_open = seen_holding = 0
    for seed in range(block * RULE_SETS // 10, (block + 1) * RULE_SETS // 10):
        random = Random(seed)
        rule_set = worlds.rule_set(random, rules=random.choice((1, 5, 12, 30)))
        reference = Reference(rule_set)
        with closing(Judge(rule_set)) as judge:
            for number in range(CASES_EACH):
                case = worlds.case(random, rule_set)
                said, expected = engine_says(judge, case), reference_says(reference, case)
                assert said == expected, f"seed {seed}, case {number}: {msgspec.json.encode(case.knowledge).decode()}"
                seen_open += bool(said[2].open)  # type: ignore[attr-defined]
                seen_holding += bool(said[2].holds)  # type: ignore[attr-defined]
            assert judge.engine_faults == 0
    assert seen_open > 100  # else the cases would not test what is unknown
    assert seen_holding > 100


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds.randoms)
def test_a_decision_is_the_same_by_both_roads(random: Random) -> None:
    rule_set = worlds.rule_set(random, rules=6)
    assume(worlds.fits(rule_set))
    with closing(Judge(rule_set)) as judge:
        case = worlds.case(random, rule_set)
        known = {case.knowledge.identifier: case.knowledge}
        decision = judge.judge(question_of(case), known, case.feeds)
        assert judge.second_opinion(question_of(case), known, case.feeds, decision) == ""
        asked = question_of(case)
        level = LevelQuestion(organ=asked.organ, subject=asked.subjects[0], purpose="test", day=asked.day)
        standing = judge.judge(level, known, case.feeds)
        assert judge.second_opinion(level, known, case.feeds, standing) == ""
        other = msgspec.structs.replace(standing, day=standing.day + timedelta(days=1))
        assert judge.second_opinion(level, known, case.feeds, other).startswith("day: ")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds.randoms)
def test_more_knowledge_never_turns_a_certain_verdict_round(random: Random) -> None:
    """A rule that holds with facts unknown still holds when the caller gives more; a failed one does not come up."""
    rule_set = worlds.rule_set(random, rules=8)
    assume(worlds.fits(rule_set))
    with closing(Judge(rule_set)) as judge:
        case = worlds.case(random, rule_set)
        before = engine_says(judge, case)[2]
        told = {name: value for name, value in worlds.given(random).items() if name != "asked"}  # its default is known
        more = {**told, **case.given}
        after = engine_says(judge, Case(**{**case.__dict__, "given": more}))[2]
        assert before.holds <= after.holds  # type: ignore[attr-defined]
        assert after.holds <= before.holds | before.open  # type: ignore[attr-defined]
        assert after.open <= before.open  # type: ignore[attr-defined]


def test_the_proof_passes_on_generated_rule_sets_and_counts_what_it_did() -> None:
    for seed in range(4):
        report = prove(worlds.rule_set(Random(seed), rules=20))
        assert report.rules == 27
        assert report.subjects > 500
        assert report.compared > report.subjects


@pytest.mark.process
def test_the_proof_in_a_child_says_the_same() -> None:
    rule_set = worlds.rule_set(Random(1), rules=5)
    assert prove_in_child(rule_set) == prove(rule_set)


FRESH_START = """
import sys, json
sys.path.insert(0, sys.argv[1])
from random import Random
from tests.engine import worlds
from tests.engine.test_agreement import question_of
from creditgate_server.judging.judge import Judge
from creditgate_server.decision.parts import canonical
random = Random(7)
rule_set = worlds.rule_set(random, rules=30)
judge = Judge(rule_set)
cases = [worlds.case(random, rule_set) for _ in range(10)]
known = [{case.knowledge.identifier: case.knowledge} for case in cases]
decisions = [judge.judge(question_of(case), who, case.feeds) for case, who in zip(cases, known)]
print(json.dumps([canonical(decision).decode() for decision in decisions]))
"""


@pytest.mark.process
def test_twenty_fresh_starts_give_the_same_bytes(pytestconfig: pytest.Config) -> None:
    command = [sys.executable, "-c", FRESH_START, str(pytestconfig.rootpath)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONHASHSEED": str(seed), "PATH": ""})
        for seed in range(20)
    ]
    answers = {process.communicate()[0] for process in running}
    assert all(process.returncode == 0 for process in running)
    assert len(answers) == 1
    assert len(json.loads(answers.pop())) == 10


def test_the_same_question_in_another_order_of_facts_has_the_same_bytes() -> None:
    random = Random(11)
    rule_set = worlds.rule_set(random, rules=10)
    case = worlds.case(random, rule_set)
    turned = Case(**{**case.__dict__, "given": dict(reversed(case.given.items()))})
    known = {case.knowledge.identifier: case.knowledge}
    first = Judge(rule_set).judge(question_of(case), known, case.feeds)
    second = Judge(rule_set).judge(question_of(turned), known, case.feeds)
    assert canonical(first) == canonical(second)
