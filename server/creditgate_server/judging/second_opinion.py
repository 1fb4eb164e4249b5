"""The same decision, reached through the reference evaluator instead of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from ..decision.columns import Columns
from ..decision.dossier import Dossier
from ..decision.feeds import feeds_of, feeds_used
from ..decision.findings import Verdicts
from ..decision.gravest import grade_order, gravest, level_order
from ..decision.judged import BookFindings, JudgedSubject, Profile, settle
from ..decision.knowledge import Feeds, Knowledge
from ..decision.parts import FeedUsed, Judgement, canonical
from ..decision.question import Application, Inquiry, SubjectInRole
from ..decision.unsettled import ENGINE
from ..decision.working_days import WorkingDays
from ..engine.reference import Case, Opinion, Reference
from ..engine.reference_violation import applies_to_act
from ..rulebook.bundle import RuleSet, turning_days
from ..rulebook.language import ACT_BOOK, Book, Role, Stage
from .kinds import Decided, kind_of


class SecondOpinion:
    """Judges a question again, slowly, sharing nothing with the engine or its caches."""

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set
        self.columns = Columns(rule_set)
        self.working_days = WorkingDays(rule_set.catalogue.calendars.values())
        self._reference = Reference(rule_set)

    def difference(
        self, question: Inquiry[Decided], knowledge: Mapping[str, Knowledge], feeds: Feeds, decision: Decided
    ) -> str:
        """Where this opinion differs from a decision, in words; empty where it does not.

        A decision that says the engine failed is no opinion to differ from: it was counted when it was made.
        """
        kind = kind_of(question)
        if any(entry.what == ENGINE for entry in kind.open(decision)):
            return ""
        return _difference(kind.judge(self, question, knowledge, feeds), decision)

    def profile(self, knowledge: Knowledge, feeds: Feeds, day: date, organ: str) -> Profile:
        """Grade and level, which depend neither on a role nor on an item."""
        case = Case(knowledge, feeds, day, {}, Role.APPLICANT, organ, "", Stage.ACCEPTANCE)
        return self._profile(case, self._reference.judge(case))

    def judged(
        self, application: Application, subject: SubjectInRole, knowledge: Knowledge, feeds: Feeds
    ) -> JudgedSubject:
        """One subject with what every book says of it."""
        case = Case(
            knowledge=knowledge,
            feeds=feeds,
            day=application.day,
            given=application.facts,
            role=subject.role,
            organ=application.organ,
            item=application.item,
            stage=application.stage,
        )
        opinion = self._reference.judge(case)
        measures = self._book(Book.MEASURES, case, opinion.measures_book)
        return JudgedSubject(self._profile(case, opinion), measures)

    def of_violation(self, dossier: Dossier) -> tuple[BookFindings, ...]:
        """What is said of the dossier's violation by the law of each day that is asked."""
        violation = dossier.violation
        assert violation is not None
        asked_of = (violation.organ, violation.exemption, violation.region, self.rule_set.catalogue)
        of_such_an_act = (rule for rule in self.rule_set.of_book(ACT_BOOK) if applies_to_act(rule, *asked_of))
        days = violation.law_days(turning_days(of_such_an_act))
        case = Case(
            knowledge=dossier.knowledge,
            feeds=dossier.feeds,
            day=dossier.day,
            given=dict(violation.given),
            role=Role.APPLICANT,
            organ=violation.organ,
            item="",
            stage=Stage.ACCEPTANCE,
            exemption=violation.exemption,
            region=violation.region,
        )
        said = zip(days, self._reference.of_violation(case, days), strict=True)
        return tuple(self._book(ACT_BOOK, replace(case, law_day=day), verdicts) for day, verdicts in said)

    def feeds_used(
        self, dossier: Dossier, books: Iterable[BookFindings], others: frozenset[str] = frozenset()
    ) -> tuple[FeedUsed, ...]:
        """Ages of the feeds that were looked at."""
        return feeds_used(dossier, others.union(*(book.feeds for book in books)))

    def _profile(self, case: Case, opinion: Opinion) -> Profile:
        dossier = Dossier(self.rule_set.catalogue, case.knowledge, case.feeds, case.day)
        grade_book = self._book(Book.GRADE, case, opinion.grade_book)
        grade = gravest(grade_book.verdicts, grade_book.rules, grade_order(self.rule_set))
        settle(self.columns, dossier, Book.GRADE, grade, grade_book)
        level_book = self._book(Book.LEVEL, case, opinion.level_book)
        level = gravest(level_book.verdicts, level_book.rules, level_order(self.rule_set))
        settle(self.columns, dossier, Book.LEVEL, level, level_book)
        return Profile(self.columns, dossier, grade_book, level_book, grade, level)

    def _book(self, book: Book, case: Case, verdicts: Verdicts) -> BookFindings:
        item = self.rule_set.catalogue.items.get(case.item)
        organ = "" if item is None else item.organ
        rules = {
            rule.key: rule.asked_of(case.item, organ)
            for rule in self.rule_set.of_book(book)
            if self._reference.applies(rule, case)
        }
        feeds = feeds_of(tuple(rules.values()), self.columns, self.rule_set.catalogue)
        return BookFindings(rules, verdicts, feeds)


def _difference(own: Judgement, decision: Judgement) -> str:
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
