"""The road from a question and what is known to a decision: dossier, plans, engine, decision. It names no kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..decision.dossier import Dossier, caller_values
from ..decision.feeds import feeds_used
from ..decision.findings import Verdicts
from ..decision.gravest import grade_order, gravest, level_order
from ..decision.judged import BookFindings, JudgedSubject, Profile, settle
from ..decision.knowledge import Feeds, Knowledge
from ..decision.parts import FeedUsed
from ..decision.question import Application, Inquiry, SubjectInRole
from ..decision.violation import Violation
from ..decision.working_days import WorkingDays
from ..engine.durable import EngineFault, members
from ..files.recent import Recent
from ..rulebook.bundle import RuleSet
from ..rulebook.language import Book, Value
from .kinds import Decided, kind_of
from .plans import Plan, Plans, RuleKeys
from .second_opinion import SecondOpinion

MOST_PROFILES = 20_000
"""Profiles kept; the least recently used goes first."""


MOST_DECISIONS = 4_000
"""Decisions kept; the least recently used goes first."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A decision with the very knowledge that it rests on."""

    decision: Any
    known: tuple[Knowledge, ...]
    feeds: Feeds

    def rests_on(self, known: tuple[Knowledge, ...], feeds: Feeds) -> bool:
        """Whether nothing was learned since: the registry hands out the same objects."""
        return self.feeds is feeds and all(mine is theirs for mine, theirs in zip(self.known, known, strict=True))


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
        self.rule_set = rule_set
        self.plans = Plans(rule_set)
        self.columns = self.plans.columns
        self.engine_faults = 0
        """Times that the engine failed and the answer became UNDETERMINED."""
        self._grades = grade_order(rule_set)
        self._levels = level_order(rule_set)
        self._decisions: Recent[object, _Kept] = Recent(most_decisions)
        self._ages: dict[tuple[frozenset[str], date], tuple[FeedUsed, ...]] = {}
        self._ages_of: Feeds | None = None
        self._second = SecondOpinion(rule_set)
        self.working_days = WorkingDays(rule_set.catalogue.calendars.values())
        self._profiles: Recent[tuple[str, str, date], Profile] = Recent(most_profiles)

    def close(self) -> None:
        """Give the engine's parts back. It must not be asked again."""
        self.plans.close()

    def judge(self, question: Inquiry[Decided], knowledge: Mapping[str, Knowledge], feeds: Feeds) -> Decided:
        """Answer a question of any kind. Never fails for the engine's sake: what it can't say is UNDETERMINED.

        The same question on the same knowledge has the same decision, and gets the very same value while it is kept.
        """
        kind = kind_of(question)
        if kind.essence is None:
            return kind.judge(self, question, knowledge, feeds)
        key = (kind.code, question.day, kind.essence(question))
        known = tuple(knowledge[subject.identifier] for subject in kind.subjects(question))
        kept = self._decisions.get(key)
        if kept is not None and kept.rests_on(known, feeds):
            decided: Decided = kept.decision
            return decided
        faults = self.engine_faults
        decision = kind.judge(self, question, knowledge, feeds)
        if self.engine_faults == faults:
            self._decisions.put(key, _Kept(decision, known, feeds))
        return decision

    def second_opinion(
        self, question: Inquiry[Decided], knowledge: Mapping[str, Knowledge], feeds: Feeds, decision: Decided
    ) -> str:
        """Where the reference evaluator differs from a decision; empty where it does not. Safe in another thread."""
        return self._second.difference(question, knowledge, feeds, decision)

    # -- what the books say -----------------------------------------------------------------------------------------

    def judged(
        self, application: Application, subject: SubjectInRole, knowledge: Knowledge, feeds: Feeds
    ) -> JudgedSubject:
        """One subject of a question, judged by every book."""
        profile = self.profile(knowledge, feeds, application.day, application.organ)
        keys = RuleKeys(Book.MEASURES, subject.role, application.organ, application.item, application.stage)
        plan = self.plans.plan(keys, application.day)
        return JudgedSubject(profile, self._ask(plan, profile.dossier, application.facts))

    def of_violation(self, dossier: Dossier) -> tuple[BookFindings, ...]:
        """What each plan says that was asked of the dossier's violation: the law of both days, and the entry."""
        violation = dossier.violation
        assert violation is not None
        every = self.plans.keys_of_act(violation.organ, violation.exemption, violation.region)
        plans = dict.fromkeys(self.plans.plan(keys, day) for day in self.law_days(violation) for keys in every)
        return tuple(self._ask(plan, dossier, {}) for plan in plans)

    def law_days(self, violation: Violation) -> tuple[date, ...]:
        """Days whose law is asked."""
        every = self.plans.keys_of_act(violation.organ, violation.exemption, violation.region)
        turning = {day for keys in every for day in self.plans.turning_days(keys)}
        return violation.law_days(sorted(turning))

    def feeds_used(
        self, dossier: Dossier, books: Iterable[BookFindings], others: frozenset[str] = frozenset()
    ) -> tuple[FeedUsed, ...]:
        """Ages of the feeds that were looked at; the same for all subjects while no feed delivers."""
        codes = others.union(*(book.feeds for book in books))
        if dossier.feeds is not self._ages_of:
            self._ages_of = dossier.feeds
            self._ages.clear()
        key = (codes, dossier.day)
        if key not in self._ages:
            self._ages[key] = feeds_used(dossier, codes)
        return self._ages[key]

    def profile(self, knowledge: Knowledge, feeds: Feeds, day: date, organ: str) -> Profile:
        """Grade and level. Kept for as long as the registry hands out the same knowledge."""
        key = (knowledge.identifier, organ, day)
        profile = self._profiles.get(key)
        if profile is not None:
            dossier = profile.dossier
            if dossier.knowledge is knowledge and (dossier.feeds is feeds or dossier.feeds == feeds):
                return profile
        profile = self._make_profile(knowledge, feeds, day, organ)
        if not (profile.grade_book.failed or profile.level_book.failed):
            self._profiles.put(key, profile)
        return profile

    def _make_profile(self, knowledge: Knowledge, feeds: Feeds, day: date, organ: str) -> Profile:
        dossier = Dossier(self.rule_set.catalogue, knowledge, feeds, day)
        grade_book = self._ask(self.plans.plan(RuleKeys(Book.GRADE), day), dossier, {})
        grade = gravest(grade_book.verdicts, grade_book.rules, self._grades)
        settle(self.columns, dossier, Book.GRADE, grade, grade_book)
        level_book = self._ask(self.plans.plan(RuleKeys(Book.LEVEL, organ=organ), day), dossier, {})
        level = gravest(level_book.verdicts, level_book.rules, self._levels)
        settle(self.columns, dossier, Book.LEVEL, level, level_book)
        return Profile(self.columns, dossier, grade_book, level_book, grade, level)

    def _ask(self, plan: Plan, dossier: Dossier, given: Mapping[str, Value]) -> BookFindings:
        try:
            fragment = self._fragment(plan, dossier)
            own, complete = caller_values(plan.caller_columns, given, dossier.day)
            fact = fragment.members
            if own:
                fact = f"{fact},{members(own)}" if fact else members(own)
            verdicts = plan.ask(fact, complete=complete and fragment.complete)
            return BookFindings(plan.rules, verdicts, plan.feeds)
        except EngineFault:
            self.engine_faults += 1
            everything_open = Verdicts(holds=frozenset(), open=frozenset(plan.rules))
            return BookFindings(plan.rules, everything_open, plan.feeds, failed=True)

    @staticmethod
    def _fragment(plan: Plan, dossier: Dossier) -> _Fragment:
        fragment = dossier.memo.get(plan.number)
        if fragment is None:
            values, complete = dossier.values(plan.subject_columns)
            fragment = dossier.memo[plan.number] = _Fragment(members(values), complete)
        result: _Fragment = fragment
        return result
