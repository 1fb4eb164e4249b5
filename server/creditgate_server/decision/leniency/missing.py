"""The shortest list of facts that settles an undetermined answer, whatever they turn out to be.

A fact is on it where, with all the others known, some way for them to come out leaves the answer open. Those facts are
needed by any list, so where they suffice there is no shorter one; where they do not, others are added one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from operator import itemgetter

from ...clock import add_days, add_months
from ...rulebook.catalogue import FactEntry, FactType, Span
from ...rulebook.language import (
    ACT_ENDED_ON,
    DISCOVERED_ON,
    PARTY_HEARD,
    Condition,
    FactTest,
    Leaf,
    Rule,
    Value,
    WithinTest,
    fold,
    leaves,
)
from ..dossier import Dossier
from ..reasons import compares
from ..violation import Violation
from .ladder import PrecedenceLadder

MOST_TRIES = 3_000
"""Ladders looked at for one answer; beyond, everything that is not known is listed."""
_MOST_COMBINED = 7
"""Up to so many tests that become known together come out in every combination."""

Way = dict[Leaf, bool]
_AROUND = tuple(timedelta(days=shift) for shift in range(-3, 4))
"""Days around the start of a period counted back from its end: months differ in length by no more."""

_NOTHING = frozenset[str]()
Truths = Mapping[Leaf, bool | None]
Known = Sequence[bool | None]
"""Truths of numbered tests."""
_Outcome = tuple[tuple[int, bool], ...]
"""Numbered tests with their truths."""


class _TooMany(Exception):
    """More ways than are looked at."""


def shortest(
    rules: Sequence[Rule],
    truths: Truths,
    waits: Mapping[Leaf, frozenset[str]],
    dossier: Dossier,
) -> tuple[str, ...]:
    """Names of the facts, sorted. `waits`: what each unknown test of an open rule waits for."""
    search = _Search(rules, truths, waits, dossier)
    everything = tuple(sorted({name for names in waits.values() for name in names}))
    try:
        needed = [name for name in everything if search.needs(name, everything)]
        for name in everything:
            if len(needed) == len(everything) or search.settles(needed):
                return tuple(sorted(needed))
            if name not in needed:
                needed.append(name)
    except _TooMany:
        return everything
    return everything


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rule that may give an answer."""

    key: str
    condition: Callable[[Known], bool | None]


_Ranks = Sequence[Sequence[_Asked]]
"""Rules by what they give, the lightest first."""


def _waiting(ranks: _Ranks, truths: Known) -> _Ranks:
    """The open rules that give something lighter than what is certain; none where the answer is definite.

    What is known stays so however the rest comes out: where more is known, no others wait than these.
    """
    found: list[Sequence[_Asked]] = []
    for rank in ranks:
        still = []
        for rule in rank:
            holds = rule.condition(truths)
            if holds:
                return found
            if holds is None:
                still.append(rule)
        if still:
            found.append(still)
    return found


def _with(truths: Sequence[bool | None], outcome: _Outcome) -> list[bool | None]:
    then = list(truths)
    for number, truth in outcome:
        then[number] = truth
    return then


