"""The rule language: what a rule is. Values only; `reader.py` reads them from YAML, `check.py` checks them.

A condition is true, false or not known. Facts that are not known make it not known unless the rest settles it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from typing import TypeVar, assert_never

from .catalogue import Citation, Entry, FirstDefinition, Period, Span
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


class Aggregate(StrEnum):
    """What of the selected records is compared."""

    COUNT = "count"
    AMOUNT = "amount"
    """Sum of fines and confiscations, in fen."""


class RecordTest(Entry, tag="records", tag_field="test", frozen=True, kw_only=True):
    """The number or amount of selected records compares with a bound."""

    select: Select
    aggregate: Aggregate = Aggregate.COUNT
    at_least: int | None = None
    at_most: int | None = None
    """Exactly one of the two is set."""


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
Leaf = FactTest | AgeTest | RecordTest | FindingTest | WithinTest | FirstTest
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
    verified: bool = True
    row: Row | None = None
    """For a rule that is a row of a decision table."""
    accepts: tuple[Accept, ...] = ()
    because: str = ""
    """Why that is meant, in Chinese; given with `accepts`."""
    parameters: tuple[str, ...] = ()
    """Parameters whose values on these days stand in the condition, in writing order."""

    @cached_property
    def key(self) -> str:
        """Names this version: id and first day."""
        return f"{self.id}@{self.effective.start.isoformat()}"

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
