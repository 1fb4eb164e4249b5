"""The shortest list of facts that settles an undetermined answer, whatever they turn out to be.

A fact is on it where, with all the others known, some way for them to come out leaves the answer open. Those facts are
needed by any list, so where they suffice there is no shorter one; where they do not, others are added one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from ..rulebook.catalogue import FactType
from ..rulebook.language import (
    PARTY_HEARD,
    AllOf,
    AnyOf,
    Condition,
    FactTest,
    Leaf,
    Leniency,
    NoneOf,
    Rule,
    Value,
    leaves,
)
from .dossier import Dossier
from .leniency_ladder import ladder
from .reasons import compares

MOST_TRIES = 3_000
"""Ladders looked at for one answer; beyond, everything that is not known is listed."""
_MOST_COMBINED = 4
"""Up to so many tests of one fact come out in every combination; beyond, all alike or one otherwise."""

Truths = Mapping[Leaf, bool | None]


class _TooMany(Exception):
    """More ways than are looked at."""


def shortest(
    rules: Sequence[Rule],
    truths: Truths,
    waits: Mapping[Leaf, frozenset[str]],
    dossier: Dossier,
) -> tuple[str, ...]:
    """Names of the facts, sorted. `waits`: for each unknown test, what it waits for."""
    search = _Search(rules, truths, waits, dossier)
    everything = tuple(sorted({name for names in waits.values() for name in names}))
    try:
        needed = [name for name in everything if not search.settles([one for one in everything if one != name])]
        for name in everything:
            if search.settles(needed):
                return tuple(sorted(needed))
            if name not in needed:
                needed.append(name)
    except _TooMany:
        return everything
    return everything


class _Search:
    """Tries the ways in which facts can come out."""

    def __init__(
        self, rules: Sequence[Rule], truths: Truths, waits: Mapping[Leaf, frozenset[str]], dossier: Dossier
    ) -> None:
        self._rules = {rule.key: rule for rule in rules}
        self._truths = truths
        self._waits = waits
        self._dossier = dossier
        self._left = MOST_TRIES
        self._leaves = {rule.key: tuple(dict.fromkeys(leaves(rule.when))) for rule in rules}

    def settles(self, names: Iterable[str]) -> bool:
        """Whether the answer is definite however these facts come out."""
        return self._from(dict(self._truths), frozenset(names), frozenset())

    def _from(self, truths: dict[Leaf, bool | None], names: frozenset[str], known: frozenset[str]) -> bool:
        self._left -= 1
        if self._left < 0:
            raise _TooMany
        rung = ladder(self._rules.values(), lambda rule: truth_of(rule.when, truths.__getitem__))
        if rung.leniency is not Leniency.UNDETERMINED:
            return True
        name = self._next(rung.rules, truths, names - known)
        if name is None:
            return False
        now = known | {name}
        learned = [leaf for leaf, waits in self._waits.items() if truths[leaf] is None and waits <= now]
        return all(self._from({**truths, **way}, names, now) for way in self._ways(name, learned))

    def _next(self, keys: Sequence[str], truths: Truths, names: frozenset[str]) -> str | None:
        """A fact that the first open rules wait for."""
        for key in keys:
            for leaf in self._leaves[key]:
                if truths[leaf] is None and self._waits[leaf] & names:
                    return min(self._waits[leaf] & names)
        return None

    def _ways(self, name: str, learned: Sequence[Leaf]) -> list[dict[Leaf, bool]]:
        """How the tests can come out together."""
        fact = self._dossier.catalogue.facts.get(name)
        tests = [leaf for leaf in learned if isinstance(leaf, FactTest) and leaf.fact == name]
        if fact is not None and name != PARTY_HEARD and learned and len(tests) == len(learned):
            values: tuple[Value, ...] = (0, 1) if fact.type is FactType.FLAG else fact.choices
            if values:
                return _each([{leaf: compares(leaf, value) for leaf in tests} for value in values])
        if name == PARTY_HEARD or len(learned) > _MOST_COMBINED:
            usual = {leaf: self._presumed(leaf) for leaf in learned}
            return _each([usual, *({**usual, leaf: not usual[leaf]} for leaf in learned)])
        return [dict(zip(learned, way, strict=True)) for way in product((True, False), repeat=len(learned))]

    def _presumed(self, leaf: Leaf) -> bool:
        fact = self._dossier.catalogue.facts[leaf.fact] if isinstance(leaf, FactTest) else None
        return fact is not None and fact.presumed is not None and compares(leaf, fact.presumed)


def _each(ways: Iterable[dict[Leaf, bool]]) -> list[dict[Leaf, bool]]:
    result: list[dict[Leaf, bool]] = []
    for way in ways:
        if way not in result:
            result.append(way)
    return result


def truth_of(condition: Condition | None, leaf: Callable[[Leaf], bool | None]) -> bool | None:
    """Truth of a condition by the truths of its tests."""
    if condition is None:
        return True
    if isinstance(condition, AllOf | AnyOf | NoneOf):
        found = {truth_of(part, leaf) for part in condition.parts}
        decides = not isinstance(condition, AllOf)
        if decides in found:
            return isinstance(condition, AnyOf)
        return None if None in found else not isinstance(condition, AnyOf)
    return leaf(condition)