class _Search:
    """Tries the ways in which facts can come out."""

    def __init__(
        self, rules: Sequence[Rule], truths: Truths, waits: Mapping[Leaf, frozenset[str]], dossier: Dossier
    ) -> None:
        self._tests = tuple(truths)
        number = {leaf: place for place, leaf in enumerate(self._tests)}
        self._numbers = {rule.key: tuple(dict.fromkeys(number[leaf] for leaf in leaves(rule.when))) for rule in rules}
        self._truths = list(truths.values())
        self._waits = {number[leaf]: names for leaf, names in waits.items()}
        self._dossier = dossier
        self._found: dict[tuple[str, tuple[int, ...]], list[_Outcome]] = {}
        """Asked for again and again: by one list of facts after another."""
        self._left = MOST_TRIES
        ranks = PrecedenceLadder(rules).ranks
        every = [[_Asked(rule.key, _compiled(rule.when, number)) for rule in rank] for rank in ranks]
        self._waiting_now = _waiting(every, self._truths)

    def needs(self, name: str, everything: Sequence[str]) -> bool:
        """Whether the answer can stay open where this alone is not known."""
        others = [one for one in everything if one != name]
        waiting = [
            key for key, numbers in self._numbers.items() if any(name in self._waits.get(n, ()) for n in numbers)
        ]
        return any(self._stays_open(key, others) for key in waiting) or not self.settles(others)

    def _stays_open(self, key: str, others: Sequence[str]) -> bool:
        """Whether a rule stays open on the way where the other facts come out, one after another, so that it does.

        A quick look that finds the way in most cases; where it does not, there may be one all the same.
        """
        truths, waiting, known = self._truths, self._waiting_now, frozenset[str]()
        for name in others:
            known |= {name}
            for outcome in self._outcomes(name, truths, known):
                then = _with(truths, outcome)
                still = self._still(waiting, then)
                if any(rule.key == key for rank in still for rule in rank):
                    truths, waiting = then, still
                    break
            else:
                return False
        return True

    def _still(self, waiting: _Ranks, truths: Known) -> _Ranks:
        """Those that still wait where more is known."""
        self._left -= 1
        if self._left < 0:
            raise _TooMany
        return _waiting(waiting, truths)

    def settles(self, names: Iterable[str]) -> bool:
        """Whether the answer is definite however these facts come out."""
        return self._from(self._truths, self._waiting_now, frozenset(names), frozenset())

    def _from(self, truths: list[bool | None], waiting: _Ranks, names: frozenset[str], known: frozenset[str]) -> bool:
        still = self._still(waiting, truths)
        if not still:
            return True
        name = self._next(still, truths, names - known)
        if name is None:
            return False
        now = known | {name}
        return all(
            self._from(_with(truths, outcome), still, names, now) for outcome in self._outcomes(name, truths, now)
        )

    def _next(self, waiting: _Ranks, truths: Known, names: frozenset[str]) -> str | None:
        """A fact that the first open rules wait for."""
        for rank in waiting:
            for rule in rank:
                for number in self._numbers[rule.key]:
                    if truths[number] is None and self._waits.get(number, _NOTHING) & names:
                        return min(self._waits[number] & names)
        return None

    def _outcomes(self, name: str, truths: Known, known: frozenset[str]) -> list[_Outcome]:
        """How the tests can come out that a fact settles, where these are known."""
        learned = tuple(number for number, waits in self._waits.items() if truths[number] is None and waits <= known)
        found = self._found.get((name, learned))
        if found is None:
            tests = [self._tests[number] for number in learned]
            ways = self._ways(name, tests)
            found = [tuple((n, way[test]) for n, test in zip(learned, tests, strict=True)) for way in ways]
            self._found[name, learned] = found
        return found

    def _ways(self, name: str, learned: Sequence[Leaf]) -> list[Way]:
        """How the tests can come out together."""
        if name == PARTY_HEARD:  # a claim that holds only makes the answer lighter: the presumed ones leave most open
            usual = {leaf: self._presumed(leaf) for leaf in learned}
            return each_once([usual, *({**usual, leaf: not usual[leaf]} for leaf in learned)])
        together = together_found(self._dossier, name, learned)
        others = [leaf for leaf in learned if leaf not in together[0]]
        if len(others) > _MOST_COMBINED:
            raise _TooMany
        apart = [dict(zip(others, way, strict=True)) for way in product((True, False), repeat=len(others))]
        return [{**one, **other} for one in together for other in apart]

    def _presumed(self, leaf: Leaf) -> bool:
        fact = self._dossier.catalogue.facts[leaf.fact] if isinstance(leaf, FactTest) else None
        return fact is not None and fact.presumed is not None and compares(leaf, fact.presumed)


def _compiled(condition: Condition | None, number: Mapping[Leaf, int]) -> Callable[[Known], bool | None]:
    """The truth of a condition by the truths of its tests, as a function: it is asked very often."""
    if condition is None:
        return lambda _truths: True

    def group(parts: tuple[Condition, ...], *, settling: bool, settled: bool) -> Callable[[Known], bool | None]:
        compiled = tuple(_compiled(part, number) for part in parts)

        def truth(truths: Known) -> bool | None:
            result: bool | None = not settled
            for part in compiled:
                found = part(truths)
                if found is settling:
                    return settled
                if found is None:
                    result = None
            return result

        return truth

    def place(test: Leaf) -> Callable[[Known], bool | None]:
        return itemgetter(number[test])

    return fold(
        condition,
        all_of=lambda parts: group(parts, settling=False, settled=False),
        any_of=lambda parts: group(parts, settling=True, settled=True),
        none_of=lambda parts: group(parts, settling=True, settled=False),
        test=place,
    )


# -- how the tests of one fact can come out together: by the values that it can have -----------------------------------


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
            way |= {leaf: _within_period(dossier, known, leaf) for leaf in periods}
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


def _within_period(dossier: Dossier, violation: Violation, leaf: Leaf) -> bool:
    assert isinstance(leaf, WithinTest)
    facts = dossier.catalogue.facts
    return violation.within(facts[leaf.fact], facts[leaf.since], leaf.span) == 1
