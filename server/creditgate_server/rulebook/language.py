"""The rule language: what a rule is. Values only; `reader.py` reads them from YAML, `check.py` checks them.

A condition is true, false or not known. Facts that are not known make it not known unless the rest settles it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeVar, assert_never

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from .catalogue import Citation, Entry, FirstDefinition, Period, RestsOn, Span, as_told
from .catalogue import Duty as Duty
from .catalogue import PenaltyKind as PenaltyKind
from .catalogue import RelationKind as RelationKind
from .catalogue import Role as Role

Value = int | str
"""A fact's value as rules compare it: flags 0 or 1, money in fen, days as ISO text, choices as codes."""

LIST_ENTRY = "list_entry"
"""The record kind of a list's entries."""


class Book(StrEnum):
    """Rule books, in the order in which they are asked; a rule may use findings of earlier books only."""

    GRADE = "grade"
    LEVEL = "level"
    MEASURES = "measures"
    LENIENCY = "leniency"
    """Whether a violation may go without a penalty. It stands alone: it uses no findings, grades or levels."""


ACT_BOOK = Book.LENIENCY
"""The book that is asked of an act, not of a subject's credit."""
CREDIT_BOOKS = (Book.GRADE, Book.LEVEL, Book.MEASURES)
"""Books that judge a subject's credit, one after another. Tests, analysis and comparison of rule sets are of these."""


class Stage(StrEnum):
    """Step of an approval."""

    ACCEPTANCE = "acceptance"
    EXAMINATION = "examination"
    DECISION = "decision"
    AFTER = "after"


class RecordState(StrEnum):
    """State of a record on a day. A revoked record is in no state: it never counts."""

    EFFECTIVE = "effective"
    REPAIRED = "repaired"
    EXPIRED = "expired"


class Compare(StrEnum):
    """How a fact is compared."""

    IN = "in"
    """Equal to one of the values."""
    LESS = "less_than"
    AT_MOST = "at_most"
    MORE = "more_than"
    AT_LEAST = "at_least"


class AllOf(Entry, tag="all", tag_field="test", frozen=True, kw_only=True):
    """Every part holds."""

    parts: tuple[Condition, ...]


class AnyOf(Entry, tag="any", tag_field="test", frozen=True, kw_only=True):
    """At least one part holds."""

    parts: tuple[Condition, ...]


class NoneOf(Entry, tag="none", tag_field="test", frozen=True, kw_only=True):
    """No part holds."""

    parts: tuple[Condition, ...]


class FactTest(Entry, tag="fact", tag_field="test", frozen=True, kw_only=True):
    """A fact compares with a value. For orderings there is one value."""

    fact: str
    compare: Compare
    values: tuple[Value, ...]


class AgeTest(Entry, tag="age", tag_field="test", frozen=True, kw_only=True):
    """A day fact lies at least so long before the legal day: the period from it has ended or ends on the legal day."""

    fact: str
    months: int = 0
    days: int = 0


class Window(Entry, frozen=True, kw_only=True):
    """Records no older than this: one decided on D counts while D plus the period is not before the legal day."""

    months: int = 0
    days: int = 0


class Select(Entry, frozen=True, kw_only=True):
    """Which records are meant. Empty tuples mean any; states never include revoked."""

    kinds: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    organs: tuple[str, ...] = ()
    states: tuple[RecordState, ...] = (RecordState.EFFECTIVE,)
    each_at_least: int = 0
    """Fines and confiscations of each record alone, in fen, inclusive; 0: any."""
    window: Window | None = None
    penalty_kinds: tuple[PenaltyKind, ...] | UnsetType = UNSET
    """Records of a penalty of one of these kinds. What follows is left out where it is not asked for, so that rules
    from before it could be asked keep their digests. A record that does not say what is asked is possibly meant."""
    fine_each_at_least: int | UnsetType = UNSET
    """The fine of each record alone, without what was confiscated, in fen, inclusive."""
    that_licence: bool | UnsetType = UNSET
    """True: records about the licence that is asked about. `asked_of` puts its item into `items`."""
    items: tuple[str, ...] | UnsetType = UNSET
    """Records about the licence of one of these items."""
    items_organ: bool | UnsetType = UNSET
    """True: records made by the organ of the item that is asked about. `asked_of` puts it into `organs`."""
    ban_running: bool | UnsetType = UNSET
    """True: records whose own ban has not ended. Of a record that names no day the window is the law's term."""
    open_ended: bool | UnsetType = UNSET
    """True, with `ban_running`: the law gives the ban no term, so one of which a record names no day runs on."""
    grounds: tuple[str, ...] | UnsetType = UNSET
    """Entries made on one of these grounds."""

    @property
    def looks_at_item(self) -> bool:
        """Whether it means other records for another item."""
        return self.that_licence is True or self.items_organ is True

    @property
    def in_detail(self) -> bool:
        """Whether a record may be possibly meant: something is asked that records may leave unsaid."""
        return (
            self.penalty_kinds is not UNSET
            or self.fine_each_at_least is not UNSET
            or self.items is not UNSET
            or self.that_licence is True
            or self.items_organ is True
            or self.ban_running is True
            or self.grounds is not UNSET
        )

    def asked_of(self, item: str, organ: str) -> Select:
        """The same for one item, by code, and its organ."""
        if not self.looks_at_item:
            return self
        items = (item,) if self.that_licence is True else self.items
        organs = (organ,) if self.items_organ is True else self.organs
        return replace(self, items=items, organs=organs)


