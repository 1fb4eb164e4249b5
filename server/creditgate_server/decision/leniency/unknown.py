"""What an unknown test of a rule on acts waits for: the fact, who can supply it, and why it is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ...rulebook.catalogue import Area, FactEntry, FactSource
from ...rulebook.language import (
    ACT_ENDED_ON,
    DISCOVERED_ON,
    PARTY_HEARD,
    PRIOR_SAME_KIND,
    AgeTest,
    FactTest,
    FirstTest,
    Leaf,
    WithinTest,
    fold_test,
)
from ..columns import Columns, FirstColumn
from ..dossier import Dossier
from ..parts import Unsettled
from ..unsettled import CALENDAR, unsettled, why_records_may_lack

_DEADLINE_SET, _DEADLINE_ON = "deadline_set", "deadline_on"


def waits_for(columns: Columns, dossier: Dossier, leaf: Leaf) -> tuple[Unsettled, ...]:
    """What an unknown test waits for, each thing once. Names the day of an event for the flag that it has come."""
    found: dict[str, Unsettled] = {}
    for entry in _entries(columns, dossier, leaf):
        found.setdefault(entry.what, entry)
    return tuple(found.values())


def _entries(columns: Columns, dossier: Dossier, leaf: Leaf) -> Iterable[Unsettled]:
    facts = dossier.catalogue.facts

    def of_fact(test: FactTest | AgeTest) -> Iterable[Unsettled]:
        if facts[test.fact].source in (FactSource.CIRCUMSTANCE, FactSource.CASE):
            return (_not_given(facts[_day_of(dossier, test.fact)], dossier),)
        return of_registry(test)

    def of_registry(test: Leaf) -> Iterable[Unsettled]:
        return unsettled(dossier, 0, (test,), ())

    return fold_test(
        leaf,
        fact=of_fact,
        age=of_fact,
        records=of_registry,
        related=of_registry,
        finding=of_registry,
        within=lambda test: _of_within(dossier, test),
        first=lambda test: _of_first(columns, dossier, test),
    )


def _day_of(dossier: Dossier, name: str) -> str:
    """The day fact that answers a flag too: whether something was corrected is said by giving the day."""
    for fact in dossier.catalogue.facts.values():
        if fact.occurred == name:
            return fact.name
    return _DEADLINE_ON if name == _DEADLINE_SET and _DEADLINE_ON in dossier.catalogue.facts else name


def _not_given(fact: FactEntry, dossier: Dossier) -> Unsettled:
    heard = dossier.catalogue.facts.get(PARTY_HEARD)
    if fact.presumed is not None and heard is not None:
        reason = "尚未听取陈述申辩; 听取后当事人没有主张的, 依法推定"
        return _entry(heard.name, heard.label, heard.supplier, reason)
    return _entry(fact.name, fact.label, fact.supplier, "未提供")


def _of_within(dossier: Dossier, leaf: WithinTest) -> Iterator[Unsettled]:
    violation, facts = dossier.violation, dossier.catalogue.facts
    if violation is None:
        return
    start, came = violation.day_of(leaf.since), violation.day_of(leaf.fact)
    if start is None:
        yield _not_given(facts[leaf.since], dossier)
    end = None if start is None else violation.working_days.end_of(start, leaf.span)
    if came is None:
        fact = facts[leaf.fact]
        not_yet = bool(fact.occurred) and violation.given.get(fact.occurred) == 0
        if not not_yet:
            yield _not_given(fact, dossier)
        elif end is not None:
            yield _entry(fact.name, fact.label, fact.supplier, f"尚未改正, 期限至 {end.isoformat()}")
    if start is not None and end is None:
        yield _calendar(dossier, start)


def _calendar(dossier: Dossier, start: date) -> Unsettled:
    years = {calendar.year for calendar in dossier.catalogue.calendars.values()}
    year = next(year for year in range(start.year, start.year + 3) if year not in years)
    reason = f"{year} 年的工作日安排尚未录入"
    return _entry(f"{CALENDAR}:{year}", "工作日安排", "规则库管理人员", reason)


def _of_first(columns: Columns, dossier: Dossier, leaf: FirstTest) -> Iterator[Unsettled]:
    violation, facts = dossier.violation, dossier.catalogue.facts
    if violation is None:
        return
    ended = violation.day_of(ACT_ENDED_ON)
    if ended is None:
        yield _not_given(facts[ACT_ENDED_ON], dossier)
    column = columns.of(leaf)
    assert isinstance(column, FirstColumn)
    earlier = dossier.earlier(column)
    if earlier.certain and ended is not None:
        return
    if earlier.undated and DISCOVERED_ON in facts:
        yield _not_given(facts[DISCOVERED_ON], dossier)
    prior, looked = facts[PRIOR_SAME_KIND], violation.given.get(PRIOR_SAME_KIND)
    may_be_exact = earlier.exact or (ended is None and column.definition.area is Area.CITY)
    if looked == 0 or (looked == 1 and not may_be_exact):
        return  # somebody has looked elsewhere, and the registry can't know better
    if earlier.exact and looked == 1:
        reason = "本市信用信息没有同类违法, 办案人员却查到有: 请先核对"
    elif earlier.exact and ended is not None:
        return
    elif earlier.unclassified:
        reason = f"本市信用信息里有 {len(earlier.unclassified)} 条记录分不清是不是此前的同类违法"
    else:
        lacking = why_records_may_lack(dossier, column.feeds)
        reason = "该项以本市信用信息不能确定, 需要在其他系统查询" + (f"; {lacking}" if lacking else "")
    yield _entry(prior.name, prior.label, prior.supplier, reason)


def _entry(what: str, label: str, supplier: str, reason: str) -> Unsettled:
    return Unsettled(subject=0, what=what, label=label, supplier=supplier, reason=reason, rules=())
