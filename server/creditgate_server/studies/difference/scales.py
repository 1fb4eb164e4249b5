"""One rule set on one day, asked of many subjects: verdicts, grade and level, and what a check comes to; no reasons.

The engine is asked once for each different set of values: subjects of whom a plan sees the same get the same verdicts.
The outcome and the measures are the same as `decision/check.py` works out, at a hundredth of the cost; a test holds the
two together.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ...decision.check.decide import outcome_of
from ...decision.columns import FactColumn, FindingColumn
from ...decision.dossier import Dossier, caller_values
from ...decision.findings import Verdicts
from ...decision.gravest import Gravest, grade_order, gravest, level_order
from ...decision.judged import BookFindings, settle
from ...decision.knowledge import Feeds, Knowledge
from ...engine.durable import EngineFault, members
from ...judging.plans import Plan, Plans, RuleKeys
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import FactSource, MeasureEntry, MeasureKind
from ...rulebook.language import Book, Duty, GiveMeasure, Rule, Value
from .report import MeasureGiven, MoveSide


@dataclass(frozen=True, slots=True)
class MeasureSummary:
    """What the measures book said of one subject."""

    rules: Mapping[str, Rule]
    """Those that were asked, by key."""
    holds: frozenset[str]
    open: frozenset[str]


def comes_to(subjects: Sequence[MeasureSummary], catalogue: Mapping[str, MeasureEntry]) -> MoveSide:
    """The outcome and the measures of a check of some subjects together."""
    applied: list[MeasureGiven] = []
    waiting: set[str] = set()
    for number, judged in enumerate(subjects):
        duties = _duties(judged)
        applied += [MeasureGiven(code=code, duty=duty, subject=number) for code, duty in duties.items()]
        waiting |= _waiting(judged, duties)
    against = waiting | {entry.code for entry in applied if catalogue[entry.code].kind is MeasureKind.RESTRAINT}
    kept = [entry for entry in applied if against.isdisjoint(catalogue[entry.code].yields_to)]
    outcome = outcome_of([catalogue[entry.code] for entry in kept], undetermined=bool(waiting))
    return MoveSide(code=outcome.value, measures=tuple(sorted(kept)))


def _duties(judged: MeasureSummary) -> dict[str, Duty]:
    """Each measure that applies: mandatory where one rule says so."""
    duties: dict[str, Duty] = {}
    for key in judged.holds:
        given = measure_of(judged.rules[key])
        if given.duty is Duty.MANDATORY or given.measure not in duties:
            duties[given.measure] = given.duty
    return duties


def _waiting(judged: MeasureSummary, duties: Mapping[str, Duty]) -> set[str]:
    """Measures of open rules that would still change something."""
    waiting: set[str] = set()
    for key in judged.open:
        given = measure_of(judged.rules[key])
        if duties.get(given.measure) not in (Duty.MANDATORY, given.duty):
            waiting.add(given.measure)
    return waiting


def measure_of(rule: Rule) -> GiveMeasure:
    """What a rule of the measures book orders."""
    if not isinstance(rule.then, GiveMeasure):
        raise TypeError(f"{rule.key} orders no measure")
    return rule.then


MOST_REMEMBERED = 200_000
"""Answers kept of all plans together; then all are forgotten."""


Effects = Mapping[Hashable, frozenset[str]]
"""What is ordered for certain (or open), and what that means, with the ids of the rules that order it."""


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """What a plan said of some values; for the grade and level books, what that comes to."""

    number: int
    """No other answer of the same scales has it."""
    said: BookFindings
    gravest: Gravest | None
    handed_on: object
    """Equal for two answers of a grade or level book from which later books learn the same."""
    effects: Effects
    """For the measures book, what the verdicts order."""


@dataclass(frozen=True, slots=True)
class ScaleResult:
    """A grade or level."""

    gravest: Gravest
    handed_on: object
    """Equal for two from which later books learn the same."""


class Scales:
    """Weighs subjects under one rule set on one day. Not for several threads at once."""

    def __init__(self, rule_set: RuleSet, day: date) -> None:
        self.rule_set = rule_set
        self.day = day
        self.plans = Plans(rule_set)
        self.engine_faults = 0
        """Times that the engine failed and every rule asked was taken as open."""
        self._orders = {Book.GRADE: grade_order(rule_set), Book.LEVEL: level_order(rule_set)}
        self._answers: dict[object, PlanAnswer] = {}
        self._made_so_far = 0
        self._own_plans: dict[tuple[str, ...], Plan] = {}

    def dossier(self, knowledge: Knowledge, feeds: Feeds) -> Dossier:
        """A subject's dossier on the day, nothing settled yet."""
        return Dossier(self.rule_set.catalogue, knowledge, feeds, self.day)

    def grade(self, dossier: Dossier) -> ScaleResult:
        """The grade, settled in the dossier for later books."""
        return self._settled(self.plan(RuleKeys(Book.GRADE)), Book.GRADE, dossier)

    def level(self, dossier: Dossier, organ: str) -> ScaleResult:
        """The level before an organ, settled in the dossier in place of any other organ's. Wants the grade settled."""
        return self._settled(self.plan(RuleKeys(Book.LEVEL, organ=organ)), Book.LEVEL, dossier)

    def measures(self, plan: Plan, dossier: Dossier, given: Mapping[str, Value]) -> PlanAnswer:
        """Verdicts on measures. Wants the grade and the organ's level settled."""
        return self._answer(plan, dossier, given, None)

    def plan(self, asked: RuleKeys) -> Plan:
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

    def looks_at_level(self, plan: Plan) -> bool:
        """Whether a plan's verdicts depend on the level, so that they are another organ's no more."""
        levels = {column.rule for column in self.plans.columns.findings_of(Book.LEVEL)}
        return any(
            (isinstance(column, FactColumn) and column.fact.source is FactSource.LEVEL)
            or (isinstance(column, FindingColumn) and column.rule in levels)
            for column in plan.subject_columns
        )

    def _settled(self, plan: Plan, book: Book, dossier: Dossier) -> ScaleResult:
        answer = self._answer(plan, dossier, {}, book)
        if answer.gravest is None:
            raise TypeError(f"the book {book.value} comes to no grade or level")
        settle(self.plans.columns, dossier, book, answer.gravest, answer.said)
        return ScaleResult(answer.gravest, answer.handed_on)

    def _answer(self, plan: Plan, dossier: Dossier, given: Mapping[str, Value], book: Book | None) -> PlanAnswer:
        values, complete = dossier.values(plan.subject_columns)
        if plan.caller_columns:
            own, own_complete = caller_values(plan.caller_columns, given, self.day)
            values.update(own)
            complete = complete and own_complete
        key = (plan.number, complete, tuple(values.items()))
        answer = self._answers.get(key)
        if answer is None:
            answer = self._made(plan, self._verdicts(plan, values, complete=complete), book)
            if len(self._answers) >= MOST_REMEMBERED:
                self._answers.clear()
            self._answers[key] = answer
        return answer

    def _verdicts(self, plan: Plan, values: Mapping[str, Value], *, complete: bool) -> Verdicts:
        try:
            return plan.ask(members(values), complete=complete)
        except EngineFault:
            self.engine_faults += 1
            return Verdicts(holds=frozenset(), open=frozenset(plan.rules))

    def _made(self, plan: Plan, verdicts: Verdicts, book: Book | None) -> PlanAnswer:
        said = BookFindings(plan.rules, verdicts, plan.feeds)
        self._made_so_far += 1
        if book is None:
            return PlanAnswer(self._made_so_far, said, None, None, self._effects(said))
        result = gravest(verdicts, plan.rules, self._orders[book])
        return PlanAnswer(self._made_so_far, said, result, (result.code, self._findings(said, book)), {})

    def _effects(self, said: BookFindings) -> Effects:
        effects: dict[Hashable, frozenset[str]] = {}
        for certain, keys in ((True, said.verdicts.holds), (False, said.verdicts.open)):
            for key in keys:
                given = measure_of(said.rules[key])
                entry = self.rule_set.catalogue.measures[given.measure]
                effect = (certain, entry.code, given.duty, entry.kind, entry.prohibits, entry.yields_to)
                effects[effect] = effects.get(effect, frozenset()) | {said.rules[key].id}
        return effects

    def _findings(self, said: BookFindings, book: Book) -> tuple[tuple[str, bool, bool], ...]:
        """Rules that later books look at: whether each holds, and whether it is open."""
        looked_at = sorted({column.rule for column in self.plans.columns.findings_of(book)})
        holds = {said.rules[key].id for key in said.verdicts.holds}
        undecided = {said.rules[key].id for key in said.verdicts.open}
        return tuple((rule, rule in holds, rule in undecided) for rule in looked_at)
