"""One rule set on one day, asked of many subjects: verdicts, grade and level, no reasons.

The engine is asked once for each different set of values: subjects of whom a plan sees the same get the same verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..decision.dossier import Dossier, caller_values
from ..decision.findings import Verdicts
from ..decision.judged import BookFindings, settle
from ..decision.knowledge import Feeds, Knowledge
from ..decision.standing import Gravest, grade_order, gravest, level_order
from ..engine.durable import EngineFault, members
from ..engine.plans import Asked, Plan, Plans
from ..rulebook.bundle import RuleSet
from ..rulebook.language import Book, Rule, Value

MOST_REMEMBERED = 200_000
"""Answers kept of all plans together; then all are forgotten."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a plan said of some values; for the grade and level books, what that comes to."""

    said: BookFindings
    gravest: Gravest | None


class Scales:
    """Weighs subjects under one rule set on one day. Not for several threads at once."""

    def __init__(self, rule_set: RuleSet, day: date) -> None:
        self.rule_set = rule_set
        self.day = day
        self.plans = Plans(rule_set)
        self.engine_faults = 0
        """Times that the engine failed and every rule asked was taken as open."""
        self._orders = {Book.GRADE: grade_order(rule_set), Book.LEVEL: level_order(rule_set)}
        self._answers: dict[tuple[int, str, bool], _Answer] = {}
        self._own_plans: dict[tuple[str, ...], Plan] = {}

    def dossier(self, knowledge: Knowledge, feeds: Feeds) -> Dossier:
        """A subject's dossier on the day, nothing settled yet."""
        return Dossier(self.rule_set.catalogue, knowledge, feeds, self.day)

    def grade(self, dossier: Dossier) -> Gravest:
        """The grade, settled in the dossier for later books."""
        return self._settled(self.plan(Asked(Book.GRADE)), Book.GRADE, dossier)

    def level(self, dossier: Dossier, organ: str) -> Gravest:
        """The level before an organ, settled in the dossier in place of any other organ's. Wants the grade settled."""
        return self._settled(self.plan(Asked(Book.LEVEL, organ=organ)), Book.LEVEL, dossier)

    def measures(self, plan: Plan, dossier: Dossier, given: Mapping[str, Value]) -> Verdicts:
        """Verdicts on measures. Wants the grade and the organ's level settled."""
        return self._answer(plan, dossier, given, None).said.verdicts

    def plan(self, asked: Asked) -> Plan:
        """The plan that a question is asked with."""
        return self.plans.plan(asked, self.day)

    def plan_of(self, rules: tuple[Rule, ...]) -> Plan:
        """A plan of some rules alone. Only whole decision tables, or no row of one, may be among them."""
        keys = tuple(rule.key for rule in rules)
        plan = self._own_plans.get(keys)
        if plan is None:
            number = -1 - len(self._own_plans)  # other numbers than those of the questions' plans
            plan = self._own_plans[keys] = Plan(number, rules, self.plans.columns, self.rule_set.catalogue)
        return plan

    def _settled(self, plan: Plan, book: Book, dossier: Dossier) -> Gravest:
        answer = self._answer(plan, dossier, {}, book)
        if answer.gravest is None:
            raise TypeError(f"the book {book.value} comes to no grade or level")
        settle(self.plans.columns, dossier, book, answer.gravest, answer.said)
        return answer.gravest

    def _answer(self, plan: Plan, dossier: Dossier, given: Mapping[str, Value], book: Book | None) -> _Answer:
        values, complete = dossier.values(plan.subject_columns)
        own, own_complete = caller_values(plan.caller_columns, given, self.day)
        try:
            fact = members(values | own)
        except EngineFault:
            return self._failed(plan, book)
        key = (plan.number, fact, complete and own_complete)
        answer = self._answers.get(key)
        if answer is None:
            try:
                verdicts = plan.ask(fact, complete=complete and own_complete)
            except EngineFault:
                return self._failed(plan, book)
            if len(self._answers) >= MOST_REMEMBERED:
                self._answers.clear()
            answer = self._answers[key] = self._made(plan, verdicts, book)
        return answer

    def _failed(self, plan: Plan, book: Book | None) -> _Answer:
        self.engine_faults += 1
        return self._made(plan, Verdicts(holds=frozenset(), open=frozenset(plan.rules)), book)

    def _made(self, plan: Plan, verdicts: Verdicts, book: Book | None) -> _Answer:
        said = BookFindings(plan.rules, verdicts)
        return _Answer(said, None if book is None else gravest(verdicts, plan.rules, self._orders[book]))
