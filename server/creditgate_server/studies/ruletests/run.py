"""Runs tests through the real engine, and has the reference evaluator judge each case as well."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ...decision.check.decision import Decision
from ...decision.check.question import Question
from ...decision.check.roles import effective_question
from ...decision.level.decision import LevelDecision
from ...decision.level.question import LevelQuestion
from ...decision.parts import Standing, Unsettled
from ...decision.question import SubjectInRole
from ...engine.reference import Case, Opinion
from ...judging.judge import Judge
from ...rulebook.bundle import RuleSet
from ...rulebook.language import CREDIT_BOOKS, Book
from .compare import EngineAnswer, Mismatch, mismatches
from .coverage import Coverage
from .language import OPEN, CaseSubject, MeasureSaid, RuleTest, SubjectCode

_PURPOSE = "rule test"


class CaseStatus(StrEnum):
    """How a test came out."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A test and how it came out."""

    test: RuleTest
    status: CaseStatus
    mismatches: tuple[Mismatch, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """What the engine answered to a case, and where the reference evaluator differs; empty: nowhere."""

    found: EngineAnswer
    difference: str


class Runner:
    """Runs tests of one rule set, one after another, and watches what they cover."""

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set
        self.coverage = Coverage(rule_set)
        self._judge = Judge(rule_set)

    def run_all(self, tests: Iterable[RuleTest]) -> tuple[CaseResult, ...]:
        """All tests, in order."""
        return tuple(self.run(test) for test in tests)

    def run(self, test: RuleTest) -> CaseResult:
        """One test. Skipped ones and drafts are not asked and cover nothing."""
        if not test.runs:
            return CaseResult(test, CaseStatus.SKIPPED if test.skip else CaseStatus.DRAFT)
        faults = self._judge.engine_faults
        answer = self.answer(test)
        wrong = mismatches(test, answer.found, self.rule_set.catalogue)
        if answer.difference:
            wrong += (Mismatch(test.place, f"引擎与对照判断不一致: {answer.difference}"),)
        if self._judge.engine_faults > faults:
            wrong += (Mismatch(test.place, "规则引擎未能得出结论"),)
        return CaseResult(test, CaseStatus.FAILED if wrong else CaseStatus.PASSED, wrong)

    def answer(self, test: RuleTest) -> CaseAnswer:
        """The engine's answer to a case, as tests expect it."""
        return self._check(test) if test.item else self._profile(test)

    def _check(self, test: RuleTest) -> CaseAnswer:
        roles = tuple(SubjectInRole(identifier=one.knowledge.identifier, role=one.role) for one in test.subjects)
        question = Question(
            organ=test.organ,
            item=test.item,
            case_number="1",
            stage=test.stage,
            subjects=roles,
            facts=dict(test.facts),
            purpose=_PURPOSE,
            day=test.day,
        )
        known = {one.knowledge.identifier: one.knowledge for one in test.subjects}
        decision = self._judge.judge(question, known, test.feeds)
        fired: set[str] = set()
        effective = effective_question(self.rule_set.catalogue, question, known, test.feeds)
        for role in effective.question.subjects:
            one = CaseSubject(effective.knowledge[role.identifier], role.role)
            fired |= self._judge.judged(question, role, one.knowledge, test.feeds).measures.verdicts.holds
            self.coverage.watch(case_of(test, one), CREDIT_BOOKS)
        difference = self._judge.second_opinion(question, known, test.feeds, decision)
        return CaseAnswer(_found_of_check(decision, fired, len(test.subjects)), difference)

    def _profile(self, test: RuleTest) -> CaseAnswer:
        one = test.subjects[0]
        question = LevelQuestion(
            organ=test.organ,
            subject=SubjectInRole(identifier=one.knowledge.identifier, role=one.role),
            purpose=_PURPOSE,
            day=test.day,
        )
        decision = self._judge.judge(question, {one.knowledge.identifier: one.knowledge}, test.feeds)
        profile = self._judge.profile(one.knowledge, test.feeds, test.day, test.organ)
        opinion = self.coverage.watch(case_of(test, one), (Book.GRADE, Book.LEVEL))
        fired = profile.grade_book.verdicts.holds | profile.level_book.verdicts.holds
        return CaseAnswer(_found_of_profile(decision, fired), _difference(decision, fired, opinion))


def case_of(test: RuleTest, subject: CaseSubject) -> Case:
    """One subject of a test, as the reference evaluator takes it."""
    return Case(
        knowledge=subject.knowledge,
        feeds=test.feeds,
        day=test.day,
        given=dict(test.facts),
        role=subject.role,
        organ=test.organ,
        item=test.item,
        stage=test.stage,
    )


def _found_of_check(decision: Decision, fired: Iterable[str], asked: int) -> EngineAnswer:
    """`asked`: how many subjects the question names; grade and level are said of these."""
    standings = decision.standings[:asked]
    return EngineAnswer(
        outcome=decision.outcome,
        grades=_grades(standings),
        levels=_levels(standings),
        measures=tuple(MeasureSaid(SubjectCode(entry.code, entry.subject), entry.duty) for entry in decision.measures),
        rules=tuple(sorted(fired)),
        set_aside=tuple(SubjectCode(entry.code, entry.subject) for entry in decision.set_aside),
        undetermined=_waited(decision.undetermined),
    )


def _found_of_profile(decision: LevelDecision, fired: Iterable[str]) -> EngineAnswer:
    standings = (decision.standing,)
    return EngineAnswer(
        None, _grades(standings), _levels(standings), (), tuple(sorted(fired)), (), _waited(decision.undetermined)
    )


def _difference(decision: LevelDecision, fired: frozenset[str], opinion: Opinion) -> str:
    """Where the reference evaluator differs on grade and level."""
    standing = decision.standing
    mine = (opinion.grade or "", opinion.level or "", opinion.grade_book.holds | opinion.level_book.holds)
    theirs = (standing.grade.code, standing.level.code, fired)
    return "" if mine == theirs else f"对照判断 {mine}, 引擎 {theirs}"


def _grades(standings: Iterable[Standing]) -> tuple[str, ...]:
    return tuple(standing.grade.code or OPEN for standing in standings)


def _levels(standings: Iterable[Standing]) -> tuple[str, ...]:
    return tuple(standing.level.code or OPEN for standing in standings)


def _waited(entries: Iterable[Unsettled]) -> tuple[SubjectCode, ...]:
    return tuple(SubjectCode(entry.what, entry.subject) for entry in entries)
