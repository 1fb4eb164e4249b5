"""How the tests of one fact can come out together: by the values that the fact can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from ...clock import add_days, add_months
from ...rulebook.catalogue import FactEntry, FactType, Span
from ...rulebook.language import ACT_ENDED_ON, DISCOVERED_ON, FactTest, Leaf, Value, WithinTest
from ..dossier import Dossier
from ..reasons import compares
from ..violation import Violation

Way = dict[Leaf, bool]
_AROUND = tuple(timedelta(days=shift) for shift in range(-3, 4))
"""Days around the start of a period counted back from its end: months differ in length by no more."""


def together_found(dossier: Dossier, name: str, learned: Sequence[Leaf]) -> list[Way]:
    """The ways in which tests come out that the value of one fact settles; one empty way where it settles none."""
    fact = dossier.catalogue.facts.get(name)
    tests = [leaf for leaf in learned if isinstance(leaf, FactTest) and leaf.fact == name]
    if fact is None:
        return [{}]
    if fact.type is FactType.DAY:
        periods = [leaf for leaf in learned if _settled_by_the_act(dossier, name, leaf)]
        return each_once(_of_days(dossier, fact, tests, periods)) or [{}]
    values: tuple[Value, ...] = (0, 1) if fact.type is FactType.FLAG else fact.choices
    return each_once({leaf: compares(leaf, value) for leaf in tests} for value in values) or [{}]


def each_once(ways: Iterable[Way]) -> list[Way]:
    """Every way once, in the order in which they were found."""
    result: list[Way] = []
    for way in ways:
        if way not in result:
            result.append(way)
    return result


def _settled_by_the_act(dossier: Dossier, name: str, leaf: Leaf) -> bool:
    """Whether a test asks if the known discovery came in a period of calendar time from the end of the act."""
    return (
        name == ACT_ENDED_ON
        and isinstance(leaf, WithinTest)
        and (leaf.fact, leaf.since) == (DISCOVERED_ON, ACT_ENDED_ON)
        and not leaf.span.working_days
        and _discovered(dossier) is not None
    )


def _discovered(dossier: Dossier) -> date | None:
    return None if dossier.violation is None else dossier.violation.day_of(DISCOVERED_ON)


def _of_days(dossier: Dossier, fact: FactEntry, tests: Sequence[Leaf], periods: Sequence[Leaf]) -> Iterator[Way]:
    days = {*_edges(tests)}
    if fact.name == ACT_ENDED_ON:  # an act has ended by its discovery, and by the legal day
        latest = _discovered(dossier) or dossier.day
        days |= {latest, *(day for leaf in periods for day in _starts(leaf, latest))}
        days = {day for day in days if day <= latest}
    violation = dossier.violation
    for day in sorted(days):
        way = {leaf: compares(leaf, day.isoformat()) for leaf in tests}
        if violation is not None and periods:
            known = replace(violation, given={**violation.given, fact.name: day.isoformat()})
            way |= {leaf: _within(dossier, known, leaf) for leaf in periods}
        yield way


def _edges(tests: Iterable[Leaf]) -> Iterator[date]:
    """Days on which the answer of a comparison may change, and those beside them."""
    for leaf in tests:
        if isinstance(leaf, FactTest):
            for value in leaf.values:
                day = date.fromisoformat(str(value))
                yield from (day - timedelta(days=1), day, day + timedelta(days=1))


def _starts(leaf: Leaf, end: date) -> Iterator[date]:
    """Days about as long before a day as a period lasts."""
    span = leaf.span if isinstance(leaf, WithinTest) else Span()
    start = add_months(add_days(end, -span.days), -span.months)
    yield from (start + shift for shift in _AROUND)


def _within(dossier: Dossier, violation: Violation, leaf: Leaf) -> bool:
    assert isinstance(leaf, WithinTest)
    facts = dossier.catalogue.facts
    return violation.within(facts[leaf.fact], facts[leaf.since], leaf.span) == 1