class Aggregate(StrEnum):
    """What of the selected records is compared."""

    COUNT = "count"
    AMOUNT = "amount"
    """Sum of fines and confiscations, in fen."""
    FINE = "fine"
    """Sum of the fines alone, in fen. Of a record that does not say it, anything from nothing to its amount."""


class RecordTest(Entry, tag="records", tag_field="test", frozen=True, kw_only=True):
    """The number or amount of selected records compares with a bound."""

    select: Select
    aggregate: Aggregate = Aggregate.COUNT
    at_least: int | None = None
    at_most: int | None = None
    """Exactly one of the two is set."""


class RelationMoment(StrEnum):
    """When a relation has to hold for a record to count."""

    DECIDED = "decided"
    """On the record's day of decision."""
    NOW = "now"
    """On the legal day."""


class RelatedTest(Entry, tag="related", tag_field="test", frozen=True, kw_only=True):
    """So many records of related subjects, at least. One record of one other counts once, however the two are related.

    `of` False: of the firm's representatives and so on. True: of those whose representative this subject is or was.
    """

    kinds: tuple[RelationKind, ...]
    of: bool
    moment: RelationMoment
    select: Select
    at_least: int = 1

    @property
    def aggregate(self) -> Aggregate:
        """What is compared."""
        return Aggregate.COUNT

    @property
    def at_most(self) -> int | None:
        """There is no such bound."""
        return None


class FindingTest(Entry, tag="finding", tag_field="test", frozen=True, kw_only=True):
    """A rule of an earlier book fired for the same subject."""

    rule: str


class WithinTest(Entry, tag="within", tag_field="test", frozen=True, kw_only=True):
    """The event of a day fact came no later than the end of a period that another day fact starts.

    The starting day is not counted. An event that has not come is late once the legal day is past the end.
    """

    fact: str
    since: str
    span: Span


class FirstTest(Entry, tag="first", tag_field="test", frozen=True, kw_only=True):
    """The violation is the subject's first (初次违法), as a list or a law defines it.

    Earlier ones are penalties and exemptions on record. Where the registry can't know, the inspector's own look-up
    (the fact `PRIOR_SAME_KIND`) decides; where the two contradict each other, it is not known.
    """

    definition: FirstDefinition


Group = AllOf | AnyOf | NoneOf
CountTest = RecordTest | RelatedTest
"""Tests that compare a total of records."""
Leaf = FactTest | AgeTest | RecordTest | RelatedTest | FindingTest | WithinTest | FirstTest
Condition = Group | Leaf

ACT_ENDED_ON = "act_ended_on"
"""Case fact: the day on which the act ended."""
DISCOVERED_ON = "discovered_on"
"""Case fact: the day on which the organ discovered the act."""
PRIOR_SAME_KIND = "prior_same_kind"
"""Circumstance: the inspector looked elsewhere and found (true) or did not find (false) an earlier violation."""
PARTY_HEARD = "party_heard"
"""Circumstance: the party was heard (陈述申辩); what it did not claim is taken as presumed."""
CORRECTION_TERM = "correction-term"
"""Parameter of no rule: days for a correction that is ordered, where neither the organ nor the list names a term."""
RECHECK_TERM = "recheck-term"
"""Parameter of no rule: working days after which the organ looks again, where the list says nothing."""
PENALTY, EXEMPTION_GRANTED = "penalty", "exemption"
"""Record kinds that count as an earlier violation."""


