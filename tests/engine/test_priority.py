"""Priority tables: the uppermost row that holds counts; the same by both roads, and always explained."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import msgspec
import pytest

from creditgate_server.decision.check.decision import Decision, Outcome
from creditgate_server.decision.check.near_misses import near_misses
from creditgate_server.decision.findings import Verdicts
from creditgate_server.decision.knowledge import Knowledge, Record
from creditgate_server.decision.priority import count_rows, priority_tables
from creditgate_server.engine.reference import Case
from creditgate_server.judging.judge import Judge
from creditgate_server.judging.prove import prove
from creditgate_server.rulebook.bundle import RuleSet, decode
from creditgate_server.rulebook.catalogue import Period
from creditgate_server.rulebook.language import (
    AllOf,
    Book,
    Compare,
    Condition,
    Duty,
    Effect,
    FactTest,
    FindingTest,
    GiveGrade,
    GiveLevel,
    GiveMeasure,
    Hit,
    RecordTest,
    Role,
    Row,
    Rule,
    Select,
    Stage,
    Value,
)

from . import worlds
from .test_agreement import question_of

# -- what counts, worked out by hand: + holds, ? open, - fails ---------------------------------------------------------

HIT_BY_HAND = [
    ("+", "+"),
    ("++", "+-"),
    ("-+", "-+"),
    ("?+", "??"),
    ("?++", "??-"),
    ("?-+", "?-?"),
    ("+?", "+-"),
    ("-?+", "-??"),
    ("??", "??"),
    ("?+?+", "??--"),
    ("---", "---"),
    ("-+?+", "-+--"),
]


@pytest.mark.parametrize(("alone", "counted"), HIT_BY_HAND)
def test_the_uppermost_row_that_holds_counts(alone: str, counted: str) -> None:
    keys = tuple(f"row-{number}" for number in range(len(alone)))

    def verdicts(signs: str) -> Verdicts:
        return Verdicts(
            holds=frozenset(key for key, sign in zip(keys, signs, strict=True) if sign == "+") | {"elsewhere"},
            open=frozenset(key for key, sign in zip(keys, signs, strict=True) if sign == "?"),
        )

    assert count_rows(verdicts(alone), (keys,)) == verdicts(counted)


def test_only_rows_of_one_priority_table_that_are_asked_together_compete() -> None:
    rules = (
        row("b", 2, "x", Hit.PRIORITY),
        row("a", 1, "x", Hit.PRIORITY),
        row("c", 1, "y", Hit.PRIORITY),
        row("d", 1, "z", Hit.COLLECT),
        row("e", 2, "z", Hit.COLLECT),
    )
    assert priority_tables(rules) == (("a@2020-01-01", "b@2020-01-01"),)


# -- decisions, worked out by hand -------------------------------------------------------------------------------------


def row(
    rule_id: str,
    number: int,
    table: str = "table",
    hit: Hit = Hit.PRIORITY,
    *,
    book: Book = Book.MEASURES,
    when: Condition | None = None,
    then: Effect | None = None,
    until: date | None = None,
) -> Rule:
    return Rule(
        id=rule_id,
        book=book,
        title=rule_id,
        effective=Period(start=date(2020, 1, 1), until=until),
        when=when,
        then=then or GiveMeasure(measure=f"m{number + 1}", duty=Duty.MANDATORY),
        basis=worlds.BASIS,
        row=Row(table=table, hit=hit, number=number),
    )


def at_least(fact: str, value: int) -> FactTest:
    return FactTest(fact=fact, compare=Compare.AT_LEAST, values=(value,))


PENALTY = RecordTest(select=Select(kinds=("penalty",)), at_least=1)
AMOUNTS = (
    row("large", 1, when=at_least("amount", 300)),  # m2, a restraint
    row("medium", 2, when=at_least("amount", 100)),  # m3, an incentive
    row("otherwise", 3),  # m4, a restraint
)
GRADES = (
    row("grade-d", 1, "grades", book=Book.GRADE, when=PENALTY, then=GiveGrade(grade="D")),
    row("grade-a", 2, "grades", book=Book.GRADE, then=GiveGrade(grade="A")),
)


def library(*rules: Rule) -> RuleSet:
    if not any(rule.book is Book.GRADE for rule in rules):
        rules = (*GRADES, *rules)
    return RuleSet(catalogue=worlds.catalogue(), rules=rules)


def case(given: dict[str, Value], *records: Record, fresh: bool = True) -> Case:
    identifier = "914419000000000000"
    known = Knowledge(identifier=identifier, present=True, attributes={}, records=records, ratings=())
    feeds = dict.fromkeys(("f1", "f2", "f3"), worlds.DAY) if fresh else {}
    return Case(known, feeds, worlds.DAY, given, Role.APPLICANT, "o0", "i0", Stage.ACCEPTANCE)


def penalty() -> Record:
    return Record(
        source="f1",
        document_number="文1",
        kind="penalty",
        list="",
        severity="minor",
        organ="o0",
        decided_on=worlds.DAY,
        effective_from=worlds.DAY,
        until=date(2027, 1, 5),
        state="effective",
        state_on=None,
        amount_fen=0,
    )


def decided(rule_set: RuleSet, asked: Case) -> Decision:
    with closing(Judge(rule_set)) as judge:
        known = {asked.knowledge.identifier: asked.knowledge}
        decision = judge.judge(question_of(asked), known, asked.feeds)
        assert judge.second_opinion(question_of(asked), known, asked.feeds, decision) == ""
        return decision


@pytest.mark.parametrize(("amount", "rule"), [(300, "large"), (299, "medium"), (100, "medium"), (99, "otherwise")])
def test_the_measure_of_the_uppermost_row_applies_alone(amount: int, rule: str) -> None:
    decision = decided(library(*AMOUNTS), case({"amount": amount}))
    assert [measure.rule for measure in decision.measures] == [rule]
    assert decision.outcome is (Outcome.INCENTIVES if rule == "medium" else Outcome.MEASURES)


def test_a_lower_row_is_explained_by_what_the_rows_above_wait_for() -> None:
    decision = decided(library(*AMOUNTS), case({}))
    assert decision.outcome is Outcome.UNDETERMINED
    assert decision.measures == ()
    assert [(entry.what, entry.rules) for entry in decision.undetermined] == [
        ("amount", ("large", "medium", "otherwise"))
    ]


def test_what_rows_above_wait_for_is_asked_anew_for_each_question() -> None:
    told = FactTest(fact="told", compare=Compare.IN, values=(1,))
    rule_set = library(row("first", 1, when=both(told, at_least("amount", 5))), row("rest", 2))
    judge, asked = Judge(rule_set), case({})
    known = {asked.knowledge.identifier: asked.knowledge}
    for told_us, expected in (({}, ["amount", "told"]), ({"amount": 5}, ["told"]), ({"told": 1}, ["amount"])):
        question = question_of(Case(**{**asked.__dict__, "given": told_us}))
        decision = judge.judge(question, known, asked.feeds)
        assert [entry.what for entry in decision.undetermined] == expected
        assert all("rest" in entry.rules for entry in decision.undetermined)


def test_an_open_upper_row_of_the_grade_book_explains_grade_and_what_follows_from_it() -> None:
    poor = row("poor", 1, when=FactTest(fact="grade", compare=Compare.IN, values=("D",)))
    rest = row("rest", 2)
    decision = decided(library(poor, rest), case({}, fresh=False))
    assert decision.standings[0].grade.code == ""
    assert decision.outcome is Outcome.UNDETERMINED
    assert {(entry.what, entry.rules) for entry in decision.undetermined} == {
        ("feed:f1", ("grade-a", "grade-d", "poor", "rest")),
    }


def test_a_finding_on_a_row_that_does_not_count_is_false() -> None:
    follows = msgspec.structs.replace(row("follows", 1), when=FindingTest(rule="grade-a"), row=None)
    assert [measure.rule for measure in decided(library(*GRADES, follows), case({})).measures] == ["follows"]
    assert decided(library(*GRADES, follows), case({}, penalty())).measures == ()
    open_grade = decided(library(*GRADES, follows), case({}, fresh=False))
    assert [(entry.what, entry.rules) for entry in open_grade.undetermined] == [
        ("feed:f1", ("follows", "grade-a", "grade-d"))
    ]


def test_a_measure_ends_with_its_own_row_though_a_lower_row_follows() -> None:
    rows = (row("penalised", 1, when=PENALTY), row("rest", 2, until=date(2028, 1, 1)))
    upper = decided(library(*rows), case({}, penalty())).measures
    assert [(measure.rule, measure.until) for measure in upper] == [("penalised", date(2027, 1, 5))]
    lower = decided(library(*rows), case({})).measures
    assert [(measure.rule, measure.until) for measure in lower] == [("rest", date(2028, 1, 1))]


def test_a_row_is_no_near_miss_below_a_row_that_holds() -> None:
    told = FactTest(fact="told", compare=Compare.IN, values=(1,))
    rows = (row("first", 1, when=told), row("second", 2, when=both(at_least("amount", 5), PENALTY)))
    assert near(library(*rows), case({"told": 0, "amount": 4}, penalty())) == ["second"]
    assert near(library(*rows), case({"told": 1, "amount": 4}, penalty())) == []
    assert near(library(*rows), case({"amount": 4}, penalty())) == []  # the upper row may hold


def both(*parts: Condition) -> Condition:
    return AllOf(parts=parts)


def near(rule_set: RuleSet, asked: Case) -> list[str]:
    misses = near_misses(
        Judge(rule_set), question_of(asked), {asked.knowledge.identifier: asked.knowledge}, asked.feeds
    )
    return [miss.rule for miss in misses]


def test_the_proof_passes_and_a_row_survives_its_canonical_form() -> None:
    levels = (
        row("level-2", 1, "levels", book=Book.LEVEL, when=PENALTY, then=GiveLevel(level="l2")),
        row("level-0", 2, "levels", book=Book.LEVEL, then=GiveLevel(level="l0")),
    )
    rule_set = library(*GRADES, *levels, *AMOUNTS)
    assert decode(rule_set.canonical) == rule_set
    assert prove(rule_set).rules == 7
