"""Drafts of tests for what is not covered: a case for each rule that never fired and each side never seen.

The expected values say what the rules do today. A person has to say whether that is what the law says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ...codes import subject_kind
from ...decision.knowledge import Record
from ...engine.boundaries import Boundaries
from ...engine.world import World
from ...judging.plans import RuleKeys
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import FactEntry, FactSource, FactType
from ...rulebook.language import CREDIT_BOOKS, LIST_ENTRY, Book, Place, Rule, Stage, Value
from ...rulebook.source import Faults
from .compare import EngineAnswer
from .coverage import ConditionSide, Coverage
from .language import Expectation, ExpectedOutcome, RuleTest
from .parts import SILENT, Builder, CaseParts
from .reader_subjects import RatingPart, SubjectPart
from .run import Runner, case_of

_YEARS_OLD = timedelta(days=3653)
_ANY = ExpectedOutcome(undetermined=Expectation((), Place()))
"""An expectation for cases that are asked, not compared."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a draft is to cover: a rule, or one side of a test in it."""

    rule: Rule
    side: ConditionSide | None = None

    def is_met(self, coverage: Coverage) -> bool:
        """Whether it has been covered."""
        return coverage.fired(self.rule.key) if self.side is None else coverage.has_seen(self.side)


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A case as it is to be written, with what the rules say of it today."""

    target: Target
    parts: CaseParts
    found: EngineAnswer


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The drafts, and what no case could be made for."""

    drafts: tuple[CaseDraft, ...]
    unreached: tuple[Target, ...]


class Drafter:
    """Makes drafts for what a runner's coverage lacks; each draft counts for the next ones."""

    def __init__(self, runner: Runner, day: date) -> None:
        self._runner = runner
        self._rule_set: RuleSet = runner.rule_set
        self._catalogue = runner.rule_set.catalogue
        self._day = day
        self._boundaries = Boundaries(self._rule_set)
        self._builder = Builder(self._catalogue, Faults())

    def skeleton(self) -> Skeleton:
        """Drafts for every rule that has not fired, then for every side that was not seen."""
        drafts: list[CaseDraft] = []
        unreached: list[Target] = []
        for target in self._targets():
            if target.is_met(self._runner.coverage):
                continue
            draft = self._draft(target)
            if draft is None:
                unreached.append(target)
            else:
                drafts.append(draft)
        return Skeleton(tuple(drafts), tuple(unreached))

    def _targets(self) -> Iterator[Target]:
        rules = {rule.key: rule for rule in self._rule_set.credit_rules}
        for rule in rules.values():
            yield Target(rule)
        for side in self._runner.coverage.sides():
            yield Target(rules[side.rule], side)

    def _draft(self, target: Target) -> CaseDraft | None:
        day = _day_in(target.rule, self._day)
        asked = self._asked(target.rule)
        if asked is None:
            return None
        for world in self._worlds(target.rule, day):
            parts = self._parts(world, asked)
            if self._meets(parts, target):
                parts = self._completed(parts, target)
                return CaseDraft(target, parts, self._runner.answer(self._built(parts)).found)
        return None

    def _worlds(self, rule: Rule, day: date) -> Iterator[World]:
        """Worlds around the rule's own tests, then others: nothing on record, and every grade and level."""
        yield from self._boundaries.worlds(rule, day)
        yield World(day, feeds=dict.fromkeys(self._catalogue.feeds, day))
        for other in self._rule_set.credit_rules:
            if other.book is not Book.MEASURES and other.effective.holds_on(day):
                yield self._boundaries.holding(other, day)

    def _built(self, parts: CaseParts) -> RuleTest:
        return self._builder.built(replace(parts, expect=_ANY), Place())

    def _meets(self, parts: CaseParts, target: Target) -> bool:
        """Whether a case covers the target by itself."""
        test = self._built(parts)
        alone = Coverage(self._rule_set)
        alone.watch(case_of(test, test.subjects[0]), CREDIT_BOOKS if test.item else (Book.GRADE, Book.LEVEL))
        return target.is_met(alone)

    def _asked(self, rule: Rule) -> RuleKeys | None:
        """Keys by which a rule is asked; None where no item has it asked."""
        where = rule.applies
        organs = where.organs or tuple(self._catalogue.organs)
        if rule.book is not Book.MEASURES:
            return RuleKeys(rule.book, organ=organs[0]) if organs else None
        stage = where.stages[0] if where.stages else Stage.ACCEPTANCE
        for item in self._catalogue.items.values():
            fits = item.code in where.items or set(item.traits) & set(where.traits)
            if item.organ in organs and (fits or not (where.items or where.traits)):
                return RuleKeys(rule.book, where.roles[0], item.organ, item.code, stage)
        return None

    # -- a world as a test writes it ----------------------------------------------------------------------------------

    def _parts(self, world: World, asked: RuleKeys) -> CaseParts:
        ratings = {rating.ladder: (RatingPart(rating.rating),) for rating in world.ratings}
        return CaseParts(
            day=world.day,
            organ="" if asked.item else asked.organ,
            item=asked.item,
            stage=None if asked.stage is Stage.ACCEPTANCE else asked.stage,
            role=asked.role,
            facts=dict(world.given) if asked.item else {},
            subject=SubjectPart(
                kind=subject_kind(world.identifier),
                present=None if world.present else False,
                attributes=dict(world.attributes),
                ratings=ratings,
                records=tuple(self._record(record) for record in world.records),
            ),
            feeds={
                code: SILENT for code, feed in self._catalogue.feeds.items() if code not in world.feeds and not feed.own
            },
        )

    def _record(self, record: Record) -> Record:
        """The record as its feed would deliver it: with a severity where its kind has them."""
        if record.kind == LIST_ENTRY:
            values = {"source": self._catalogue.lists[record.list].feed}
        else:
            kind = self._catalogue.record_kinds[record.kind]
            severity = record.severity or (kind.severities[0] if kind.severities else "")
            values = {"source": kind.feed, "severity": severity}
        return Record(**{name: getattr(record, name) for name in record.__struct_fields__} | values)

    def _completed(self, parts: CaseParts, target: Target) -> CaseParts:
        """The same case with plain values for facts that it would wait for, as far as the target stays met."""
        for mark in self._runner.answer(self._built(parts)).found.undetermined:
            fact = self._catalogue.facts.get(mark.code)
            more = parts if fact is None else _with(parts, fact, _plain_value(fact, parts.day or self._day))
            if self._meets(more, target):
                parts = more
        return parts


def _with(parts: CaseParts, fact: FactEntry, value: Value) -> CaseParts:
    if fact.source is FactSource.CALLER:
        return replace(parts, facts={**parts.facts, fact.name: value})
    if fact.source is FactSource.ATTRIBUTE and parts.subject is not None:
        attributes: Mapping[str, Value | None] = {**parts.subject.attributes, fact.name: value}
        return replace(parts, subject=replace(parts.subject, attributes=attributes))
    return parts


def _plain_value(fact: FactEntry, day: date) -> Value:
    if fact.type is FactType.DAY:
        return (day - _YEARS_OLD).isoformat()
    return fact.choices[0] if fact.choices else 0


def _day_in(rule: Rule, day: date) -> date:
    """The day, or the nearest on which the rule is in force."""
    period = rule.effective
    if day < period.start:
        return period.start
    return day if period.until is None or day <= period.until else period.until