class Applies(Entry, frozen=True, kw_only=True):
    """Where a rule is asked. Empty means everywhere; roles are the applicant alone unless named."""

    items: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    """Items with one of these traits; together with `items` it is a union."""
    organs: tuple[str, ...] = ()
    """Organs of the item (measures) or of the caller (levels)."""
    stages: tuple[Stage, ...] = ()
    roles: tuple[Role, ...] = (Role.APPLICANT,)
    exemptions: tuple[str, ...] = ()
    """Exemption entries (leniency)."""
    regions: tuple[str, ...] = ()
    """Divisions, with all below them (leniency)."""
    statutes: tuple[str, ...] | UnsetType = UNSET
    """Instruments whose penalties the rule is about (leniency): no entry is asked whose penalty rests on others alone.
    Left out where a rule does not say so, so that rules from before it could be said keep their digests."""


class GiveGrade(Entry, tag="grade", tag_field="give", frozen=True, kw_only=True):
    """The subject has this grade, unless another rule gives a worse one."""

    grade: str


class GiveLevel(Entry, tag="level", tag_field="give", frozen=True, kw_only=True):
    """The subject has this level, unless another rule gives a stricter one."""

    level: str


class GiveMeasure(Entry, tag="measure", tag_field="give", frozen=True, kw_only=True):
    """The measure applies."""

    measure: str
    duty: Duty
    remedy: str = ""
    """How to end it where it rests on no record, in Chinese."""


class Leniency(StrEnum):
    """What a leniency question comes to. The order is the order of precedence: the lightest for the party first."""

    PAST_LIMITATION = "past_limitation"
    """Past the limitation period (追责时效): 行政处罚法 36."""
    NO_PENALTY_CAPACITY = "no_penalty_capacity"
    """No penalty for age or mental state: 30, 31."""
    NO_PENALTY_MINOR = "no_penalty_minor"
    """No penalty required by law: minor, corrected in time, no harm: 33(1) first sentence."""
    NO_PENALTY_NO_FAULT = "no_penalty_no_fault"
    """No penalty for lack of fault: 33(2); the party proves it."""
    MAY_BE_EXEMPT = "may_be_exempt"
    """May go without a penalty: first, slight, corrected in time: 33(1) second sentence."""
    FINE_MAY_BE_WAIVED = "fine_may_be_waived"
    """The fine may be left out; other penalties may follow."""
    SHALL_MITIGATE = "shall_mitigate"
    """Shall be punished lighter or below the range (应当从轻或者减轻): 30, 32."""
    MAY_MITIGATE = "may_mitigate"
    """May be punished lighter or below the range (可以从轻或者减轻): 31; lists of lighter penalties."""
    EXCLUDED = "excluded"
    """A list's exclusion forbids its exemption (不适用情形)."""
    ORDINARY = "ordinary"
    """None of these: the ordinary procedure (一般程序)."""
    UNDETERMINED = "undetermined"
    """What is not known decides."""


class GiveLeniency(Entry, tag="leniency", tag_field="give", frozen=True, kw_only=True):
    """The question comes to this, unless a rule that holds gives something lighter."""

    leniency: Leniency
    list: str = ""
    """Exemption list whose rule it is; empty: the law's own."""
    measures: tuple[str, ...] = ()
    """Soft measures."""
    circumstances: str = ""
    """适用情形, as the list words it."""
    remark: str = ""

    @property
    def excludes(self) -> bool:
        """Whether it takes an act out of a list."""
        return self.leniency is Leniency.EXCLUDED

    @property
    def only_lighter(self) -> bool:
        """Whether the act may be punished all the same, only less."""
        return self.leniency is Leniency.MAY_MITIGATE

    @property
    def of_article_33(self) -> bool:
        """Whether it is one of the three answers of 行政处罚法 33."""
        return self.leniency in (Leniency.NO_PENALTY_MINOR, Leniency.NO_PENALTY_NO_FAULT, Leniency.MAY_BE_EXEMPT)

    @property
    def looks_at_the_act(self) -> bool:
        """Whether a special law may give it for an act, apart from when the act was and from what lists take out."""
        return self.leniency not in (Leniency.PAST_LIMITATION, Leniency.EXCLUDED)


