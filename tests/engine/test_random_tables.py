"""Random tables: rows that compete count alike on both roads, and an open row is never the engine's fault."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from random import Random

import msgspec
from hypothesis import HealthCheck, assume, given, settings

from creditgate_server.decision.findings import Verdicts
from creditgate_server.decision.unsettled import ENGINE
from creditgate_server.engine.reference import Case, Reference
from creditgate_server.judging.judge import Judge
from creditgate_server.judging.prove import prove
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import (
    Book,
    GiveLevel,
    Hit,
    Row,
)

from . import worlds
from .test_agreement import engine_says, question_of, reference_says
from .test_priority import row


def with_tables(random: Random, rule_set: RuleSet) -> RuleSet:
    """The same rules, most of them as rows of a few tables in an order of their own."""
    rows = {rule.key: random.choice(("", "t0", "t0", "t0", "t1", "t2")) for rule in rule_set.rules}
    hits = {"t0": Hit.PRIORITY, "t1": Hit.PRIORITY, "t2": Hit.COLLECT}
    order = list(rule_set.rules)
    random.shuffle(order)
    numbers: Counter[str] = Counter()
    placed = {}
    for rule in order:
        table = rows[rule.key]
        if table:
            name = f"{rule.book.value}-{table}"
            numbers[name] += 1
            placed[rule.key] = Row(table=name, hit=hits[table], number=numbers[name])
    return RuleSet(
        catalogue=rule_set.catalogue,
        rules=tuple(msgspec.structs.replace(rule, row=placed.get(rule.key)) for rule in rule_set.rules),
    )


def without_rows(rule_set: RuleSet) -> RuleSet:
    return RuleSet(
        catalogue=rule_set.catalogue,
        rules=tuple(msgspec.structs.replace(rule, row=None) for rule in rule_set.rules),
    )


def test_random_tables_agree_on_both_roads() -> None:
    set_aside = opened = 0
    for seed in range(60):
        random = Random(1000 + seed)
        rule_set = with_tables(random, worlds.rule_set(random, rules=random.choice((3, 8, 20))))
        reference = Reference(rule_set)
        with closing(Judge(rule_set)) as judge:
            plain = Reference(without_rows(rule_set))
            for number in range(60):
                asked = worlds.case(random, rule_set)
                said = engine_says(judge, asked)
                assert said == reference_says(reference, asked), f"seed {seed}, case {number}"
                alone = plain.judge(asked).grade_book
                counted = said[0]
                assert isinstance(counted, Verdicts)
                set_aside += bool(alone.holds - counted.holds - counted.open)
                opened += bool(alone.holds & counted.open)
            assert judge.engine_faults == 0
    assert set_aside > 50  # else no rows competed
    assert opened > 50


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds.randoms)
def test_no_open_row_is_ever_blamed_on_the_engine(random: Random) -> None:
    rule_set = worlds.rule_set(random, rules=6)
    level = row("level-always", 1, book=Book.LEVEL, then=GiveLevel(level="l0"))  # else a level may be given by none
    rule_set = with_tables(random, RuleSet(catalogue=rule_set.catalogue, rules=(*rule_set.rules, level)))
    assume(worlds.fits(rule_set))
    with closing(Judge(rule_set)) as judge:
        for _ in range(10):
            asked = worlds.case(random, rule_set)
            known = {asked.knowledge.identifier: asked.knowledge}
            decision = judge.judge(question_of(asked), known, asked.feeds)
            assert judge.second_opinion(question_of(asked), known, asked.feeds, decision) == ""
            assert all(entry.what != ENGINE for entry in decision.undetermined), decision.undetermined


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds.randoms)
def test_more_knowledge_never_turns_a_row_that_counts_round(random: Random) -> None:
    rule_set = with_tables(random, worlds.rule_set(random, rules=8))
    assume(worlds.fits(rule_set))
    with closing(Judge(rule_set)) as judge:
        asked = worlds.case(random, rule_set)
        before = engine_says(judge, asked)[2]
        told = {name: value for name, value in worlds.given(random).items() if name != "asked"}  # its default is known
        after = engine_says(judge, Case(**{**asked.__dict__, "given": {**told, **asked.given}}))[2]
        assert isinstance(before, Verdicts)
        assert isinstance(after, Verdicts)
        assert before.holds <= after.holds <= before.holds | before.open
        assert after.open <= before.open


def test_the_proof_passes_on_random_tables() -> None:
    for seed in range(3):
        random = Random(seed)
        assert prove(with_tables(random, worlds.rule_set(random, rules=15))).rules == 22
