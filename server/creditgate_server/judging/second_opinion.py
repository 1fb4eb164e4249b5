"""The same decision, reached through the reference evaluator instead of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ..decision.check.decide import JudgedSubject, decide
from ..decision.check.decision import Decision
from ..decision.check.question import Question
from ..decision.columns import Columns
from ..decision.dossier import Dossier
from ..decision.feeds import feeds_of, feeds_used
from ..decision.findings import Verdicts
from ..decision.judged import BookFindings, Profile, settle
from ..decision.knowledge import Feeds, Knowledge
from ..decision.leniency.decide import decide_leniency, leniency_dossier
from ..decision.leniency.decision import LeniencyDecision
from ..decision.leniency.law_days import law_days
from ..decision.leniency.question import LeniencyQuestion
from ..decision.level.decide import decide_level
from ..decision.level.decision import LevelDecision
from ..decision.level.gravest import grade_order, gravest, level_order
from ..decision.level.question import LevelQuestion
from ..decision.parts import canonical
from ..decision.question import SubjectInRole
from ..decision.unsettled import ENGINE
from ..decision.working_days import WorkingDays
from ..engine.reference import Case, Reference
from ..engine.reference_violation import applies_to_act
from ..rulebook.bundle import RuleSet, turning_days
from ..rulebook.language import Book, Rule, Stage


class SecondOpinion:
    """Judges a question again, slowly, sharing nothing with the engine or its caches."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._rule_set = rule_set
        self._reference = Reference(rule_set)
        self._columns = Columns(rule_set)
        self._working_days = WorkingDays(rule_set.catalogue.calendars.values())

    def difference(
        self, question: Question, knowledge: Mapping[str, Knowledge], feeds: Feeds, decision: Decision
    ) -> str:
        """Where this opinion differs from a decision, in words; empty where it does not.

        A decision that says the engine failed is no opinion to differ from: it was counted when it was made.
        """
        if any(entry.what == ENGINE for entry in decision.undetermined):
            return ""
        return _difference(self.check(question, knowledge, feeds), decision)

    def check(self, question: Question, knowledge: Mapping[str, Knowledge], feeds: Feeds) -> Decision:
        """The decision as the reference evaluator reaches it."""
        return self.decided(question, self.judged(question, knowledge, feeds))

    def decided(self, question: Question, subjects: Sequence[JudgedSubject]) -> Decision:
        """The decision on subjects that were judged."""
        codes = frozenset().union(*(self._feeds(subject) for subject in subjects))
        return decide(question, subjects, feeds_used(subjects[0].profile.dossier, codes), self._rule_set.digest)

    def level_difference(
        self, question: LevelQuestion, knowledge: Mapping[str, Knowledge], feeds: Feeds, decision: LevelDecision
    ) -> str:
        """Where this opinion differs from a level decision, in words; empty where it does not."""
        if any(entry.what == ENGINE for entry in decision.undetermined):
            return ""
        subject = self.judged_level(question, knowledge[question.subject.identifier], feeds)
        return _difference(self.level_decided(subject.profile), decision)

    def judged_level(self, question: LevelQuestion, known: Knowledge, feeds: Feeds) -> JudgedSubject:
        """The subject of a level question: as that of a check of no item, whose grade and level come out the same."""
        check = Question(
            organ=question.organ,
            item="",
            case_number="",
            stage=Stage.ACCEPTANCE,
            subjects=(question.subject,),
            facts={},
            purpose=question.purpose,
            day=question.day,
            known_at=question.known_at,
        )
        return self._subject(check, question.subject, known, feeds)

    def level_decided(self, profile: Profile) -> LevelDecision:
        """The level decision on a subject that was judged."""
        books = (*profile.grade_book.rules.values(), *profile.level_book.rules.values())
        codes = feeds_of(books, self._columns, self._rule_set.catalogue)
        return decide_level(profile, feeds_used(profile.dossier, codes), self._rule_set.digest)

    def judged(self, question: Question, knowledge: Mapping[str, Knowledge], feeds: Feeds) -> tuple[JudgedSubject, ...]:
        """Each subject of a question with what every book says of it."""
        return tuple(
            self._subject(question, subject, knowledge[subject.identifier], feeds) for subject in question.subjects
        )

    def leniency_difference(
        self,
        question: LeniencyQuestion,
        knowledge: Mapping[str, Knowledge],
        feeds: Feeds,
        decision: LeniencyDecision,
    ) -> str:
        """Where this opinion differs from a leniency decision, in words; empty where it does not."""
        if any(entry.what == ENGINE for entry in decision.missing):
            return ""
        return _difference(self.leniency(question, knowledge, feeds), decision)

    def leniency(
        self, question: LeniencyQuestion, knowledge: Mapping[str, Knowledge], feeds: Feeds
    ) -> LeniencyDecision:
        """The leniency decision as the reference evaluator reaches it."""
        known = knowledge[question.subject.identifier]
        dossier = leniency_dossier(self._rule_set.catalogue, self._working_days, question, known, feeds)
        books = []
        for law_day in law_days(question, self._turning_days(question)):
            case = Case(
                knowledge=known,
                feeds=feeds,
                day=question.day,
                given=question.facts,
                role=question.subject.role,
                organ=question.organ,
                item="",
                stage=Stage.ACCEPTANCE,
                exemption=question.exemption,
                region=question.region,
                law_day=law_day,
            )
            books.append(self._book(Book.LENIENCY, case, self._reference.leniency(case)))
        asked = tuple(rule for book in books for rule in book.rules.values())
        codes = feeds_of(asked, self._columns, self._rule_set.catalogue)
        used = feeds_used(dossier, codes)
        return decide_leniency(question, dossier, self._columns, books, used, self._rule_set.digest)

    def _turning_days(self, question: LeniencyQuestion) -> tuple[date, ...]:
        """Days on which the rules that speak of such an act change."""
        return turning_days(
            rule
            for rule in self._rule_set.of_book(Book.LENIENCY)
            if applies_to_act(rule, question.organ, question.exemption, question.region)
        )

    def _subject(self, question: Question, subject: SubjectInRole, known: Knowledge, feeds: Feeds) -> JudgedSubject:
        case = Case(
            knowledge=known,
            feeds=feeds,
            day=question.day,
            given=question.facts,
            role=subject.role,
            organ=question.organ,
            item=question.item,
            stage=question.stage,
        )
        opinion = self._reference.judge(case)
        dossier = Dossier(self._rule_set.catalogue, known, feeds, question.day)
        grade_book = self._book(Book.GRADE, case, opinion.grade_book)
        grade = gravest(grade_book.verdicts, grade_book.rules, grade_order(self._rule_set))
        settle(self._columns, dossier, Book.GRADE, grade, grade_book)
        level_book = self._book(Book.LEVEL, case, opinion.level_book)
        level = gravest(level_book.verdicts, level_book.rules, level_order(self._rule_set))
        settle(self._columns, dossier, Book.LEVEL, level, level_book)
        profile = Profile(self._columns, dossier, grade_book, level_book, grade, level)
        return JudgedSubject(profile, self._book(Book.MEASURES, case, opinion.measures_book))

    def _book(self, book: Book, case: Case, verdicts: Verdicts) -> BookFindings:
        rules = {rule.key: rule for rule in self._rule_set.of_book(book) if self._reference.applies(rule, case)}
        return BookFindings(rules, verdicts)

    def _feeds(self, subject: JudgedSubject) -> frozenset[str]:
        profile = subject.profile
        rules: tuple[Rule, ...] = (
            *profile.grade_book.rules.values(),
            *profile.level_book.rules.values(),
            *subject.measures.rules.values(),
        )
        return feeds_of(rules, self._columns, self._rule_set.catalogue)


_Any = Decision | LevelDecision | LeniencyDecision


def _difference(own: _Any, decision: _Any) -> str:
    """Where two decisions on one question differ, in words; empty where they do not."""
    if canonical(own) == canonical(decision):
        return ""
    for field in decision.__struct_fields__:
        mine, theirs = getattr(own, field), getattr(decision, field)
        if mine != theirs:
            return f"{field}: second opinion {_short(mine)}, decision {_short(theirs)}"
    return "the canonical bytes differ"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 300 else text[:300] + "…"