class GiveWarning(Entry, tag="warning", tag_field="give", frozen=True, kw_only=True):
    """The answer carries a warning; it changes nothing else."""

    warning: str
    """In Chinese."""


Effect = GiveGrade | GiveLevel | GiveMeasure | GiveLeniency | GiveWarning


class Place(Entry, frozen=True, kw_only=True):
    """Where something stands in its file; lines and columns count from 1. No part of the canonical content."""

    file: str = ""
    line: int = 0
    column: int = 0


class Hit(StrEnum):
    """Hit policy of a decision table (决策表): which of the rows that hold on a case count."""

    UNIQUE = "unique"
    """At most one row can hold: proved before the table may serve."""
    COLLECT = "collect"
    """Every row that holds counts."""
    PRIORITY = "priority"
    """Of the rows that hold the uppermost alone counts. While one above is open, so is every row below that holds."""


class Row(Entry, frozen=True, kw_only=True):
    """A rule's place in a decision table. Only rows of one version of a table, asked together, compete."""

    table: str
    hit: Hit
    number: int
    """Position among the table's rows, from 1; the upper row has the lower number."""


class Accept(StrEnum):
    """What the analysis would report and the rule's author means, with a reason."""

    GAP = "gap"
    """On the days of this rule, its book leaves subjects without a grade or level."""
    MASKED = "masked"
    CONTRADICTION = "contradiction"
    NON_MONOTONE = "non_monotone"
    """One more record can make the result better: the law says so."""


class Rule(Entry, frozen=True, kw_only=True, dict=True):
    """One version of a rule. Versions of one rule share the id and never overlap."""

    id: str
    book: Book
    title: str
    effective: Period
    applies: Applies = Applies()
    when: Condition | None = None
    """None: always."""
    then: Effect
    basis: tuple[Citation, ...]
    """Includes the basis of the parameters that the condition uses."""
    source: RestsOn | UnsetType = UNSET
    """Instead of a basis of its own."""
    verified: bool = False
    """It and the values of its parameters were compared with the texts, by the register of verification."""
    row: Row | None = None
    """For a rule that is a row of a decision table."""
    accepts: tuple[Accept, ...] = ()
    because: str = ""
    """Why that is meant, in Chinese; given with `accepts`."""
    parameters: tuple[str, ...] = ()
    """Parameters whose values on these days stand in the condition, in writing order."""
    written_from: date | UnsetType = UNSET
    """First day of the rule as it is written, where a parameter's later value begins this version of it."""

    @cached_property
    def key(self) -> str:
        """Names this version: id and first day."""
        return f"{self.id}@{self.effective.start.isoformat()}"

    @cached_property
    def cited(self) -> tuple[Citation, ...]:
        """The basis as decisions tell it."""
        return as_told(self.basis)

    @cached_property
    def asked_key(self) -> str:
        """Tells rules as they are asked: the key, and of a rule that looks at the item what it takes from there."""
        if not self.looks_at_item:
            return self.key
        selects = [leaf.select for leaf in leaves(self.when) if isinstance(leaf, CountTest)]
        taken = [(*(select.items or ()), *select.organs) for select in selects if select.looks_at_item]
        return f"{self.key} {taken}"

    @cached_property
    def looks_at_item(self) -> bool:
        """Whether its condition means other records for another item."""
        return any(isinstance(leaf, CountTest) and leaf.select.looks_at_item for leaf in leaves(self.when))

    def asked_of(self, item: str, organ: str) -> Rule:
        """The rule as it is asked of an item, by code, and its organ: the same one where it does not look at it."""
        if self.when is None or not self.looks_at_item:
            return self
        return replace(self, when=_asked_of(self.when, item, organ))

    @property
    def exempting(self) -> GiveLeniency | None:
        """What it says of the penalty for an act; None where it says something else."""
        return self.then if isinstance(self.then, GiveLeniency) else None


T = TypeVar("T")


