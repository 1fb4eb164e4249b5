"""The engine alone: no gRPC, no store, nothing kept from one subject to the next."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests.engine import worlds

from creditgate_server.decision.check.question import Question
from creditgate_server.decision.dossier import Dossier, caller_values
from creditgate_server.decision.knowledge import Knowledge, Rating, Record
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.engine.durable import members
from creditgate_server.judging.judge import Judge
from creditgate_server.judging.plans import RuleKeys
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.catalogue import Period
from creditgate_server.rulebook.language import (
    AllOf,
    Applies,
    Book,
    Compare,
    Duty,
    FactTest,
    GiveGrade,
    GiveLevel,
    GiveMeasure,
    NoneOf,
    RecordTest,
    Role,
    Rule,
    Select,
    Stage,
    Window,
)

DAY = date(2026, 11, 20)
RULES_AN_ITEM = 35


@dataclass(frozen=True)
class EngineFigures:
    """Microseconds, medians over subjects seen for the first time."""

    rules: int
    plan: int
    fired: float
    ask: float
    judged: float


def rule_set(rules: int) -> RuleSet:
    """So many measure rules, about 35 an item, four conditions each."""
    draw = Random(7)
    items = max(1, rules // RULES_AN_ITEM)
    always = {"effective": Period(start=date(2020, 1, 1)), "basis": worlds.BASIS, "title": "规则"}
    grade = Rule(id="grade", book=Book.GRADE, then=GiveGrade(grade="B"), **always)
    level = Rule(id="level", book=Book.LEVEL, then=GiveLevel(level="l1"), **always)
    measures = [
        Rule(
            id=f"m-{number}",
            book=Book.MEASURES,
            applies=Applies(items=(f"i{number % items}",)),
            when=condition(draw, holds=draw.random() < 0.23),
            then=GiveMeasure(measure=f"m{number % 9}", duty=Duty.OPTIONAL),
            **always,
        )
        for number in range(rules)
    ]
    return RuleSet(catalogue=worlds.catalogue(items), rules=(grade, level, *measures))


def condition(draw: Random, *, holds: bool) -> AllOf:
    """Four tests; about a quarter of the rules hold for the subjects below."""
    window = Window(months=draw.choice((6, 12, 24, 36)))
    records = RecordTest(
        select=Select(kinds=("penalty",), severities=(draw.choice(worlds.SEVERITIES),), window=window),
        at_least=1 if holds else draw.randrange(4, 9),
    )
    amount = FactTest(fact="amount", compare=Compare.AT_LEAST, values=(draw.randrange(1, 50),))
    choice = FactTest(
        fact="few", compare=Compare.IN, values=tuple(draw.sample(("a", "b", "c"), 2)) if not holds else ("a", "b", "c")
    )
    none = NoneOf(parts=(RecordTest(select=Select(lists=("bad",), kinds=("list_entry",)), at_least=1),))
    return AllOf(parts=(records, amount, choice, none))


def subject(draw: Random, number: int) -> Knowledge:
    """Six records, two of each severity."""
    records = tuple(
        Record(
            source="f1",
            document_number=f"文{place}",
            kind="penalty",
            severity=worlds.SEVERITIES[place % 3],
            decided_on=(decided := DAY - timedelta(days=draw.randrange(1, 80))),
            effective_from=decided,
        )
        for place in range(6)
    )
    return Knowledge(
        identifier=f"91{number:016d}",
        present=True,
        attributes={"few": draw.choice("abc")},
        records=records,
        ratings=(Rating(ladder="tax", rating="A", decided_on=DAY),),
    )


def measure(rules: int, subjects: int = 400) -> EngineFigures:
    """The engine's own time (assert to verdicts), and the whole judgement of a subject seen for the first time."""
    library = rule_set(rules)
    judge, draw = Judge(library), Random(3)
    items = list(library.catalogue.items)
    feeds = dict.fromkeys(library.catalogue.feeds, DAY)
    given = {"amount": 100, "told": 1, "many": "x1", "filed": "2026-11-01"}
    asks, wholes, fired, size = [], [], [], 0
    for number in range(subjects + len(items)):
        item = library.catalogue.items[items[number % len(items)]]
        known = subject(draw, number)
        plan = judge.plans.plan(RuleKeys(Book.MEASURES, Role.APPLICANT, item.organ, item.code, Stage.ACCEPTANCE), DAY)
        dossier = Dossier(library.catalogue, known, feeds, DAY)
        values, complete = dossier.values(plan.subject_columns)
        own, told = caller_values(plan.caller_columns, given, DAY)
        fact = members({**values, **own})
        started = time.perf_counter()
        verdicts = plan.ask(fact, complete=complete and told)
        asks.append(time.perf_counter() - started)
        fired.append(len(verdicts.holds))
        size = len(plan.rules)
        question = Question(
            organ=item.organ,
            item=item.code,
            case_number="1",
            stage=Stage.ACCEPTANCE,
            subjects=(SubjectInRole(identifier=known.identifier, role=Role.APPLICANT),),
            facts=given,
            purpose="bench",
            day=DAY,
        )
        started = time.perf_counter()
        judge.judged(question, question.subjects[0], known, feeds)
        wholes.append(time.perf_counter() - started)
    warm = len(items)  # the first question of each item compiles its plan
    return EngineFigures(
        rules,
        size,
        statistics.mean(fired),
        statistics.median(asks[warm:]) * 1e6,
        statistics.median(wholes[warm:]) * 1e6,
    )
