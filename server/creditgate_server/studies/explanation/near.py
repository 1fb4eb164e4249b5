"""Rules that nearly fired: what was missing, and by how little. Of the grade, the level and the measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from ...clock import add_days, add_months
from ...decision.check.near_misses import asked_in_words, failing, found_in_words, may_count
from ...decision.columns import AgeColumn, FactColumn, TotalColumn
from ...decision.dossier import Dossier
from ...decision.judged import BookFindings, JudgedSubject
from ...decision.knowledge import Record
from ...decision.reasons import Reasons
from ...decision.record_words import record_title
from ...decision.records import on_day, selected
from ...rulebook.catalogue import FactType
from ...rulebook.language import Aggregate, Compare, CountTest, FactTest, Leaf, RecordTest, Rule, Select, Value, leaves
from ...rulebook.words import effect_in_words, money_in_words
from .values import NearMissSaid
from .words import masked

JUST_OVER_DAYS = 30
"""A record that ended no longer ago than this nearly counted."""
NEARLY_DAYS = 92
"""A period that ends no later than so many days from now nearly did."""
NEARLY_PART = 5
"""A number that misses its bound by no more than this part of it nearly reached it."""


def near_misses(
    subjects: Sequence[JudgedSubject], given: Mapping[str, Value], titles: Mapping[str, str]
) -> tuple[NearMissSaid, ...]:
    """Rules that certainly fail by one test of which something is there, or was until a short time ago.

    `titles`: of rules, by id.
    """
    found = [
        miss
        for number, subject in enumerate(subjects)
        for book, reasons in _books(subject, given)
        for miss in _of_book(number, subject, book, reasons, given, titles)
    ]
    return tuple(sorted(found, key=lambda miss: (miss.subject, miss.rule)))


def standing_misses(subjects: Sequence[JudgedSubject], titles: Mapping[str, str]) -> tuple[NearMissSaid, ...]:
    """The same of the grade and the level alone."""
    found = [
        miss
        for number, subject in enumerate(subjects)
        for book, reasons in _standing_books(subject)
        for miss in _of_book(number, subject, book, reasons, {}, titles)
    ]
    return tuple(sorted(found, key=lambda miss: (miss.subject, miss.rule)))


def _books(subject: JudgedSubject, given: Mapping[str, Value]) -> Iterator[tuple[BookFindings, Reasons]]:
    yield from _standing_books(subject)
    yield subject.measures, subject.reasons(given)


def _standing_books(subject: JudgedSubject) -> Iterator[tuple[BookFindings, Reasons]]:
    profile = subject.profile
    yield profile.grade_book, profile.grade_reasons()
    yield profile.level_book, profile.level_reasons()


def _of_book(
    number: int,
    subject: JudgedSubject,
    book: BookFindings,
    reasons: Reasons,
    given: Mapping[str, Value],
    titles: Mapping[str, str],
) -> Iterator[NearMissSaid]:
    dossier = subject.profile.dossier
    for key, rule in book.rules.items():
        if key in book.verdicts.holds or key in book.verdicts.open:
            continue
        leaf = _lone_failure(rule, reasons)
        if leaf is None or not may_count(rule, book.rules.values(), reasons):
            continue
        over = _just_over(leaf, dossier)
        if over or _is_near(rule, leaf, subject, reasons, given):
            yield NearMissSaid(
                subject=number,
                rule=rule.id,
                title=rule.title,
                condition=asked_in_words(dossier.catalogue, leaf, reasons, titles),
                found=found_in_words(leaf, subject, given),
                gap=over or _gap(leaf, subject, reasons, given),
                would_give=effect_in_words(dossier.catalogue, rule.then),
            )


def _lone_failure(rule: Rule, reasons: Reasons) -> Leaf | None:
    tests = failing(rule.when, reasons, wanted=True) if rule.when is not None else ()
    return tests[0] if len(tests) == 1 else None


def _is_near(rule: Rule, leaf: Leaf, subject: JudgedSubject, reasons: Reasons, given: Mapping[str, Value]) -> bool:
    """Whether something of what the rule is about is there: of what the test counts, or of what its other tests do."""
    column, dossier = subject.profile.columns.of(leaf), subject.profile.dossier
    if isinstance(column, TotalColumn):
        return dossier.total(column).amount > 0 or _spoken_for(rule, leaf, reasons, {})
    return _by_little(leaf, subject, given) or _spoken_for(rule, leaf, reasons, given)


def _spoken_for(rule: Rule, leaf: Leaf, reasons: Reasons, given: Mapping[str, Value]) -> bool:
    """Whether records, or what the organ itself said, speak for another test of the rule."""
    return any(
        reasons.truth(other) is True
        and ((isinstance(other, CountTest) and other.at_least is not None) or getattr(other, "fact", "") in given)
        for other in leaves(rule.when)
        if other != leaf
    )


def _by_little(leaf: Leaf, subject: JudgedSubject, given: Mapping[str, Value]) -> bool:
    """Whether a bound on a number is missed by a fifth of it or less, or a day by three months or less."""
    column, day = subject.profile.columns.of(leaf), subject.profile.dossier.day
    if isinstance(column, AgeColumn):
        from_day = _holds_from(column, _value(column.fact, subject, given))
        return from_day is not None and day < from_day <= add_days(day, NEARLY_DAYS)
    missing = _missing(leaf, subject, given)
    return missing is not None and missing * NEARLY_PART <= abs(_bound(leaf))


def _just_over(leaf: Leaf, dossier: Dossier) -> str:
    """The record that ended last of those that the test would count; empty where none ended a short time ago."""
    if not isinstance(leaf, RecordTest) or leaf.at_least is None:
        return ""
    ends = [
        (end, record_title(dated.record, dossier.catalogue), dated.record.document_number)
        for dated in dossier.records
        if (end := _ended(dossier, dated.record, leaf.select)) is not None
    ]
    if not ends:
        return ""
    end, title, number = max(ends)
    days = (dossier.day - end).days
    return masked(f"“{title}”{number}只算到 {end}, 早 {days} 天就会成立")


def _ended(dossier: Dossier, record: Record, select: Select) -> date | None:
    """The last day on which a record was selected, where that was a short time ago and it no longer is."""
    for days in range(JUST_OVER_DAYS + 1):
        day = dossier.day - timedelta(days=days)
        if selected((on_day(dossier.catalogue, record, day),), select, day):
            return day if days else None
    return None


def _gap(leaf: Leaf, subject: JudgedSubject, reasons: Reasons, given: Mapping[str, Value]) -> str:
    """How much is missing or too much, where it can be counted."""
    dossier, column = subject.profile.dossier, subject.profile.columns.of(leaf)
    if isinstance(leaf, CountTest) and isinstance(column, TotalColumn):
        return _of_total(leaf, dossier.total(column).amount, wanted=reasons.truth(leaf) is not True)
    if isinstance(column, AgeColumn):
        from_day = _holds_from(column, _value(column.fact, subject, given))
        if from_day is not None and from_day > dossier.day:
            return f"还差 {(from_day - dossier.day).days} 天, {from_day} 起成立"
    missing = _missing(leaf, subject, given)
    if missing is None or not isinstance(column, FactColumn):
        return ""
    return f"差 {money_in_words(missing) if column.fact.type is FactType.MONEY else f'{missing} {column.fact.unit}'}"


def _of_total(test: CountTest, amount: int, *, wanted: bool) -> str:
    """From a total to the bound that it should reach, or should stay within. `wanted`: the test should have held."""
    bound = test.at_least if test.at_least is not None else (test.at_most or 0) + 1
    more = wanted is (test.at_least is not None)
    missing = bound - amount if more else amount - bound + 1
    much = f"{missing} 条" if test.aggregate is Aggregate.COUNT else money_in_words(missing)
    return f"{'还差' if more else '多出'} {much}"


def _value(column: FactColumn, subject: JudgedSubject, given: Mapping[str, Value]) -> Value | None:
    if column.from_caller:
        return given.get(column.fact.name, column.fact.default)
    return subject.profile.dossier.value(column)


def _holds_from(column: AgeColumn, value: Value | None) -> date | None:
    return add_days(add_months(date.fromisoformat(str(value)), column.months), column.days) if value else None


def _missing(leaf: Leaf, subject: JudgedSubject, given: Mapping[str, Value]) -> int | None:
    """From a number to the bound that it misses; None where no number is compared, or none is known."""
    column = subject.profile.columns.of(leaf)
    if not isinstance(leaf, FactTest) or not isinstance(column, FactColumn) or leaf.compare is Compare.IN:
        return None
    value = _value(column, subject, given)
    return abs(_bound(leaf) - value) if isinstance(value, int) and isinstance(leaf.values[0], int) else None


def _bound(leaf: Leaf) -> int:
    return int(leaf.values[0]) if isinstance(leaf, FactTest) else 0