def fold(
    condition: Condition,
    *,
    all_of: Callable[[tuple[Condition, ...]], T],
    any_of: Callable[[tuple[Condition, ...]], T],
    none_of: Callable[[tuple[Condition, ...]], T],
    test: Callable[[Leaf], T],
) -> T:
    """What a condition comes to, by its form. Groups hand on their parts, which the reader folds in turn.

    This and `fold_test` are the only places that tell conditions apart, beside the reference evaluator: what a new form
    of condition touches is what mypy names once it has its argument here.
    """
    if isinstance(condition, AllOf):
        return all_of(condition.parts)
    if isinstance(condition, AnyOf):
        return any_of(condition.parts)
    if isinstance(condition, NoneOf):
        return none_of(condition.parts)
    return test(condition)


def fold_test(
    test: Leaf,
    *,
    fact: Callable[[FactTest], T],
    age: Callable[[AgeTest], T],
    records: Callable[[RecordTest], T],
    related: Callable[[RelatedTest], T],
    finding: Callable[[FindingTest], T],
    within: Callable[[WithinTest], T],
    first: Callable[[FirstTest], T],
) -> T:
    """What a single test comes to, by its kind."""
    if isinstance(test, FactTest):
        return fact(test)
    if isinstance(test, AgeTest):
        return age(test)
    if isinstance(test, RecordTest):
        return records(test)
    if isinstance(test, RelatedTest):
        return related(test)
    if isinstance(test, FindingTest):
        return finding(test)
    if isinstance(test, WithinTest):
        return within(test)
    if isinstance(test, FirstTest):
        return first(test)
    assert_never(test)


def fold_effect(
    effect: Effect,
    *,
    grade: Callable[[GiveGrade], T],
    level: Callable[[GiveLevel], T],
    measure: Callable[[GiveMeasure], T],
    leniency: Callable[[GiveLeniency], T],
    warning: Callable[[GiveWarning], T],
) -> T:
    """What an effect comes to, by its kind."""
    if isinstance(effect, GiveGrade):
        return grade(effect)
    if isinstance(effect, GiveLevel):
        return level(effect)
    if isinstance(effect, GiveMeasure):
        return measure(effect)
    if isinstance(effect, GiveLeniency):
        return leniency(effect)
    if isinstance(effect, GiveWarning):
        return warning(effect)
    assert_never(effect)


def _asked_of(condition: Condition, item: str, organ: str) -> Condition:
    def group(made: type[AllOf] | type[AnyOf] | type[NoneOf], parts: tuple[Condition, ...]) -> Condition:
        return made(parts=tuple(_asked_of(part, item, organ) for part in parts))

    return fold(
        condition,
        all_of=lambda parts: group(AllOf, parts),
        any_of=lambda parts: group(AnyOf, parts),
        none_of=lambda parts: group(NoneOf, parts),
        test=lambda test: test_asked_of(test, item, organ),
    )


def test_asked_of(test: Leaf, item: str, organ: str) -> Leaf:
    """A test as it is asked of an item, by code, and its organ."""
    return replace(test, select=test.select.asked_of(item, organ)) if isinstance(test, CountTest) else test


def conjuncts(condition: Condition | None) -> tuple[Condition, ...]:
    """Conditions that must all hold: the parts of `all`, or the condition itself."""
    if condition is None:
        return ()
    return condition.parts if isinstance(condition, AllOf) else (condition,)


def leaves(condition: Condition | None) -> tuple[Leaf, ...]:
    """All tests of a condition, in writing order."""
    if condition is None:
        return ()
    if isinstance(condition, Group):
        return tuple(leaf for part in condition.parts for leaf in leaves(part))
    return (condition,)


def facts_of_test(test: Leaf) -> set[str]:
    """Names of the facts that a test looks at."""
    return fold_test(
        test,
        fact=lambda one: {one.fact},
        age=lambda one: {one.fact},
        records=lambda _: set(),
        related=lambda _: set(),
        finding=lambda _: set(),
        within=lambda one: {one.fact, one.since},
        first=lambda _: {PRIOR_SAME_KIND, ACT_ENDED_ON, DISCOVERED_ON},
    )


def rule_of_test(test: Leaf) -> str:
    """Id of the rule of an earlier book whose finding a test looks at; empty where it looks at none."""
    return test.rule if isinstance(test, FindingTest) else ""


def given_standing(effect: Effect) -> str:
    """The grade or level that an effect gives; empty where it gives neither."""
    if isinstance(effect, GiveGrade):
        return effect.grade
    return effect.level if isinstance(effect, GiveLevel) else ""
