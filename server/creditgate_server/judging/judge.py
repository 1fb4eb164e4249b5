"""The road from a question and what is known to a decision: dossier, plans, engine, decision."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from ..decision.check.decide import JudgedSubject, decide
from ..decision.check.decision import Decision, NearMiss
from ..decision.check.near_misses import near_misses
from ..decision.check.question import Question
from ..decision.dossier import Dossier, caller_values
from ..decision.feeds import feeds_used
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
from ..decision.parts import FeedUsed
from ..decision.question import SubjectInRole
from ..decision.working_days import WorkingDays
from ..engine.durable import EngineFault, members
from ..rulebook.bundle import RuleSet
from ..rulebook.language import Book, Value
from .plans import Asked, Plan, Plans
from .second_opinion import SecondOpinion

MOST_PROFILES = 20_000
"""Profiles kept; the least recently used goes first."""


MOST_DECISIONS = 4_000
"""Decisions kept; the least recently used goes first."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A decision with the very knowledge that it rests on."""

    decision: Decision
    known: tuple[Knowledge, ...]
    feeds: Feeds

    def rests_on(self, known: tuple[Knowledge, ...], feeds: Feeds) -> bool:
        """Whether nothing was learned since: the registry hands out the same objects."""
        return self.feeds is feeds and all(mine is theirs for mine, theirs in zip(self.known, known, strict=True))


def _leniency_keys(question: LeniencyQuestion) -> tuple[Asked, ...]:
    """The rules of every act, and those of the entry."""
    every = Asked(Book.LENIENCY, organ=question.organ, region=question.region)
    return (every, replace(every, exemption=question.exemption)) if question.exemption else (every,)


def _frozen(facts: Mapping[str, Value]) -> tuple[tuple[str, Value], ...]:
    return tuple(sorted(facts.items()))


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A subject's part of the merged fact for one plan."""

    members: str
    complete: bool


class Judge:
    """Judges questions under one rule set. Not for several threads at once."""

    def __init__(
        self, rule_set: RuleSet, *, most_profiles: int = MOST_PROFILES, most_decisions: int = MOST_DECISIONS
    ) -> None:
        """`most_profiles`, `most_decisions`: how many are kept."""
        self._most_profiles, self._most_decisions = most_profiles, most_decisions
        self.rule_set = rule_set
        self.plans = Plans(rule_set)
        self.engine_faults = 0
        """Times that the engine failed and the answer became UNDETERMINED."""
        self._grades = grade_order(rule_set)
        self._levels = level_order(rule_set)
        self._decisions: OrderedDict[object, _Kept] = OrderedDict()
        self._ages: dict[tuple[frozenset[str], date], tuple[FeedUsed, ...]] = {}
        self._ages_of: Feeds | None = None
        self._second = SecondOpinion(rule_set)
        self._working_days = WorkingDays(rule_set.catalogue.calendars.values())
        self._profiles: OrderedDict[tuple[str, str, date], Profile] = OrderedDict()

    def close(self) -> None:
        """Give the engine's parts back. It must not be asked again."""
        self.plans.close()

    def check(self, question: Question, knowledge: Mapping[str, Knowledge], feeds: Feeds) -> Decision:
        """Answer a credit check. Never fails for the engine's sake: what it can't say is UNDETERMINED.

        The same question on the same knowledge has the same decision, and gets the very same value while it is kept.
        """
        key = (question.organ, question.item, question.stage, question.subjects, question.day, _frozen(question.facts))
        known = tuple(knowledge[subject.identifier] for subject in question.subjects)
        kept = self._decisions.get(key)
        if kept is not None and kept.rests_on(known, feeds):
            self._decisions.move_to_end(key)
            return kept.decision
        faults = self.engine_faults
        decision = self._check(question, knowledge, feeds)
        if self.engine_faults == faults:
            self._decisions[key] = _Kept(decision, known, feeds)
            if len(self._decisions) > self._most_decisions:
                self._decisions.popitem(last=False)
        return decision

    def _check(self, question: Question, knowledge: Mapping[str, Knowledge], feeds: Feeds) -> Decision:
        subjects = [
            self.judged(question, subject, knowledge[subject.identifier], feeds) for subject in question.subjects
        ]
        plans = [self._plan(question, subject) for subject in question.subjects]
        codes = self._profile_feeds(question.day, question.organ).union(*(plan.feeds for plan in plans))
        return decide(question, subjects, self._feeds_used(subjects[0].profile.dossier, codes), self.rule_set.digest)

    def level(self, question: LevelQuestion, knowledge: Mapping[str, Knowledge], feeds: Feeds) -> LevelDecision:
        """Answer a level question."""
        profile = self.profile(knowledge[question.subject.identifier], feeds, question.day, question.organ)
        codes = self._profile_feeds(question.day, question.organ)
        return decide_level(profile, self._feeds_used(profile.dossier, codes), self.rule_set.digest)

    def leniency(
        self, question: LeniencyQuestion, knowledge: Mapping[str, Knowledge], feeds: Feeds
    ) -> LeniencyDecision:
        """Answer whether a violation may go without a penalty, by the law of the act and the law of the day."""
        dossier, plans, books = self.lenient_findings(question, knowledge, feeds)
        codes = frozenset[str]().union(*(plan.feeds for plan in plans))
        return decide_leniency(
            question, dossier, self.plans.columns, books, self._feeds_used(dossier, codes), self.rule_set.digest
        )

    def lenient_findings(
        self, question: LeniencyQuestion, knowledge: Mapping[str, Knowledge], feeds: Feeds
    ) -> tuple[Dossier, tuple[Plan, ...], tuple[BookFindings, ...]]:
        """The dossier of a violation, and what each plan that was asked said: the law of both days, and the entry."""
        dossier = leniency_dossier(
            self.rule_set.catalogue, self._working_days, question, knowledge[question.subject.identifier], feeds
        )
        every = _leniency_keys(question)
        days = self.law_days(question)
        plans = tuple(dict.fromkeys(self.plans.plan(keys, day) for day in days for keys in every))
        return dossier, plans, tuple(self._ask(plan, dossier, {}) for plan in plans)

    def law_days(self, question: LeniencyQuestion) -> tuple[date, ...]:
        """Days whose law is asked."""
        turning = {day for keys in _leniency_keys(question) for day in self.plans.turning_days(keys)}
        return law_days(question, sorted(turning))

    def level_second_opinion(
        self, question: LevelQuestion, knowledge: Mapping[str, Knowledge], feeds: Feeds, decision: LevelDecision
    ) -> str:
        """Where the reference evaluator differs from a level decision; empty where it does not."""
        return self._second.level_difference(question, knowledge, feeds, decision)

    def leniency_second_opinion(
        self,
        question: LeniencyQuestion,
        knowledge: Mapping[str, Knowledge],
        feeds: Feeds,
        decision: LeniencyDecision,
    ) -> str:
        """Where the reference evaluator differs from a leniency decision; empty where it does not."""
        return self._second.leniency_difference(question, knowledge, feeds, decision)

    def near_misses(self, question: Question, knowledge: Mapping[str, Knowledge], feeds: Feeds) -> tuple[NearMiss, ...]:
        """Rules that failed by one condition. Beside the answer's path."""
        subjects = [
            self.judged(question, subject, knowledge[subject.identifier], feeds) for subject in question.subjects
        ]
        return near_misses(question, subjects)

    def second_opinion(
        self, question: Question, knowledge: Mapping[str, Knowledge], feeds: Feeds, decision: Decision
    ) -> str:
        """Where the reference evaluator differs from a decision; empty where it does not. Safe in another thread."""
        return self._second.difference(question, knowledge, feeds, decision)

    # -- one subject ------------------------------------------------------------------------------------------------

    def judged(self, question: Question, subject: SubjectInRole, knowledge: Knowledge, feeds: Feeds) -> JudgedSubject:
        """One subject of a question, judged by every book."""
        profile = self.profile(knowledge, feeds, question.day, question.organ)
        return JudgedSubject(profile, self._ask(self._plan(question, subject), profile.dossier, question.facts))

    def _plan(self, question: Question, subject: SubjectInRole) -> Plan:
        asked = Asked(Book.MEASURES, subject.role, question.organ, question.item, question.stage)
        return self.plans.plan(asked, question.day)

    def _feeds_used(self, dossier: Dossier, codes: frozenset[str]) -> tuple[FeedUsed, ...]:
        """Ages of the feeds; the same for all subjects while no feed delivers."""
        if dossier.feeds is not self._ages_of:
            self._ages_of = dossier.feeds
            self._ages.clear()
        key = (codes, dossier.day)
        if key not in self._ages:
            self._ages[key] = feeds_used(dossier, codes)
        return self._ages[key]

    def _profile_feeds(self, day: date, organ: str) -> frozenset[str]:
        grade, level = (
            self.plans.plan(Asked(Book.GRADE), day),
            self.plans.plan(Asked(Book.LEVEL, organ=organ), day),
        )
        return grade.feeds | level.feeds

    def profile(self, knowledge: Knowledge, feeds: Feeds, day: date, organ: str) -> Profile:
        """Grade and level. Kept for as long as the registry hands out the same knowledge."""
        key = (knowledge.identifier, organ, day)
        profile = self._profiles.get(key)
        if profile is not None:
            dossier = profile.dossier
            if dossier.knowledge is knowledge and (dossier.feeds is feeds or dossier.feeds == feeds):
                self._profiles.move_to_end(key)
                return profile
        profile = self._make_profile(knowledge, feeds, day, organ)
        if not (profile.grade_book.failed or profile.level_book.failed):
            self._profiles[key] = profile
            if len(self._profiles) > self._most_profiles:
                self._profiles.popitem(last=False)
        return profile

    def _make_profile(self, knowledge: Knowledge, feeds: Feeds, day: date, organ: str) -> Profile:
        dossier = Dossier(self.rule_set.catalogue, knowledge, feeds, day)
        grade_book = self._ask(self.plans.plan(Asked(Book.GRADE), day), dossier, {})
        grade = gravest(grade_book.verdicts, grade_book.rules, self._grades)
        settle(self.plans.columns, dossier, Book.GRADE, grade, grade_book)
        level_book = self._ask(self.plans.plan(Asked(Book.LEVEL, organ=organ), day), dossier, {})
        level = gravest(level_book.verdicts, level_book.rules, self._levels)
        settle(self.plans.columns, dossier, Book.LEVEL, level, level_book)
        return Profile(self.plans.columns, dossier, grade_book, level_book, grade, level)

    def _ask(self, plan: Plan, dossier: Dossier, given: Mapping[str, Value]) -> BookFindings:
        try:
            fragment = self._fragment(plan, dossier)
            own, complete = caller_values(plan.caller_columns, given, dossier.day)
            fact = fragment.members
            if own:
                fact = f"{fact},{members(own)}" if fact else members(own)
            return BookFindings(plan.rules, plan.ask(fact, complete=complete and fragment.complete))
        except EngineFault:
            self.engine_faults += 1
            everything_open = Verdicts(holds=frozenset(), open=frozenset(plan.rules))
            return BookFindings(plan.rules, everything_open, failed=True)

    @staticmethod
    def _fragment(plan: Plan, dossier: Dossier) -> _Fragment:
        fragment = dossier.memo.get(plan.number)
        if fragment is None:
            values, complete = dossier.values(plan.subject_columns)
            fragment = dossier.memo[plan.number] = _Fragment(members(values), complete)
        result: _Fragment = fragment
        return result
